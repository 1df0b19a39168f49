package text

import (
	"math/bits"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// Work bounds of one text. What lies beyond them is not looked at, and Truncated says so.
const (
	MaxBytes   = 256 << 10     // raw bytes
	maxLetters = MaxBytes      // folded letters: one code point may fold to 18
	keepCap    = 64 << 10      // letters; larger buffers are not kept for the next text
	spare      = blockSize + 2 // letters; room kept beyond one for each byte of the text
	maxReports = 64            // positions listed per kind of oddity
	maxMarks   = 8             // marks over one letter before it counts as a flood
)

// A Class says what a token is made of.
type Class uint8

// The classes.
const (
	Word      Class = iota // letters of a script that puts spaces between words
	Number                 // decimal digits only
	Mixed                  // letters and digits: RTX4090, n1ke
	Ideograph              // one character of Han, kana or Bopomofo
	SouthEast              // one letter of Thai, Lao, Khmer or Myanmar with its marks
)

// A Pattern is the letter case of a token.
type Pattern uint8

// The patterns. Scripts without case are Lower.
const (
	Lower Pattern = iota // no capital
	Title                // a capital, then small letters
	Upper                // capitals only
	Camel                // anything else: iPhone, NiKe
)

const blankBit = 16

// A Gap is the set of what stands between two tokens.
type Gap uint32

// The members of a gap, in any order and number.
const (
	Symbol      Gap = 1 << foldtable.Symbol // anything not named below: emoji, %, &, *, _
	Space       Gap = 1 << foldtable.Space
	Newline     Gap = 1 << foldtable.Newline
	Hyphen      Gap = 1 << foldtable.Hyphen
	Apostrophe  Gap = 1 << foldtable.Apostrophe
	Period      Gap = 1 << foldtable.Period
	Stop        Gap = 1 << foldtable.Stop // 。 and its like, which end a sentence by themselves
	Comma       Gap = 1 << foldtable.Comma
	Semicolon   Gap = 1 << foldtable.Semicolon // ; and :
	Question    Gap = 1 << foldtable.Question
	Exclamation Gap = 1 << foldtable.Exclamation
	Open        Gap = 1 << foldtable.Open  // ( [ {
	Close       Gap = 1 << foldtable.Close // ) ] }
	Quote       Gap = 1 << foldtable.Quote
	Slash       Gap = 1 << foldtable.Slash // / \ |
	Sign        Gap = 1 << foldtable.Sign  // ™ ® © ℠
	Blank       Gap = 1 << blankBit        // shows nothing, yet is no space: U+2800, U+FFFC, controls
	End         Gap = 1 << 17              // the text ends here
)

// Sentence reports whether a sentence ends in g.
func (g Gap) Sentence() bool {
	return g&(Stop|Newline) != 0 || g&(Period|Question|Exclamation) != 0 && g&(Space|End) != 0
}

// Clause reports whether a sentence or a clause ends in g. A hyphen with spaces is a clause break.
func (g Gap) Clause() bool {
	return g.Sentence() || g&(Comma|Semicolon|Slash|Open|Close) != 0 || g&(Hyphen|Space) == Hyphen|Space
}

// A Token is a word as a reader would count it; in scripts without spaces, one letter.
type Token struct {
	Start, End int32      // bytes in the raw text, End exclusive
	After      Gap        // what stands between it and the next token
	Transforms Transforms // what folding undid
	Class      Class
	Case       Pattern

	letters int32 // index of the first letter; the next token's index ends it
	piece   int32 // index of the first piece
}

// A Glue is how a piece hangs on the piece before it.
type Glue uint8

// The glues.
const (
	Free       Glue = iota // a word begins here: a gap lies before, or the script writes no spaces
	ScriptEdge             // letters meet digits, or letters of another script
	CamelEdge              // a capital after a small letter
	Hidden                 // an invisible character lies between
	Clitic                 // before it stand an Arabic article, conjunction or preposition
	Syllable               // inside a Hangul word
)

// A Piece is a part of a token at whose ends a term may begin or end. Most tokens are one
// piece; iPhone15 is three.
type Piece struct {
	Hash       uint64 // rolling hash of all letters before the piece
	Letter     int32  // number of letters before the piece
	Start, End int32  // bytes in the raw text
	Token      int32
	Glue       Glue
}

// A Folded is one text, folded. It may be reused; Fold forgets the text before. It may be read
// by several goroutines at once, but not while Fold runs. The zero value is an empty text.
type Folded struct {
	raw     string
	letters []rune
	pieces  []Piece // and a last one that stands for the end
	tokens  []Token

	bidi      []int32
	mixed     []int32
	floods    []int32
	invisible int
	truncated bool
	leading   Gap

	w     word
	block block
}

// Reset forgets the text and any buffers that an unusually long one left behind.
func (f *Folded) Reset() {
	if cap(f.letters) > keepCap {
		*f = Folded{}
	}
	f.raw = ""
	f.letters, f.pieces, f.tokens = f.letters[:0], f.pieces[:0], f.tokens[:0]
	f.bidi, f.mixed, f.floods = f.bidi[:0], f.mixed[:0], f.floods[:0]
	f.invisible, f.truncated, f.leading = 0, false, 0
	f.w = word{}
}

// Raw is the text as it was given to Fold, cut at MaxBytes.
func (f *Folded) Raw() string { return f.raw }

// NumTokens is the number of tokens.
func (f *Folded) NumTokens() int { return len(f.tokens) }

// Token returns the i-th token.
func (f *Folded) Token(i int) Token { return f.tokens[i] }

// TokenAt points to the i-th token. It must not be changed and is valid until the next Fold or Reset.
func (f *Folded) TokenAt(i int) *Token { return &f.tokens[i] }

// Surface is the i-th token as written.
func (f *Folded) Surface(i int) string { return f.raw[f.tokens[i].Start:f.tokens[i].End] }

// Letters are the folded letters of the i-th token. They must not be changed and are valid until
// the next Fold or Reset.
func (f *Folded) Letters(i int) []rune {
	first, last := f.tokens[i].letters, len(f.letters)
	if i+1 < len(f.tokens) {
		last = int(f.tokens[i+1].letters)
	}
	return f.letters[first:last]
}

// Before is the gap in front of the i-th token.
func (f *Folded) Before(i int) Gap {
	if i == 0 {
		return f.leading
	}
	return f.tokens[i-1].After
}

// Pieces are the pieces of the text in order, followed by one that stands for its end. They must
// not be changed and are valid until the next Fold or Reset.
func (f *Folded) Pieces() []Piece { return f.pieces }

// Between are the folded letters of pieces first to last, last exclusive.
func (f *Folded) Between(first, last int) []rune {
	return f.letters[f.pieces[first].Letter:f.pieces[last].Letter]
}

// TokenPieces are the indexes of the pieces of the i-th token, last exclusive.
func (f *Folded) TokenPieces(i int) (first, last int) {
	first = int(f.tokens[i].piece)
	if i+1 < len(f.tokens) {
		return first, int(f.tokens[i+1].piece)
	}
	return first, len(f.pieces) - 1
}

// Window is the hash and the number of the letters of pieces first to last, last exclusive.
func (f *Folded) Window(first, last int) (hash uint64, n int) {
	a, b := &f.pieces[first], &f.pieces[last]
	n = int(b.Letter - a.Letter)
	return b.Hash ^ bits.RotateLeft64(a.Hash, HashRotate*n), n
}

// BidiControls are the byte offsets of the first bidirectional embeddings, overrides, isolates and
// their ends. (The plain direction marks, which honest Arabic and Hebrew use, count as invisible.)
func (f *Folded) BidiControls() []int32 { return f.bidi }

// MixedScript are the first tokens that mix Latin with letters of a script whose letters pass for
// Latin ones.
func (f *Folded) MixedScript() []int32 { return f.mixed }

// MarkFloods are the first tokens with more than eight combining marks over one letter.
func (f *Folded) MarkFloods() []int32 { return f.floods }

// Invisibles is the number of invisible characters, without joiners and variation selectors.
func (f *Folded) Invisibles() int { return f.invisible }

// Truncated reports whether the text was longer than the work bounds, so that its rest was not read.
func (f *Folded) Truncated() bool { return f.truncated }
