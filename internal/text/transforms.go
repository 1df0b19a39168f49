package text

import "github.com/assay-project/assay/internal/text/foldtable"

// Transforms is the set of what was undone to read a text as a word.
type Transforms uint16

// The transforms. Folding finds those up to Diacritic, Ligature, Invisible, LookAlike (only for
// letters that have no honest use, such as phonetic small capitals), Enclosed and Overlay; the
// others are found by comparing with a term.
const (
	Case      Transforms = foldtable.Case      // other letter case
	Width     Transforms = foldtable.Width     // fullwidth, superscript or other compatibility form; traditional Han
	Diacritic Transforms = foldtable.Diacritic // accents and marks left out or added
	Ligature  Transforms = foldtable.Ligature  // one letter for two: æ, ﬁ, ß
	Joined    Transforms = foldtable.Joined    // words written together: CocaCola
	Glued     Transforms = foldtable.Glued     // a piece of a longer word: NikeShoes, iPhone15
	Split     Transforms = foldtable.Split     // one word written as two: Adi das
	Separator Transforms = foldtable.Separator // punctuation between the letters: N.I.K.E
	Invisible Transforms = foldtable.Invisible // characters inside the word that show nothing
	LookAlike Transforms = foldtable.LookAlike // letters that only look like those of the term
	Enclosed  Transforms = foldtable.Enclosed  // letters in circles, squares, parentheses, flags
	Leet      Transforms = foldtable.Leet      // digits or symbols for letters: N1ke, Pr@da
	Masked    Transforms = foldtable.Masked    // a letter blotted out: G*cci
	Repeat    Transforms = foldtable.Repeat    // letters repeated: Niiike
	Edit      Transforms = foldtable.Edit      // one letter wrong, missing, added, or two swapped
	Overlay   Transforms = foldtable.Overlay   // struck through, or buried in combining marks
)

// transformNames are the names of the bits, lowest first.
var transformNames = [16]string{
	"case", "width", "diacritics", "ligature", "joined", "glued", "split", "separators",
	"invisible", "look_alike", "enclosed", "leet", "masked", "repeated", "misspelling", "overlay",
}

// AppendNames appends the names of the transforms in t, always in the same order. They are
// written into evidence and must not change.
func (t Transforms) AppendNames(dst []string) []string {
	for i, name := range transformNames {
		if t&(1<<i) != 0 {
			dst = append(dst, name)
		}
	}
	return dst
}

// disguises are the transforms that honest writing does not produce. Split and Edit are not
// among them: people misspell.
const disguises = Separator | Invisible | LookAlike | Enclosed | Leet | Masked | Repeat | Overlay

// Disguise reports whether t contains a transform that an honest writer does not produce.
func (t Transforms) Disguise() bool { return t&disguises != 0 }
