package outside

import (
	"strconv"
	"strings"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
)

// single are the paths of the texts that a submission has one of.
var single = map[string]listing.FieldKind{
	"title": listing.TitleField, "brand": listing.BrandField, "description": listing.DescriptionField,
	"manufacturer": listing.ManufacturerField, "model": listing.ModelField, "merchant.shop_name": listing.ShopNameField,
}

// lists are the names of those that it has many of.
var lists = map[string]listing.FieldKind{"bullets": listing.BulletField, "keywords": listing.KeywordField, "variants": listing.VariantNameField}

// fieldAt reads the path of a text as findings write it: "title", "bullets[2]", `attributes["Colour"]`. It takes no other
// spelling of it.
func fieldAt(path string) (listing.Field, bool) {
	if kind, ok := single[path]; ok {
		return listing.Field{Kind: kind}, true
	}
	name, index, _ := strings.Cut(path, "[")
	index = strings.TrimSuffix(strings.TrimSuffix(index, ".name"), "]")
	var f listing.Field
	switch name {
	case "bullets", "keywords", "variants":
		n, err := strconv.Atoi(index)
		if err != nil || n < 0 {
			return f, false
		}
		f = listing.Field{Kind: lists[name], Index: n}
	case "attributes":
		key, err := strconv.Unquote(index)
		if err != nil {
			return f, false
		}
		f = listing.Field{Kind: listing.AttributeField, Key: key}
	}
	return f, path != "" && f.String() == path
}

// textOf is the text of a field in a message; "" where it has none.
func textOf(s *assayv1.Submission, f listing.Field) string {
	p := s.GetProduct()
	switch f.Kind {
	case listing.TitleField:
		return p.GetTitle()
	case listing.BrandField:
		return p.GetBrand()
	case listing.DescriptionField:
		return p.GetDescription()
	case listing.BulletField:
		return itemOf(p.GetBullets(), f.Index)
	case listing.KeywordField:
		return itemOf(p.GetKeywords(), f.Index)
	case listing.AttributeField:
		return p.GetAttributes()[f.Key]
	case listing.ManufacturerField:
		return p.GetManufacturer()
	case listing.ModelField:
		return p.GetModel()
	case listing.ShopNameField:
		return s.GetMerchant().GetShopName()
	case listing.VariantNameField:
		if f.Index < len(p.GetVariants()) {
			return p.GetVariants()[f.Index].GetName()
		}
	}
	return ""
}

func itemOf(texts []string, i int) string {
	if i >= len(texts) {
		return ""
	}
	return texts[i]
}

// textsOf are the texts of a message that people read.
func textsOf(s *assayv1.Submission) []string {
	p := s.GetProduct()
	texts := []string{p.GetTitle(), p.GetBrand(), p.GetDescription(), p.GetManufacturer(), p.GetModel(), s.GetMerchant().GetShopName()}
	texts = append(texts, p.GetBullets()...)
	texts = append(texts, p.GetKeywords()...)
	for _, value := range p.GetAttributes() {
		texts = append(texts, value)
	}
	for _, v := range p.GetVariants() {
		texts = append(texts, v.GetName())
	}
	return texts
}

// TextAt is the text that the path of a finding names; "" where there is none.
func TextAt(s *assayv1.Submission, path string) string {
	f, ok := fieldAt(path)
	if !ok {
		return ""
	}
	return textOf(s, f)
}
