package trademark

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/text"
)

// uses reports how marks are used where that is wrong whoever the merchant is.
func (r *reporter) uses() {
	for i := range r.founds {
		f := &r.founds[i]
		if f.role == check.Comparison {
			r.use(i, "TM_COMPARISON", r.spansOf(f, func(s *sighting) bool { return s.around&compared != 0 }),
				"The product is compared with {mark}: "+strconv.Quote(r.cueOf(f, compared))+".")
		}
		switch f.open {
		case guessed:
			r.use(i, "TM_QUESTION_MARK_BRAND", r.spansOf(f, func(s *sighting) bool { return s.around&questioned != 0 }),
				"{mark} is named as a guess: {words} followed by a question mark.")
		case otherBrand, noBrand:
			r.unclear(i, f)
		case fitsNothing:
			if f.watched {
				r.use(i, "TM_COMPAT_INELIGIBLE_CATEGORY", r.spansOf(f, func(s *sighting) bool { return s.around&compatible != 0 }),
					"{words} is named as what the product fits, but goods of "+strconv.Quote(r.category.Path)+" fit no brand in particular.")
			}
		case fitsUnsaid:
			r.malformed(i, f, "{words} names what the product fits, but nothing says so (\"compatible with\", \"for\").")
		case modelUnsaid:
			r.malformed(i, f, "{words} is named as what the product fits, without the model.")
		}
	}
}

// use files a finding on one mark. The message may name the {words} and the {mark}.
func (r *reporter) use(i int, code string, spans []check.TextSpan, message string, first ...check.Remedy) {
	if len(spans) == 0 {
		return
	}
	f := &r.founds[i]
	r.file(check.Finding{
		Code: code, Markets: f.scope(), Evidence: evidence(spans...), Mark: f.Text, Words: words(spans),
		Message:  strings.NewReplacer("{words}", strconv.Quote(spans[0].Surface), "{mark}", f.Text).Replace(message),
		Remedies: append(first, removals(spans)...),
	}, i)
}

// unclear reports a mark of the title that is neither what the brand field says nor named as something else. Only a
// watched mark, on goods that may be its own, is worth a person's time: retailers name suppliers, parts and licensors in
// titles all day.
func (r *reporter) unclear(i int, f *found) {
	if !f.titled || !f.watched || r.away(f.sign) {
		return
	}
	spans := r.spansOf(f, func(s *sighting) bool {
		return r.inTitleField(s) && !s.transforms.Disguise() && s.transforms&text.Edit == 0 // which is reported by itself
	})
	brand := check.Remedy{
		Text: fmt.Sprintf("If the product is of %s, say so in the brand field; if it is made for it, write \"compatible with %s\".", f.Text, f.Text),
		Fix:  check.SetField{Field: listing.Field{Kind: listing.BrandField}.String(), Value: f.Text},
	}
	quoted := strconv.Quote(r.brand.text)
	switch {
	case r.onlyLines(f):
		r.use(i, "TM_MODEL_NAME_WITHOUT_BRAND", spans,
			"{words} is a product line of {mark}, which the listing does not name; the brand field says "+quoted+".", brand)
	case f.open == noBrand:
		r.use(i, "TM_GENERIC_BRAND_WITH_MARK", spans, "The title names {words}, but the brand field says "+quoted+".", brand)
	default:
		r.use(i, "TM_MARK_IN_TITLE_ROLE_UNCLEAR", spans, "The title names {words}, the brand field says "+quoted+
			", and nothing tells what the product has to do with {mark}.", brand)
	}
}

// onlyLines reports whether product lines of a mark are named, and never the mark itself.
func (r *reporter) onlyLines(f *found) bool {
	return !slices.ContainsFunc(f.sightings, func(i int32) bool { return r.naming[r.sightings[i].naming].how < byLine })
}

func (r *reporter) malformed(i int, f *found, message string) {
	if !f.watched {
		return
	}
	spans := r.spansOf(f, anywhere)
	if f.titled {
		spans = r.spansOf(f, r.inTitleField)
	}
	r.use(i, "TM_COMPAT_MALFORMED", spans, message, check.Remedy{
		Text: fmt.Sprintf("Write your own brand and the product first, then \"compatible with %s\" and the model.", f.Text),
	})
}

// stuffing reports marks of competing houses listed one after another, or among the keywords, that are not the goods' own.
func (r *reporter) stuffing() {
	var listed []int
	for i := range r.founds {
		f := &r.founds[i]
		if f.role == check.Unclear && f.open != besideOwn && f.weak <= aPerson && r.listed(f) && r.competes(f) {
			listed = append(listed, i)
		}
	}
	if len(listed) < 2 {
		return
	}
	var spans []check.TextSpan
	var names []string
	for _, i := range listed {
		spans = append(spans, r.spansOf(&r.founds[i], r.listedAt)...)
		names = append(names, r.founds[i].Text)
	}
	spans = spans[:min(len(spans), maxEvidence)]
	r.file(check.Finding{
		Code: "TM_KEYWORD_STUFFING", Evidence: evidence(spans...), Words: words(spans), Mark: names[0], Remedies: removals(spans),
		Message: fmt.Sprintf("The listing strings together marks of different makers (%s) that it does not offer.",
			strings.Join(names[:min(len(names), 8)], ", ")),
	}, listed...)
}

func (r *reporter) listedAt(s *sighting) bool {
	return s.around&innerOfMarks != 0 || r.fields[s.field].field.Kind == listing.KeywordField
}

func (r *reporter) listed(f *found) bool {
	return slices.ContainsFunc(f.sightings, func(i int32) bool { return r.listedAt(&r.sightings[i]) })
}

// competes reports whether another mark of the listing is at home among the same goods and of another house.
func (r *reporter) competes(f *found) bool {
	return slices.ContainsFunc(r.founds, func(o found) bool {
		return o.index != f.index && !o.harmless() && !related(o.sign, f.sign) && len(f.HomeCategories) > 0 &&
			slices.ContainsFunc(o.HomeCategories, func(c string) bool { return slices.Contains(f.HomeCategories, c) })
	})
}
