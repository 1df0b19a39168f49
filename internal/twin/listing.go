package twin

import (
	"fmt"
	"strings"
)

// A Listing is what is looked at of one.
type Listing struct {
	Position int64  // counted from 0; of a batch, of its result
	File     string // where it stands, where that is known
	Line     int
	ID       string
	Merchant string // merchant_id; empty: not known
	Brand    string // of the goods; empty: not known
	Listed   bool   // Brand is a mark that the rulebook knows
	GTIN     string // as submitted
	Rejected bool
	Title    Text
	Body     []Text   // description and bullets
	Images   []string // hashes of pictures: equal ones are of the same picture
}

// A Text is a text, and where in it marks stand, or words that it is rejected for, which are left out.
type Text struct {
	Words string
	Marks []Span
}

// A Span is bytes of a text, End exclusive. One outside the text is as much of it as lies inside.
type Span struct{ Start, End int }

// A Kind is what two listings have in common that two honest ones seldom do.
type Kind uint8

// The kinds, the strongest first.
const (
	// Relisted is a near copy of a listing of the same merchant, of which one was rejected and the other not.
	Relisted Kind = iota + 1
	// Copied is the text of another merchant's listing under another brand, one of which the rulebook knows.
	Copied
	// Pictured is a picture of another merchant's listing under another brand, one of which the rulebook knows.
	Pictured
	// Alike is a near copy of another merchant's listing, of which one was rejected and the other not.
	Alike
	// Coded is a picture of another merchant's listing with the code of another company's product.
	Coded
	// Unbranded is text or picture of another merchant's listing under another brand, neither of which the rulebook knows:
	// also what goods without a name are sold with.
	Unbranded
	// Template is the text of another listing of the same merchant under another brand.
	Template
)

// Codes of kinds, as decisions.yaml has them with the variants.
const (
	Copycat             = "LST_COPYCAT"
	DuplicateOfRejected = "LST_DUPLICATE_OF_REJECTED"
)

// Code is the finding code of a kind, and its variant.
func (k Kind) Code() (code, variant string) {
	switch k {
	case Relisted:
		return DuplicateOfRejected, "near"
	case Alike:
		return DuplicateOfRejected, "other_merchant"
	case Pictured:
		return Copycat, "image"
	case Coded:
		return Copycat, "image_gtin"
	case Unbranded:
		return Copycat, "white_label"
	case Template:
		return Copycat, "template"
	}
	return Copycat, ""
}

// MarshalText writes a kind as its code, a slash, and the variant, if there is one.
func (k Kind) MarshalText() ([]byte, error) {
	code, variant := k.Code()
	return []byte(strings.TrimSuffix(code+"/"+variant, "/")), nil
}

// UnmarshalText reads what MarshalText writes.
func (k *Kind) UnmarshalText(b []byte) error {
	for one := Relisted; one <= Template; one++ {
		if name, _ := one.MarshalText(); string(name) == string(b) {
			*k = one
			return nil
		}
	}
	return fmt.Errorf("read a kind of twin: %q is none", b)
}
