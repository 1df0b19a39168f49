package rulebook

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// maxAdvice bounds the pieces of advice of one kind.
const maxAdvice = 1000

// Advice is what is valid and may still not be meant: names of marks that are ordinary words without being flagged so, that
// are so short that they are looked for in capitals only, or that fold to the same letters as those of another mark; orders of one number, with words that stop
// honest listings, or without an end that they must have. It is ordered by position in each file. Of each kind there are at most 1,000, and then a count of the rest.
func (b *Book) Advice() Problems {
	a := &advisor{words: make(map[string]bool, len(b.Words)), named: make(map[string]*Mark)}
	for _, word := range b.Words {
		a.words[text.Key(word)] = true
	}
	for i := range b.Marks {
		a.mark(&b.Marks[i])
	}
	if b.Register != nil {
		for i := range b.Register.Len() {
			if m := b.Register.Mark(i); !b.Superseded[i] {
				m.At = Position{File: "marks.bin"}
				a.mark(&m)
			}
		}
	}
	return append(a.advice(), b.orderAdvice()...)
}

// An advisor goes through the marks of a book.
type advisor struct {
	words  map[string]bool
	named  map[string]*Mark // by what a name folds to: the first mark with it
	ofKind [adviceKinds]Problems
	count  [adviceKinds]int
}

const (
	adviceWord = iota
	adviceShort
	adviceShared
	adviceKinds
)

func (a *advisor) mark(m *Mark) {
	own := map[string]bool{}
	for i, name := range namesOf(m) {
		key := text.Key(name)
		if own[key] {
			continue
		}
		own[key] = true
		if i == 0 {
			a.spelling(m, key)
		}
		if other := a.named[key]; other != nil {
			a.say(adviceShared, m, "%q folds to the same letters as a name of %s (%s): a listing with it mentions both", name, other.ID, other.At)
		} else {
			a.named[key] = m
		}
	}
}

// spelling advises on the main text.
func (a *advisor) spelling(m *Mark, key string) {
	if a.words[key] && !m.DictionaryWord && !m.PersonalName {
		a.say(adviceWord, m, "%q is an ordinary word (words.tsv): without dictionary_word its plain uses count as the mark", m.Text)
	}
	if n := utf8.RuneCountInString(key); n < 3 && len(key) == n {
		a.say(adviceShort, m, "%q is short: it is seen in capitals or in its own letter case only, and in no disguise", m.Text)
	}
}

func namesOf(m *Mark) []string {
	names := make([]string, 0, 1+len(m.Aliases))
	names = append(names, m.Text)
	for _, alias := range m.Aliases {
		names = append(names, alias.Text)
	}
	return names
}

func (a *advisor) say(kind int, m *Mark, format string, args ...any) {
	if a.count[kind]++; a.count[kind] > maxAdvice {
		return
	}
	a.ofKind[kind] = append(a.ofKind[kind], Problem{m.At, clip(strings.ToValidUTF8(m.ID, "?") + ": " + fmt.Sprintf(format, args...))})
}

func (a *advisor) advice() Problems {
	all := slices.Concat(a.ofKind[:]...)
	all.Sort()
	for kind, n := range a.count {
		if n > maxAdvice {
			all = append(all, Problem{Position{File: "marks"}, fmt.Sprintf("and %d more like %q", n-maxAdvice, a.ofKind[kind][0].Text)})
		}
	}
	return all
}
