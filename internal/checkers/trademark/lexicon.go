package trademark

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// A lexicon is a book's marks and wording, compiled for reading. It is immutable.
//
// There are two indexes because not every text needs both, and because a hit inside a longer one of the same index is
// dropped: "replica jersey" must not swallow "replica" before it is known what the longer phrase excuses.
type lexicon struct {
	marks []sign   // those that are indexed here
	bulk  *bulk    // those of the register; nil: none
	names []naming // by term less the terms of the register

	texts   *term.Layers        // read in every text: names of marks, then wording that says something by itself
	alarmOf []*rulebook.Wording // by term less all names

	contexts  *term.Index // wording that says something of its neighbours: read where there are any
	contextOf [][]cue     // by term

	runs  *term.Index     // ordinary words of scripts without spaces; nil: none
	alone map[string]bool // those of one letter

	generic map[string]bool // keys of brand-field values that mean none
	glued   map[string]bool // keys of compatibility cues of one word
	goods   goods
	zones   listing.Zones // of days; not named: UTC
}

// A sign is a mark with what reading needs to know of it.
type sign struct {
	*rulebook.Mark
	key     string   // its text, for comparison
	weak    weakness // of its text
	watched bool     // gated somewhere, or famous: findings on it are worth a person's time
	homes   uint     // roots of the taxonomy it is at home under
	fitting bool     // its own kind of goods is, as a whole, one of parts and things that work together
	device  bool     // others make things that fit its goods, and it is not known for making such things itself
	product bool     // it is not the name of its house: "iPhone", not "Apple"
}

// weakness is what else a name may be. Something beside a weak name must show that the mark is meant.
type weakness uint8

const (
	distinctive weakness = iota
	aPerson              // the name of persons too: the mark, unless something shows a person
	aWord                // an ordinary word
	letters              // a few letters, which stand for many things
)

// A naming is how a term names a sign.
type naming struct {
	sign int32
	how  how
	kind rulebook.AliasKind // of byAlias
	weak weakness
	size uint8 // see sizeOf
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
	l := &lexicon{generic: make(map[string]bool), glued: make(map[string]bool), goods: goodsOf(book.Categories), zones: book.Zones}
	spaced, err := l.addRuns(book.Words)
	if err != nil {
		return nil, fmt.Errorf("index words without spaces: %w", err)
	}
	words := term.NewWords(spaced, book.Dictionary)
	l.texts = term.NewLayers(words)
	c := newCompiler(book, l, words)
	marks := book.Marks
	if book.Register != nil {
		l.bulk = newBulk(c, book)
		l.texts.Add(book.Register.Index(), maxSame, l.bulk.keeps)
		marks = l.bulk.lift(book)
	}
	names := c.addMarks(marks)
	alarms, contexts := l.addWording(book.Wording)
	texts, err := term.Build(append(names, alarms...), spaced)
	if err != nil {
		return nil, fmt.Errorf("index marks and wording: %w", err)
	}
	l.texts.Add(texts, 0, nil)
	if l.contexts, err = term.Build(contexts, nil); err != nil {
		return nil, fmt.Errorf("index wording: %w", err)
	}
	return l, nil
}

// addRuns indexes the ordinary words of scripts without spaces, and returns the others.
func (l *lexicon) addRuns(words []string) (spaced []string, err error) {
	var run []term.Term
	l.alone = make(map[string]bool)
	for _, w := range words {
		switch r, size := utf8.DecodeRuneInString(w); {
		case !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			spaced = append(spaced, w)
		case size == len(w):
			l.alone[text.Key(w)] = true
		default:
			run = append(run, term.Term{Text: w, Policy: term.Exact})
		}
	}
	if len(run) > 0 {
		l.runs, err = term.Build(run, nil)
	}
	return spaced, err
}

// A compiler makes signs of marks, and tells how each name of a mark is looked for.
type compiler struct {
	*lexicon
	categories *rulebook.Categories
	gated      map[string]bool // by id
	fitted     map[string]bool // categories that hold goods which are made to fit
	words      map[string]bool // ordinary words, by key
	ordinary   *term.Words     // the same
}

func newCompiler(book *rulebook.Book, l *lexicon, ordinary *term.Words) *compiler {
	c := &compiler{lexicon: l, categories: book.Categories, gated: make(map[string]bool), words: make(map[string]bool, len(book.Words)), ordinary: ordinary}
	c.fitted = fittedOf(book.Categories)
	for _, g := range book.Gates {
		for _, id := range g.Marks {
			c.gated[id] = true
		}
	}
	for _, w := range book.Words {
		c.words[text.Key(w)] = true
	}
	return c
}

// addMarks makes the signs of marks and returns the terms that name them.
func (c *compiler) addMarks(marks []rulebook.Mark) []term.Term {
	var terms []term.Term
	for i := range marks {
		s := c.sign(&marks[i])
		c.marks = append(c.marks, s)
		b := termBuilder{compiler: c, names: c.names, terms: terms}
		b.addNames(int32(i), &s)
		c.names, terms = b.names, b.terms
	}
	return terms
}

// sign makes the sign of a mark.
func (c *compiler) sign(m *rulebook.Mark) sign {
	s := sign{Mark: m, key: text.Key(m.Text), watched: m.Famous || c.gated[m.ID], homes: c.goods.homes(m.HomeCategories)}
	s.fitting = slices.ContainsFunc(m.HomeCategories, func(path string) bool {
		return c.categories.Find(path).CompatibleOK == rulebook.Yes
	})
	s.device = c.isDevice(m)
	s.product = m.Holder != "" && !strings.Contains(text.Key(m.Holder), s.key)
	s.weak = c.weakness(m.Text, &s)
	return s
}

// Nice classes of jewellery, leather goods and clothing.
var fashion = []int{14, 18, 25}

// isDevice reports whether a mark is known for goods that others make things for: among its goods, or beside them, are some
// that are made to fit. It is neither of fashion nor known for the things that fit.
func (c *compiler) isDevice(m *rulebook.Mark) bool {
	device := false
	for _, path := range m.HomeCategories {
		home := c.categories.Find(path)
		above := home.Parent().Path
		if slices.ContainsFunc(home.NiceClasses, func(n int) bool { return slices.Contains(fashion, n) }) ||
			above != "" && home.CompatibleOK == rulebook.Yes {
			return false
		}
		device = device || c.fitted[home.Path] || c.fitted[above]
	}
	return device
}

// fittedOf are the categories that hold goods which are made to fit.
func fittedOf(categories *rulebook.Categories) map[string]bool {
	fitted := make(map[string]bool)
	for _, path := range categories.Names() {
		category := categories.Find(path)
		for at := category; category.CompatibleOK == rulebook.Yes && at.Path != "" && !fitted[at.Path]; at = at.Parent() {
			fitted[at.Path] = true
		}
	}
	return fitted
}

// A termBuilder lists the names of marks: a mark's text, its aliases, its product lines.
type termBuilder struct {
	*compiler
	names []naming
	terms []term.Term
}

func (b *termBuilder) add(n naming, name string, policy term.Policy) {
	n.size = sizeOf(name)
	b.names = append(b.names, n)
	b.terms = append(b.terms, term.Term{Text: name, Policy: policy})
}

// isForeign reports whether another name of a mark is in another script and no ordinary word: a puma is one in many
// languages, but who hides the word means the mark.
func (b *termBuilder) isForeign(name string, s *sign) bool {
	return !isLatin(name) && isLatin(s.Text) && !b.words[text.Key(name)]
}

// isLatin reports whether a name begins with a Latin letter.
func isLatin(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.Is(unicode.Latin, r)
}

// sizeOf is the number of characters, at most 255; those that stand for a syllable or a word count as two.
func sizeOf(name string) uint8 {
	n := 0
	for _, r := range name {
		n++
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			n++
		}
	}
	return uint8(min(255, n))
}

// addNames adds the mark's text, its aliases and its product lines. What is easily mistaken is not looked for in
// disguise.
func (b *termBuilder) addNames(i int32, s *sign) {
	policy := policyOf(s)
	b.add(naming{sign: i, weak: s.weak}, s.Text, policy)
	for _, a := range s.Aliases {
		n := naming{sign: i, how: byAlias, kind: a.Kind, weak: b.aliasWeakness(a, s)}
		switch {
		case n.weak == letters && s.watched:
			b.add(n, a.Text, policy) // L*V
		case n.weak == aWord && a.Kind == rulebook.Transliteration && b.isForeign(a.Text, s):
			b.add(n, a.Text, policy)
		case n.weak == aWord || n.weak == letters || a.Kind == rulebook.Abbreviation || a.Kind == rulebook.Nickname:
			b.add(n, a.Text, term.Exact)
		default:
			b.add(n, a.Text, policy)
		}
	}
	for _, line := range s.Models {
		switch {
		case b.mistakable(line, s) != distinctive:
			b.add(naming{sign: i, how: byWeakLine}, line, term.Exact)
		case strings.Contains(text.Key(line), s.key):
			b.add(naming{sign: i, how: byFullLine}, line, min(policy, term.Disguised))
		default:
			b.add(naming{sign: i, how: byLine}, line, min(policy, term.Disguised))
		}
	}
}

// weakness is what a mark's text may be besides. What the book says of a mark counts; where it says nothing of one that
// nobody watches, the list of ordinary words does.
func (c *compiler) weakness(name string, s *sign) weakness {
	switch {
	case s.DictionaryWord:
		return aWord
	case s.PersonalName:
		return aPerson
	}
	return c.mistakable(name, s)
}

// aliasWeakness is the same of another name. A dictionary word is one in translation, too.
func (c *compiler) aliasWeakness(a rulebook.Alias, s *sign) weakness {
	switch {
	case a.Kind == rulebook.Coded:
		return aWord
	case strings.Contains(a.Text, " "), a.Kind == rulebook.Abbreviation && lettersAndDigits(a.Text):
		return distinctive
	case s.DictionaryWord && a.Kind != rulebook.Abbreviation:
		return aWord
	case s.PersonalName:
		return aPerson
	}
	return c.mistakable(a.Text, s)
}

// lettersAndDigits reports whether a name is of three characters at least, and of both kinds: PS5.
func lettersAndDigits(name string) bool {
	digits := strings.ContainsAny(name, "0123456789")
	return digits && len(name) >= fewLetters && strings.Trim(name, "0123456789 ") != ""
}

func (c *compiler) mistakable(name string, s *sign) weakness {
	key := text.Key(name)
	switch {
	case len(key) <= fewLetters, strings.Trim(key, "0123456789") == "":
		return letters
	case !s.watched && c.words[key] && !strings.Contains(name, " "):
		return aWord
	}
	return distinctive
}

// policyOf is how far from its spelling a sign is looked for. Marks that are watched are looked for farther than what
// can be trusted blindly: what stands around decides then (see [judgement.counts]). A word that nobody watches is not
// looked for in misspellings: too many words are one letter away from a word.
func policyOf(s *sign) term.Policy {
	switch {
	case s.Policy == rulebook.MatchExact:
		return term.Exact
	case s.watched && (s.Policy != rulebook.MatchDisguised || s.weak == aWord):
		return term.Loose
	case s.Policy == rulebook.MatchDisguised || s.weak == aWord:
		return term.Disguised
	}
	return term.Fuzzy
}

// addWording sorts the phrases by where they are read, and returns the terms.
func (l *lexicon) addWording(lists []rulebook.Wording) (alarms, contexts []term.Term) {
	seen, at := make(map[string]bool), make(map[string]int)
	for i := range lists {
		w := &lists[i]
		for _, phrase := range w.Phrases {
			switch w.Kind {
			case rulebook.GenericBrand:
				l.generic[text.Key(phrase)] = true
			case rulebook.Compatibility, rulebook.ComparisonCue, rulebook.PlainContext, rulebook.Exempt, rulebook.Accessory, rulebook.Whole:
				contexts = l.addContext(contexts, at, w, phrase)
			default:
				// Languages share phrases; one term of each kind will do.
				if key := fmt.Sprint(w.Kind, strings.ToLower(phrase)); !seen[key] {
					seen[key] = true
					alarms = append(alarms, term.Term{Text: phrase})
					l.alarmOf = append(l.alarmOf, w)
				}
			}
		}
	}
	return alarms, contexts
}

// addContext adds what a phrase says of its neighbours. A phrase that many lists have is one term.
func (l *lexicon) addContext(terms []term.Term, at map[string]int, w *rulebook.Wording, phrase string) []term.Term {
	key := strings.ToLower(phrase)
	i, ok := at[key]
	if !ok {
		i = len(terms)
		at[key] = i
		terms = append(terms, term.Term{Text: phrase})
		l.contextOf = append(l.contextOf, nil)
	}
	l.contextOf[i] = append(l.contextOf[i], cue{wording: w, long: isLong(phrase)})
	if w.Kind == rulebook.Compatibility && !strings.Contains(phrase, " ") {
		l.glued[text.Key(phrase)] = true
	}
	return terms
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
