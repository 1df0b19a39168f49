package listing

import (
	"iter"
	"strconv"
)

// A Field names one text of a submission.
type Field struct {
	Kind  FieldKind
	Index int    // of Bullet, Keyword, VariantName, VariantGTIN and UnitCode
	Key   string // of AttributeValue
}

// FieldKind is which text it is.
type FieldKind uint8

// The texts of a submission, in the order they are looked at.
const (
	TitleField FieldKind = iota
	BrandField
	DescriptionField
	BulletField
	KeywordField
	AttributeField
	ManufacturerField
	ModelField
	ShopNameField
	VariantNameField

	// Codes, which are no texts: see [Submission.Texts].
	GTINField
	VariantGTINField
	UnitCodeField
	MPNField

	LegalNameField // of the merchant, which buyers do not read
)

var fieldNames = [...]string{"title", "brand", "description", "bullets", "keywords", "attributes", "manufacturer", "model",
	"merchant.shop_name", "variants", "gtin", "variants", "unit_codes", "mpn", "merchant.legal_name"}

// String is the field's path in findings: "title", "bullets[2]", `attributes["Colour"]`, "variants[0].name".
func (f Field) String() string {
	switch f.Kind {
	case BulletField, KeywordField, UnitCodeField:
		return fieldNames[f.Kind] + "[" + strconv.Itoa(f.Index) + "]"
	case VariantNameField:
		return fieldNames[f.Kind] + "[" + strconv.Itoa(f.Index) + "].name"
	case VariantGTINField:
		return fieldNames[f.Kind] + "[" + strconv.Itoa(f.Index) + "].gtin"
	case AttributeField:
		return fieldNames[f.Kind] + "[" + strconv.Quote(f.Key) + "]"
	}
	return fieldNames[f.Kind]
}

// Texts yields every text of the submission that is not empty, in the order of [FieldKind].
func (s *Submission) Texts() iter.Seq2[Field, string] {
	return func(yield func(Field, string) bool) {
		p := &s.Product
		one := func(kind FieldKind, text string) bool { return text == "" || yield(Field{Kind: kind}, text) }
		many := func(kind FieldKind, texts []string) bool {
			for i, text := range texts {
				if text != "" && !yield(Field{Kind: kind, Index: i}, text) {
					return false
				}
			}
			return true
		}
		attributes := func() bool {
			for _, a := range p.Attributes {
				if a.Value != "" && !yield(Field{Kind: AttributeField, Key: a.Key}, a.Value) {
					return false
				}
			}
			return true
		}
		variants := func() bool {
			for i := range p.Variants {
				if name := p.Variants[i].Name; name != "" && !yield(Field{Kind: VariantNameField, Index: i}, name) {
					return false
				}
			}
			return true
		}
		_ = one(TitleField, p.Title) && one(BrandField, p.Brand) && one(DescriptionField, p.Description) &&
			many(BulletField, p.Bullets) && many(KeywordField, p.Keywords) && attributes() &&
			one(ManufacturerField, p.Manufacturer) && one(ModelField, p.Model) && one(ShopNameField, s.Merchant.ShopName) &&
			variants()
	}
}
