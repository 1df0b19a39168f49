package wire

import (
	"cmp"
	"slices"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/assay-project/assay/internal/listing"
)

// Limits of the contract, as annotated there.
const (
	maxID          = 128
	maxName        = 1024
	maxMarkets     = 32
	maxDocuments   = 64
	asOfLimit      = 7258118400 // 2200-01-01T00:00:00Z in seconds
	maxAnnotations = 32
)

// Submission makes a value of a message. now stands in for a missing as_of. The error is an *Invalid. The message
// must not change afterwards: the value shares its strings and slices.
func Submission(m *assayv1.Submission, now time.Time) (*listing.Submission, error) {
	v := validator{path: make([]step, 0, 8)}
	v.submission(m)
	if err := v.err(); err != nil {
		return nil, err
	}
	s := &listing.Submission{
		ID:          m.GetSubmissionId(),
		Merchant:    merchant(m.GetMerchant()),
		Markets:     make([]listing.Market, len(m.GetMarkets())),
		Documents:   documents(m.GetDocuments()),
		AsOf:        now.UTC(),
		Annotations: m.GetAnnotations(),
	}
	product(&s.Product, m.GetProduct())
	for i, market := range m.GetMarkets() {
		s.Markets[i] = listing.Market(market)
	}
	if m.GetAsOf() != nil {
		s.AsOf = m.GetAsOf().AsTime()
	}
	return s, nil
}

func (v *validator) submission(m *assayv1.Submission) {
	v.key("submission_id", m.GetSubmissionId(), maxID)
	if m.GetMerchant() != nil {
		v.push("merchant")
		v.merchant(m.GetMerchant())
		v.pop()
	}
	v.push("product")
	if m.GetProduct() == nil {
		v.add("", "is required")
	}
	v.product(m.GetProduct())
	v.pop()
	v.markets(m.GetMarkets())
	v.documents(m.GetDocuments())
	v.asOf(m.GetAsOf())
	v.pairs("annotations", m.GetAnnotations(), maxAnnotations, 1, 64, 512)
}

func (v *validator) asOf(t *timestamppb.Timestamp) {
	if t != nil && (t.GetSeconds() < 0 || t.GetSeconds() >= asOfLimit || t.CheckValid() != nil) {
		v.add("as_of", "must be from 1970-01-01 up to, not including, 2200-01-01")
	}
}

func (v *validator) markets(markets []string) {
	if len(markets) == 0 {
		v.add("markets", "is required")
	}
	if !v.count("markets", len(markets), maxMarkets) {
		return
	}
	for i, m := range markets {
		if !isCountry(m) {
			v.pushItem("markets", i)
			v.add("", "%.8q is not a country code of ISO 3166-1 alpha-2", m)
			v.pop()
		}
		if slices.Contains(markets[:i], m) {
			v.add("markets", "%.8q is given twice", m)
		}
	}
}

func (v *validator) product(p *assayv1.Product) {
	v.maxBytes("title", p.GetTitle(), 65536)
	v.maxBytes("description", p.GetDescription(), 262144)
	v.texts("bullets", p.GetBullets(), 50, 8192)
	v.texts("keywords", p.GetKeywords(), 100, maxName)
	v.pairs("attributes", p.GetAttributes(), 100, 1, 128, 8192)
	v.maxBytes("brand", p.GetBrand(), maxName)
	v.maxBytes("manufacturer", p.GetManufacturer(), maxName)
	v.maxBytes("model", p.GetModel(), maxName)
	v.maxBytes("mpn", p.GetMpn(), 256)
	v.maxBytes("gtin", p.GetGtin(), 64)
	v.maxBytes("category", p.GetCategory(), maxName)
	v.enum("condition", int32(p.GetCondition()), assayv1.Condition_name, false)
	if p != nil && p.PackQuantity != nil {
		v.atLeast("pack_quantity", int64(*p.PackQuantity), 1)
	}
	if p != nil && p.StockQuantity != nil {
		v.atLeast("stock_quantity", *p.StockQuantity, 0)
	}
	v.variants(p.GetVariants())
	v.maxBytes("origin_country", p.GetOriginCountry(), 64)
	v.texts("unit_codes", p.GetUnitCodes(), 1000, 256)
	v.images(p.GetImages())
	v.party("manufacturer_party", p.GetManufacturerParty())
	v.party("eu_responsible_person", p.GetEuResponsiblePerson())
}

func (v *validator) variants(variants []*assayv1.Variant) {
	if !v.count("variants", len(variants), 200) {
		return
	}
	for i, variant := range variants {
		v.pushItem("variants", i)
		v.maxBytes("name", variant.GetName(), maxName)
		v.maxBytes("gtin", variant.GetGtin(), 64)
		v.pop()
	}
}

func (v *validator) images(images []*assayv1.Image) {
	if !v.count("images", len(images), 50) {
		return
	}
	for i, image := range images {
		v.pushItem("images", i)
		v.sha256("sha256", image.GetSha256())
		v.texts("labels", image.GetLabels(), 50, 256)
		v.perceptualHash("perceptual_hash", image.GetPerceptualHash())
		v.pop()
	}
}

func product(to *listing.Product, p *assayv1.Product) {
	to.Title, to.Description = p.GetTitle(), p.GetDescription()
	to.Bullets, to.Keywords = p.GetBullets(), p.GetKeywords()
	to.Attributes = attributes(p.GetAttributes())
	to.Brand, to.Manufacturer = p.GetBrand(), p.GetManufacturer()
	to.Model, to.MPN, to.GTIN = p.GetModel(), p.GetMpn(), p.GetGtin()
	to.Category, to.Condition = p.GetCategory(), listing.Condition(p.GetCondition())
	to.Price, to.ListPrice = price(p.GetPrice()), price(p.GetListPrice())
	to.PreviousPrice, to.Shipping = price(p.GetPreviousPrice()), price(p.GetShipping())
	to.PackQuantity, to.StockQuantity = p.GetPackQuantity(), -1
	if p.StockQuantity != nil {
		to.StockQuantity = *p.StockQuantity
	}
	to.Variants = convert(p.GetVariants(), func(v *assayv1.Variant) listing.Variant {
		return listing.Variant{Name: v.GetName(), Price: price(v.GetPrice()), GTIN: v.GetGtin()}
	})
	to.OriginCountry, to.UnitCodes = p.GetOriginCountry(), p.GetUnitCodes()
	to.Images = convert(p.GetImages(), func(i *assayv1.Image) listing.Image {
		return listing.Image{SHA256: i.GetSha256(), Labels: i.GetLabels(), PerceptualHash: i.GetPerceptualHash()}
	})
	to.ManufacturerParty, to.EUResponsiblePerson = party(p.GetManufacturerParty()), party(p.GetEuResponsiblePerson())
}

// attributes orders the pairs by key, so that a map's order never shows.
func attributes(m map[string]string) []listing.Attribute {
	if len(m) == 0 {
		return nil
	}
	pairs := make([]listing.Attribute, 0, len(m))
	for key, value := range m {
		pairs = append(pairs, listing.Attribute{Key: key, Value: value})
	}
	slices.SortFunc(pairs, func(a, b listing.Attribute) int { return cmp.Compare(a.Key, b.Key) })
	return pairs
}

// convert maps a repeated field; no items give nil.
func convert[M, V any](messages []M, one func(M) V) []V {
	if len(messages) == 0 {
		return nil
	}
	values := make([]V, len(messages))
	for i, m := range messages {
		values[i] = one(m)
	}
	return values
}

func price(m *money.Money) listing.Price {
	if m == nil {
		return listing.Price{}
	}
	return listing.NewPrice(m.GetUnits(), m.GetNanos(), m.GetCurrencyCode())
}

// known makes a fact of an optional bool.
func known(b *bool) listing.Known {
	switch {
	case b == nil:
		return listing.NotKnown
	case *b:
		return listing.Yes
	}
	return listing.No
}

// moment is the time of a timestamp; zero where it is absent or impossible. It serves fields of the caller's own
// records; bounds of documents keep their reason (see instant).
func moment(t *timestamppb.Timestamp) time.Time {
	if t == nil || t.CheckValid() != nil {
		return time.Time{}
	}
	return t.AsTime()
}

func instant(t *timestamppb.Timestamp) listing.Bound {
	if t == nil {
		return listing.Bound{}
	}
	if err := t.CheckValid(); err != nil {
		return listing.Bound{State: listing.Impossible, Raw: err.Error()}
	}
	return listing.Bound{State: listing.Instant, Time: t.AsTime()}
}

func day(d *date.Date) listing.Bound {
	if d == nil {
		return listing.Bound{}
	}
	date := listing.Date{Year: int(d.GetYear()), Month: time.Month(d.GetMonth()), Day: int(d.GetDay())}
	if !date.Exists() {
		return listing.Bound{State: listing.Impossible, Raw: date.String()}
	}
	return listing.Bound{State: listing.Day, Date: date}
}
