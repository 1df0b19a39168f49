package rulebook

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/listing"
)

// wholeOrders has every field of an order.
const wholeOrders = `{"id":"geo","kind":"general_exclusion","authority":"USITC","number":"337-TA-1","title":"Certain Shoes","territories":["US"],"issued":"2020-01-15","begins":"2020-02-01","expires":"2030-01-14","rescinded":"2029-01-01","suspended_from":"2021-01-01","suspended_until":"2021-06-30","rights":[{"kind":"patent","number":"1,234,567","office":"US"}],"holders":["Lumora B.V."],"own_marks":["lumora"],"categories":["Shoes"],"nice_classes":[25],"hts":["6402.99"],"products":[{"lang":"en","goods":["clogs"],"with":[["foam","EVA"],["strap"]]}],"citation":"19 U.S.C. 1337(d)","sources":["made up"]}

{"id":"leo","kind":"limited_exclusion","authority":"USITC","territories":["US"],"issued":"2020-01-15","respondents":["Harbour Ltd"],"products":[{"goods":["clogs"]}]}
{"id":"recall","kind":"recall","authority":"Safety Gate","number":"A12/1/26","territories":["EU"],"issued":"2026-01-15","gtins":["4006381333931"],"brands":["Calora"],"models":["H20"],"batches":[{"from":"L100","to":"L199"},{"from":"X7"}],"serials":[{"from":"1","to":"9"}],"made_from":"2025-01-01","made_until":"2025-06-30"}
`

func day(year int, month time.Month, d int) listing.Date {
	return listing.Date{Year: year, Month: month, Day: d}
}

func TestOrdersAreRead(t *testing.T) {
	b := load(t, book(t, &txtar.Archive{Files: []txtar.File{{Name: "orders.jsonl", Data: []byte(wholeOrders)}}}))
	want := []Order{
		{At: Position{File: "orders.jsonl", Line: 1}, ID: "geo", Kind: GeneralExclusion, Authority: "USITC", Number: "337-TA-1", Title: "Certain Shoes",
			Territories: []string{"US"}, Issued: day(2020, 1, 15), Begins: day(2020, 2, 1), Expires: day(2030, 1, 14), Rescinded: day(2029, 1, 1),
			SuspendedFrom: day(2021, 1, 1), SuspendedUntil: day(2021, 6, 30), Categories: []string{"Shoes"}, Citation: "19 U.S.C. 1337(d)", Sources: []string{"made up"},
			Products: []OrderedProduct{{Language: "en", Goods: []string{"clogs"}, With: [][]string{{"foam", "EVA"}, {"strap"}}}},
			Exclusion: &Exclusion{Rights: []Right{{Patent, "1,234,567", "US"}}, Holders: []string{"Lumora B.V."}, OwnMarks: []string{"lumora"}, NiceClasses: []int{25},
				HTS: []string{"6402.99"}}},
		{At: Position{File: "orders.jsonl", Line: 3}, ID: "leo", Kind: LimitedExclusion, Authority: "USITC", Territories: []string{"US"}, Issued: day(2020, 1, 15),
			Products: []OrderedProduct{{Goods: []string{"clogs"}}}, Exclusion: &Exclusion{Respondents: []string{"Harbour Ltd"}}},
		{At: Position{File: "orders.jsonl", Line: 4}, ID: "recall", Kind: ProductRecall, Authority: "Safety Gate", Number: "A12/1/26", Territories: []string{"EU"},
			Issued: day(2026, 1, 15), Recall: &Recall{GTINs: []string{"04006381333931"}, Brands: []string{"Calora"}, Models: []string{"H20"},
				Batches: []UnitRange{{"L100", "L199"}, {"X7", "X7"}}, Serials: []UnitRange{{"1", "9"}}, MadeFrom: day(2025, 1, 1), MadeUntil: day(2025, 6, 30)}},
	}
	if diff := cmp.Diff(want, b.Orders); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if i := slices.IndexFunc(b.Lists, func(l List) bool { return l.Name == ordersName }); i < 0 || b.Lists[i].Rows != 3 {
		t.Errorf("lists %+v: want orders.jsonl with 3 rows", b.Lists)
	}
}

// TestOrderInForce goes through the life of an order: before it begins, in force, suspended, in force again, over.
func TestOrderInForce(t *testing.T) {
	o := Order{Issued: day(2026, 1, 1), Begins: day(2026, 2, 1), SuspendedFrom: day(2026, 3, 1), SuspendedUntil: day(2026, 3, 31), Expires: day(2026, 12, 31)}
	open := o
	open.SuspendedUntil = listing.Date{}
	over := o
	over.Expires = day(2026, 3, 31)
	taken := o
	taken.Rescinded = day(2026, 4, 1)
	never := time.Time{}
	for _, row := range []struct {
		name  string
		order Order
		at    string
		want  bool
		from  time.Time
	}{
		{"made, not begun", o, "2026-01-31T23:59:59Z", false, day(2026, 2, 1).Start(time.UTC)},
		{"first moment", o, "2026-02-01T00:00:00Z", true, never},
		{"last before the suspension", o, "2026-02-28T23:59:59Z", true, never},
		{"suspended", o, "2026-03-01T00:00:00Z", false, day(2026, 4, 1).Start(time.UTC)},
		{"after the suspension", o, "2026-04-01T00:00:00Z", true, never},
		{"last moment", o, "2026-12-31T23:59:59Z", true, never},
		{"over", o, "2027-01-01T00:00:00Z", false, never},
		{"suspended until further notice", open, "2026-06-01T00:00:00Z", false, never},
		{"ends with the suspension", over, "2026-03-15T00:00:00Z", false, never},
		{"rescinded when the suspension ends", taken, "2026-03-15T00:00:00Z", false, never},
		{"rescinded", taken, "2026-04-01T00:00:00Z", false, never},
	} {
		at, err := time.Parse(time.RFC3339, row.at)
		if err != nil {
			t.Fatal(err)
		}
		if inForce, from := row.order.In(time.UTC, at); inForce != row.want || !from.Equal(row.from) {
			t.Errorf("%s: in force %v, from %v", row.name, inForce, from)
		}
	}
}

// TestUnitNumbersCompare shows which numbers can be placed and which cannot.
func TestUnitNumbersCompare(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want int
		ok   bool
	}{
		{"L100", "l-100", 0, true}, {"L99", "L100", -1, true}, {"L0100", "L100", 0, true}, {"SN 12", "SN9", 1, true}, {"7", "12", -1, true},
		{"99999999999999999999999999", "100000000000000000000000000", -1, true},
		{"A1", "B2", 0, false}, {"L1A", "L1B", 0, false}, {"L", "L1", 0, false}, {"", "", 0, true},
	} {
		got, ok := NewUnitNumber(row.a).Compare(NewUnitNumber(row.b))
		if got != row.want || ok != row.ok {
			t.Errorf("%q and %q: %d, %v", row.a, row.b, got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.StringMatching(`[A-B ]{0,2}[0-9]{0,4}`)
		a, b, c := NewUnitNumber(draw.Draw(t, "a")), NewUnitNumber(draw.Draw(t, "b")), NewUnitNumber(draw.Draw(t, "c"))
		ab, ok := a.Compare(b)
		ba, back := b.Compare(a)
		if ok != back || ab != -ba {
			t.Fatalf("%v %v: %d and %d", a, b, ab, ba)
		}
		bc, okBC := b.Compare(c)
		if ac, okAC := a.Compare(c); ok && okBC && okAC && ab <= 0 && bc <= 0 && ac > 0 {
			t.Fatalf("%v <= %v <= %v, and the first is after the last", a, b, c)
		}
	})
}

func TestAdviceOnOrders(t *testing.T) {
	const orders = `{"id":"one","kind":"general_exclusion","authority":"A","number":"1","territories":["US"],"issued":"2026-01-01","products":[{"goods":["shoe"]}],"rights":[{"kind":"patent"}]}
{"id":"two","kind":"general_exclusion","authority":"A","number":"1","territories":["US"],"issued":"2026-01-01","products":[{"goods":["shoe"],"with":[["foam"]]}],"rights":[{"kind":"trademark"}]}
{"id":"three","kind":"recall","authority":"A","number":"1","territories":["US"],"issued":"2026-01-01","brands":["Shoe","Generic"],"models":["X"]}
`
	wording := `lists:
  - {kind: WORDING_KIND_GENERIC_BRAND, language: en, phrases: [generic]}
`
	b := load(t, book(t, &txtar.Archive{Files: []txtar.File{{Name: "orders.jsonl", Data: []byte(orders)}, {Name: "wording.yaml", Data: []byte(wording)}}}))
	var got []string
	for _, p := range b.Advice() {
		if p.File == ordersName {
			got = append(got, p.String())
		}
	}
	want := []string{
		`orders.jsonl:1: one: "shoe" is an ordinary word (words.tsv) and nothing must stand beside it: each listing whose title has it is stopped`,
		`orders.jsonl:1: one: it protects patents alone and has no day expires: such orders end with the patents`,
		`orders.jsonl:2: two: A 1 is also the general_exclusion of line 1 (one)`,
		`orders.jsonl:3: three: the brand "Shoe" is an ordinary word (words.tsv): it counts in the brand field, and in no text`,
		`orders.jsonl:3: three: the brand "Generic" says that there is none (wording.yaml): it is not looked for`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// jsonOrder is an order as encoding/json would read it.
type jsonOrder struct {
	ID             string   `json:"id"`
	Kind           string   `json:"kind"`
	Authority      string   `json:"authority"`
	Number         string   `json:"number"`
	Title          string   `json:"title"`
	Territories    []string `json:"territories"`
	Categories     []string `json:"categories"`
	Citation       string   `json:"citation"`
	Sources        []string `json:"sources"`
	Issued         string   `json:"issued"`
	Begins         string   `json:"begins"`
	Expires        string   `json:"expires"`
	Rescinded      string   `json:"rescinded"`
	SuspendedFrom  string   `json:"suspended_from"`
	SuspendedUntil string   `json:"suspended_until"`
	Products       []struct {
		Lang  string     `json:"lang"`
		Goods []string   `json:"goods"`
		With  [][]string `json:"with"`
	} `json:"products"`
	Rights []struct {
		Kind   string `json:"kind"`
		Number string `json:"number"`
		Office string `json:"office"`
	} `json:"rights"`
	Holders     []string            `json:"holders"`
	OwnMarks    []string            `json:"own_marks"`
	Respondents []string            `json:"respondents"`
	NiceClasses []int               `json:"nice_classes"`
	HTS         []string            `json:"hts"`
	GTINs       []string            `json:"gtins"`
	Brands      []string            `json:"brands"`
	Models      []string            `json:"models"`
	Batches     []map[string]string `json:"batches"`
	Serials     []map[string]string `json:"serials"`
	MadeFrom    string              `json:"made_from"`
	MadeUntil   string              `json:"made_until"`
}

// FuzzOrderLine holds the reader of orders against encoding/json: what it takes, that takes too, and reads the same in it.
func FuzzOrderLine(f *testing.F) {
	for line := range strings.Lines(wholeOrders) {
		f.Add(strings.TrimSpace(line))
	}
	f.Add(`{"id":"a","products":[{}],"with":[]}`)
	f.Add(`{"batches":[{"to":"1"}],"rights":[{"kind":1}]}`)
	f.Fuzz(func(t *testing.T, line string) {
		if !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Skip()
		}
		var o Order
		j := &jsonLine{text: line}
		j.object(func(name string) bool { return o.read(j, name) })
		if j.end() != nil {
			if j.at > len(line) {
				t.Fatalf("stopped at byte %d of %d", j.at, len(line))
			}
			return
		}
		var want jsonOrder
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q: taken, but %v", line, err)
		}
		got := []any{o.ID, string(o.Kind), o.Authority, o.Number, o.Title, o.Citation, len(o.Territories), len(o.Products)}
		if same := []any{want.ID, want.Kind, want.Authority, want.Number, want.Title, want.Citation, len(want.Territories), len(want.Products)}; !reflect.DeepEqual(got, same) {
			t.Fatalf("%q:\ngot  %+v\nwant %+v", line, got, same)
		}
		s := &source{name: ordersName}
		s.judgeOrder(&o)
	})
}
