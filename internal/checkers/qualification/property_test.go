package qualification

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

var asOf = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// day draws a bound near asOf, absent and impossible ones among them.
func day(t *rapid.T, label string) listing.Bound {
	switch n := rapid.IntRange(-4, 900).Draw(t, label); {
	case n < -2:
		return listing.Bound{}
	case n == -2:
		return listing.Bound{State: listing.Impossible, Raw: "2026-02-30"}
	case n == -1:
		return listing.Bound{State: listing.Instant, Time: asOf.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, label+" instant")))}
	default:
		return listing.Bound{State: listing.Day, Date: listing.DateOf(asOf.AddDate(0, 0, n-450))}
	}
}

func some(t *rapid.T, label string, from ...string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 2, rapid.ID).Draw(t, label)
}

// good are papers that hold, one for each of the requirements, but for what documents changes.
func good(t *rapid.T) listing.Document {
	us := listing.Party{LegalName: "Harbour Trading GmbH"}
	laboratory := listing.Party{LegalName: "Delta Testing Ltd"}
	on := func(offset int) listing.Bound {
		return listing.Bound{State: listing.Day, Date: listing.DateOf(asOf.AddDate(0, 0, offset))}
	}
	lasts := rapid.IntRange(1, 500).Draw(t, "lasts")
	term := listing.Validity{Start: on(-300), End: on(lasts)}
	return rapid.SampledFrom([]listing.Document{
		{Type: listing.OperatingLicense, Subject: us, Schemes: []string{"food permit"}, Effective: term},
		{Type: listing.InspectionReport, Issuer: laboratory, Brands: []listing.BrandGrant{{Text: "Morning"}}, Outcome: listing.Passed,
			Accreditations: []listing.Accreditation{{Body: "CNAS"}}, IssuedOn: on(-lasts)},
		{Type: listing.DeclarationOfConformity, Schemes: []string{"EN 71-1", "EN 71-2:2020", "EN 71-3"}, GTINs: []string{"4006381333931"}},
		{Type: listing.ConformityCertificate, Issuer: laboratory, GTINs: []string{"4006381333931"}, Effective: term},
		{Type: listing.QualificationReview, Issuer: listing.Party{LegalName: "SGS"}, Subject: us, Outcome: listing.Passed, IssuedOn: on(-lasts)},
	}).Draw(t, "good")
}

// documents draws papers that hold, or nearly do.
func documents(most int) *rapid.Generator[[]listing.Document] {
	n := 0
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) listing.Document {
		n++
		d := good(t)
		d.ID = fmt.Sprintf("d%03d", rapid.IntRange(0, 999).Draw(t, "id")*1000+n%1000)
		pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			switch rapid.IntRange(0, 12).Draw(t, "change") {
			case 0:
				d.Issuer.LegalName = pick("issuer", "", "Delta Testing Ltd", "SGS", "Harbour Trading GmbH", "Harbour Trading")
			case 1:
				d.Subject.LegalName = pick("subject", "", "Harbour Trading", "Sunrise Foods AG")
			case 2:
				d.IssuedOn = day(t, "issued")
			case 3:
				d.Effective.Start = day(t, "start")
			case 4:
				d.Effective.End = day(t, "end")
			case 5:
				d.Effective.Perpetual = true
			case 6:
				d.Schemes = some(t, "schemes", "EN 71-1", "EN 71-10", "food")
			case 7:
				d.GTINs = some(t, "gtins", "4006381333931", "4006381333948")
			case 8:
				d.Categories = some(t, "categories", "Food", "Toys", "made of words")
			case 9:
				d.Territories = some(t, "territories", "EU", "CN", "WORLD", "US")
			case 10:
				d.Outcome = listing.ReportOutcome(rapid.IntRange(0, 3).Draw(t, "outcome"))
			case 11:
				d.Status = rapid.SampledFrom([]listing.DocumentStatus{listing.Verified, listing.Refused, listing.Revoked}).Draw(t, "status")
			case 12:
				d.Confidence = map[string]float32{pick("field", "effective", "schemes", "issuer", "brands", "issued_on"): rapid.SampledFrom([]float32{0.3, 0.9}).Draw(t, "confidence")}
			}
		}
		return d
	}), 0, most)
}

// goodsIn draws a submission whose goods need papers.
func goodsIn(t *rapid.T) *listing.Submission {
	return &listing.Submission{ID: "s", AsOf: asOf, Merchant: listing.Merchant{ID: "m", LegalName: "Harbour Trading GmbH"},
		Product: listing.Product{Title: "t", Brand: "Morning", GTIN: "4006381333931", Category: rapid.SampledFrom([]string{"Food", "Apparel", "Toys", "Phones"}).Draw(t, "category")},
		Markets: rapid.SliceOfNDistinct(rapid.SampledFrom([]listing.Market{"CN", "NZ", "DE", "US", "JP", "FR"}), 1, 6, rapid.ID).Draw(t, "markets")}
}

// byMarket is what became of each requirement in each market.
func byMarket(r *Result) map[string]verdict.Need {
	all := make(map[string]verdict.Need)
	for _, n := range r.Needs {
		for _, m := range n.Markets {
			n.Markets = nil
			all[n.Requirement+" in "+string(m)] = n
		}
	}
	return all
}

func small(t testing.TB) *rulebook.Book { return newBook(t, archive(t, "testdata/base.txtar")) }

// TestOrderIsIrrelevant: papers in another order give the same, to the letter.
func TestOrderIsIrrelevant(t *testing.T) {
	book := small(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := goodsIn(rt)
		s.Documents = documents(8).Draw(rt, "documents")
		before := judge(t, book, s)
		s.Documents = rapid.Permutation(s.Documents).Draw(rt, "order")
		after := judge(t, book, s)
		if diff := cmp.Diff(before.findings, after.findings); diff != "" {
			rt.Fatalf("findings (-one +another order):\n%s", diff)
		}
		if diff := cmp.Diff(before.result, after.result); diff != "" {
			rt.Fatalf("result (-one +another order):\n%s", diff)
		}
	})
}

// TestMoreIsNeverStricter: no paper more, good or bad, takes anything farther from being met, or shortens it.
func TestMoreIsNeverStricter(t *testing.T) {
	book := small(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := goodsIn(rt)
		s.Documents = documents(6).Draw(rt, "documents")
		before := byMarket(judge(t, book, s).result)
		s.Documents = append(s.Documents, documents(3).Draw(rt, "more")...)
		for key, after := range byMarket(judge(t, book, s).result) {
			was := before[key]
			sooner := was.Met && !after.Until.IsZero() && (was.Until.IsZero() || after.Until.Before(was.Until))
			if after.Distance > was.Distance || was.Met && !after.Met || sooner && len(after.Findings) >= len(was.Findings) {
				rt.Fatalf("%s: %+v, and with more papers %+v", key, was, after)
			}
		}
	})
}

// TestMarketsAreJudgedAlone: what is said of a market does not depend on the others asked for.
func TestMarketsAreJudgedAlone(t *testing.T) {
	book := small(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := goodsIn(rt)
		s.Documents = documents(6).Draw(rt, "documents")
		together := byMarket(judge(t, book, s).result)
		alone := make(map[string]verdict.Need)
		for _, m := range s.Markets {
			one := *s
			one.Markets = []listing.Market{m}
			for key, n := range byMarket(judge(t, book, &one).result) {
				alone[key] = n
			}
		}
		for key, n := range together {
			if diff := cmp.Diff(strip(alone[key]), strip(n)); diff != "" {
				rt.Fatalf("%s (-alone +together):\n%s", key, diff)
			}
		}
		if len(alone) != len(together) {
			rt.Fatalf("%d needs alone, %d together", len(alone), len(together))
		}
	})
}

// strip is a need without what may name other markets: of its findings the codes are left.
func strip(n verdict.Need) verdict.Need {
	findings := n.Findings
	n.Findings = nil
	for i := range findings {
		n.For += " " + codeOf(&findings[i])
	}
	return n
}

// TestValidUntilIsTrue: at every moment before it the answer is the same, and at it, with one paper, no more.
func TestValidUntilIsTrue(t *testing.T) {
	book := small(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := goodsIn(rt)
		s.Markets = s.Markets[:1]
		s.Documents = documents(3).Draw(rt, "documents")
		for key, n := range byMarket(judge(t, book, s).result) {
			if !n.Met || n.Until.IsZero() {
				continue
			}
			left := int64(n.Until.Sub(asOf))
			if left <= 0 {
				rt.Fatalf("%s is met until %s, before it is asked", key, n.Until)
			}
			later := *s
			later.AsOf = asOf.Add(time.Duration(rapid.Int64Range(0, left-1).Draw(rt, "later")))
			if got := byMarket(judge(t, book, &later).result)[key]; !got.Met {
				rt.Fatalf("%s: met until %s, and not at %s: %+v", key, n.Until, later.AsOf, got)
			}
			later.AsOf = n.Until
			later.Documents = slices.DeleteFunc(slices.Clone(s.Documents), func(d listing.Document) bool { return d.ID != n.Document })
			if got := byMarket(judge(t, book, &later).result)[key]; got.Met && len(later.Documents) == 1 {
				rt.Fatalf("%s: still met at %s: %+v", key, n.Until, got)
			}
		}
	})
}

// TestHostileText puts any text everywhere: messages stay one line of bounded length, in UTF-8.
func TestHostileText(t *testing.T) {
	book := small(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := func(label string) string {
			return rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.Rune(), 0, 300, -1), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 64), func(b []byte) string { return string(b) })).Draw(rt, label)
		}
		many := func(label string) []string { return []string{text(label), text(label), text(label)} }
		s := goodsIn(rt)
		s.Product.Category += " > " + text("category")
		s.Product.Brand, s.Product.Manufacturer, s.Product.Model, s.Product.GTIN = text("brand"), text("maker"), text("model"), text("gtin")
		s.Merchant.LegalName = text("merchant")
		s.Documents = documents(3).Draw(rt, "documents")
		for i := range s.Documents {
			d := &s.Documents[i]
			d.ID, d.Issuer.LegalName, d.Subject.LegalName = text("id"), text("issuer"), text("subject")
			d.Schemes, d.GTINs, d.Models, d.Categories, d.Territories = many("schemes"), many("gtins"), many("models"), many("categories"), many("territories")
			d.Brands, d.Accreditations = []listing.BrandGrant{{Text: text("brands")}}, []listing.Accreditation{{Body: text("body")}}
			d.Effective.Start = listing.Bound{State: listing.Impossible, Raw: text("start")}
		}
		for _, n := range judge(t, book, s).result.Needs {
			for i := range n.Findings {
				f := &n.Findings[i]
				if m := f.Message; len(m) > 8<<10 || !utf8.ValidString(m) || strings.ContainsFunc(m, unicode.IsControl) {
					rt.Fatalf("%d bytes: %q", len(m), m)
				}
			}
		}
	})
}

// TestTooManyPapersAreTold: what goes beyond the bound is not looked at, and the outcome says so.
func TestTooManyPapersAreTold(t *testing.T) {
	s := &listing.Submission{ID: "s", AsOf: asOf, Merchant: listing.Merchant{LegalName: "Harbour Trading GmbH"}, Markets: []listing.Market{"CN"},
		Product: listing.Product{Category: "Food"}}
	for i := range maxDocuments + 1 {
		s.Documents = append(s.Documents, listing.Document{ID: fmt.Sprintf("d%03d", i), Type: listing.OperatingLicense})
	}
	if r := judge(t, small(t), s); !strings.Contains(r.outcome.Reason, "only 64 of 65 documents") {
		t.Errorf("the outcome says %q", r.outcome.Reason)
	}
}
