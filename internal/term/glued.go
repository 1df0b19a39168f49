package term

import (
	"slices"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// glued looks for terms with Policy Loose that begin or end token k, written together with an ordinary word: nikeshoes.
// A short one needs a longer word beside it.
func (c *scan) glued(k int) {
	letters := c.f.Letters(k)
	d := &c.s.deleted
	d.set(letters)
	for i := minRest; i <= len(letters)-minRest; i++ {
		head, tail := d.prefix[i], d.suffix(i)
		c.gluedAt(k, letters[:i], 0, head, tail)
		c.gluedAt(k, letters[i:], i, tail, head)
	}
}

// gluedAt tries the letters from the given one on as a term, whose hash is h; rest is the hash of the others.
func (c *scan) gluedAt(k int, letters []rune, from int, h, rest uint64) {
	h = spread(h)
	left := len(c.f.Letters(k)) - len(letters)
	if len(letters) < minGlued || len(letters) <= minGlued+1 && left < minGlued || !yes(c.x.near.word(h), h, isNear) ||
		c.known.facts(spread(rest)) == 0 {
		return
	}
	for cur := c.x.deletes.find(h); ; {
		w, ok := c.x.deletes.next(&cur)
		if !ok || c.tooMany() {
			return
		}
		if c.load(w); c.x.words[w]&isLoose == 0 || !slices.Equal(c.s.letters, letters) {
			continue
		}
		start := c.f.Token(k).Start + int32(from)
		c.try(suspect{first: k, end: k + 1, from: start, to: start + int32(len(letters)), inside: true}, text.Glued)
		return
	}
}

// turned looks for words that are written upside down, in token k and those that follow it.
func (c *scan) turned(k int) {
	if !c.hasTurned(k) {
		return
	}
	for first := k; first >= max(0, k-maxTurned); first-- {
		for end := k + 1; end <= min(first+maxTurned, c.f.NumTokens()); end++ {
			from, to := c.f.Token(first).Start, c.f.Token(end-1).End
			shapes, ok := appendTurned(c.s.shapes[:0], c.f.Raw()[from:max(from, to)])
			c.s.shapes = shapes
			if !ok {
				break
			}
			c.match(suspect{first: first, end: end, from: from, to: to}, shapes, text.LookAlike)
		}
	}
}

const maxTurned = 4 // tokens

// hasTurned reports whether a letter of token k is one that is made to look turned.
func (c *scan) hasTurned(k int) bool {
	tok := c.f.Token(k)
	for _, r := range c.f.Raw()[tok.Start:tok.End] {
		if r >= utf8.RuneSelf && turn[r] != 0 {
			return true
		}
	}
	return false
}

// appendTurned reads raw text upside down. It reports false where a letter makes no sense so.
func appendTurned(dst []shape, raw string) ([]shape, bool) {
	for len(raw) > 0 {
		r, n := utf8.DecodeLastRuneInString(raw)
		raw = raw[:len(raw)-n]
		if text.IsGap(r) {
			continue
		}
		t := turn[r]
		if t == 0 {
			return dst, false
		}
		dst = pushShape(dst, shape{class: classOf(t), letter: t, source: drawn}, false)
	}
	return dst, true
}

// turn is what a letter reads when it is turned upside down.
var turn = map[rune]rune{
	'l': 'l', 'o': 'o', 's': 's', 'x': 'x', 'z': 'z', 'u': 'n', 'n': 'u', 'd': 'p', 'p': 'd', 'b': 'q', 'q': 'b',
	'H': 'h', 'I': 'i', 'N': 'n', 'O': 'o', 'S': 's', 'X': 'x', 'Z': 'z', 'W': 'm', 'M': 'w',
	'ɐ': 'a', 'ɔ': 'c', 'ǝ': 'e', 'ɟ': 'f', 'ƃ': 'g', 'ɓ': 'g', 'ɥ': 'h', 'ᴉ': 'i', 'ı': 'i', 'ɾ': 'j', 'ſ': 'j', 'ʞ': 'k', 'ʃ': 'l',
	'ɯ': 'm', 'ɹ': 'r', 'ʇ': 't', 'ʌ': 'v', 'ʍ': 'w', 'ʎ': 'y', '∀': 'a', 'Ɐ': 'a', 'ᗺ': 'b', 'ꓭ': 'b', 'Ɔ': 'c', 'ᗡ': 'd',
	'Ǝ': 'e', 'Ⅎ': 'f', '⅁': 'g', 'ꓨ': 'g', 'ꓩ': 'j', '⅂': 'l', '˥': 'l', 'Ԁ': 'p', 'Ό': 'q', 'ᴚ': 'r', 'ꓤ': 'r', '⊥': 't', 'ꓕ': 't',
	'∩': 'u', 'ꓵ': 'u', 'Λ': 'v', 'ꓥ': 'v', '⅄': 'y',
}
