package term

import (
	"strings"

	"github.com/assay-project/assay/internal/text"
)

// joiners may stand between the words of a term without breaking a sentence.
const joiners = text.Space | text.Hyphen | text.Apostrophe | text.Symbol | text.Period | text.Sign |
	text.Quote | text.Blank

// disguised are the transforms that Policy Disguised stands for.
const disguised = notPlain &^ text.Edit

// structure compares where words begin in the window and in the term, and reports whether one
// may stand for the other.
func (c *scan) structure(r record, e traits, w *candidate) (text.Transforms, bool) {
	if w.j == w.i+1 && e&traitMarked == 0 {
		return 0, true
	}
	var tr text.Transforms
	c.s.bounds = appendBounds(c.s.bounds[:0], c.x.bytesOf(r))
	bounds := c.s.bounds
	spelled := c.spelled(w)
	for _, step := range c.steps(w) {
		for len(bounds) > 0 && bounds[0].letter < step.letter {
			tr |= joined(bounds[0])
			bounds = bounds[1:]
		}
		here, inside := bound{}, true // inside a word of the term
		if len(bounds) > 0 && bounds[0].letter == step.letter {
			here, inside, bounds = bounds[0], false, bounds[1:]
		}
		u, ok := gapIn(step.gap, here, inside, spelled)
		if !ok {
			return 0, false
		}
		tr |= u
	}
	for _, b := range bounds {
		tr |= joined(b)
	}
	return tr, true
}

// steps are the places inside the candidate where one piece or segment follows another, and the
// gaps there.
func (c *scan) steps(w *candidate) []bound {
	steps := c.s.steps[:0]
	if w.segments == nil {
		for k := w.i + 1; k < w.j; k++ {
			steps = append(steps, bound{c.pieces[k].Letter - c.pieces[w.i].Letter, gapBefore(c.f, k)})
		}
	} else {
		letter := int32(0)
		for k, seg := range w.segments {
			if k > 0 {
				steps = append(steps, bound{letter, c.gapLeft(w.segments[k-1], seg)})
			}
			letter += seg.letters
		}
	}
	c.s.steps = steps
	return steps
}

// gapLeft is the gap between two segments, less the symbols that repairs have taken for letters.
func (c *scan) gapLeft(a, b segment) text.Gap {
	g := gapBefore(c.f, int(b.first))
	taken := b.repair >= 0 && c.s.repairs[b.repair].from < c.pieces[b.first].Start ||
		a.repair >= 0 && c.s.repairs[a.repair].to > c.pieces[c.s.repairs[a.repair].end-1].End
	if taken {
		g &^= text.Slash | text.Exclamation | text.Open | text.Symbol
	}
	return g
}

// joined is the transform for a place where the term has a gap and the text has none.
func joined(b bound) text.Transforms {
	if b.gap != 0 {
		return text.Joined
	}
	return 0
}

// gapIn is the transform for a gap in the text where the term has b, or nothing if inside one of
// its words. It reports false for gaps that end a thought.
func gapIn(g text.Gap, b bound, inside, spelled bool) (text.Transforms, bool) {
	switch {
	case g == 0:
		return joined(b), true
	case g&text.Blank != 0:
		return text.Invisible, true
	case b.gap != 0 && isHonest(g, b.gap):
		return 0, true
	case b.gap != 0 && !spelled:
		return 0, false
	case !inside && g&^(text.Space|text.Hyphen) == 0:
		return 0, true // PlayStation as Play Station
	case spelled:
		return text.Separator, g&text.Newline == 0
	case g.Sentence() || g&(text.Comma|text.Semicolon) != 0 && g&text.Space != 0:
		return 0, false
	case g == text.Space:
		return text.Split, true
	}
	return text.Separator, true
}

// isHonest reports whether g may stand where the term has the gap own.
func isHonest(g, own text.Gap) bool {
	return g&^(joiners|own) == 0 && (!g.Sentence() || own.Sentence())
}

// spelled reports whether the window is written letter by letter.
func (c *scan) spelled(w *candidate) bool {
	n := int(c.pieces[w.j].Letter - c.pieces[w.i].Letter)
	return n >= 2 && n == w.j-w.i && w.segments == nil &&
		int(c.pieces[w.j-1].Token-c.pieces[w.i].Token) == n-1
}

// edges judges the two ends of the window.
func (c *scan) edges(e traits, w *candidate) (text.Transforms, bool) {
	if c.pieces[w.i].Glue == text.Free && c.pieces[w.j].Glue == text.Free {
		return 0, true
	}
	left, okLeft := c.leftEdge(e, w.i)
	right, okRight := c.rightEdge(e, w.j)
	return left | right, okLeft && okRight
}

func (c *scan) leftEdge(e traits, i int) (text.Transforms, bool) {
	p := &c.pieces[i]
	switch p.Glue {
	case text.Free, text.Clitic:
		return 0, true
	case text.Hidden:
		return text.Invisible, e.size() >= minDisguised
	case text.ScriptEdge:
		if !c.meetsDigit(i) {
			return 0, true
		}
		return text.Glued, e.mayGlue()
	case text.CamelEdge:
		start := c.f.Token(int(p.Token)).Start
		hashtag := start > 0 && c.f.Raw()[start-1] == '#'
		return text.Glued, hashtag && e.mayGlue()
	}
	return 0, false
}

func (c *scan) rightEdge(e traits, j int) (text.Transforms, bool) {
	switch c.pieces[j].Glue {
	case text.Free:
		return 0, true
	case text.Hidden:
		return text.Invisible, e.size() >= minDisguised
	case text.ScriptEdge:
		if !c.meetsDigit(j) {
			return 0, true
		}
		upper := c.f.Token(int(c.pieces[j].Token)).Case == text.Upper
		return text.Glued, e.mayGlue() || e.size() == minGlued-1 && !e.digits() && upper
	case text.CamelEdge:
		return text.Glued, e.mayGlue()
	case text.Syllable:
		return c.particle(e, j)
	}
	return 0, false
}

// mayGlue reports whether the term is telling enough to be seen in a longer word.
func (e traits) mayGlue() bool { return e.size() >= minGlued && !e.ordinary() && !e.digits() }

// meetsDigit reports whether there is a digit on either side of the beginning of piece k.
func (c *scan) meetsDigit(k int) bool {
	at := c.f.Between(k-1, k+1)
	n := int(c.pieces[k].Letter - c.pieces[k-1].Letter)
	return isDigit(at[n-1]) || isDigit(at[n])
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// particles are what Korean glues to a noun.
var particles = map[string]bool{
	"은": true, "는": true, "이": true, "가": true, "을": true, "를": true, "의": true, "에": true,
	"와": true, "과": true, "도": true, "로": true, "으로": true, "에서": true, "에게": true,
	"용": true, "형": true, "풍": true, "만": true, "이나": true, "나": true, "랑": true,
	"이랑": true, "까지": true, "부터": true, "처럼": true, "보다": true, "의류": true,
}

// particle judges what follows a term inside a Hangul word.
func (c *scan) particle(e traits, j int) (text.Transforms, bool) {
	_, end := c.f.TokenPieces(int(c.pieces[j].Token))
	rest := c.f.Between(j, end)
	var buf [16]byte
	if len(rest) <= 2 && particles[string(appendRunes(buf[:0], rest))] {
		return 0, true
	}
	return text.Glued, e.size() >= 6 && !e.ordinary()
}

// allowed applies the policy of the term and the rules for short ones.
func (c *scan) allowed(e traits, tr text.Transforms, w *candidate) bool {
	switch {
	case tr&disguised != 0 && (e.policy() < Disguised || e.size() < minDisguised) && !c.initials(e, tr, w):
		return false
	case tr&text.Edit != 0 && e.policy() < Fuzzy, tr&(text.Edit|text.Masked) != 0 && !c.telling(e, w):
		return false
	case tr&text.Split != 0 && (tr&text.Glued != 0 || c.allOrdinary(w) || c.possessive(w)):
		return false
	case tr&text.Split != 0 && e.size() < minSplit && c.anyOrdinary(w):
		return false
	case tr&text.Glued != 0 && (e.ordinary() || w.inside && e.policy() < Loose):
		return false
	case tr&text.Separator != 0 && !c.separated(w):
		return false
	case tr&text.Joined != 0 && (e.size() < minDisguised || w.segments == nil && c.allOrdinary(w)):
		return false
	case e.letters() <= 2 && !e.digits() && !c.sameCase(e, w):
		return false
	case e.lone() && c.touchesOwnScript(w):
		return false
	}
	return true
}

// telling reports whether the words that are misspelt or blotted out are long enough to be told from
// others: each by itself or, in a term with Policy Loose, together with the rest of the term.
func (c *scan) telling(e traits, w *candidate) bool {
	for _, seg := range w.segments {
		if seg.repair < 0 {
			continue
		}
		r := &c.s.repairs[seg.repair]
		least := minDisguised
		if r.transforms&text.Edit != 0 {
			least = minFuzzy
		}
		if r.transforms&(text.Edit|text.Masked) == 0 || int(r.numLetters) >= least {
			continue
		}
		if e.policy() < Loose || len(w.segments) > 1 && e.size() < minLooseTerm || e.size() < minDisguised {
			return false
		}
	}
	return true
}

// allOrdinary reports whether every token of the window is an ordinary word.
func (c *scan) allOrdinary(w *candidate) bool {
	for k := c.pieces[w.i].Token; k <= c.pieces[w.j-1].Token; k++ {
		if !c.ordinary(int(k)) {
			return false
		}
	}
	return true
}

// anyOrdinary reports whether a token of the window is an ordinary word.
func (c *scan) anyOrdinary(w *candidate) bool {
	for k := c.pieces[w.i].Token; k <= c.pieces[w.j-1].Token; k++ {
		if c.ordinary(int(k)) {
			return true
		}
	}
	return false
}

// possessive reports whether the window begins with what an apostrophe has cut off.
func (c *scan) possessive(w *candidate) bool {
	return c.f.Before(int(c.pieces[w.i].Token))&text.Apostrophe != 0
}

// separated reports whether the separators of the window are a disguise: it is spelled out from
// the first to the last of neighbouring single letters, or its parts are no words.
func (c *scan) separated(w *candidate) bool {
	if !c.spelled(w) {
		return !c.allOrdinary(w) || c.blotted(w)
	}
	first, last := int(c.pieces[w.i].Token), int(c.pieces[w.j-1].Token)
	return last-first >= minSplit-1 || !c.goesOn(first-1, first, c.f.Token(first).After) && !c.goesOn(last+1, last, c.f.Token(last-1).After)
}

// initials reports whether the window spells a term of two or three letters with signs between them that have no other
// use: L*V.
func (c *scan) initials(e traits, tr text.Transforms, w *candidate) bool {
	return e.policy() == Loose && tr&disguised == text.Separator && c.spelled(w) && c.blotted(w)
}

// blotted reports whether nothing but signs that blot letters out stands between the tokens of the window.
func (c *scan) blotted(w *candidate) bool {
	for k := c.pieces[w.i].Token; k < c.pieces[w.j-1].Token; k++ {
		a, b := c.f.Token(int(k)), c.f.Token(int(k)+1)
		if a.End >= b.Start || strings.ContainsFunc(c.f.Raw()[a.End:b.Start], func(r rune) bool { return !isMask(r) }) {
			return false
		}
	}
	return true
}

// goesOn reports whether token k goes on with a word that is spelled out up to its neighbour, with a gap between all
// letters: a single letter after another gap begins something else.
func (c *scan) goesOn(k, neighbour int, gap text.Gap) bool {
	return c.singleLetter(k, neighbour) && c.f.Token(min(k, neighbour)).After == gap
}

// singleLetter reports whether token k exists, is one letter of a script that writes words, and
// belongs to the same sentence as its neighbour. Digits and ideographs end a spelled-out word.
func (c *scan) singleLetter(k, neighbour int) bool {
	return k >= 0 && k < c.f.NumTokens() && len(c.f.Letters(k)) == 1 && c.f.Token(k).Class == text.Word &&
		!c.f.Token(min(k, neighbour)).After.Sentence()
}

// sameCase reports whether the window is in capitals, or in the case of the term: names of two
// letters are words in small letters (3m, hp, on).
func (c *scan) sameCase(e traits, w *candidate) bool {
	if e.own()&text.Case == 0 {
		return true
	}
	upper, same := true, true
	first := c.pieces[w.i].Token
	for k := first; k <= c.pieces[w.j-1].Token && k-first < maxPatterns; k++ {
		p := c.f.Token(int(k)).Case
		upper = upper && p == text.Upper
		same = same && p == e.pattern(int(k-first))
	}
	return upper || same
}

// touchesOwnScript reports whether the one-letter window has a neighbour of its own script.
func (c *scan) touchesOwnScript(w *candidate) bool {
	k := int(c.pieces[w.i].Token)
	return k > 0 && c.f.Token(k-1).After == 0 && c.sameScript(k-1, k) ||
		c.f.Token(k).After == 0 && k+1 < c.f.NumTokens() && c.sameScript(k+1, k)
}

// sameScript reports whether two tokens of scripts without spaces are of the same one; kana and
// Han count as two.
func (c *scan) sameScript(a, b int) bool {
	return c.f.Token(a).Class == c.f.Token(b).Class && isKana(c.f.Letters(a)[0]) == isKana(c.f.Letters(b)[0])
}

func isKana(r rune) bool { return r >= 0x3041 && r <= 0x30FF || r >= 0x31F0 && r <= 0x31FF }

// folding is what folding undid in the tokens of the window and not in the term as well.
func (c *scan) folding(e traits, w *candidate) text.Transforms {
	var tr text.Transforms
	first, last := c.pieces[w.i].Token, c.pieces[w.j-1].Token
	sameTokens := int(last-first) == e.tokens()-1
	otherCase := false
	for k := first; k <= last; k++ {
		tok := c.f.TokenAt(int(k))
		tr |= tok.Transforms
		otherCase = otherCase || sameTokens && k-first < maxPatterns && tok.Case != e.pattern(int(k-first))
	}
	otherCase = otherCase || (tr^e.own())&text.Case != 0
	tr &^= e.own() | text.Case
	if otherCase {
		tr |= text.Case
	}
	return tr
}
