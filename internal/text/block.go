package text

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// blockSize is the number of bytes that asciiBlock takes at once: one bit each in a mask.
const blockSize = 64

// asciiBlock folds the ASCII words and gaps that begin at s[i], up to blockSize bytes, and returns
// where it stopped: at the beginning of a word that goes on beyond the block or beyond ASCII, or
// at i. It branches on words and not on bytes, since nobody can predict where words end.
func (f *Folded) asciiBlock(s string, i int) int {
	b := &f.block
	n := b.read(s[i:])
	if i+n < len(s) && n > 0 && b.word>>(n-1) != 0 { // the last word may go on
		n -= bits.LeadingZeros64(^(b.word << (blockSize - n)))
	}
	if n == 0 {
		return i
	}
	b.cut(n)
	f.blockGap(b.bytes[:min(bits.TrailingZeros64(b.word), n)])
	if b.word != 0 {
		first := len(f.pieces)
		b.emit(f, i, n)
		b.spell(f, f.pieces[first:], i)
	}
	return i + n
}

// A block is a run of at most 64 bytes of ASCII. The masks have a bit for each byte.
type block struct {
	bytes              [blockSize + 8]byte // and those that follow, or zeros
	word, upper, digit uint64
}

// Bytes of a number with the same bit set in each.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// read takes up to blockSize bytes of s, up to the first one that is not ASCII, and returns how
// many there are.
func (b *block) read(s string) int {
	n := copy(b.bytes[:], s)
	clear(b.bytes[n:])
	n = min(n, blockSize)
	b.word, b.upper, b.digit = 0, 0, 0
	for k := 0; k < n; k += 8 {
		x := binary.LittleEndian.Uint64(b.bytes[k : k+8])
		// No sum leaves its byte, since no byte of ascii is above 0x7F.
		ascii := x &^ highs
		small := ascii | 0x20*ones
		letter := (small + ones*(0x80-'a')) &^ (small + ones*(0x7F-'z'))
		digit := (ascii + ones*(0x80-'0')) &^ (ascii + ones*(0x7F-'9'))
		b.upper |= gather(letter&^(ascii<<2)) << k
		b.digit |= gather(digit) << k
		b.word |= gather(letter|digit) << k
		if x != ascii {
			return min(n, k+bits.TrailingZeros64(x&highs)/8)
		}
	}
	return n
}

// gather returns a mask of the bytes of x that have their highest bit set.
func gather(x uint64) uint64 { return (x >> 7 & ones) * 0x0102040810204080 >> 56 }

// cut forgets what is known of the bytes from the n-th on.
func (b *block) cut(n int) {
	var all uint64 = 1<<n - 1 // of 64 bits if n is 64
	b.word, b.upper, b.digit = b.word&all, b.upper&all, b.digit&all
}

// emit appends the tokens and pieces of the block, which has n bytes and stands at the given place.
// What few words have stands behind branches; the rest is free of them.
func (b *block) emit(f *Folded, at, n int) {
	f.tokens = slices.Grow(f.tokens, blockSize/2)
	f.pieces = slices.Grow(f.pieces, blockSize)
	tokens, pieces := f.tokens, f.pieces
	letter, word := len(f.letters), b.word
	// A piece ends where a capital follows a small letter, and between letters and digits.
	lower := word &^ b.upper &^ b.digit
	edges := b.upper&(lower<<1) | (b.digit^b.digit<<1)&word&(word<<1)
	for word != 0 {
		start := bits.TrailingZeros64(word)
		rest := word + word&-word // adding a bit below a run of bits carries it beyond the run
		span := word &^ rest
		word &= rest
		end := bits.TrailingZeros64(rest)
		k := len(tokens)
		tokens = tokens[:k+1]
		tok := &tokens[k]
		tok.Start, tok.End = int32(at+start), int32(at+end)
		tok.letters, tok.piece = int32(letter), int32(len(pieces))
		letter += end - start
		b.classify(tok, span)
		tok.After = 0
		if end < n {
			next := min(bits.TrailingZeros64(word), n)
			gap := gaps[b.bytes[end]&0x7f]
			for i := end + 1; i < next; i++ {
				gap |= gaps[b.bytes[i]&0x7f]
			}
			tok.After = gap
			if gap&Blank != 0 {
				f.invisible += blanks(b.bytes[end:next])
			}
		}
		pieces = pieces[:len(pieces)+1]
		p := &pieces[len(pieces)-1]
		p.Start, p.End, p.Token, p.Glue = int32(at+start), int32(at+end), int32(k), Free
		for inside := edges & span; inside != 0; inside &= inside - 1 {
			e := bits.TrailingZeros64(inside)
			p.End = int32(at + e)
			pieces = pieces[:len(pieces)+1]
			p = &pieces[len(pieces)-1]
			p.Start, p.End, p.Token, p.Glue = int32(at+e), int32(at+end), int32(k), b.glue(e)
		}
	}
	f.tokens, f.pieces = tokens, pieces
}

// firstBytes are masks of so many bytes.
var firstBytes = [9]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// spell appends the letters of the pieces, which are those of the block, and hashes them. It takes
// eight letters at once: each adds its own hash, turned as far as the letters after it ask for,
// and does not wait for the others.
func (b *block) spell(f *Folded, pieces []Piece, at int) {
	h, k, letters := f.w.hash, len(f.letters), f.letters[:cap(f.letters)]
	t := &turned
	var eight [8]byte
	for i := range pieces {
		p := &pieces[i]
		p.Hash, p.Letter = h, int32(k)
		from, n := uint(int(p.Start)-at), int(p.End-p.Start)
		for {
			x := binary.LittleEndian.Uint64(b.bytes[from&(blockSize-1):]) | 0x20*ones // digits keep what they are
			binary.LittleEndian.PutUint64(eight[:], x&firstBytes[min(n, 8)])
			dst := (*[8]rune)(letters[k : k+8])
			var sum uint64
			c := eight[0]
			dst[0], sum = rune(c), sum^t[0][c&0x7F]
			c = eight[1]
			dst[1], sum = rune(c), sum^t[1][c&0x7F]
			c = eight[2]
			dst[2], sum = rune(c), sum^t[2][c&0x7F]
			c = eight[3]
			dst[3], sum = rune(c), sum^t[3][c&0x7F]
			c = eight[4]
			dst[4], sum = rune(c), sum^t[4][c&0x7F]
			c = eight[5]
			dst[5], sum = rune(c), sum^t[5][c&0x7F]
			c = eight[6]
			dst[6], sum = rune(c), sum^t[6][c&0x7F]
			c = eight[7]
			dst[7], sum = rune(c), sum^t[7][c&0x7F]
			if n <= 8 {
				h = bits.RotateLeft64(h, HashRotate*n) ^ bits.RotateLeft64(sum, HashRotate*(n-8))
				k += n
				break
			}
			h = bits.RotateLeft64(h, HashRotate*8) ^ sum
			k, from, n = k+8, from+8, n-8
		}
	}
	f.w.hash, f.letters = h, letters[:k]
}

// blanks counts the characters of s, all ASCII, that show nothing and are no spaces.
func blanks(s []byte) int {
	n := 0
	for i := range len(s) {
		n += int(gaps[s[i]&0x7f] >> blankBit & 1)
	}
	return n
}

// blockGap notes the gap characters of s.
func (f *Folded) blockGap(s []byte) {
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
