package authorization

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// The graphs of these tests are about bags, which may be of class 18 or 25, offered in two markets, at one moment.
const (
	holder   = "Aeris Sports, Inc."
	merchant = "B GmbH"
)

var (
	now   = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	names = []string{holder, "One Ltd", "Two Ltd", "Three Ltd", merchant}
	ends  = []string{"2026-11-20", "2026-12-01", "2027-01-31", "2027-03-31", "2027-06-30", "2028-01-01"}
	// channels that grants name, widest first; none is not limited.
	channels = [][]string{nil, {"ALL"}, {"ONLINE"}, {"MARKETPLACE"}, {"MARKETPLACE:Bazaar", "OFFLINE"}, {"MARKETPLACE:bazaar"}, {"MARKETPLACE:mart"}, {"OFFLINE"}}
)

// drawPolicy draws what a pack asks for.
func drawPolicy(t *rapid.T) packRow {
	return packRow{Name: "drawn", Levels: rapid.IntRange(0, 3).Draw(t, "levels"), Remaining: 30,
		Channel:     rapid.SampledFrom([]string{"", "", "ONLINE", "OFFLINE", "MARKETPLACE:Bazaar"}).Draw(t, "channel"),
		Exclusivity: rapid.SampledFrom([]string{"", "", "", "sole", "exclusive"}).Draw(t, "exclusivity"),
		Literal:     rapid.Bool().Draw(t, "literal"), Classes: mostly(t, "classes", "", "stated") != "",
		Signed: mostly(t, "signed", "", "always") != "", Length: rapid.SampledFrom([]int{0, 0, 0, 365}).Draw(t, "length"),
		Alternatives: []alternativeRow{
			{Name: "registration", By: "owner", Types: []string{"trademark certificate"}},
			{Name: "letters", By: "chain", Types: []string{"letter of authorization", "sub-authorization", "affiliation proof"}},
		}}
}

// drawDocument draws a paper that could stand in a chain, every field of it stated.
func drawDocument(t *rapid.T, id string) document {
	d := document{ID: id,
		Type: rapid.SampledFrom([]string{"letter of authorization", "letter of authorization", "sub-authorization",
			"affiliation proof", "assignment", "trademark certificate"}).Draw(t, "type"),
		From:        drawName(t, "from"),
		To:          drawName(t, "to"),
		Brands:      []string{mostly(t, "brand", "Aeris", "Borealis", "AERIS")},
		Territories: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"DE", "US", "EU", "WORLD"}), 1, 3, rapid.ID).Draw(t, "territories"),
		Classes:     rapid.SliceOfNDistinct(rapid.SampledFrom([]int32{18, 25, 28}), 0, 2, rapid.ID[int32]).Draw(t, "classes"),
		Sublicense:  mostly(t, "sublicense", "yes", "no", ""),
		Status:      mostly(t, "status", "", "revoked", "refused"),
		Channels:    channels[mostlyOf(t, "channels", len(channels))],
		Exclusivity: rapid.SampledFrom([]string{"exclusive", "exclusive", "exclusive", "sole", "non-exclusive", ""}).Draw(t, "exclusivity"),
		Sign:        mostly(t, "sign", "hand", "none"),
	}
	d.Term = mostly(t, "start", "2026-01-01", "2026-11-24") + " to " + rapid.SampledFrom(ends).Draw(t, "end")
	return d
}

// drawName draws a party, now and then in another spelling.
func drawName(t *rapid.T, what string) string {
	name := rapid.SampledFrom(names).Draw(t, what)
	if mostly(t, "spelling", "", "other") != "" {
		return strings.ToUpper(name)
	}
	return name
}

// mostly draws the usual value nine times of ten, so that whole chains come up often.
func mostly(t *rapid.T, what, usual string, others ...string) string {
	if rapid.IntRange(0, 9).Draw(t, what) > 0 {
		return usual
	}
	return rapid.SampledFrom(others).Draw(t, "other "+what)
}

// mostlyOf draws 0 half of the time, else any index below n.
func mostlyOf(t *rapid.T, what string, n int) int {
	if rapid.Bool().Draw(t, what) {
		return 0
	}
	return rapid.IntRange(0, n-1).Draw(t, "other "+what)
}

func drawDocuments(t *rapid.T, most int) []document {
	n := rapid.IntRange(0, most).Draw(t, "documents")
	documents := make([]document, n)
	from := holder
	for i := range documents {
		documents[i] = drawDocument(t, fmt.Sprintf("D-%d", i))
		if rapid.Bool().Draw(t, "joined") { // to the one before, so that whole chains come up often
			documents[i].From = from
		}
		if i == n-1 && rapid.Bool().Draw(t, "arriving") {
			documents[i].To = merchant
		}
		from = documents[i].To
	}
	return documents
}

func bags(t testing.TB, policy packRow, documents []document) *testCase {
	f := file{Markets: []string{"DE", "US"}, Documents: documents, Packs: []packRow{policy},
		Gates: []gateRow{{Marks: []string{"aeris"}, Pack: policy.Name}}}
	f.Product.Category, f.Product.Title = "Bags", "Aeris bag"
	return newCase(t, f)
}

// bruteForce tells by trying every sequence of papers whether one leads from the holder to the merchant, and until when the
// longest of those does that have the fewest remarks. It knows nothing of the search: it reads papers and pack as they are
// written in the case.
func bruteForce(documents []document, market string, policy packRow) (found bool, until string) {
	fewest := 0
	var walk func(path []int)
	walk = func(path []int) {
		notes, end, ok := sequenceHolds(documents, path, market, policy)
		if ok && (!found || notes < fewest || notes == fewest && end > until) {
			found, fewest, until = true, notes, end
		}
		for i := range documents {
			if !slices.Contains(path, i) {
				walk(append(slices.Clone(path), i))
			}
		}
	}
	walk(nil)
	return found, until
}

func sequenceHolds(documents []document, path []int, market string, policy packRow) (notes int, end string, ok bool) {
	at, granted, classes := holder, 0, []int32{18, 25}
	for i, index := range path {
		d := &documents[index]
		if d.Type == "trademark certificate" {
			if i > 0 || !sameParty(d.To, holder) {
				return 0, "", false
			}
		} else if !sameParty(d.From, at) {
			return 0, "", false
		} else if i > 0 && d.From != at && policy.Literal {
			notes++
		}
		remarks, holds := paperHolds(d, market, policy, i == len(path)-1)
		if !holds {
			return 0, "", false
		}
		notes += remarks
		if d.Type == "letter of authorization" || d.Type == "sub-authorization" {
			granted++
		}
		if len(d.Classes) > 0 {
			classes = slices.DeleteFunc(slices.Clone(classes), func(c int32) bool { return !slices.Contains(d.Classes, c) })
		}
		if to := d.Term[14:]; end == "" || to < end {
			end = to
		}
		at = d.To
	}
	if at != merchant && policy.Literal {
		notes++
	}
	return notes, end, len(path) > 0 && sameParty(at, merchant) && len(classes) > 0 && (policy.Levels == 0 || granted <= policy.Levels)
}

func sameParty(a, b string) bool { return strings.EqualFold(a, b) }

// paperHolds judges one paper of a sequence.
func paperHolds(d *document, market string, policy packRow, last bool) (notes int, ok bool) {
	from, to := d.Term[:10], d.Term[14:]
	letter := d.Type == "letter of authorization" || d.Type == "sub-authorization"
	brand := d.Brands[0]
	switch {
	case d.Status != "", from > "2026-11-23", to < "2026-11-23", d.Type != "affiliation proof" && brand == "Borealis":
		return 0, false
	case !slices.Contains(d.Territories, market) && !slices.Contains(d.Territories, "WORLD") &&
		!(market == "DE" && slices.Contains(d.Territories, "EU")):
		return 0, false
	case policy.Classes && len(d.Classes) == 0 && (letter || d.Type == "trademark certificate"):
		return 0, false
	case letter && (!last && d.Sublicense != "yes" || !channelCovered(d.Channels, policy.Channel) || !exclusiveEnough(d.Exclusivity, policy.Exclusivity)):
		return 0, false
	case letter && policy.Length > 0 && daysBetween(from, to) < policy.Length:
		return 0, false
	case (letter || d.Type == "assignment") && d.Sign == "none" && policy.Signed:
		return 0, false
	}
	if (letter || d.Type == "assignment") && d.Sign == "none" {
		notes++
	}
	if to == "2026-12-01" {
		notes++
	}
	if policy.Literal && brand == "AERIS" && d.Type != "affiliation proof" {
		notes++
	}
	return notes, true
}

// channelCovered is written as a table of what each channel of a grant covers surely.
func channelCovered(granted []string, asked string) bool {
	covers := map[string][]string{
		"ALL":                {"", "ONLINE", "OFFLINE", "MARKETPLACE:Bazaar"},
		"ONLINE":             {"", "ONLINE", "MARKETPLACE:Bazaar"},
		"MARKETPLACE":        {"", "ONLINE", "MARKETPLACE:Bazaar"},
		"MARKETPLACE:Bazaar": {"MARKETPLACE:Bazaar"},
		"MARKETPLACE:bazaar": {"MARKETPLACE:Bazaar"},
		"OFFLINE":            {"OFFLINE"},
	}
	return len(granted) == 0 || slices.ContainsFunc(granted, func(g string) bool { return slices.Contains(covers[g], asked) })
}

func exclusiveEnough(has, asked string) bool {
	order := []string{"", "non-exclusive", "sole", "exclusive"}
	return slices.Index(order, has) >= slices.Index(order, asked)
}

func daysBetween(first, last string) int {
	a, errA := time.Parse(time.DateOnly, first)
	b, errB := time.Parse(time.DateOnly, last)
	if errA != nil || errB != nil {
		panic("no day")
	}
	return int(b.Sub(a)/(24*time.Hour)) + 1
}

// Thousands of random graphs are judged as the brute force judges them, under packs drawn at random, and the end of the
// proof is the latest possible of those with the fewest remarks.
func TestSearchAgreesWithBruteForce(t *testing.T) {
	proofs := 0
	defer func() { t.Logf("%d proofs", proofs) }()
	rapid.Check(t, func(r *rapid.T) {
		documents, policy := drawDocuments(r, 6), drawPolicy(r)
		c := bags(t, policy, documents)
		got := c.check(t, c.submission, c.mentions)
		for _, market := range c.submission.Markets {
			want, until := bruteForce(documents, string(market), policy)
			if cleared := slices.Contains(got.codes(market), "TM_CLEARED_OWNER"); cleared != want {
				r.Fatalf("%s: cleared is %t, brute force says %t (until %s)\n%v", market, cleared, want, until, got)
			}
			if want {
				proofs++
				checkEnd(r, c, market, until)
			}
		}
	})
}

// drawnDemand is the question about the drawn pack.
func drawnDemand(c *testCase) *demand {
	q := newChecker(c.book).newInquiry(c.submission)
	at := slices.IndexFunc(c.book.Packs, func(p rulebook.Pack) bool { return p.Name == "drawn" })
	return q.newDemand(q.marks["aeris"], &c.book.Packs[at], false)
}

func checkEnd(r *rapid.T, c *testCase, market listing.Market, until string) {
	d := drawnDemand(c)
	day, err := time.Parse(time.DateOnly, until)
	if err != nil {
		r.Fatal(err)
	}
	if want, got := listing.DateOf(day).After(d.book.Zones.Of(market)), d.in(market).end; !got.Equal(want) {
		r.Fatalf("%s: the proof ends at %v, the latest possible at %v", market, got, want)
	}
}

// What the search counts is what the explanation shows.
func TestExplanationsAreComplete(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := bags(t, drawPolicy(r), drawDocuments(r, 6))
		d := drawnDemand(c)
		for _, market := range c.submission.Markets {
			p := d.in(market)
			if p == nil {
				continue
			}
			e := d.explain(p)
			var shown cost
			for i := range e.problems {
				shown.add(e.problems[i].judgement)
			}
			if shown.broken != p.missing+p.broken || shown.unclear != p.unclear || shown.notes != p.notes {
				r.Fatalf("%s: the search counts %+v, the explanation %+v: %+v", market, p.cost, shown, e.problems)
			}
			if p.fails() != (e.failing >= 0) && p.unclear == 0 {
				r.Fatalf("%s: failing link is %d of a path with cost %+v", market, e.failing, p.cost)
			}
		}
	})
}

// strictness is what a market's findings ask for: 0 nothing, 1 a person, 2 to refuse. Remarks do not count.
func (r run) strictness(market listing.Market) int {
	worst := 0
	for _, code := range r.codes(market) {
		switch code {
		case "TM_CLEARED_OWNER", "AUTH_EXPIRES_SOON", "DOC_SIGNATURE_MISSING", "DOC_FIELD_MISMATCH", "DOC_FIELD_MISMATCH/spelling",
			"AUTH_EXCLUSIVITY_CONFLICT":
		case "AUTH_REVOKED":
			worst = 2
		default:
			worst = max(worst, 1)
		}
	}
	return worst
}

func TestMorePapersAreNeverStricter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		documents := drawDocuments(r, 6)
		more := drawDocument(r, "D-9")
		if more.Status == "revoked" {
			more.Status = ""
		}
		policy := drawPolicy(r)
		before, after := bags(t, policy, documents), bags(t, policy, append(slices.Clone(documents), more))
		compare(r, t, before, after, func(b, a int) bool { return a <= b }, "with one paper more")
	})
}

func TestNarrowerPapersAreNeverLaxer(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		documents := append(drawDocuments(r, 5), drawDocument(r, "D-8"))
		narrower := slices.Clone(documents)
		i := rapid.IntRange(0, len(documents)-1).Draw(r, "narrowed")
		d := &narrower[i]
		switch rapid.IntRange(0, 4).Draw(r, "what") {
		case 0:
			d.Territories = d.Territories[:max(1, len(d.Territories)-1)]
		case 1:
			d.Term = d.Term[:14] + min(d.Term[14:], rapid.SampledFrom(ends).Draw(r, "earlier"))
		case 2:
			if len(d.Classes) == 0 {
				d.Classes = []int32{25}
			} else {
				d.Classes = d.Classes[:1]
			}
		case 3:
			d.Channels = narrowerChannels(r, d.Channels)
		case 4:
			d.Exclusivity = map[string]string{"exclusive": "sole", "sole": "non-exclusive"}[d.Exclusivity]
		}
		policy := drawPolicy(r)
		compare(r, t, bags(t, policy, documents), bags(t, policy, narrower), func(b, a int) bool { return a >= b }, "narrowed")
	})
}

// narrowerChannels are some that the given ones contain.
func narrowerChannels(r *rapid.T, given []string) []string {
	within := map[string][]string{"ALL": {"ONLINE", "OFFLINE"}, "ONLINE": {"MARKETPLACE:Bazaar", "MARKETPLACE:mart"},
		"MARKETPLACE": {"MARKETPLACE:Bazaar", "MARKETPLACE:mart"}}
	switch {
	case len(given) == 0:
		return []string{"ALL"}
	case len(given) > 1:
		return given[:1]
	case within[given[0]] != nil:
		return []string{rapid.SampledFrom(within[given[0]]).Draw(r, "channel within")}
	}
	return given
}

func compare(r *rapid.T, t testing.TB, before, after *testCase, fine func(before, after int) bool, what string) {
	b, a := before.check(t, before.submission, before.mentions), after.check(t, after.submission, after.mentions)
	for _, market := range before.submission.Markets {
		if !fine(b.strictness(market), a.strictness(market)) {
			r.Fatalf("%s, %s:\nbefore %v\nafter %v", market, what, b, a)
		}
	}
}

func TestRandomGraphsInAnyOrderAndAlone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := bags(t, drawPolicy(r), drawDocuments(r, 7))
		want := c.check(t, c.submission, c.mentions)
		shuffled := *c.submission
		shuffled.Documents = rapid.Permutation(c.submission.Documents).Draw(r, "order")
		if diff := cmp.Diff(want.findings, c.check(t, &shuffled, c.mentions).findings); diff != "" {
			r.Fatalf("shuffled:\n%s", diff)
		}
		for _, market := range c.submission.Markets {
			alone := *c.submission
			alone.Markets = []listing.Market{market}
			if diff := cmp.Diff(want.codes(market), c.check(t, &alone, only(c.mentions, alone.Markets)).codes(market)); diff != "" {
				r.Fatalf("%s alone:\n%s", market, diff)
			}
		}
	})
}

func TestRandomFixesClear(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := bags(t, drawPolicy(r), drawDocuments(r, 6))
		got := c.check(t, c.submission, c.mentions)
		for _, f := range got.findings {
			if len(f.Remedies) == 0 {
				continue
			}
			fix, ok := f.Remedies[0].Fix.(check.ProvideDocument)
			if f.Code == "AUTH_EXCLUSIVITY_CONFLICT" {
				continue // the one who granted must say which holds
			}
			if !ok {
				r.Fatalf("%s asks for %#v", f.Code, f.Remedies[0].Fix)
			}
			after := c.check(t, applied(c.submission, fix), c.mentions)
			for _, market := range f.Markets {
				if codes := slices.DeleteFunc(after.codes(market), isConflict); !cmp.Equal(codes, []string{"TM_CLEARED_OWNER"}) {
					r.Fatalf("%s: after the fix of %s, %q: %q", market, f.Code, f.Remedies[0].Text, codes)
				}
			}
		}
	})
}

// isConflict reports the code that a paper of somebody else causes, which a fix leaves there.
func isConflict(code string) bool { return code == "AUTH_EXCLUSIVITY_CONFLICT" }

// anyDocument draws documents without sense: every value that the types can hold, and more than the contract allows.
func anyDocument(r *rapid.T) listing.Document {
	words := rapid.OneOf(rapid.SampledFrom(append([]string{"", "Aeris", "aeris", "艾瑞斯", "(株)", "GmbH", "..", "\xff\xfe"}, names...)), rapid.String())
	bound := rapid.Custom(func(r *rapid.T) listing.Bound {
		return listing.Bound{State: listing.BoundState(rapid.IntRange(0, 5).Draw(r, "state")),
			Time: time.Unix(rapid.Int64().Draw(r, "unix"), 0).UTC(), Raw: words.Draw(r, "raw"),
			Date: listing.Date{Year: rapid.IntRange(-9, 10001).Draw(r, "year"), Month: time.Month(rapid.IntRange(0, 13).Draw(r, "month")), Day: rapid.IntRange(0, 32).Draw(r, "day")}}
	})
	party := rapid.Custom(func(r *rapid.T) listing.Party {
		return listing.Party{LegalName: words.Draw(r, "name"), Aliases: rapid.SliceOfN(words, 0, 20).Draw(r, "aliases"), Country: words.Draw(r, "country"), RegistrationNumber: words.Draw(r, "number")}
	})
	d := listing.Document{ID: words.Draw(r, "id"), Type: listing.DocumentType(rapid.IntRange(0, 40).Draw(r, "type")), Issuer: party.Draw(r, "issuer"),
		Subject: party.Draw(r, "subject"), IssuedOn: bound.Draw(r, "issued"), Territories: rapid.SliceOfN(words, 0, 3).Draw(r, "territories"),
		NiceClasses: rapid.SliceOfN(rapid.Int32(), 0, 3).Draw(r, "classes"), Categories: rapid.SliceOfN(words, 0, 3).Draw(r, "categories"),
		GTINs: rapid.SliceOfN(words, 0, 3).Draw(r, "gtins"), Channels: rapid.SliceOfN(words, 0, 3).Draw(r, "channels"),
		Exclusivity: listing.Exclusivity(rapid.IntRange(0, 9).Draw(r, "exclusivity")), MaySublicense: listing.Known(rapid.IntRange(0, 9).Draw(r, "sublicense")),
		Number: words.Draw(r, "number"), Status: listing.DocumentStatus(rapid.IntRange(0, 9).Draw(r, "status"))}
	d.Effective = listing.Validity{Start: bound.Draw(r, "start"), End: bound.Draw(r, "end"), Perpetual: rapid.Bool().Draw(r, "perpetual")}
	for range rapid.IntRange(0, 2).Draw(r, "brands") {
		d.Brands = append(d.Brands, listing.BrandGrant{Text: words.Draw(r, "text"), RegistrationNumber: words.Draw(r, "number"), Office: words.Draw(r, "office")})
	}
	for range rapid.IntRange(0, 2).Draw(r, "lines") {
		d.Lines = append(d.Lines, listing.InvoiceLine{Description: words.Draw(r, "line"), Brand: words.Draw(r, "brand"), Quantity: rapid.Int64().Draw(r, "quantity"),
			UnitPrice: listing.NewPrice(rapid.Int64().Draw(r, "units"), 0, "EUR")})
	}
	for range rapid.IntRange(0, 2).Draw(r, "signatures") {
		d.Signatures = append(d.Signatures, listing.Signature{Party: words.Draw(r, "signer"), Kind: listing.SignatureKind(rapid.IntRange(0, 9).Draw(r, "signature"))})
	}
	d.SHA256 = rapid.SampledFrom([]string{"", "aa", "bb"}).Draw(r, "hash")
	d.Language, d.TranslationOf = words.Draw(r, "language"), words.Draw(r, "translates")
	d.MediaType, d.File.Producer = words.Draw(r, "format"), words.Draw(r, "producer")
	d.File.Created, d.File.Modified = time.Unix(rapid.Int64().Draw(r, "created"), 0), time.Unix(rapid.Int64().Draw(r, "modified"), 0)
	d.Tax, d.Discount = listing.NewPrice(rapid.Int64().Draw(r, "tax"), 0, "EUR"), listing.NewPrice(rapid.Int64().Draw(r, "discount"), 0, "EUR")
	d.Total = listing.NewPrice(rapid.Int64().Draw(r, "total"), 0, "EUR")
	if rapid.Bool().Draw(r, "disputed") {
		d.Dispute = &listing.Dispute{State: listing.DisputeState(rapid.IntRange(0, 9).Draw(r, "dispute")), NoticeID: words.Draw(r, "notice")}
	}
	if rapid.Bool().Draw(r, "unsure") {
		d.Confidence = map[string]float32{words.Draw(r, "field"): rapid.Float32().Draw(r, "confidence"), "issuer": rapid.Float32().Draw(r, "sure")}
	}
	return d
}

// FuzzDocuments gives the checker documents without sense. Nothing makes it fail, and it says the same twice.
func FuzzDocuments(f *testing.F) {
	base := newCase(f, file{Markets: []string{"DE", "US", "XX"}, Gates: []gateRow{{Marks: []string{"aeris", "corvo"}, Pack: "default"}, {Marks: []string{"aeris"}, Pack: "with-invoice"},
		{Marks: []string{"aeris", "corvo"}, Pack: "tmall-flagship-like"}, {Marks: []string{"aeris", "corvo"}, Pack: "amazon-ungating-like"},
		{Marks: []string{"aeris", "corvo"}, Pack: "taobao-like"}, {Marks: []string{"aeris"}, Pack: "wechat-like"}},
		Mentions: []struct {
			Mark, Role             string
			Markets                []string
			Shop                   bool
			Ties, Flagship, Excuse []string
		}{{Mark: "aeris"}, {Mark: "corvo"}}})
	f.Add([]byte{})
	f.Add([]byte("a chain of papers"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rapid.MakeFuzz(func(r *rapid.T) { checkSenseless(t, r, base) })(t, data)
	})
}

func checkSenseless(t *testing.T, r *rapid.T, base *testCase) {
	s := *base.submission
	s.AsOf = rapid.SampledFrom([]time.Time{now, {}, time.Unix(1<<40, 0).UTC()}).Draw(r, "as of")
	s.Product.StockQuantity = rapid.Int64().Draw(r, "stock")
	for range rapid.IntRange(0, 70).Draw(r, "documents") {
		s.Documents = append(s.Documents, anyDocument(r))
	}
	mentions := &trademark.Result{Mentions: base.mentions.Mentions}
	once, twice := base.check(t, &s, mentions), base.check(t, &s, mentions)
	if diff := cmp.Diff(once.findings, twice.findings); diff != "" {
		r.Fatal(diff)
	}
}
