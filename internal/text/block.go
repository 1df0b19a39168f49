package text

import (
	"math/bits"
	"slices"
)

// blockSize is the number of bytes that asciiBlock takes at once: one bit each in a mask.
const blockSize = 64

// asciiBlock folds the ASCII words and gaps that begin at s[i], up to blockSize bytes, and returns
// where it stopped: at the beginning of a word that goes on beyond the block or beyond ASCII, or
// at i. It branches on words and not on bytes, since nobody can predict where words end.
func (f *Folded) asciiBlock(s string, i int) int {
	var upper, lower, digit uint64
	n := 0 // bytes of ASCII
	for n < blockSize {
		x, ascii := load8(s, i+n)
		upper |= inRange(x, 'A', 'Z') << n
		lower |= inRange(x, 'a', 'z') << n
		digit |= inRange(x, '0', '9') << n
		n += ascii
		if ascii < 8 {
			break
		}
	}
	var all uint64 = 1<<n - 1 // of 64 bits if n is 64
	upper, lower, digit = upper&all, lower&all, digit&all
	word := upper | lower | digit
	if i+n < len(s) && n > 0 && word>>(n-1) != 0 { // the last word may go on
		n -= bits.LeadingZeros64(^(word << (blockSize - n)))
		all = 1<<n - 1
		upper, lower, digit, word = upper&all, lower&all, digit&all, word&all
	}
	if n == 0 {
		return i
	}
	b := &f.block
	b.hash(f, s[i:i+n])
	b.upper, b.word = upper, word
	b.digit = digit
	// A piece ends where a capital follows a small letter, and between letters and digits.
	b.edges = upper&(lower<<1) | (digit^digit<<1)&word&(word<<1)
	b.emit(f, s, i, n)
	return i + n
}

// load8 returns up to eight bytes of s from i on, the first one lowest, and how many of them
// come before the first that is not ASCII. The rest is zero or meaningless.
func load8(s string, i int) (x uint64, ascii int) {
	if i+8 <= len(s) {
		s = s[i : i+8]
		x = uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if high := x & 0x8080808080808080; high != 0 {
			return x &^ 0x8080808080808080, bits.TrailingZeros64(high) / 8
		}
		return x, 8
	}
	for k := i; k < len(s) && s[k] < 0x80; k++ {
		x |= uint64(s[k]) << (8 * ascii)
		ascii++
	}
	return x, ascii
}

// inRange returns a mask of the bytes of x, all below 0x80, that lie between lo and hi.
func inRange(x uint64, lo, hi byte) uint64 {
	const ones = 0x0101010101010101
	m := (x + ones*uint64(0x80-lo)) &^ (x + ones*uint64(0x7F-hi))
	return (m >> 7 & ones) * 0x0102040810204080 >> 56
}

// A block is a run of at most 64 bytes of ASCII.
type block struct {
	word, upper, digit, edges uint64
	prefix                    [blockSize + 1]uint64 // hash before each byte
}

// hash folds the letters of s and hashes them.
func (b *block) hash(f *Folded, s string) {
	n := len(f.letters)
	dst := f.letters[n : n+len(s)+1] // Fold keeps that much room, and more
	h, k := f.w.hash, 0
	prefix := b.prefix[:len(s)+1]
	prefix[0] = h
	for i := 0; i < len(s); i++ {
		e := &hashSteps[s[i]&0x7f]
		h = bits.RotateLeft64(h, int(e.turn)) ^ e.add
		prefix[i+1] = h
		dst[k] = rune(e.rune) // of a gap: overwritten by the next letter
		k += int(e.letter)
	}
	f.w.hash = h
}

// emit appends the tokens and pieces of the block, n bytes from s[at] on. What few words have stands
// behind branches; the rest is free of them.
func (b *block) emit(f *Folded, s string, at, n int) {
	s = s[at : at+n]
	letter := len(f.letters)
	word := b.word
	f.blockGap(s[:min(bits.TrailingZeros64(word), n)])
	if word == 0 {
		return
	}
	tokens := slices.Grow(f.tokens, blockSize/2)
	pieces := slices.Grow(f.pieces, blockSize)
	for word != 0 {
		start := bits.TrailingZeros64(word)
		rest := word + word&-word // adding a bit below a run of bits carries it beyond the run
		span := word &^ rest
		word &= rest
		end := min(bits.TrailingZeros64(rest), n)
		k := len(tokens)
		tokens = tokens[:k+1]
		tok := &tokens[k]
		tok.Start, tok.End = int32(at+start), int32(at+end)
		tok.letters, tok.piece = int32(letter), int32(len(pieces))
		b.classify(tok, span)
		pieces = pieces[:len(pieces)+1]
		p := &pieces[len(pieces)-1]
		p.Hash, p.Letter = b.prefix[start&63], int32(letter)
		p.Start, p.End = int32(at+start), int32(at+end)
		p.Token, p.Glue = int32(k), Free
		for edges := b.edges & span; edges != 0; edges &= edges - 1 {
			e := bits.TrailingZeros64(edges)
			p.End = int32(at + e)
			pieces = pieces[:len(pieces)+1]
			p = &pieces[len(pieces)-1]
			p.Hash, p.Letter = b.prefix[e&63], int32(letter+e-start)
			p.Start, p.End = int32(at+e), int32(at+end)
			p.Token, p.Glue = int32(k), b.glue(e)
		}
		letter += end - start
		tok.After = 0
		if end < n {
			gap := gaps[s[end]&0x7f]
			next := min(bits.TrailingZeros64(word), n)
			for i := end + 1; i < next; i++ {
				gap |= gaps[s[i]&0x7f]
			}
			tok.After = gap
			if gap&Blank != 0 {
				f.invisible += blanks(s[end:next])
			}
		}
	}
	f.tokens, f.pieces, f.letters = tokens, pieces, f.letters[:letter]
}

// blanks counts the characters of s, all ASCII, that show nothing and are no spaces.
func blanks(s string) int {
	n := 0
	for i := range len(s) {
		n += int(gaps[s[i]&0x7f] >> blankBit & 1)
	}
	return n
}

// blockGap notes the gap characters of s.
func (f *Folded) blockGap(s string) {
	for i := range len(s) {
		f.addGap(gaps[s[i]&0x7f])
	}
	f.invisible += blanks(s)
}

// glue is how the piece at bit e, which does not begin a word, hangs on the one before.
func (b *block) glue(e int) Glue {
	if before := b.digit << 1; (b.digit^before)>>(e&63)&1 != 0 {
		return ScriptEdge
	}
	return CamelEdge
}

// casePatterns are the letter cases, two bits each, by whether there are capitals, small letters,
// and whether the only capital is the first letter.
const casePatterns = uint64(Lower) | uint64(Upper)<<2 | uint64(Lower)<<4 | uint64(Camel)<<6 |
	uint64(Lower)<<8 | uint64(Upper)<<10 | uint64(Lower)<<12 | uint64(Title)<<14

// classify sets case and class of the token that has the bits span.
func (b *block) classify(tok *Token, span uint64) {
	upper, digit := b.upper&span, b.digit&span
	letters := span &^ digit
	k := bit(upper != 0) | bit(letters != upper)<<1 | bit(upper == letters&-letters)<<2
	tok.Case = Pattern(casePatterns >> (2 * k & 15) & 3)
	tok.Transforms = Transforms(k&1) * Case
	tok.Class = Class(bit(digit != 0) + bit(digit != 0)&bit(letters != 0)) // Word, Number or Mixed
}

// bit is 1 for true. The compiler makes it free of branches.
func bit(b bool) uint {
	if b {
		return 1
	}
	return 0
}
