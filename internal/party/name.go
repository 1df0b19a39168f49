package party

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/assay-project/assay/internal/text"
)

// Closeness is how near two parties are. A greater one is nearer.
type Closeness uint8

// How near parties are.
const (
	Unstated  Closeness = iota // one of them is not known
	Different                  // other parties
	Similar                    // perhaps the same: a person must look
	Equal                      // the same after normalisation
	Literal                    // the same letter by letter
)

// A name is a legal name in the form in which names are compared.
type name struct {
	core   string // letters and digits without the legal form, folded
	look   string // core as it looks: letters of other alphabets that pass for Latin ones are Latin
	form   string // the legal form's family; empty: none was written
	sorted string // the words of core in alphabetical order
}

// maxFormWords is how many words a legal form has at most ("Công ty trách nhiệm hữu hạn một thành viên").
const maxFormWords = 9

// parseName folds a legal name and takes the legal form off it, at the end or (ООО, PT, 株式会社) at the beginning.
func parseName(s string) name {
	words := Words(s)
	form := ""
	if rest, f, ok := cutForm(words); ok {
		words, form = rest, f
	}
	n := name{core: strings.Join(words, ""), form: form}
	if form == "" {
		n.core, n.form = cutGluedForm(n.core)
	}
	n.look = text.Key(n.core)
	slices.Sort(words)
	n.sorted = strings.Join(words, " ")
	return n
}

// Words are the folded words of a name; "&" counts as "and". Folding reads traditional Han as simplified, as the fold room
// does, from Unihan's variants.
func Words(s string) []string {
	s = strings.ReplaceAll(norm.NFKC.String(s), "&", " and ")
	words := strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && r != '\'' && r != '’'
	})
	var f *text.Folded // made for the first word that needs it
	folded := words[:0]
	for _, w := range words {
		letters, plain := foldPlain(w)
		if !plain {
			if f == nil {
				f = new(text.Folded)
			}
			letters = foldWord(f, w)
		}
		if letters != "" {
			folded = append(folded, letters)
		}
	}
	return folded
}

// foldPlain is foldWord of a word of ASCII, which most are; false of any other.
func foldPlain(word string) (letters string, plain bool) {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return "", false
		}
	}
	return strings.ToLower(strings.ReplaceAll(word, "'", "")), true
}

// foldWord is a word without case, width and accents. Letters keep their alphabet: И.И. is not ИП, though text.Key, which is
// made for marks, reads both alike.
func foldWord(f *text.Folded, word string) string {
	f.Fold(word)
	var b strings.Builder
	for i := range f.NumTokens() {
		for _, r := range f.Letters(i) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cutForm takes the longest legal form off the end of a name, else off its beginning, and never leaves nothing.
func cutForm(words []string) (rest []string, family string, ok bool) {
	for n := min(maxFormWords, len(words)-1); n > 0; n-- {
		if family, ok := legalForms[strings.Join(words[len(words)-n:], "")]; ok {
			return withoutCompany(words[:len(words)-n]), family, true
		}
	}
	for n := min(maxFormWords, len(words)-1); n > 0; n-- {
		if family, ok := leadingForms[strings.Join(words[:n], "")]; ok {
			return words[n:], family, true
		}
	}
	return words, "", false
}

// withoutCompany takes off the word that says no more than that the name is a company's.
func withoutCompany(words []string) []string {
	if len(words) > 1 && slices.Contains(companyWords, words[0]) {
		return words[1:]
	}
	return words
}

// cutGluedForm takes off a legal form of a script that puts no spaces before it.
func cutGluedForm(core string) (rest, family string) {
	for _, f := range gluedForms {
		if cut, ok := strings.CutSuffix(core, f.text); ok && cut != "" {
			for _, company := range companyWords {
				if name := strings.TrimPrefix(cut, company); name != "" {
					cut = name
				}
			}
			return cut, f.family
		}
		if cut, ok := strings.CutPrefix(core, f.text); ok && cut != "" {
			return cut, f.family
		}
	}
	return core, ""
}

// compareNames tells how near two names are. One that lacks its legal form is similar to the same name with one, and so
// are two forms that are used as translations of each other (有限公司, Ltd); other forms are other legal persons.
func compareNames(a, b name) Closeness {
	switch {
	case a.core == "" || b.core == "":
		return Unstated
	case a.core == b.core:
		return compareForms(a.form, b.form)
	case a.form != "" && b.form != "" && a.form != b.form:
		return Different
	case a.sorted == b.sorted, a.look == b.look, nearlySame(a.core, b.core):
		return Similar
	}
	return Different
}

func compareForms(a, b string) Closeness {
	switch {
	case a == b:
		return Equal
	case a == "", b == "", translatedForms[a] && translatedForms[b]:
		return Similar
	}
	return Different
}

// Names shorter than minFuzzy letters are compared letter by letter only: one letter makes another company.
const (
	minFuzzy     = 5
	lettersPerID = 10 // one slip is forgiven for each of so many letters
	maxSlips     = 4
	maxFuzzy     = 256 // letters; longer names are compared exactly, which bounds the work
)

// nearlySame reports whether two names differ by a few slips of the pen: about a tenth of their letters.
func nearlySame(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	slips := min(max(1, len(x)/lettersPerID), maxSlips)
	if len(x) < minFuzzy || len(y) > maxFuzzy || len(y)-len(x) > slips {
		return false
	}
	return withinDistance(x, y, slips)
}

// withinDistance reports whether at most k insertions, deletions, replacements and swaps of neighbours turn x into y. It
// looks at the 2k+1 diagonals that can matter only.
func withinDistance(x, y []rune, k int) bool {
	far := k + 1
	before, row, next := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = min(j, far)
	}
	for i := 1; i <= len(x); i++ {
		for j := range next {
			next[j] = far
		}
		if i <= k {
			next[0] = i
		}
		for j := max(1, i-k); j <= min(len(y), i+k); j++ {
			replaced := row[j-1]
			if x[i-1] != y[j-1] {
				replaced++
			}
			next[j] = min(replaced, row[j]+1, next[j-1]+1, far)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(y)] <= k
}
