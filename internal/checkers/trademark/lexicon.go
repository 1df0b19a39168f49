package trademark

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// A lexicon is a book's marks and wording, compiled for reading. It is immutable.
//
// There are three indexes because a hit inside a longer one of the same index is dropped: "replica jersey" must not
// swallow "replica" before it is known whether the longer phrase excuses it, and neither may swallow a mark.
type lexicon struct {
	signs []sign

	marks  *term.Index // names, aliases and product lines
	naming []naming    // by term

	alarms  *term.Index // wording that says something by itself: read in every text
	alarmOf []*rulebook.Wording

	contexts  *term.Index // wording that says something of its neighbours: read where there are any
	contextOf [][]cue     // by term

	generic map[string]bool // keys of brand-field values that mean none
	glued   map[string]bool // keys of compatibility cues that may be written as part of the mark's word
}

// A sign is a mark with what reading needs to know of it.
type sign struct {
	*rulebook.Mark
	key     string // its text, for comparison
	weak    bool   // also an ordinary word, a person's name or a few letters: something must show that the mark is meant
	watched bool   // gated somewhere, or famous: findings on it are worth a person's time
	fitted  bool   // its own kind of goods as a whole is one of things made to fit others
}

// A naming is how a term names a sign.
type naming struct {
	sign int32
	how  how
	kind rulebook.AliasKind // of byAlias
}

// how a sign is named.
type how uint8

const (
	byName how = iota
	byAlias
	byFullLine // a product line together with the name
	byLine     // a product line that stands for it
	byWeakLine // a product line that is an ordinary word or a few letters: says something beside the name only
)

// A cue is what one phrase says of its neighbours.
type cue struct {
	wording *rulebook.Wording
	long    bool // of cues: plain enough to reach over a word
}

// fewLetters is the length up to which a Latin name is as likely to be an abbreviation of something else.
const fewLetters = 3

// compile reads a book's marks and wording.
func compile(book *rulebook.Book) (*lexicon, error) {
	words := make(map[string]bool, len(book.Words))
	for _, w := range book.Words {
		words[text.Key(w)] = true
	}
	l := &lexicon{generic: make(map[string]bool), glued: make(map[string]bool)}
	terms := l.addSigns(book, words)
	var err error
	if l.marks, err = term.Build(terms, book.Words); err != nil {
		return nil, fmt.Errorf("index marks: %w", err)
	}
	if err := l.addWording(book.Wording); err != nil {
		return nil, fmt.Errorf("index wording: %w", err)
	}
	return l, nil
}

// addSigns makes the signs and returns the terms that name them.
func (l *lexicon) addSigns(book *rulebook.Book, words map[string]bool) []term.Term {
	gated := make(map[string]bool)
	for _, g := range book.Gates {
		for _, id := range g.Marks {
			gated[id] = true
		}
	}
	var terms []term.Term
	add := func(n naming, name string, policy term.Policy) {
		l.naming = append(l.naming, n)
		terms = append(terms, term.Term{Text: name, Policy: policy})
	}
	for i := range book.Marks {
		m := &book.Marks[i]
		s := sign{Mark: m, key: text.Key(m.Text), watched: m.Famous || gated[m.ID]}
		s.fitted = slices.ContainsFunc(m.HomeCategories, func(path string) bool {
			return book.Categories.Find(path).CompatibleOK == rulebook.Yes
		})
		s.weak = m.DictionaryWord || m.PersonalName || easilyMistaken(m.Text, words)
		l.signs = append(l.signs, s)
		policy := policyOf(m.Policy)
		if s.weak {
			policy = min(policy, term.Disguised)
		}
		add(naming{sign: int32(i)}, m.Text, policy)
		for _, a := range m.Aliases {
			p := policy
			if a.Kind == rulebook.Abbreviation || a.Kind == rulebook.Nickname || easilyMistaken(a.Text, words) {
				p = term.Exact
			}
			add(naming{sign: int32(i), how: byAlias, kind: a.Kind}, a.Text, p)
		}
		for _, line := range m.Models {
			switch {
			case easilyMistaken(line, words):
				add(naming{sign: int32(i), how: byWeakLine}, line, term.Exact)
			case strings.Contains(text.Key(line), s.key):
				add(naming{sign: int32(i), how: byFullLine}, line, min(policy, term.Disguised))
			default:
				add(naming{sign: int32(i), how: byLine}, line, min(policy, term.Disguised))
			}
		}
	}
	return terms
}

// easilyMistaken reports whether a name is an ordinary word, a number or a few letters.
func easilyMistaken(name string, words map[string]bool) bool {
	key := text.Key(name)
	if words[key] && !strings.Contains(strings.TrimSpace(name), " ") {
		return true
	}
	return len(key) <= fewLetters || strings.Trim(key, "0123456789") == ""
}

func policyOf(p rulebook.MatchPolicy) term.Policy {
	switch p {
	case rulebook.MatchExact:
		return term.Exact
	case rulebook.MatchDisguised:
		return term.Disguised
	}
	return term.Fuzzy
}

// addWording sorts the phrases by where they are read.
func (l *lexicon) addWording(lists []rulebook.Wording) error {
	var alarms, contexts []term.Term
	alarmSeen, contextAt := make(map[string]bool), make(map[string]int)
	for i := range lists {
		w := &lists[i]
		for _, phrase := range w.Phrases {
			folded := strings.ToLower(phrase)
			switch w.Kind {
			case rulebook.GenericBrand:
				l.generic[text.Key(phrase)] = true
			case rulebook.Compatibility, rulebook.ComparisonCue, rulebook.PlainContext, rulebook.Exempt:
				at, ok := contextAt[folded]
				if !ok {
					at = len(contexts)
					contextAt[folded] = at
					contexts = append(contexts, term.Term{Text: phrase})
					l.contextOf = append(l.contextOf, nil)
				}
				l.contextOf[at] = append(l.contextOf[at], cue{wording: w, long: isLong(phrase)})
				if w.Kind == rulebook.Compatibility && !strings.Contains(phrase, " ") {
					l.glued[text.Key(phrase)] = true
				}
			default:
				if alarmSeen[fmt.Sprint(w.Kind, folded)] {
					continue
				}
				alarmSeen[fmt.Sprint(w.Kind, folded)] = true
				alarms = append(alarms, term.Term{Text: phrase})
				l.alarmOf = append(l.alarmOf, w)
			}
		}
	}
	var err error
	if l.alarms, err = term.Build(alarms, nil); err != nil {
		return err
	}
	l.contexts, err = term.Build(contexts, nil)
	return err
}

// outright is the number of letters from which a cue has no other use: "compatible with", unlike "for". Ideographs
// say more.
const outright = 8

func isLong(phrase string) bool {
	key := text.Key(phrase)
	n := utf8.RuneCountInString(key)
	return n >= outright || n >= 2 && len(key) == 3*n
}

// concerns reports whether the cue speaks of a sign.
func (c cue) concerns(s *sign) bool {
	return len(c.wording.Marks) == 0 || slices.Contains(c.wording.Marks, s.ID)
}
