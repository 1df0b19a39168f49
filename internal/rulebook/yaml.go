package rulebook

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"buf.build/go/protovalidate"
	"buf.build/go/protoyaml"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A validator holds the rules that the schema's annotations declare. It is made when it is first needed, as that takes
// milliseconds that other files can be read in, and compiles the rules of a message when it first meets one.
type validator struct {
	rules func() (protovalidate.Validator, error)
}

func newValidator() *validator {
	return &validator{sync.OnceValues(func() (protovalidate.Validator, error) { return protovalidate.New() })}
}

// Validate is what protoyaml calls.
func (v *validator) Validate(m proto.Message) error {
	rules, err := v.rules()
	if err != nil {
		return err
	}
	return rules.Validate(m)
}

// A document is a YAML file and the message it was decoded into, each part of which knows where it stands.
type document struct {
	*source
	root     *yaml.Node
	nodes    map[proto.Message]*yaml.Node
	anchored bool  // and refused for it
	starts   []int // of lines, once a text's characters are looked for
}

const (
	maxLine  = 64 * kib // of a YAML file: a problem quotes the line it is in
	maxDepth = 64
)

// decode reads a YAML file into m, strictly: what is not in the schema is refused, also where YAML itself or the decoder
// would take it.
func (v *validator) decode(s *source, m proto.Message) *document {
	d := &document{source: s, nodes: make(map[proto.Message]*yaml.Node)}
	if !d.oneDocument() {
		s.lost = true
		return d
	}
	options := protoyaml.UnmarshalOptions{Path: s.name, Validator: v, CustomUnmarshaler: d}
	err := options.Unmarshal(ended(s.data), m)
	if d.root == nil {
		s.lost = true
	}
	if d.root == nil && err == nil {
		s.refuse(0, 0, "the file is empty but for comments")
	}
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		d.refuseAll(list.Unwrap())
	} else if err != nil {
		line, text := syntaxError(err)
		s.refuse(line, 0, "%s", text)
	}
	return d
}

// ended is a file whose last line has an end. The parser places what is missing after it, where the decoder expects a
// line to quote.
func ended(data []byte) []byte {
	if bytes.HasSuffix(data, []byte("\n")) {
		return data
	}
	return append(data[:len(data):len(data)], '\n')
}

// oneDocument refuses what the decoder would leave out without a word: all documents of a file but the first.
func (d *document) oneDocument() bool {
	begun, line, before := false, 0, len(d.problems)
	for text := range bytes.Lines(d.data) {
		line++
		mark := bytes.HasPrefix(text, []byte("---")) || bytes.HasPrefix(text, []byte("..."))
		switch {
		case mark && begun:
			d.refuse(line, 1, "a second YAML document: a rulebook's file has one")
		case len(text) > maxLine:
			d.refuse(line, 0, "the line has %d bytes; %d are allowed", len(text), maxLine)
		}
		content := bytes.TrimSpace(text)
		begun = begun || mark || len(content) > 0 && content[0] != '#'
	}
	return len(d.problems) == before
}

// syntaxError takes line and text out of an error of the YAML parser.
func syntaxError(err error) (int, string) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if n, _ := fmt.Sscanf(text, "line %d:", &line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	return line, "YAML near here: " + text
}

// refuseAll files the decoder's errors. Rules that a value breaks only because it could not be read are left out.
func (d *document) refuseAll(errs []error) {
	seen := make(map[Position]bool)
	for _, err := range errs[:min(len(errs), maxProblems)] {
		at, text := d.placed(err)
		if !seen[at] {
			d.refuse(at.Line, at.Column, "%s", text)
		}
		seen[at] = true
	}
	d.dropped += max(len(errs)-maxProblems, 0)
}

// placed takes position and text out of an error of the decoder, whose type is not exported: it prints
// "file:line:column text" and the line, and wraps the error that is the text.
func (d *document) placed(err error) (Position, string) {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if inner := errors.Unwrap(err); inner != nil {
		at := Position{File: d.name}
		_, _ = fmt.Sscanf(strings.TrimPrefix(text, d.name+":"), "%d:%d ", &at.Line, &at.Column)
		return at, inner.Error()
	}
	return Position{File: d.name}, text
}

// Unmarshal is called by the decoder for every message before its fields. It decodes nothing: it takes down where the
// message stands, and refuses what the decoder lets pass.
func (d *document) Unmarshal(n *yaml.Node, m proto.Message) (bool, error) {
	if d.root == nil {
		d.root = n
		d.strict(n, 0)
	}
	d.nodes[m] = n
	if n.Kind == yaml.MappingNode {
		d.fieldsOnce(n, m.ProtoReflect().Descriptor().Fields())
	}
	return false, nil
}

// strict refuses, in a whole tree, what a rulebook has no use for and readers trip over.
func (d *document) strict(n *yaml.Node, depth int) {
	switch {
	case depth > maxDepth:
		d.refuse(n.Line, n.Column, "nested deeper than %d", maxDepth)
		return
	case (n.Kind == yaml.AliasNode || n.Anchor != "") && !d.anchored:
		d.refuse(n.Line, n.Column, "anchors and aliases are not used in rulebooks: write it out")
		d.anchored = true
	case n.Tag == "!!null" && n.Kind == yaml.ScalarNode && depth > 0:
		d.refuse(n.Line, n.Column, "no value: leave the field out, or write \"\"")
	case (n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode) && len(n.Content) == 0:
		d.refuse(n.Line, n.Column, "nothing in it: leave the field out where that is what is meant")
	case n.Style&yaml.TaggedStyle != 0:
		d.refuse(n.Line, n.Column, "tags are not used in rulebooks")
	}
	for _, child := range n.Content {
		d.strict(child, depth+1)
	}
}

// fieldsOnce refuses a field given twice, in either of its two spellings, and a key given twice in a field that is a map.
func (d *document) fieldsOnce(n *yaml.Node, fields protoreflect.FieldDescriptors) {
	lines := make(map[protoreflect.Name]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		field := fields.ByTextName(key.Value)
		if field == nil {
			field = fields.ByJSONName(key.Value)
		}
		switch {
		case field == nil && key.Value != "" && strings.Trim(key.Value, "0123456789") == "":
			d.refuse(key.Line, key.Column, "field %q: use its name", key.Value)
		case field == nil: // the decoder refuses it
		case lines[field.Name()] > 0:
			d.refuse(key.Line, key.Column, "%s is already given in line %d", key.Value, lines[field.Name()])
		case field.IsMap():
			d.keysOnce(value)
			fallthrough
		default:
			lines[field.Name()] = key.Line
		}
	}
}

func (d *document) keysOnce(n *yaml.Node) {
	lines := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if first := lines[key.Value]; first > 0 {
			d.refuse(key.Line, key.Column, "%s is already given in line %d", key.Value, first)
			continue
		}
		lines[key.Value] = key.Line
	}
}

// at is where a message stands.
func (d *document) at(m proto.Message) Position {
	if n := d.nodes[m]; n != nil {
		return Position{d.name, n.Line, n.Column}
	}
	return Position{File: d.name}
}

// field is where the value of a message's field stands, or the message where it is not given.
func (d *document) field(m proto.Message, name string) Position {
	if n := d.value(m, name); n != nil {
		return Position{d.name, n.Line, n.Column}
	}
	return d.at(m)
}

// item is where an element of a message's list stands.
func (d *document) item(m proto.Message, name string, i int) Position {
	if n := d.value(m, name); n != nil && i < len(n.Content) {
		return Position{d.name, n.Content[i].Line, n.Content[i].Column}
	}
	return d.at(m)
}

// entry is where the value of a key stands in a field that is a map, or the field where it is not given.
func (d *document) entry(m proto.Message, name, key string) Position {
	if n := d.value(m, name); n != nil {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return Position{d.name, n.Content[i+1].Line, n.Content[i+1].Column}
			}
		}
	}
	return d.field(m, name)
}

func (d *document) value(m proto.Message, name string) *yaml.Node {
	n := d.nodes[m]
	if n == nil {
		return nil
	}
	field := m.ProtoReflect().Descriptor().Fields().ByTextName(name)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key == name || key == field.JSONName() {
			return n.Content[i+1]
		}
	}
	return nil
}

// refuseAt files a problem at a position in the document.
func (d *document) refuseAt(at Position, format string, args ...any) {
	d.refuse(at.Line, at.Column, format, args...)
}
