package assessment_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

var asOf = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func begin() *assessment.Assortment {
	return assessment.New(listing.Merchant{ID: "m"}, nil, []listing.Market{"DE"}, asOf)
}

// wants is a verdict that asks for papers.
func wants(fixes ...check.Fix) *verdict.Verdict {
	v := &verdict.Verdict{Ruling: verdict.Ruling{Decision: verdict.Review}}
	for _, f := range fixes {
		v.Fixes = append(v.Fixes, verdict.Fix{Fix: f})
	}
	return v
}

// letters draws letters of one holder, for few marks, with everything that may differ.
func letters() *rapid.Generator[check.ProvideDocument] {
	return rapid.Custom(func(t *rapid.T) check.ProvideDocument {
		mark := rapid.SampledFrom([]string{"one", "two"}).Draw(t, "mark")
		day := func(label string) listing.Bound {
			return listing.Bound{State: listing.Day, Date: listing.Date{Year: 2027, Month: time.March, Day: rapid.IntRange(1, 28).Draw(t, label)}}
		}
		paper := func(kind listing.DocumentType) listing.Document {
			return listing.Document{Type: kind, Brands: []listing.BrandGrant{{Text: mark}},
				Territories: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"DE", "FR", "US", "CN"}), 1, 3, rapid.ID).Draw(t, "territories"),
				NiceClasses: rapid.SliceOfNDistinct(rapid.Int32Range(1, 5), 0, 2, rapid.ID).Draw(t, "classes"),
				Effective:   listing.Validity{Start: day("start"), End: day("end")}, IssuedOn: day("issued"),
				Lines: []listing.InvoiceLine{{Brand: mark, GTIN: rapid.SampledFrom([]string{"", "96385074"}).Draw(t, "gtin"), Quantity: rapid.Int64Range(1, 9).Draw(t, "quantity")}}}
		}
		p := check.ProvideDocument{MarkID: mark, Requirement: paper(listing.LetterOfAuthorization)}
		if rapid.Bool().Draw(t, "invoice") {
			p.Alternatives = append(p.Alternatives, paper(listing.PurchaseInvoice))
		}
		if rapid.Bool().Draw(t, "certificate") {
			p.Alternatives = append(p.Alternatives, paper(listing.TrademarkCertificate))
		}
		return p
	})
}

// TestPapersAreAskedForOnce: one request for each mark, whose letter has all that any listing wants, in any order, and whose
// alternatives would do for all.
func TestPapersAreAskedForOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := rapid.SliceOfN(letters(), 1, 8).Draw(t, "asked")
		order := rapid.Permutation(asked).Draw(t, "order")
		ask := func(list []check.ProvideDocument) []verdict.Request {
			a := begin()
			for _, p := range list {
				a.Add(&listing.Submission{ID: fmt.Sprint(p)}, wants(p, check.RequestReview{Reason: "r"}))
			}
			all, left := a.Requests(nil)
			if left != 0 {
				t.Fatalf("%d requests are left out", left)
			}
			return all
		}
		got := ask(asked)
		if diff := cmp.Diff(got, ask(append(order, asked...))); diff != "" {
			t.Fatalf("in another order, and twice (-first +then):\n%s", diff)
		}
		marks := map[string]bool{}
		for _, p := range asked {
			marks[p.MarkID] = true
		}
		if len(got) != len(marks) {
			t.Fatalf("%d requests for %d marks", len(got), len(marks))
		}
		for _, p := range asked {
			for _, r := range got {
				if f := r.Fix.(check.ProvideDocument); f.MarkID == p.MarkID {
					covers(t, &f, &p)
				}
			}
		}
	})
}

// covers reports where a joint request does not do for one that is a part of it.
func covers(t *rapid.T, joint, part *check.ProvideDocument) {
	if len(joint.Alternatives) > len(part.Alternatives) {
		t.Errorf("an alternative does not do for all: %v, %v", joint, part)
	}
	j, p := &joint.Requirement, &part.Requirement
	for _, territory := range p.Territories {
		if !strings.Contains(fmt.Sprint(j.Territories), territory) {
			t.Errorf("%v lacks %s", j.Territories, territory)
		}
	}
	if len(p.NiceClasses) == 0 && len(j.NiceClasses) > 0 {
		t.Errorf("classes %v where one listing wants all", j.NiceClasses)
	}
	if j.Effective.Start.Date.Day > p.Effective.Start.Date.Day || j.Effective.End.Date.Day < p.Effective.End.Date.Day {
		t.Errorf("valid %v, wanted %v", j.Effective, p.Effective)
	}
	most := int64(0)
	for _, l := range j.Lines {
		if l.GTIN == p.Lines[0].GTIN {
			most = l.Quantity
		}
	}
	if most < p.Lines[0].Quantity {
		t.Errorf("%v shows fewer than %v", j.Lines, p.Lines)
	}
}

// TestRejectedForGoodAsksForNothing: who calls the goods copies is not asked for a letter.
func TestRejectedForGoodAsksForNothing(t *testing.T) {
	letter, nobody := check.ProvideDocument{MarkID: "one"}, check.RequestReview{Reason: "counterfeit wording"}
	for name, row := range map[string]struct {
		fixes []check.Fix
		want  int
	}{"a paper would do": {[]check.Fix{letter}, 1}, "nothing would": {[]check.Fix{letter, nobody}, 0}} {
		a, v := begin(), wants(row.fixes...)
		v.Decision = verdict.Reject
		a.Add(&listing.Submission{ID: "s"}, v)
		if got, _ := a.Requests(nil); len(got) != row.want {
			t.Errorf("%s: %d requests, want %d", name, len(got), row.want)
		}
	}
}

// need is a paper that is needed for one product, as a checker tells of it.
func need(product string) verdict.Need {
	paper := listing.Document{Type: listing.DeclarationOfConformity, Schemes: []string{"s"}, GTINs: []string{product}}
	return verdict.Need{Requirement: "r", For: product, Markets: []listing.Market{"DE"}, Distance: 1, Findings: []check.Finding{{Code: "QUAL_REQUIRED_MISSING",
		Markets: []listing.Market{"DE"}, Message: strings.Repeat("m", 400) + product, Evidence: []check.Evidence{check.Document{Field: "type"}, check.ListEntry{Entry: "r"}},
		Remedies: []check.Remedy{{Text: strings.Repeat("t", 300) + product, Fix: check.ProvideDocument{Requirement: paper, Alternatives: []listing.Document{paper}}}}}}}
}

// needs draws what listings need, of few requirements and things, so that they meet.
func needs() *rapid.Generator[verdict.Need] {
	return rapid.Custom(func(t *rapid.T) verdict.Need {
		n := verdict.Need{Requirement: rapid.SampledFrom([]string{"", "permit", "report"}).Draw(t, "requirement"),
			For:     rapid.SampledFrom([]string{"", "one", "two"}).Draw(t, "for"),
			Markets: rapid.SliceOfNDistinct(rapid.SampledFrom([]listing.Market{"CN", "DE", "US"}), 1, 3, rapid.ID).Draw(t, "markets"),
			Met:     rapid.Bool().Draw(t, "met")}
		if n.Met {
			n.Document = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "document")
			if days := rapid.IntRange(0, 3).Draw(t, "days"); days > 0 {
				n.Until = asOf.AddDate(0, 0, days)
			}
			return n
		}
		n.Distance = rapid.IntRange(1, 3).Draw(t, "distance")
		n.Findings = []check.Finding{{Code: "QUAL_EXPIRED", Message: fmt.Sprint(n.Distance, rapid.IntRange(0, 1).Draw(t, "words"))}}
		return n
	})
}

// TestTheBestOfAllListingsCounts, in every market, whatever the order and however often listings come.
func TestTheBestOfAllListingsCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type one struct {
			id   string
			need verdict.Need
		}
		var all []one
		for i, n := range rapid.SliceOfN(needs(), 1, 12).Draw(t, "needs") {
			all = append(all, one{fmt.Sprint("s", i%5), n})
		}
		gathered := func(list []one) []assessment.Need {
			a := begin()
			for _, o := range list {
				v := wants()
				v.Needs = []verdict.Need{o.need}
				a.Add(&listing.Submission{ID: o.id, Markets: o.need.Markets}, v)
			}
			return a.Subject().Needs
		}
		got := gathered(all)
		if diff := cmp.Diff(got, gathered(append(rapid.Permutation(all).Draw(t, "order"), all...))); diff != "" {
			t.Fatalf("in another order, and twice (-first +then):\n%s", diff)
		}
		for _, o := range all {
			for _, m := range o.need.Markets {
				var answers []assessment.Need
				for _, n := range got {
					if n.Requirement == o.need.Requirement && n.For == o.need.For && slices.Contains(n.Markets, m) {
						answers = append(answers, n)
					}
				}
				if len(answers) != 1 || answers[0].Distance > o.need.Distance || !slices.Contains(answers[0].Listings, o.id) {
					t.Fatalf("%+v in %s became %+v", o, m, answers)
				}
				if best := answers[0]; o.need.Met && !best.Until.IsZero() && (o.need.Until.IsZero() || best.Until.Before(o.need.Until)) {
					t.Fatalf("%+v lasts longer than %+v", o.need, best)
				}
			}
		}
	})
}

// manyWords are n words that no two texts share.
func manyWords(text, n int) string {
	var words strings.Builder
	for i := range n {
		x := uint64(text*n+i+1) * 0x9e3779b97f4a7c15
		for range 10 {
			words.WriteByte(byte('a' + x%26))
			x /= 26
		}
		words.WriteByte(' ')
	}
	return words.String()
}

// TestBoundsAreTold fills every store: what goes beyond is told, and memory stays within what MaxListings promises.
func TestBoundsAreTold(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a second")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a := begin()
	for i := range assessment.MaxListings {
		s := &listing.Submission{ID: fmt.Sprintf("%0128d", i), Markets: []listing.Market{"DE"}}
		s.Product.Brand = strings.Repeat("b", 1000) + fmt.Sprint(i)
		for j := range 100 {
			s.Product.UnitCodes = append(s.Product.UnitCodes, fmt.Sprintf("%0200d", i*100+j))
		}
		s.Product.Title, s.Product.Description = manyWords(i, 100), manyWords(-i, 500)
		for j := range 50 {
			s.Product.Images = append(s.Product.Images, listing.Image{SHA256: fmt.Sprintf("%064x", i*50+j)})
		}
		s.Merchant.ID = fmt.Sprintf("%0128d", i)
		s.Documents = []listing.Document{{ID: fmt.Sprint(i), Type: listing.PurchaseInvoice, Lines: make([]listing.InvoiceLine, 500)}}
		v := wants(check.RemoveText{Start: i, End: i + 1}, check.SetField{Field: fmt.Sprint(i)})
		v.Needs = []verdict.Need{need(fmt.Sprint(i))}
		a.Add(s, v)
	}
	if _, left := a.Requests(nil); left != 2*assessment.MaxListings+1-200 { // two changes each, and one paper for all
		t.Errorf("%d requests are left out", left)
	}
	subject := a.Subject()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if subject.LeftOut == "" || !strings.Contains(subject.LeftOut, "codes") || !strings.Contains(subject.LeftOut, "papers") || !strings.Contains(subject.LeftOut, "by kind") {
		t.Errorf("left out: %q", subject.LeftOut)
	}
	kept := (after.HeapAlloc - before.HeapAlloc) >> 20
	t.Logf("%d listings with all bounds met: %d MiB", assessment.MaxListings, kept)
	if kept > 100 {
		t.Errorf("%d MiB are kept", kept)
	}
	runtime.KeepAlive(a)
}
