package rule

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// shown are the types of values that can stand in a message.
var shown = []*cel.Type{cel.StringType, cel.IntType, cel.UintType, cel.DoubleType, cel.BoolType, cel.TimestampType,
	cel.ObjectType("google.type.Money")}

// inWords is a value of one of those types for people.
func inWords(v ref.Val) string {
	switch v := v.(type) {
	case types.String:
		return string(v)
	case types.Int:
		return strconv.FormatInt(int64(v), 10)
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10)
	case types.Double:
		return strconv.FormatFloat(float64(v), 'g', 6, 64)
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case types.Timestamp:
		return v.UTC().Format(time.RFC3339)
	}
	if amount := amountOf(v); amount.State != listing.NoPrice {
		return amount.Money.String()
	}
	return ""
}

// maxMessage bounds a message, in bytes.
const maxMessage = 1024

// clip cuts a text to at most n bytes, at a character's edge.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func chars(text string) int { return utf8.RuneCountInString(text) }

// evidence says what a finding shows.
type evidence struct {
	field string
	show  *expression // nil: the whole field
}

var textFields = map[string]bool{"title": true, "brand": true, "description": true, "bullets": true, "keywords": true,
	"attributes": true, "manufacturer": true, "model": true, "merchant.shop_name": true}

// isText reports whether a path is of texts that findings point into.
func isText(path string) bool {
	name, _, _ := strings.Cut(path, "[")
	return textFields[name]
}

// isField reports whether a path leads from a submission to a field.
func isField(path string) bool {
	of := roots[submissionVar]
	for name := range strings.SplitSeq(path, ".") {
		if of == nil {
			return false
		}
		field := of.Fields().ByName(protoreflect.Name(name))
		if field == nil {
			return false
		}
		of = field.Message()
	}
	return true
}

func (l *language) evidence(rows []rulebook.RuleEvidence) (all []evidence, problems rulebook.Problems) {
	for _, r := range rows {
		e := evidence{field: r.Field}
		switch text := isText(r.Field); {
		case r.Show.Text != "":
			var wrong rulebook.Problems
			e.show, wrong = l.compile(whole(r.Show), cel.StringType)
			problems = append(problems, wrong...)
			if !text && !isField(r.Field) {
				problems = append(problems, rulebook.NewProblem(r.At, "%q is no field of a submission", r.Field))
			}
		case !text:
			problems = append(problems, rulebook.NewProblem(r.At, "%q is no field of text: say what to show", r.Field))
		}
		all = append(all, e)
	}
	return all, problems
}

// point makes evidence of words: where they stand in the field, or as they are.
func (e *evidence) point(s *listing.Submission, words string) check.Evidence {
	for f, text := range s.Texts() {
		path := f.String()
		if path != e.field && !strings.HasPrefix(path, e.field+"[") {
			continue
		}
		start, end := 0, len(text)
		if e.show != nil {
			if start = strings.Index(text, words); start < 0 {
				continue
			}
			end = start + len(words)
		}
		return check.TextSpan{Field: f, Start: start, End: end, Surface: check.Surface(text, start, end)}
	}
	if words == "" {
		return nil
	}
	return check.Opaque{Label: e.field, Text: clip(words, check.MaxSurface)}
}
