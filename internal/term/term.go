package term

import "github.com/assay-project/assay/internal/text"

// A Policy says how far the spelling in a text may be from the term. Each one includes those
// before it.
type Policy uint8

const (
	// Exact allows other case, width and diacritics, other spacing, hyphens and apostrophes
	// between the words of the term (Coca-Cola, Coca Cola, CocaCola), and a possessive s.
	Exact Policy = iota
	// Disguised allows invisible characters, look-alikes, separators (N.I.K.E), splitting, leet,
	// repeated letters and one blotted-out letter, in terms of four letters or more.
	Disguised
	// Fuzzy allows one letter wrong, missing, added or two swapped, in words of five letters or
	// more, unless the word in the text is an ordinary one.
	Fuzzy
	// Loose allows the same in words of three letters or more, and two letters blotted out. Much of
	// what it finds is something else: the caller must look at what stands around.
	Loose
)

// A Term is a string to look for.
type Term struct {
	Text   string
	Policy Policy
}

// A Hit is a term found in a text.
type Hit struct {
	Term                  int32 // index into the list given to Build
	Start, End            int32 // bytes in the raw text, End exclusive
	FirstToken, LastToken int32 // tokens of the folded text, both inclusive
	Transforms            text.Transforms
}

// Plain reports whether the text spells the term as an honest and careful writer would.
func (h Hit) Plain() bool { return h.Transforms&notPlain == 0 }

const notPlain = text.Separator | text.Invisible | text.LookAlike | text.Enclosed | text.Leet |
	text.Masked | text.Repeat | text.Overlay | text.Split | text.Edit

// Lengths, in letters; an ideograph or a Hangul syllable counts as two.
const (
	minDisguised = 4  // of a term that may be disguised
	minSplit     = 5  // of a term written as several words, some of them ordinary
	minFuzzy     = 5  // of a word with one letter wrong
	minLoose     = 3  // of a word with one letter wrong, of a term with Policy Loose
	minLooseTerm = 6  // of a term of several words that are too short for Fuzzy
	minJoined    = 8  // of the words of a term as one, with one letter wrong
	minGlued     = 4  // of a term inside a longer word
	minRest      = 3  // of what is left of a word when a term inside it is taken away
	maxWord      = 40 // longer words are not tried for disguises
)

// Work bounds of one scan.
const (
	maxPieces  = 48      // of one window
	maxBroken  = 3       // of one window whose parts are no words
	maxChunk   = 6       // of one window without spaces, of which no term begins
	maxWindows = 1 << 15 // that the filter lets through
	maxRaw     = 1 << 14 // hits before overlaps are resolved
	maxSuspect = 1024    // candidate words tried
)
