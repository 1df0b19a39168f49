package price

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/pack"
	"github.com/assay-project/assay/internal/rulebook"
)

// inWords is a reference as the end of a sentence: "the median of 1,204 offers (Acme, Shoes, DE, new; merchants unknown)".
func inWords(row *rulebook.Baseline) string {
	notes := " (" + cohortNotes(row) + ")"
	switch row.Kind {
	case rulebook.MSRP:
		return "the recommended price of " + row.Median.String() + notes
	case rulebook.Floor:
		return "the lowest landed cost that the brand has named, " + row.Median.String() + notes
	}
	return "the median of " + offersOf(row) + notes
}

// mostInWords is the most that a product was seen at, or is recommended at.
func mostInWords(row *rulebook.Baseline) string {
	if row.Kind != rulebook.Observed {
		return inWords(row)
	}
	return "the highest price of " + offersOf(row) + ", " + row.Most.String() + " (" + cohortNotes(row) + ")"
}

// offersOf is how many were observed, of whom where that is known.
func offersOf(row *rulebook.Baseline) string {
	if row.Merchants < 0 {
		return grouped(row.Observations) + " offers"
	}
	return grouped(row.Observations) + " offers by " + grouped(row.Merchants) + " merchants"
}

// cohortName is a cohort for people: "Acme, Running Shoes, DE, new".
func cohortName(row *rulebook.Baseline) string {
	var parts []string
	if row.GTIN != "" {
		parts = append(parts, "GTIN "+row.GTIN)
	}
	if row.Brand != "" {
		parts = append(parts, row.Brand)
	}
	switch {
	case row.Category != "":
		parts = append(parts, leaf(row.Category))
	case row.GTIN == "":
		parts = append(parts, "any category")
	}
	market := string(row.Market)
	if market == "" {
		market = "any market"
	}
	condition := row.Condition.String()
	if row.Condition == listing.ConditionUnknown {
		condition = "any condition"
	}
	return strings.Join(append(parts, market, condition), ", ")
}

// leaf is the last part of a category's path.
func leaf(path string) string {
	return strings.TrimSpace(path[strings.LastIndex(path, pathSeparator)+1:])
}

func cohortNotes(row *rulebook.Baseline) string {
	if row.Kind == rulebook.Observed && row.Merchants < 0 {
		return cohortName(row) + "; merchants unknown"
	}
	return cohortName(row)
}

// wanted is the cohort that a product belongs to, in its own words, as far as the submission has them.
func wanted(s *listing.Submission, o *offer, market int) string {
	text := make([]byte, 0, 128)
	add := func(name, stated string) {
		if stated != "" {
			text = append(text, name...)
			text = strconv.AppendQuoteToGraphic(text, shorten(stated))
			text = append(text, ", "...)
		}
	}
	add("GTIN ", s.Product.GTIN)
	add("brand ", s.Product.Brand)
	add("category ", leaf(s.Product.Category))
	condition := max(s.Product.Condition, listing.ConditionNew)
	text = append(text, s.Markets[market]+", "...)
	text = append(text, o.item.Currency+", "...)
	return string(append(text, condition.String()...))
}

const maxQuoted = 64

// quoteCode shows what should be plain letters, shortened, with what is not made visible.
func quoteCode(s string) string { return strconv.QuoteToASCII(shorten(s)) }

func shorten(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "..."
}

// caveats are what limits the worth of a comparison.
func (c *checker) caveats(p *pass, o *offer, row *rulebook.Baseline, units uint64) []string {
	var caveats []string
	add := func(holds bool, caveat string) {
		if holds {
			caveats = append(caveats, caveat)
		}
	}
	observed := row.Kind == rulebook.Observed
	if o.conversion != nil {
		add(true, o.conversion.caveat())
	}
	add(observed && row.Merchants < 0, "merchants unknown")
	add(p.Subject.Product.Condition == listing.ConditionUnknown, "condition not stated, taken as new")
	add(row.Condition == listing.ConditionUnknown, "the reference mixes conditions")
	add(row.Market == "", "the reference is of all markets in "+row.Currency)
	add(row.GTIN == "", "the reference is of different products")
	shipping := o.shippingCaveat()
	add(shipping != "", shipping)
	packed := max(o.declared, pack.Read(o.title).Units, 1)
	add(row.PerUnit, fmt.Sprintf("divided by %d units, as the reference is", units))
	add(!row.PerUnit && units > 1, fmt.Sprintf("divided by %d units; the reference counts whole listings, as they are sold", units))
	add(!row.PerUnit && units == 1 && packed > 1, fmt.Sprintf("not divided by the pack of %d; the reference counts whole listings, as they are sold", packed))
	add(observed && row.SpreadUp == 0, "spread unknown, taken as wide")
	return caveats
}

func confirm(o *offer) check.Remedy {
	return check.Remedy{Text: "Confirm price, currency, pack quantity and condition, or correct them.",
		Fix: check.ConfirmPrice{Field: o.field, Price: o.item}}
}

// percentOff is how far below one a ratio is: "82 %".
func percentOff(ratio float64) string {
	switch percent := math.Round(100 * (1 - ratio)); {
	case percent < 1:
		return "less than 1 %"
	case percent > 99:
		return "more than 99 %"
	default:
		return fmt.Sprintf("%.0f %%", percent)
	}
}

// share is a ratio before what it is of: "3.4 times", "21 % of".
func share(ratio float64) string {
	switch {
	case ratio >= 1000:
		return "more than 1,000 times"
	case ratio >= 1:
		return fmt.Sprintf("%.1f times", ratio)
	case ratio >= 0.01:
		return fmt.Sprintf("%.0f %% of", 100*ratio)
	}
	return "less than 1 % of"
}

// grouped is a count with its thousands apart: "1,204".
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
