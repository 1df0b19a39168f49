package check

import (
	"unicode/utf8"

	"github.com/assay-project/assay/internal/listing"
)

// Evidence is what a finding rests on: a TextSpan, Price, Document, Chain, ListEntry, Opaque or Twin.
type Evidence interface{ evidence() }

// MaxSurface bounds the bytes of a text that evidence repeats.
const MaxSurface = 256

// A TextSpan points at words of the submission.
type TextSpan struct {
	Field      listing.Field
	Start, End int    // bytes, in the field as submitted
	Surface    string // those bytes, at most MaxSurface of them
	Canonical  string
	Transforms []string // what had to be undone to see it
	MarkID     string
}

// Surface is text[start:end], cut to MaxSurface bytes at a character's edge.
func Surface(text string, start, end int) string {
	words := text[start:end]
	if len(words) <= MaxSurface {
		return words
	}
	cut := MaxSurface
	for cut > 0 && !utf8.RuneStart(words[cut]) {
		cut--
	}
	return words[:cut]
}

// Price shows a price against a reference. Ratios are dimensionless.
type Price struct {
	Reference    PriceReference
	Cohort       string // for people
	Level        string // "gtin", "brand+category", "brand+parent", "category"
	Merchants    int64  // -1: not known
	Observations int64
	Offered      listing.Money
	PackQuantity int32
	Median       listing.Money
	Low, High    listing.Money // 5th and 95th percentile
	Least, Most  listing.Money // the range seen; zero: not known
	Ratio        float64       // offered / median
	Spread       float64       // upper-side MAD of ln price, clamped
	Z            float64       // 0.6745 ln(ratio) / spread
	AsOf         listing.Date  // zero: not known
	Source       string
	Caveats      []string
}

// PriceReference is what a price was compared with.
type PriceReference uint8

// References, numbered as in the contract.
const (
	NoReference PriceReference = iota
	MarketReference
	MSRPReference
	FloorReference
	OwnReference
)

// Document points at a field of a document. ID is empty where the document is missing.
type Document struct{ ID, Field, Expected, Actual string }

// Chain shows a chain of authorizations from a mark's holder to the merchant.
type Chain struct {
	MarkID, Holder, Merchant string
	Links                    []Link
	FirstFailing             int // index into Links; -1: none
	Levels                   int // affiliation counts 0
}

// A Link is one step of a chain.
type Link struct {
	From, To    string
	DocumentID  string // empty: none was given
	Constraints []Constraint
}

// A Constraint is one that was checked on a link.
type Constraint struct {
	Name             string // "term", "territory", "scope", "channel", "sublicense", "licensee", "level", ...
	Holds            bool
	Expected, Actual string
}

// ListEntry points at a row of the rulebook.
type ListEntry struct{ List, Entry, Version string }

// Opaque is evidence of an outside checker that fits no other kind.
type Opaque struct{ Label, Text string }

// Twin shows a listing beside another that it is a near copy of.
type Twin struct {
	ID, Merchant, Brand                string // Merchant and Brand: empty if not known
	OtherID, OtherMerchant, OtherBrand string
	Similarity, Margin                 float64 // share of words in common, and how exact it is; 0: exactly
	SharedWords                        []string
	SharedImages                       int
}

func (TextSpan) evidence()  {}
func (Price) evidence()     {}
func (Document) evidence()  {}
func (Chain) evidence()     {}
func (ListEntry) evidence() {}
func (Opaque) evidence()    {}
func (Twin) evidence()      {}

// A Fix is one change that a program can apply: RemoveText, SetField, ProvideDocument, ConfirmPrice or RequestReview.
type Fix interface{ fix() }

// RemoveText takes words out of a field.
type RemoveText struct {
	Field      listing.Field
	Start, End int
}

// SetField gives a field another value.
type SetField struct{ Field, Value string }

// ProvideDocument asks for a paper: a document with just the fields that must hold, or one of the alternatives.
type ProvideDocument struct {
	Requirement  listing.Document
	Alternatives []listing.Document
	MarkID       string
}

// ConfirmPrice asks for a look at a price.
type ConfirmPrice struct {
	Field      string
	Price      listing.Money
	Suggestion listing.Money // zero: none
}

// RequestReview asks for a person.
type RequestReview struct{ Reason string }

func (RemoveText) fix()      {}
func (SetField) fix()        {}
func (ProvideDocument) fix() {}
func (ConfirmPrice) fix()    {}
func (RequestReview) fix()   {}
