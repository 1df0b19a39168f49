package assessment

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/twin"
	"github.com/assay-project/assay/internal/verdict"
)

// A Subject is what merchant checkers see: a merchant, and what became of an assortment.
type Subject struct {
	Merchant   listing.Merchant
	Markets    []listing.Market // the merchant's, then those of listings besides, sorted
	AsOf       time.Time
	Listings   []Listing // ordered by id; the same one given again is there once
	Papers     []Paper   // standing papers and those of listings, each reading once, by id
	Shop       []ShopFinding
	Needs      []Need             // papers that goods need, and what became of each
	Standing   []listing.Document // the standing papers, as given
	Unanswered int                // listings without a verdict
	LeftOut    string             // what went beyond the bounds and was not compared, in words; empty: nothing
}

// A Listing is what is kept of one.
type Listing struct {
	ID       string
	Merchant string // merchant_id
	Brand    string // of the goods: the mark that the text shows, or what the brand field says; empty: not known
	Category string // as submitted
	Markets  []listing.Market
	Gated    bool // mentions a mark that needs papers
	Rejected bool
	Price    listing.Price
	Low      Low
	GTINs    []string    // as submitted
	Units    []string    // serialised codes, as submitted
	Sketch   twin.Packed // what it is compared to others by; empty: there is too little
}

// Low is how far below usual a listing's price was found.
type Low uint8

// Steps of a low price.
const (
	NotLow Low = iota
	SoftLow
	OutlierLow // or further
)

// A Paper is a document and whose listing it came with.
type Paper struct {
	*listing.Document
	Merchant           string // merchant_id
	RegistrationNumber string
}

// A ShopFinding is what was found in the name of the shop, with one listing or with many.
type ShopFinding struct {
	check.Finding
	Listings []string // ids, sorted; the first few
}

// MaxListings is how many listings an assortment may have. With all bounds met it takes some 77 MiB (TestBoundsAreTold); an
// ordinary listing takes about 600 bytes.
const MaxListings = 10_000

// Bounds of what is kept, whatever is given.
const (
	maxCodes      = 200_000  // product and unit codes, over all listings
	maxCodeBytes  = 16 << 20 // of them
	maxPapers     = 2_000
	maxPaperBytes = 16 << 20 // of what is compared of them
	maxShop       = 32       // different findings in the name of the shop
	maxShopIDs    = 3
)

type paperKey struct{ merchant, document string }

// An Assortment gathers listings. It is safe for concurrent use.
type Assortment struct {
	mu         sync.Mutex
	subject    Subject
	standing   []listing.Document
	requests   requests
	sketcher   twin.Sketcher
	codes      int
	codeBytes  int
	paperBytes int
	papers     map[paperKey][]*listing.Document
	codesCut   bool
	papersCut  bool
	shopCut    bool
	needs      map[needKey]*needed
	gaps       int // needs of which there is something to be told
	needsCut   bool
	asked      bool // what is needed is among the requests
}

// New begins an assortment of a merchant with standing papers, who will sell in the markets.
func New(merchant listing.Merchant, standing []listing.Document, markets []listing.Market, asOf time.Time) *Assortment {
	a := &Assortment{subject: Subject{Merchant: merchant, Markets: slices.Clone(markets), AsOf: asOf}, standing: standing,
		papers: make(map[paperKey][]*listing.Document), requests: newRequests(), needs: make(map[needKey]*needed)}
	for i := range standing {
		a.paper(&standing[i], &merchant)
	}
	return a
}

// Miss counts a listing that could not be answered.
func (a *Assortment) Miss() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.subject.Unanswered++
}

// Add takes a listing with its verdict. It keeps neither.
func (a *Assortment) Add(s *listing.Submission, v *verdict.Verdict) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := Listing{ID: s.ID, Merchant: s.Merchant.ID, Category: s.Product.Category, Markets: s.Markets, Price: s.Product.Price,
		Gated:    slices.ContainsFunc(v.Mentions, func(m check.Mention) bool { return m.Gated && ofGoods(&m) }),
		Rejected: v.Decision == verdict.Reject}
	l.Brand, _ = brandOf(s, v)
	l.Sketch = a.sketch(s, v)
	a.addCodes(&l, &s.Product)
	for i := range v.Findings {
		f := &v.Findings[i]
		if len(f.MitigatedBy) > 0 {
			continue
		}
		l.Low = max(l.Low, lowOf(f.Code))
		if s.Merchant.ShopName == a.subject.Merchant.ShopName && inShopName(f) {
			a.shop(f, s.ID)
		}
	}
	for i := range s.Documents {
		a.paper(&s.Documents[i], &s.Merchant)
	}
	if !hopeless(v) {
		for i := range v.Fixes {
			a.requests.add(v.Fixes[i].Fix, s.ID)
		}
		a.need(v.Needs, s)
	}
	a.subject.Listings = append(a.subject.Listings, l)
}

// hopeless reports whether a listing is rejected for something that no paper and no change puts right: whoever calls their
// goods copies is not asked for a letter.
func hopeless(v *verdict.Verdict) bool {
	return v.Decision == verdict.Reject && slices.ContainsFunc(v.Fixes, func(f verdict.Fix) bool {
		_, review := f.Fix.(check.RequestReview)
		return review
	})
}

// ofGoods reports whether a mark is mentioned anywhere but in the name of the shop, which stands over all listings.
func ofGoods(m *check.Mention) bool {
	return slices.ContainsFunc(m.Spans, func(s check.TextSpan) bool { return s.Field.Kind != listing.ShopNameField })
}

func lowOf(code string) Low {
	switch code {
	case "PRICE_LOW_EXTREME", "PRICE_LOW_OUTLIER":
		return OutlierLow
	case "PRICE_SOFT_LOW":
		return SoftLow
	}
	return NotLow
}

// addCodes keeps product and unit codes as long as there is room.
func (a *Assortment) addCodes(l *Listing, p *listing.Product) {
	keep := func(to *[]string, code string) {
		switch {
		case code == "":
		case a.codes >= maxCodes || a.codeBytes+len(code) > maxCodeBytes:
			a.codesCut = true
		default:
			a.codes++
			a.codeBytes += len(code)
			*to = append(*to, code)
		}
	}
	keep(&l.GTINs, p.GTIN)
	for i := range p.Variants {
		keep(&l.GTINs, p.Variants[i].GTIN)
	}
	for _, code := range p.UnitCodes {
		keep(&l.Units, code)
	}
}

// paper keeps a reading of a document that is not kept yet, without what nobody compares.
func (a *Assortment) paper(d *listing.Document, from *listing.Merchant) {
	bare, key := bareDocument(d), paperKey{from.ID, d.ID}
	for _, known := range a.papers[key] {
		if reflect.DeepEqual(known, &bare) {
			return
		}
	}
	size := documentBytes(&bare)
	if len(a.subject.Papers) >= maxPapers || a.paperBytes+size > maxPaperBytes {
		a.papersCut = true
		return
	}
	a.paperBytes += size
	a.papers[key] = append(a.papers[key], &bare)
	a.subject.Papers = append(a.subject.Papers, Paper{&bare, from.ID, from.RegistrationNumber})
}

// bareDocument is a document without the words of its lines, its lists of goods, and what was read with what confidence.
func bareDocument(d *listing.Document) listing.Document {
	bare := *d
	bare.Lines = slices.Clone(d.Lines)
	for i := range bare.Lines {
		bare.Lines[i].Description, bare.Lines[i].Brand, bare.Lines[i].GTIN = "", "", ""
	}
	bare.GTINs, bare.Confidence, bare.Signatures = nil, nil, nil
	return bare
}

// documentBytes is roughly what a document takes.
func documentBytes(d *listing.Document) int {
	n := 1024 + 96*len(d.Lines) + len(d.Number)
	for _, p := range []*listing.Party{&d.Issuer, &d.Subject} {
		n += len(p.LegalName) + len(p.Address) + textBytes(p.Aliases)
	}
	for i := range d.Brands {
		n += 48 + len(d.Brands[i].Text) + len(d.Brands[i].RegistrationNumber) + len(d.Brands[i].Office)
	}
	return n + textBytes(d.Territories) + textBytes(d.Categories) + textBytes(d.Channels) + 4*len(d.NiceClasses)
}

func textBytes(texts []string) int {
	n := 16 * len(texts)
	for _, t := range texts {
		n += len(t)
	}
	return n
}

// inShopName reports whether a finding is about words of the shop's name and more than a remark.
func inShopName(f *verdict.Finding) bool {
	if f.Row.Severity < verdict.Medium {
		return false
	}
	for _, e := range f.Evidence {
		if span, ok := e.(check.TextSpan); ok {
			return span.Field.Kind == listing.ShopNameField
		}
	}
	return false
}

// shopSpans are the words of the shop's name that a finding rests on.
func shopSpans(f *verdict.Finding) []check.TextSpan {
	var spans []check.TextSpan
	for _, e := range f.Evidence {
		if span, ok := e.(check.TextSpan); ok && span.Field.Kind == listing.ShopNameField {
			spans = append(spans, span)
		}
	}
	return spans
}

// shop files a finding in the shop's name, each once whatever the number of listings.
func (a *Assortment) shop(f *verdict.Finding, id string) {
	same := func(k ShopFinding) bool {
		return k.Code == f.Code && k.Variant == f.Variant && k.Mark == f.Mark && k.Words == f.Words
	}
	at := slices.IndexFunc(a.subject.Shop, same)
	if at < 0 {
		if len(a.subject.Shop) == maxShop {
			a.shopCut = true
			return
		}
		at = len(a.subject.Shop)
		a.subject.Shop = append(a.subject.Shop, ShopFinding{Finding: check.Finding{Code: f.Code, Variant: f.Variant, Mark: f.Mark, Words: f.Words}})
	}
	k := &a.subject.Shop[at]
	for _, span := range shopSpans(f) {
		k.Evidence = append(k.Evidence, span)
	}
	slices.SortFunc(k.Evidence, func(x, y check.Evidence) int { return cmp.Compare(x.(check.TextSpan).Start, y.(check.TextSpan).Start) })
	k.Evidence = slices.CompactFunc(k.Evidence, func(x, y check.Evidence) bool { return reflect.DeepEqual(x, y) })
	k.Listings = insert(k.Listings, id)
	k.Listings = k.Listings[:min(len(k.Listings), maxShopIDs)]
}

// insert puts a text into sorted ones, once.
func insert(sorted []string, s string) []string {
	at, found := slices.BinarySearch(sorted, s)
	if found {
		return sorted
	}
	return slices.Insert(sorted, at, s)
}

// Subject is what has been gathered, in an order that does not tell in which it came. The assortment must not be used after.
func (a *Assortment) Subject() *Subject {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &a.subject
	slices.SortStableFunc(s.Listings, func(x, y Listing) int {
		if c := cmp.Compare(x.ID, y.ID); c != 0 {
			return c
		}
		return cmp.Compare(fmt.Sprintf("%+v", x), fmt.Sprintf("%+v", y))
	})
	s.Listings = slices.CompactFunc(s.Listings, func(x, y Listing) bool { return reflect.DeepEqual(x, y) })
	slices.SortFunc(s.Papers, func(x, y Paper) int {
		if c := cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Merchant, y.Merchant)); c != 0 {
			return c
		}
		return cmp.Compare(keyOf(x.Document), keyOf(y.Document))
	})
	slices.SortFunc(s.Shop, func(x, y ShopFinding) int {
		return cmp.Or(cmp.Compare(x.Code, y.Code), cmp.Compare(x.Variant, y.Variant), cmp.Compare(x.Mark, y.Mark), cmp.Compare(x.Words, y.Words))
	})
	s.Needs, s.Standing = a.allNeeds(), a.standing
	s.Markets = append(s.Markets, a.besides()...)
	s.LeftOut = a.leftOut()
	return s
}

// besides are the markets of listings that the merchant did not name.
func (a *Assortment) besides() []listing.Market {
	var more []listing.Market
	for i := range a.subject.Listings {
		for _, m := range a.subject.Listings[i].Markets {
			if !slices.Contains(a.subject.Markets, m) && !slices.Contains(more, m) {
				more = append(more, m)
			}
		}
	}
	slices.Sort(more)
	return more
}

func (a *Assortment) leftOut() string {
	words := ""
	for _, cut := range []struct {
		is   bool
		what string
	}{{a.codesCut, fmt.Sprintf("product and unit codes after the first %d", a.codes)},
		{a.papersCut, fmt.Sprintf("papers after the first %d", len(a.subject.Papers))},
		{a.shopCut, fmt.Sprintf("findings in the shop's name after the first %d", maxShop)},
		{a.needsCut, fmt.Sprintf("papers that goods need by kind, after the first %d that are not there", a.gaps)}} {
		if cut.is && words != "" {
			words += " and "
		}
		if cut.is {
			words += cut.what
		}
	}
	return words
}

// Requests are what to ask the merchant for: for the listings, and for findings of the merchant's own. left is how many more
// there are.
func (a *Assortment) Requests(own []verdict.Finding) (all []verdict.Request, left int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ask()
	return a.requests.all(own)
}
