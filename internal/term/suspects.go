package term

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// Bounds of a suspect.
const (
	maxRegion      = 24 // tokens
	maxRegionBytes = 256
	maxGapBytes    = 4 // of a symbol that stands for a letter
	reach          = 6 // segments of a repaired window
	maxRepairs     = 256
	maxAround      = 2 // symbols at either end
)

// signs are the gaps in which a symbol may stand that is taken for a letter, or blots one out.
const signs = text.Symbol | text.Question | text.Exclamation | text.Open | text.Slash | text.Sign

// suspects looks for disguised words among the tokens that no plain hit covers. Most of them are
// honest words between spaces, of which there is little to ask.
func (c *scan) suspects() {
	before := c.f.Before(0)
	for k := 0; k < c.f.NumTokens(); {
		tok := c.f.TokenAt(k)
		if !c.s.covered[k] && c.x.loose() && tok.After != 0 && tok.After&^chained == 0 {
			c.chain(k)
		}
		switch {
		case c.s.covered[k]:
			k++
		case (before|tok.After)&signs != 0 || len(c.f.Letters(k)) == 1:
			k = c.run(k)
		default:
			c.token(k)
			k++
		}
		before = c.f.Before(k)
	}
}

// run looks for disguised words in the tokens from k on that only symbols separate, or that spell
// a word letter by letter, and returns where they end.
func (c *scan) run(k int) int {
	if end, n := c.spelledEnd(k); n >= minDisguised {
		c.spelledOut(k, end)
		return end
	}
	end := c.leetEnd(k)
	if end > k+1 {
		c.region(k, end, 0)
	}
	for ; k < end; k++ {
		if !c.s.covered[k] {
			c.parts(k, end)
			c.token(k)
		}
	}
	return end
}

// parts tries token k with the symbols around it, and with the next one or two tokens of a longer
// run that ends before end.
func (c *scan) parts(k, end int) {
	if c.symbolAround(k) {
		c.region(k, k+1, 0)
	}
	for n := 2; n <= 3 && k+n < end; n++ {
		c.region(k, k+n, 0)
	}
}

// chained are the gaps within a name: L'Oreal, Oral-B.
const chained = text.Apostrophe | text.Hyphen

// chain looks for disguises of a name with apostrophes or hyphens as a whole, from token k on, because a part
// of it may be too short to be looked for.
func (c *scan) chain(k int) {
	end, honest := k, true
	for end < c.f.NumTokens() && end-k < maxChunk {
		honest = honest && isPlainASCII(c.f.TokenAt(end), c.f.Letters(end))
		end++
		if after := c.f.Token(end - 1).After; after == 0 || after&^chained != 0 {
			break
		}
	}
	if honest || end-k < 2 {
		return
	}
	c.region(k, end, 0)
	if c.f.Token(k).After == text.Apostrophe && end == k+2 && c.f.Letters(k)[0] >= utf8.RuneSelf {
		c.edits(k, end) // a Hebrew letter has an apostrophe
	}
}

// spelledOut looks for a word, or the words of a term, in the single letters from token k on, and in those of them
// that gaps of one kind separate.
func (c *scan) spelledOut(k, end int) {
	c.region(k, end, text.Separator)
	for from := k; from < end; {
		to := from + 1
		for to < end-1 && c.f.Token(to).After == c.f.Token(from).After {
			to++
		}
		if to = min(to+1, end); to-from >= minDisguised && to-from < end-k {
			c.region(from, to, text.Separator)
		}
		from = to
	}
}

// spelledEnd is the end of the run of single letters, and digits, that begins at token k, and how many they are,
// with the signs that may stand for letters between and beside them.
func (c *scan) spelledEnd(k int) (end, letters int) {
	raw := c.f.Raw()
	for end = k; end < c.f.NumTokens() && end-k < maxRegion && len(c.f.Letters(end)) == 1 &&
		c.f.Token(end).Class <= text.Number; {
		tok := c.f.Token(end)
		end++
		letters++
		if end == c.f.NumTokens() {
			break
		}
		signs := countSigns(raw[tok.End:max(tok.End, c.f.Token(end).Start)])
		if signs == 0 && tok.After.Sentence() {
			break
		}
		letters += signs
	}
	if end > k+1 {
		from, to := c.around(k, end, true)
		letters += countSigns(raw[from:c.f.Token(k).Start]) + countSigns(raw[c.f.Token(end-1).End:to])
	}
	return end, letters
}

// countSigns counts the signs that may stand for letters.
func countSigns(s string) int {
	n := 0
	for _, r := range s {
		if standsFor(r) {
			n++
		}
	}
	return n
}

// leetEnd is the end of the run of tokens from k on that only symbols separate which may stand
// for letters, or blot them out.
func (c *scan) leetEnd(k int) int {
	end := k + 1
	for end < c.f.NumTokens() && end-k < maxRegion && c.leetGap(end) {
		end++
	}
	return end
}

// leetGap reports whether the gap before token k may stand for letters.
func (c *scan) leetGap(k int) bool {
	if c.f.Token(k-1).After&(text.Space|text.Newline|text.Blank) != 0 {
		return false
	}
	from, to := c.f.Token(k-1).End, c.f.Token(k).Start
	if to <= from || to-from > maxGapBytes { // ½ is two tokens of the same bytes
		return false
	}
	joined := c.x.loose()
	for _, r := range c.f.Raw()[from:to] {
		if isMask(r) || isLeet(r) && !c.s.covered[k] {
			return true
		}
		joined = joined && (r == '-' || r == '\'' || r == '’')
	}
	return joined && !c.s.covered[k]
}

func isLeet(r rune) bool {
	if r < utf8.RuneSelf {
		return leet[r] != 0
	}
	return text.Look(r) != 0
}

// isMask reports whether r is used to blot a letter out.
func isMask(r rune) bool {
	switch r {
	case '*', '#', '_', '%', '?', '~', '^', '=', '•', '✱', '✻', '＊', '☆', '⭐', '❤', '♥':
		return true
	}
	return false
}

// symbolAround reports whether a symbol that may stand for a letter touches token k.
func (c *scan) symbolAround(k int) bool {
	from, to := c.around(k, k+1, false)
	tok := c.f.Token(k)
	return from != tok.Start || to != tok.End
}

// around extends the bytes of tokens first to end by symbols on either side that may stand for
// letters: right beside them, behind an apostrophe or, where the letters are spelled out, as far off as they are.
func (c *scan) around(first, end int, spelled bool) (from, to int32) {
	from, to = c.f.Token(first).Start, c.f.Token(end-1).End
	raw := c.f.Raw()
	for range maxAround {
		gap := 0
		if before := raw[:from]; spelled && before != "" && isSpelling(before[len(before)-1]) {
			gap = 1
		}
		r, n := utf8.DecodeLastRuneInString(raw[:int(from)-gap])
		if n == 0 || !standsFor(r) {
			break
		}
		from -= int32(gap + n)
	}
	for range maxAround {
		gap := 0
		if after := raw[to:]; after != "" && (spelled && isSpelling(after[0]) || after[0] == '\'') {
			gap = 1
		}
		r, n := utf8.DecodeRuneInString(raw[int(to)+gap:])
		if n == 0 || !standsFor(r) || gap == 0 && strings.ContainsRune("({[<©®", r) {
			break
		}
		to += int32(gap + n)
	}
	return from, to
}

// isSpelling reports whether a byte is one that letters are set apart by.
func isSpelling(b byte) bool { return b == ' ' || b == '.' || b == '-' || b == '_' || b == '*' }

// standsFor reports whether a symbol may stand for a letter.
func standsFor(r rune) bool { return (r < '0' || r > '9') && isLeet(r) && !text.IsLetter(r) }

// token looks for disguises inside one token.
func (c *scan) token(k int) {
	tok := c.f.TokenAt(k)
	letters := c.f.Letters(k)
	if tok.Class != text.Word && tok.Class != text.Mixed || len(letters) < 2 || len(letters) > maxWord ||
		isRunLetter(letters[0]) && isRunLetter(letters[len(letters)-1]) || c.blameless(k) {
		return
	}
	plain := isPlainASCII(tok, letters)
	if plain && len(letters) == 2 && !mistakable(letters[0]) && !mistakable(letters[1]) {
		return // two letters as they are: too little to take for anything else
	}
	if !plain || c.mayLook(letters) {
		c.looks(k, k+1, tok.Start, tok.End, 0)
	}
	if tok.Class == text.Word && len(letters) >= max(minLoose, c.x.leastEdit-1) {
		c.edits(k, k+1)
	}
	if plain && c.x.loose() && len(letters) >= minGlued+minRest {
		c.glued(k)
	}
	if !plain {
		c.turned(k)
	}
}

// mistakable reports whether r is one of the two letters of ASCII that are taken for one another.
func mistakable(r rune) bool { return r == 'i' || r == 'l' }

// isPlainASCII reports whether a token is written in ASCII letters only.
func isPlainASCII(tok *text.Token, letters []rune) bool {
	return tok.Class == text.Word && int(tok.End-tok.Start) == len(letters) && tok.Transforms&^text.Case == 0
}

// mayLook reports whether a token of ASCII letters may be taken for another word of a term than the
// one that it is.
func (c *scan) mayLook(letters []rune) bool {
	h, pairs := skeleton(letters)
	if !pairs {
		return c.looksLikeAnother(h, letters)
	}
	c.s.shapes = appendWordShapes(c.s.shapes[:0], letters)
	return c.looksLikeAnother(h, letters) || c.looksLikeAnother(hashShapes(c.s.shapes), letters)
}

// looksLikeAnother reports whether the skeleton h is that of a word other than letters.
func (c *scan) looksLikeAnother(h uint64, letters []rune) bool {
	h = spread(h)
	if !yes(c.x.near.word(h), h, isShape) {
		return false
	}
	for cur := c.x.shapes.find(h); ; {
		w, ok := c.x.shapes.next(&cur)
		if !ok {
			return false
		}
		c.load(w)
		word := c.s.letters
		if slices.Equal(word, letters) {
			continue
		}
		if _, pairs := skeleton(word); pairs || len(word) >= minFuzzy || len(word) <= len(letters) {
			return true
		}
		// A short word with a letter left out is another word.
	}
}

// region looks for disguises in the tokens from first to end and the symbols between them.
func (c *scan) region(first, end int, extra text.Transforms) {
	from, to := c.around(first, end, extra&text.Separator != 0)
	if to-from > maxRegionBytes {
		return
	}
	c.looks(first, end, from, to, extra)
	if tok := c.f.Token(first); from != tok.Start || to != c.f.Token(end-1).End {
		c.looks(first, end, tok.Start, c.f.Token(end-1).End, extra)
	}
}

// looks finds the words that the bytes from..to look like.
func (c *scan) looks(first, end int, from, to int32, extra text.Transforms) {
	at := suspect{first: first, end: end, from: from, to: to}
	merged := c.shapes(at, true, extra)
	if merged {
		c.shapes(at, false, extra) // r n and v v as they are: Lenovvvo
	}
	raw := c.f.Raw()[from:to]
	if isASCII(raw) {
		return // none of it is drawn like another alphabet's
	}
	if shapes, differ := appendOwnShapes(c.s.shapes[:0], raw); differ {
		c.s.shapes = shapes
		c.match(at, shapes, extra)
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendOwnShapes reads raw text as letters of their own alphabet, and reports whether some of them are drawn like others
// as they stand: a capital may be where its small letter is not (Н, н).
func appendOwnShapes(dst []shape, raw string) (shapes []shape, differ bool) {
	for _, r := range raw {
		s := shapeOf(r)
		if l := foldOne(r); r >= utf8.RuneSelf && l != 0 && classOf(lookOf(l)) != s.class {
			s, differ = shape{class: classOf(lookOf(l)), letter: l}, true
		}
		if s.letter != 0 || s.source == masked {
			dst = append(dst, s)
		}
	}
	return dst, differ
}

// shapes finds the words that the suspect looks like. If merge is set, r n and v v may be one letter;
// it reports whether they were.
func (c *scan) shapes(at suspect, merge bool, extra text.Transforms) bool {
	shapes, gaps := appendShapes(c.s.shapes[:0], c.f.Raw()[at.from:at.to], merge)
	c.s.shapes = shapes
	if gaps {
		extra |= text.Separator
	}
	c.match(at, shapes, extra)
	return slices.ContainsFunc(shapes, func(s shape) bool { return s.letter == ringN || s.letter == twoV })
}

// match finds the words of the given shapes.
func (c *scan) match(at suspect, shapes []shape, extra text.Transforms) {
	var n [masked + 1]int
	for _, s := range shapes {
		n[s.source]++
	}
	letters := n[written] + n[drawn] + n[dotted]
	if letters < 2 || n[digit] > letters {
		return
	}
	if n[masked] > 0 {
		c.masked(at, shapes, n[masked], extra)
		shapes = slices.DeleteFunc(shapes, func(s shape) bool { return s.source == masked })
		extra |= text.Separator // or the signs stand for nothing
	}
	table, h := &c.x.shapes, spread(hashShapes(shapes))
	if !yes(c.x.near.word(h), h, isShape) {
		return
	}
	for cur := table.find(h); ; {
		w, ok := table.next(&cur)
		if !ok || c.tooMany() {
			return
		}
		c.load(w)
		c.s.word = appendWordShapes(c.s.word[:0], c.s.letters)
		if tr, ok := align(shapes, c.s.word); ok && (tr&text.Edit == 0 || c.editable(w)) {
			c.try(at, tr|extra)
		}
	}
}

// appendShapes reads raw text as shapes, and reports whether it left anything out that shows.
func appendShapes(dst []shape, raw string, merge bool) (shapes []shape, gaps bool) {
	for _, r := range raw {
		switch s := shapeOf(r); {
		case s.source == masked:
			dst = append(dst, s)
		case s.letter != 0:
			dst = pushShape(dst, s, merge)
		default:
			gaps = gaps || text.IsGap(r)
		}
	}
	return dst, gaps
}

// shapeOf is the shape of one code point; its letter is 0 if it is none.
func shapeOf(r rune) shape {
	if uint32(r) < utf8.RuneSelf {
		return asciiShapes[r]
	}
	return drawShape(r)
}

// asciiShapes are the shapes of ASCII.
var asciiShapes = func() (shapes [utf8.RuneSelf]shape) {
	for r := range shapes {
		shapes[r] = drawShape(rune(r))
	}
	return shapes
}()

// drawShape works a shape out.
func drawShape(r rune) shape {
	if r < utf8.RuneSelf && leet[r] != 0 {
		return shape{rune(leet[r]), r, digit}
	}
	if r == 'i' {
		return shape{'i', 'i', dotted}
	}
	l := foldOne(r)
	switch look := text.Look(r); {
	case look != 0 && l == 0: // a symbol
		return shape{classOf(rune(look)), r, drawn}
	case look != 0:
		return shape{classOf(rune(look)), l, drawn}
	case l != 0:
		return shape{classOf(l), l, written}
	case isMask(r):
		return shape{source: masked}
	}
	return shape{}
}

// foldOne is the letter that r folds to, the first if there are several, or 0.
func foldOne(r rune) rune {
	l, _ := text.FoldRune(r)
	return l
}

// masked finds the words with any letters in the place of those that are blotted out: of one, or of
// not more than are left.
func (c *scan) masked(at suspect, shapes []shape, holes int, extra text.Transforms) {
	first, last := shapes[0], shapes[len(shapes)-1]
	if first.source == masked || last.source == masked || len(shapes) < max(minLoose, c.x.leastEdit-1) {
		return
	}
	var h uint64
	switch {
	case holes == 1:
		for _, s := range shapes {
			if s.source != masked {
				h = text.Extend(h, text.LetterHash(s.letter))
			}
		}
	case 2*holes <= len(shapes) && len(shapes)-holes >= minLoose:
		h = frame(first.letter, last.letter, len(shapes))
	default:
		return
	}
	h = spread(h)
	if !yes(c.x.near.word(h), h, isNear) {
		return
	}
	for cur := c.x.deletes.find(h); ; {
		w, ok := c.x.deletes.next(&cur)
		if !ok || c.tooMany() {
			return
		}
		c.load(w)
		if fills(c.s.letters, shapes) {
			c.try(at, extra|text.Masked)
		}
	}
}

// load puts the letters of word w into the scratch.
func (c *scan) load(w uint32) {
	c.s.letters = appendLetters(c.s.letters[:0], c.x.bytesOfWord(w))
}

// fills reports whether word has the letters of shapes, with any letter where one is blotted out.
func fills(word []rune, shapes []shape) bool {
	if len(word) != len(shapes) {
		return false
	}
	for i, r := range word {
		if shapes[i].source != masked && shapes[i].letter != r {
			return false
		}
	}
	return true
}

// edits finds the words one edit away from the tokens from first to end. As in plain, each step asks for all that it
// needs before it looks at any of it.
func (c *scan) edits(first, end int) {
	p, _ := c.f.TokenPieces(first)
	_, q := c.f.TokenPieces(end - 1)
	letters := c.f.Between(p, q)
	if len(letters) > maxWord {
		return
	}
	d := &c.s.deleted
	d.set(letters)
	hashes := append(c.s.hashes[:0], spread(d.prefix[d.n]))
	if len(letters) >= c.x.leastEdit { // else only a longer word will do
		for i, r := range letters {
			if i == 0 || r != letters[i-1] {
				hashes = append(hashes, spread(d.without(i)))
			}
		}
	}
	c.s.hashes, c.s.seen = hashes, c.s.seen[:0]
	for _, h := range c.nearOnes(hashes) {
		c.collect(h)
	}
	for _, w := range c.s.seen {
		c.s.touched += uint32(c.x.blob[c.x.words[w].offset()])
	}
	for _, w := range c.s.seen {
		c.edit(suspect{first: first, end: end, from: c.f.Token(first).Start, to: c.f.Token(end - 1).End}, letters, w)
	}
}

// nearOnes are those of the hashes that the filter lets through.
func (c *scan) nearOnes(hashes []uint64) []uint64 {
	words := slices.Grow(c.s.words[:0], len(hashes))[:len(hashes)]
	c.s.words = words
	for i, h := range hashes {
		words[i] = c.x.near.word(h)
	}
	n := 0
	for i, h := range hashes {
		if yes(words[i], h, isNear) {
			hashes[n] = h
			n++
		}
	}
	slots := c.x.deletes.slots
	for _, h := range hashes[:n] {
		c.s.touched += slots[home(h, len(slots))]
	}
	return hashes[:n]
}

// collect lists the words that share the spread hash h of a deletion with a token.
func (c *scan) collect(h uint64) {
	for cur := c.x.deletes.find(h); ; {
		w, ok := c.x.deletes.next(&cur)
		if !ok || c.tooMany() {
			return
		}
		if !slices.Contains(c.s.seen, w) {
			c.s.seen = append(c.s.seen, w)
		}
	}
}

// edit tries word w for a suspect with these letters.
func (c *scan) edit(at suspect, letters []rune, w uint32) {
	c.load(w)
	word := c.s.letters
	if !c.editable(w) || isRunWord(word) || !oneEdit(letters, word) || len(word) <= minFuzzy && otherInitial(letters, word) {
		return
	}
	tr := text.Edit
	if len(letters) == len(word)+1 && letters[len(word)] == 's' && slices.Equal(letters[:len(word)], word) {
		tr = text.Glued // a plural
	}
	c.try(at, tr)
}

// editable reports whether word w, which is loaded, may have one letter wrong.
func (c *scan) editable(w uint32) bool {
	n, own := len(c.s.letters), c.x.bytesOfWord(w)
	if slices.ContainsFunc(own, func(b byte) bool { return b > markEdge && b != markApostrophe }) {
		return n >= minJoined // words as one
	}
	if slices.Contains(own, markApostrophe) {
		return n >= minFuzzy || n >= minDisguised && c.s.letters[0] >= utf8.RuneSelf
	}
	return n >= minFuzzy || n >= minLoose && c.x.words[w]&isLoose != 0
}

// otherInitial reports whether two words differ in their first letter: disco is not a misspelt Cisco.
// A longer word may have lost its first letter, or got one.
func otherInitial(a, b []rune) bool {
	switch {
	case a[0] == b[0]:
		return false
	case len(a) == len(b):
		return a[0] != b[1]
	}
	return len(b) < minFuzzy
}

// tooMany counts a candidate and reports whether that was one too many.
func (c *scan) tooMany() bool {
	c.s.tried++
	if c.s.tried > maxSuspect {
		c.s.capped = true
	}
	return c.s.capped
}

// A suspect is a run of tokens, end exclusive, and its bytes with the symbols around it.
type suspect struct {
	first, end int
	from, to   int32
	inside     bool // the bytes are all that is meant of the tokens
	pieces     bool // first and end are pieces
}

// try notes that the word loaded may take the place of a suspect.
func (c *scan) try(at suspect, tr text.Transforms) {
	if len(c.s.repairs) == maxRepairs {
		c.s.capped = true
		return
	}
	p, q := at.first, at.end
	if !at.pieces {
		p, _ = c.f.TokenPieces(at.first)
		_, q = c.f.TokenPieces(at.end - 1)
	}
	from := int32(len(c.s.pool))
	c.s.pool = append(c.s.pool, c.s.letters...)
	c.s.repairs = append(c.s.repairs, repair{
		first: int32(p), end: int32(q), hash: text.HashLetters(c.s.letters),
		letters: from, numLetters: int32(len(c.s.letters)), from: at.from, to: at.to, transforms: tr,
		inside: at.inside,
	})
}
