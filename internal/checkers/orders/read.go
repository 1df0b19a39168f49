package orders

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// A sighting is a phrase of an order where it stands.
type sighting struct {
	phrase     int32
	field      listing.Field
	raw        string
	start, end int
	transforms text.Transforms
	aside      bool // what stands before it says that the goods are for it: "for clogs"
	whole      bool // it is all that the field says

	first, last int32 // tokens
	opens       bool  // it begins a clause
}

// A reading is the listing's texts as far as they are read, and the memory for it.
type reading struct {
	index     *checker
	subject   *listing.Submission
	folded    text.Folded
	scratch   term.Scratch
	hits      []term.Hit
	title     []sighting // ordered by phrase
	elsewhere []sighting // in the other texts of the product; see rest
	brand     []sighting // in the brand and the manufacturer field
	readRest  bool
	capped    bool
	key       []byte
}

// maxSightings bounds what is kept of one listing.
const maxSightings = 4096

// begin reads the title and the names of a listing.
func (r *reading) begin(c *checker, s *listing.Submission) {
	r.index, r.subject, r.readRest, r.capped = c, s, false, false
	r.title, r.elsewhere, r.brand = r.title[:0], r.elsewhere[:0], r.brand[:0]
	if len(c.spelled) == 0 {
		return
	}
	p := &s.Product
	r.title = r.read(r.title, listing.Field{Kind: listing.TitleField}, p.Title)
	r.brand = r.read(r.brand, listing.Field{Kind: listing.BrandField}, p.Brand)
	r.brand = r.read(r.brand, listing.Field{Kind: listing.ManufacturerField}, p.Manufacturer)
	order(r.title)
	order(r.brand)
}

// kept is how many sightings a list may have room for that is kept for the next listing.
const kept = 256

// forget lets go of the listing, and of the memory that an unusual one took.
func (r *reading) forget() {
	r.subject = nil
	r.folded.Reset()
	for _, list := range [...]*[]sighting{&r.title, &r.elsewhere, &r.brand} {
		if clear(*list); cap(*list) > kept {
			*list = nil
		}
	}
}

// rest reads the other texts about the product, once. Shop name and brand say nothing of what the goods are.
func (r *reading) rest() {
	if r.readRest {
		return
	}
	r.readRest = true
	for field, raw := range r.subject.Texts() {
		switch field.Kind {
		case listing.DescriptionField, listing.BulletField, listing.KeywordField, listing.AttributeField, listing.ModelField, listing.VariantNameField:
			r.elsewhere = r.read(r.elsewhere, field, raw)
		}
	}
	order(r.elsewhere)
}

// read appends the phrases of one text.
func (r *reading) read(dst []sighting, field listing.Field, raw string) []sighting {
	if raw == "" {
		return dst
	}
	r.folded.Fold(raw)
	r.hits = r.index.texts.AppendAll(r.hits[:0], &r.folded, &r.scratch)
	r.capped = r.capped || r.scratch.Capped() || r.folded.Truncated()
	for _, h := range r.hits {
		if len(dst) == maxSightings {
			r.capped = true
			break
		}
		dst = append(dst, sighting{phrase: h.Term, field: field, raw: raw, start: int(h.Start), end: int(h.End), transforms: h.Transforms,
			aside: r.aside(int(h.FirstToken)), whole: h.FirstToken == 0 && int(h.LastToken) == r.folded.NumTokens()-1,
			first: h.FirstToken, last: h.LastToken, opens: h.FirstToken == 0 || r.folded.Token(int(h.FirstToken)-1).After.Clause()})
	}
	r.folded.Reset()
	return dst
}

// maxCue is how many words before a phrase may say that the goods are for it.
const maxCue = 3

// aside reports whether one to three words right before a token say that the goods are made for what follows.
func (r *reading) aside(token int) bool {
	if token == 0 {
		return false
	}
	if r.key = text.AppendKey(r.key[:0], r.folded.Surface(token-1)); !r.index.cueEnds[string(r.key)] {
		return false
	}
	for first := token - 1; first >= 0 && token-first <= maxCue; first-- {
		if r.folded.Token(first).After.Clause() {
			return false
		}
		from, to := int(r.folded.Token(first).Start), int(r.folded.Token(token-1).End)
		r.key = text.AppendKey(r.key[:0], r.folded.Raw()[from:to])
		if r.index.cues[string(r.key)] {
			return true
		}
	}
	return false
}

// order sorts sightings by phrase, plain ones first, then by place.
func order(list []sighting) {
	slices.SortStableFunc(list, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(a.phrase, b.phrase), cmp.Compare(rank(a), rank(b)))
	})
}

func rank(s sighting) int {
	if s.transforms.Disguise() {
		return 1
	}
	return 0
}

// find is the first sighting of a phrase in a list, of those that what stands before them does not set aside.
func find(list []sighting, phrase int32) (sighting, bool) {
	i, _ := slices.BinarySearchFunc(list, phrase, func(s sighting, n int32) int { return cmp.Compare(s.phrase, n) })
	for ; i < len(list) && list[i].phrase == phrase; i++ {
		if !list[i].aside {
			return list[i], true
		}
	}
	return sighting{}, false
}

// number is the phrase that a name is, letter by letter; false where it is none.
func (r *reading) number(name string) (int32, bool) {
	if name == "" {
		return 0, false
	}
	r.key = text.AppendKey(r.key[:0], name)
	n, ok := r.index.phrases[string(r.key)]
	return n, ok
}

// span is the evidence of a sighting.
func (s *sighting) span(canonical string) check.TextSpan {
	return check.TextSpan{Field: s.field, Start: s.start, End: s.end, Surface: check.Surface(s.raw, s.start, s.end), Canonical: canonical,
		Transforms: s.transforms.AppendNames(nil)}
}

// words are those of a sighting.
func (s *sighting) words() string { return check.Surface(s.raw, s.start, s.end) }

// origin is the country of origin, where it is stated as a code; "" where it is not known.
func (r *reading) origin() string {
	code := strings.ToUpper(strings.TrimSpace(r.subject.Product.OriginCountry))
	if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return code
}

// without are the sightings of a list, but for those of a product's phrases that what stands before others of them sets aside:
// "for foam clogs".
func (r *reading) without(list []sighting, p *rulebook.OrderedProduct) []sighting {
	if !slices.ContainsFunc(list, func(s sighting) bool { return s.aside }) {
		return list
	}
	own := make(map[int32]bool)
	for _, phrases := range append([][]string{p.Goods}, p.With...) {
		for _, phrase := range phrases {
			if n, ok := r.number(phrase); ok {
				own[n] = true
			}
		}
	}
	var mine []sighting
	for i := range list {
		if own[list[i].phrase] {
			mine = append(mine, list[i])
		}
	}
	byPlace := slices.Clone(mine)
	slices.SortStableFunc(byPlace, func(a, b sighting) int { return cmp.Compare(a.first, b.first) })
	ends := make(map[int32]bool) // tokens that end what is set aside
	for _, s := range byPlace {
		if s.aside || !s.opens && ends[s.first-1] {
			ends[s.last] = true
		}
	}
	for i := range mine {
		mine[i].aside = mine[i].aside || !mine[i].opens && ends[mine[i].first-1]
	}
	return mine
}

// product finds the words of a product: in the title what the goods are, in any text what must stand with it. A listing without
// title has its goods in the other texts.
func (r *reading) product(p *rulebook.OrderedProduct) ([]sighting, bool) {
	title := r.without(r.title, p)
	named, ok := r.first(title, p.Goods)
	if !ok && r.subject.Product.Title == "" {
		r.rest()
		named, ok = r.first(r.elsewhere, p.Goods)
	}
	if !ok {
		return nil, false
	}
	found := []sighting{named}
	for _, list := range p.With {
		other, ok := r.first(title, list)
		if !ok {
			r.rest()
			if other, ok = r.first(r.elsewhere, list); !ok {
				return nil, false
			}
		}
		found = append(found, other)
	}
	return found, true
}

// first is the first sighting of any of some phrases.
func (r *reading) first(list []sighting, phrases []string) (sighting, bool) {
	if len(list) == 0 {
		return sighting{}, false
	}
	for _, phrase := range phrases {
		if n, ok := r.number(phrase); ok {
			if s, ok := find(list, n); ok {
				return s, true
			}
		}
	}
	return sighting{}, false
}
