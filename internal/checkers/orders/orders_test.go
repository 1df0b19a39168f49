package orders

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/verdict"
)

// testHeld is the checker of the test book, and the book.
func testHeld(t testing.TB) (held, *rulebook.Book) {
	t.Helper()
	orders, err := testBook()
	if err != nil {
		t.Fatal(err)
	}
	testOnce.Do(func() {
		testOnce.book = bookOf(t, orders)
		testOnce.held = hold(t, testOnce.book)
	})
	return testOnce.held, testOnce.book
}

// testOnce is made by the first test that asks.
var testOnce struct {
	sync.Once
	held held
	book *rulebook.Book
}

// told is what the checker says of a submission, written down.
func (h held) told(t testing.TB, s *listing.Submission) string {
	t.Helper()
	return render(h.run(t, s))
}

var (
	titles = []string{"Foam clogs for kids", "EVA clogs", "Wooden clogs", "Oil cartridge 510", "Nestling Dream Rocker", "Infant sleeper", "Straw hat", "Table lamp",
		"Sorbet spinner", "Heater H20", "Glow globe lamp", "夏季洞洞鞋", "Strap for foam clogs, EVA", "Cover for Nestling Dream Rocker", "Calora H20"}
	brands     = []string{"", "Nestling", "Calora", "Hillside", "Crocs", "Unbranded", "Home"}
	codes      = []string{"", "4006381333931", "5901234123457", "96385074", "7354321000007", "8712340000016", "0000"}
	merchants  = []string{"", "Harbour Vapor Co., Ltd.", "Harbor Vapor Co., Ltd.", "Lantern Goods LLC", "Teal Lantern"}
	categories = []string{"", "Apparel & Accessories > Shoes", "Electronics", "Toys & Games"}
	batches    = []string{"", "L150", "L200", "X7", "what"}
	texts      = []string{"", "Made of EVA.", "With a foam sole.", "Fits infants.", "Nothing of note.", "Compatible with everything.", "clogs and foam", "NR-200"}
)

// drawSubmission draws a listing that orders of the test book have something to say of, more often than not.
func drawSubmission(t *rapid.T) *listing.Submission {
	pick := func(name string, from []string) string { return rapid.SampledFrom(from).Draw(t, name) }
	s := &listing.Submission{ID: "s", Markets: []listing.Market{"US", "DE"}, AsOf: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	s.Product = listing.Product{Title: pick("title", titles), Brand: pick("brand", brands), GTIN: pick("code", codes), Category: pick("category", categories),
		Description: pick("description", texts), OriginCountry: pick("origin", []string{"", "CN", "US", "DE"}), Manufacturer: pick("maker", merchants)}
	s.Merchant.LegalName = pick("merchant", merchants)
	if b := pick("batch", batches); b != "" {
		s.Product.Attributes = append(s.Product.Attributes, listing.Attribute{Key: "Batch", Value: b})
	}
	return s
}

// TestOrderOfOrdersIsIrrelevant shuffles the list; what is said stays the same but for the list's own version.
func TestOrderOfOrdersIsIrrelevant(t *testing.T) {
	text, err := testBook()
	if err != nil {
		t.Fatal(err)
	}
	one, _ := testHeld(t)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	other := hold(t, bookOf(t, strings.Join(lines, "\n")))
	rapid.Check(t, func(r *rapid.T) {
		s := drawSubmission(r)
		if diff := cmp.Diff(one.told(t, s), other.told(t, s)); diff != "" {
			r.Fatalf("(-list +shuffled)\n%s", diff)
		}
	})
}

// TestForeignOrdersChangeNothing adds orders that no listing of the test falls under: of other markets, over, about other goods,
// with phrases that hold those of the others, and products that nobody offers.
func TestForeignOrdersChangeNothing(t *testing.T) {
	text, err := testBook()
	if err != nil {
		t.Fatal(err)
	}
	more := []string{
		`{"id":"f-market","kind":"general_exclusion","authority":"A","territories":["BR"],"issued":"2020-01-01","products":[{"goods":["foam clogs","clogs","oil cartridge 510"]}]}`,
		`{"id":"f-over","kind":"general_exclusion","authority":"A","territories":["US"],"issued":"2020-01-01","expires":"2021-01-01","products":[{"goods":["foam clogs for kids","infant sleeper","straw hat"]}]}`,
		`{"id":"f-goods","kind":"general_exclusion","authority":"A","territories":["US"],"issued":"2020-01-01","products":[{"goods":["clogs"],"with":[["never said"]]},{"goods":["dream rocker clogs"]}]}`,
		`{"id":"f-word","kind":"general_exclusion","authority":"A","territories":["US"],"issued":"2020-01-01","products":[{"goods":["foam","for foam"],"with":[["never said"]]}]}`,
		`{"id":"f-bound","kind":"limited_exclusion","authority":"A","territories":["US"],"issued":"2020-01-01","respondents":["Nobody Ltd"],"products":[{"goods":["oil cartridge","eva clogs"]}]}`,
		`{"id":"f-recall","kind":"recall","authority":"A","territories":["US"],"issued":"2020-01-01","gtins":["4006381333924"],"brands":["Nestling","Hillside","EVA"],"models":["Dream Rocker 2","Clogs X"],"products":[{"goods":["straw hat box"]}]}`,
	}
	one, _ := testHeld(t)
	other := hold(t, bookOf(t, text+strings.Join(more, "\n")))
	rapid.Check(t, func(r *rapid.T) {
		s := drawSubmission(r)
		if diff := cmp.Diff(one.told(t, s), other.told(t, s)); diff != "" {
			r.Fatalf("%+v\n(-list +more)\n%s", s.Product, diff)
		}
	})
}

// effects is the strictest effect in each market.
func effects(book *rulebook.Book, found []check.Finding, markets []listing.Market) map[listing.Market]verdict.Decision {
	ruling := book.Decisions.Rule(verdict.Case{Markets: markets, Findings: found})
	worst := make(map[listing.Market]verdict.Decision)
	for _, m := range ruling.Markets {
		worst[m.Market] = m.Decision
	}
	return worst
}

// TestMoreTextNeverLowersRisk adds words to the texts of a listing, below what stands there.
func TestMoreTextNeverLowersRisk(t *testing.T) {
	h, book := testHeld(t)
	rapid.Check(t, func(r *rapid.T) {
		s := drawSubmission(r)
		before, _, _ := h.run(t, s)
		more := *s
		word := rapid.SampledFrom(append(texts, titles...)).Draw(r, "more")
		switch rapid.IntRange(0, 3).Draw(r, "where") {
		case 0:
			more.Product.Description += "\n" + word
		case 1:
			more.Product.Bullets = append(slices.Clone(s.Product.Bullets), word)
		case 2:
			more.Product.Keywords = append(slices.Clone(s.Product.Keywords), word)
		case 3:
			more.Product.Attributes = append(slices.Clone(s.Product.Attributes), listing.Attribute{Key: "Note", Value: word})
		}
		after, _, _ := h.run(t, &more)
		was, is := effects(book, before, s.Markets), effects(book, after, s.Markets)
		for _, market := range s.Markets {
			if is[market] < was[market] {
				r.Fatalf("%v in %s without %q, %v with it: %+v", was[market], market, word, is[market], s.Product)
			}
		}
	})
}

// TestOthersAreNeverTouched holds a limited order to those it names: every listing of somebody else is as if there were none.
func TestOthersAreNeverTouched(t *testing.T) {
	h, _ := testHeld(t)
	rapid.Check(t, func(r *rapid.T) {
		s := drawSubmission(r)
		s.Merchant.LegalName = rapid.StringMatching(`(Maple|Birch|Quartz|Delta) (Goods|Retail|Outlet) (LLC|GmbH|Ltd)`).Draw(r, "stranger")
		s.Product.Manufacturer = rapid.SampledFrom([]string{"", "Birch Works Ltd", "Quartz Factory"}).Draw(r, "maker")
		found, _, _ := h.run(t, s)
		for _, f := range found {
			if f.Code == Respondent {
				r.Fatalf("%s: %s", name(f), f.Message)
			}
		}
	})
}

// TestEmbeddedNeverRejectsOnRights holds the decision table of the embedded book to a promise: whatever is said of the rights that an
// order protects, and however often, asks for a person.
func TestEmbeddedNeverRejectsOnRights(t *testing.T) {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		t.Fatal(err)
	}
	var all []check.Finding
	for _, row := range book.Decisions.Rows() {
		if !strings.HasPrefix(row.Code, "REG_ITC_") {
			continue
		}
		for i := range 5 {
			all = append(all, check.Finding{ID: fmt.Sprintf("%s/%s/%d", row.Code, row.Variant, i), Checker: Name, Code: row.Code, Variant: row.Variant,
				Words: fmt.Sprint(i)})
		}
	}
	all = append(all, check.Finding{ID: "unknown variant", Checker: Name, Code: GeneralExclusion, Variant: "of tomorrow"})
	if got := book.Decisions.Rule(verdict.Case{Markets: []listing.Market{"US"}, Findings: all}).Decision; got != verdict.Review || len(all) < 20 {
		t.Errorf("%d findings on rights lead to %v", len(all), got)
	}
}

// TestManyOrdersStayReadable shows that a listing under a hundred orders has some findings, and each market's decision is the same.
func TestManyOrdersStayReadable(t *testing.T) {
	var lines []string
	for i := range 100 {
		market := "US"
		if i == 99 {
			market = "CA"
		}
		lines = append(lines, fmt.Sprintf(`{"id":"r%03d","kind":"recall","authority":"A","number":"%d","territories":["%s"],"issued":"2020-01-01","gtins":["4006381333931"]}`, i, i, market))
	}
	book := bookOf(t, strings.Join(lines, "\n"))
	s := &listing.Submission{ID: "s", Markets: []listing.Market{"US", "CA"}, AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Product: listing.Product{GTIN: "4006381333931"}}
	found, _, _ := hold(t, book).run(t, s)
	got := effects(book, found, s.Markets)
	if len(found) != maxReported+1 || got["US"] != verdict.Reject || got["CA"] != verdict.Reject {
		t.Errorf("%d findings, %v", len(found), got)
	}
}

// TestTooManyOrdersToTry gives one title words of more orders than one listing is held against: the row of the checker says so.
func TestTooManyOrdersToTry(t *testing.T) {
	var lines []string
	for i := range maxTried + 10 {
		lines = append(lines, fmt.Sprintf(`{"id":"g%04d","kind":"general_exclusion","authority":"A","territories":["US"],"issued":"2020-01-01","products":[{"goods":["lantern"],"with":[["never said"]]}]}`, i))
	}
	h := hold(t, bookOf(t, strings.Join(lines, "\n")))
	s := &listing.Submission{ID: "s", Markets: []listing.Market{"US"}, AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Product: listing.Product{Title: "Lantern"}}
	if found, _, outcome := h.run(t, s); len(found) != 0 || outcome.Reason == "" {
		t.Errorf("%d findings, reason %q", len(found), outcome.Reason)
	}
}

// TestHostileListings gives the checker what nobody should have to read.
func TestHostileListings(t *testing.T) {
	h, _ := testHeld(t)
	long := strings.Repeat("foam clogs EVA clogs oil cartridge Nestling Dream Rocker ", 1200)
	units := make([]string, 1000)
	for i := range units {
		units[i] = fmt.Sprintf("(01)05901234123457(10)L%03d(21)Z%d", i%90, i)
	}
	for what, p := range map[string]listing.Product{
		"long":      {Title: long, Description: long, Brand: "Nestling"},
		"not UTF-8": {Title: "foam \xff\xfe clogs\xc3", Brand: "\xf0\x28", GTIN: "\x80", Model: "\xff", Category: "\xfe"},
		"units":     {Title: "Heater", GTIN: "5901234123457", UnitCodes: units},
		"nothing":   {},
	} {
		s := &listing.Submission{ID: what, Markets: []listing.Market{"US", "DE"}, AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Product: p,
			Merchant: listing.Merchant{LegalName: strings.Repeat("Harbour Vapor ", 70) + "\xff"}}
		if found, _, _ := h.run(t, s); len(found) > 2*maxReported {
			t.Errorf("%s: %d findings", what, len(found))
		}
	}
}

// FuzzListing gives the checker any words.
func FuzzListing(f *testing.F) {
	f.Add("Foam clogs", "Nestling", "Dream Rocker", "4006381333931", "(10)L1", "Harbour Vapor")
	f.Add("cl0gs\u200b EVA", "\xff", "H20", "(01)05901234123457(10)L101(21)Z1", "03/04/2024", "深圳市藍海電子")
	h, _ := testHeld(f)
	f.Fuzz(func(t *testing.T, title, brand, model, code, batch, who string) {
		s := &listing.Submission{ID: "s", Markets: []listing.Market{"US", "DE"}, AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
		s.Merchant.LegalName = who
		s.Product = listing.Product{Title: title, Brand: brand, Model: model, GTIN: code, UnitCodes: []string{code}, Manufacturer: who,
			Attributes: []listing.Attribute{{Key: "Batch", Value: batch}, {Key: "Production date", Value: batch}}}
		found, _, _ := h.run(t, s)
		for _, one := range found {
			for _, e := range one.Evidence {
				if span, ok := e.(check.TextSpan); ok && (span.Start < 0 || span.End < span.Start) {
					t.Errorf("%+v", span)
				}
			}
			if _, err := json.Marshal(one.Message); err != nil {
				t.Error(err)
			}
		}
	})
}
