package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// A Violation names a field that breaks the contract, by its path in the message, and says how.
type Violation struct{ Field, Description string }

// Invalid is every violation of a message.
type Invalid struct{ Violations []Violation }

// maxViolations bounds what a hostile message can make us write; the last one says how many more there are.
const maxViolations = 100

func (e *Invalid) Error() string {
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = v.Field + ": " + v.Description
	}
	return "invalid request: " + strings.Join(texts, "; ")
}

// A validator walks a message and notes violations. It builds a path only when there is one to note.
type validator struct {
	path       []step
	violations []Violation
	more       int
}

type step struct {
	name  string
	index int // noIndex: the field itself
	key   string
}

const (
	noIndex  = -1
	keyIndex = -2
)

func (v *validator) push(name string)            { v.path = append(v.path, step{name: name, index: noIndex}) }
func (v *validator) pushItem(name string, i int) { v.path = append(v.path, step{name: name, index: i}) }
func (v *validator) pop()                        { v.path = v.path[:len(v.path)-1] }
func (v *validator) pushKey(name, key string) {
	v.path = append(v.path, step{name: name, index: keyIndex, key: key})
}

func (v *validator) add(field, format string, args ...any) {
	if len(v.violations) >= maxViolations {
		v.more++
		return
	}
	v.push(field)
	v.violations = append(v.violations, Violation{Field: v.at(), Description: fmt.Sprintf(format, args...)})
	v.pop()
}

// at is the current path: `documents[2].issuer.legal_name`, `product.attributes["Colour"]`.
func (v *validator) at() string {
	var b strings.Builder
	for _, s := range v.path {
		if s.name != "" && b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		switch {
		case s.index == keyIndex:
			b.WriteString("[" + strconv.Quote(s.key) + "]")
		case s.index >= 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		}
	}
	return b.String()
}

func (v *validator) err() error {
	if len(v.violations) == 0 {
		return nil
	}
	if v.more > 0 {
		v.violations = append(v.violations, Violation{Description: fmt.Sprintf("and %d more violations", v.more)})
	}
	return &Invalid{v.violations}
}

func (v *validator) maxBytes(field, s string, limit int) {
	if len(s) > limit {
		v.add(field, "must be at most %d bytes, is %d", limit, len(s))
	}
}

func (v *validator) key(field, s string, limit int) {
	if s == "" {
		v.add(field, "is required")
	}
	v.maxBytes(field, s, limit)
}

// count reports a repeated field that is too long, so that its items are not walked.
func (v *validator) count(field string, n, limit int) bool {
	if n > limit {
		v.add(field, "must hold at most %d items, holds %d", limit, n)
	}
	return n <= limit
}

func (v *validator) texts(field string, texts []string, items, limit int) {
	if !v.count(field, len(texts), items) {
		return
	}
	for i, s := range texts {
		if len(s) > limit {
			v.pushItem(field, i)
			v.add("", "must be at most %d bytes, is %d", limit, len(s))
			v.pop()
		}
	}
}

// pairs checks a map of texts. keyMin is the least length of a key.
func (v *validator) pairs(field string, m map[string]string, pairs, keyMin, keyLimit, valueLimit int) {
	if !v.count(field, len(m), pairs) {
		return
	}
	for key, value := range m {
		if len(key) < keyMin || len(key) > keyLimit || len(value) > valueLimit {
			v.pushKey(field, cut(key, keyLimit))
			v.add("", "keys must be %d to %d bytes, values at most %d", keyMin, keyLimit, valueLimit)
			v.pop()
		}
	}
}

// enum refuses numbers outside the contract; 0 is allowed unless required says otherwise.
func (v *validator) enum(field string, number int32, names map[int32]string, required bool) {
	if _, ok := names[number]; !ok {
		v.add(field, "%d is not a value of the enum", number)
		return
	}
	if required && number == 0 {
		v.add(field, "is required")
	}
}

func (v *validator) atLeast(field string, n, least int64) {
	if n < least {
		v.add(field, "must be at least %d, is %d", least, n)
	}
}

// sha256 accepts 64 lower-case hex digits or nothing.
func (v *validator) sha256(field, s string) {
	if s != "" && (len(s) != 64 || !lowerHex(s)) {
		v.add(field, "must be 64 lower-case hex digits")
	}
}

// perceptualHash accepts 16 or 64 lower-case hex digits or nothing.
func (v *validator) perceptualHash(field, s string) {
	if s != "" && (len(s) != 16 && len(s) != 64 || !lowerHex(s)) {
		v.add(field, "must be 16 or 64 lower-case hex digits")
	}
}

func lowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// cut keeps at most limit bytes of s, whole characters only.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}
