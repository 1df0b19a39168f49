package authorization

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// A file is a case as it is written. What it leaves out comes from testdata/base.yaml and from blank.
type file struct {
	Doc      string
	AsOf     string `yaml:"as_of"` // default 2026-11-23T12:00:00Z
	Markets  []string
	Merchant struct {
		Name, Country, Number, Shop, Type, Verified string
		Aliases                                     []string
	}
	Product struct {
		Title, Category, GTIN, Price, Condition string
		Stock                                   *int64
	}
	Mentions []struct {
		Mark, Role             string
		Markets                []string
		Shop                   bool
		Ties, Flagship, Excuse []string
	}
	Documents []document
	Marks     []markRow
	Packs     []packRow
	Gates     []gateRow

	Want    map[string][]string // codes (CODE or CODE/variant) by market, TM_CLEARED_OWNER included
	Says    []string            // fragments of messages
	Failing string              // "2 term": number of the first failing link, from 1, and its first failing constraint
	Fix     string              // fragment of the first remedy
	Until   string              // Result.ValidUntil, and the document
}

type document struct {
	ID, Type, From, To, Term, Issued, Number, Exclusivity, Status, Dispute, Total, Sign string
	FromCountry                                                                         string   `yaml:"from_country"`
	ToNumber                                                                            string   `yaml:"to_number"`
	ToCountry                                                                           string   `yaml:"to_country"`
	FromAliases                                                                         []string `yaml:"from_aliases"`
	ToAliases                                                                           []string `yaml:"to_aliases"`
	Contact                                                                             string
	Brands, Territories, Categories, GTINs, Channels                                    []string
	Tax, Charges, Discount, Language, Translates, Format, Producer, Created, Modified   string
	Hash, Signer, Kind, Forwarded, Countersign                                          string
	Sure                                                                                []string // fields looked for and surely read
	Classes                                                                             []int32
	Sublicense                                                                          string
	Perpetual                                                                           bool
	Unsure                                                                              []string
	Lines                                                                               []struct {
		Text, Brand, GTIN, Price string
		Quantity                 *int64
	}
}

type markRow struct {
	ID, Text, Holder, Country, Office, Number string
	Aliases, Territories                      []string
}

type packRow struct {
	Name, Channel, Exclusivity          string
	Levels, Remaining, Length, Disputes int
	Mandatory, Literal, Classes         bool
	Pending, Signed, Countersigned      bool
	Languages                           []string
	Alternatives                        []alternativeRow
}

type alternativeRow struct {
	Name, By string
	Types    []string
	Age      int
	Units    int64
}

type gateRow struct {
	Marks, Markets, Categories, Conditions, Shops []string
	Pack                                          string
}

type baseFile struct {
	Marks      []markRow
	Packs      []packRow
	Gates      []gateRow
	Categories []struct {
		Path    string
		Classes []int
	}
	Zones map[string]string
}

// A testCase is a case ready to run.
type testCase struct {
	file
	book       *rulebook.Book
	submission *listing.Submission
	mentions   *trademark.Result
	excuse     []string // codes that the stage of marks reports, for mentions to name
}

func readYAML(t testing.TB, path string, into any) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	decoder := yaml.NewDecoder(f)
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
}

func readCases(t testing.TB) map[string]*testCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/cases/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	cases := make(map[string]*testCase)
	for _, path := range paths {
		var f file
		readYAML(t, path, &f)
		cases[strings.TrimSuffix(filepath.Base(path), ".yaml")] = newCase(t, f)
	}
	return cases
}

func newCase(t testing.TB, f file) *testCase {
	t.Helper()
	var base baseFile
	readYAML(t, "testdata/base.yaml", &base)
	c := &testCase{file: f, book: newBook(t, &base, &f), submission: newSubmission(t, &f)}
	c.mentions = c.newMentions(t)
	return c
}

func newBook(t testing.TB, base *baseFile, f *file) *rulebook.Book {
	book := &rulebook.Book{Zones: make(map[listing.Market]*time.Location), Papers: rulebook.Papers{MinConfidence: 0.8,
		SealCountries: []string{"CN"}, MaxTaxPercent: 27, Formats: []string{"application/pdf"}, ImageEditors: []string{"photoshop"}}}
	for _, row := range append(slices.Clone(base.Marks), f.Marks...) {
		m := rulebook.Mark{ID: row.ID, Text: row.Text, Holder: row.Holder, HolderCountry: row.Country, Office: row.Office,
			RegistrationNumber: row.Number, Territories: row.Territories, At: rulebook.Position{File: "marks.jsonl"}}
		for _, a := range row.Aliases {
			m.Aliases = append(m.Aliases, rulebook.Alias{Text: a})
		}
		book.Marks = append(book.Marks, m)
	}
	gates := base.Gates
	if f.Gates != nil {
		gates = f.Gates
	}
	for _, row := range append(slices.Clone(base.Packs), f.Packs...) {
		book.Packs = append(book.Packs, row.pack(t))
	}
	for _, p := range shipped().Packs {
		if !slices.ContainsFunc(book.Packs, func(o rulebook.Pack) bool { return o.Name == p.Name }) {
			book.Packs = append(book.Packs, p)
		}
	}
	for _, row := range gates {
		book.Gates = append(book.Gates, row.gate(t))
	}
	var rows []rulebook.CategoryRow
	for _, row := range base.Categories {
		rows = append(rows, rulebook.CategoryRow{Path: row.Path, NiceClasses: row.Classes})
	}
	book.Categories = rulebook.NewCategories(rows, nil, func(s string) string { return strings.ToLower(strings.TrimSpace(s)) })
	for market, zone := range base.Zones {
		loaded, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		book.Zones[listing.Market(market)] = loaded
	}
	return book
}

// shipped is the embedded rulebook, whose packs cases may name.
var shipped = sync.OnceValue(func() *rulebook.Book {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		panic(err)
	}
	return book
})

func (row packRow) pack(t testing.TB) rulebook.Pack {
	p := rulebook.Pack{Name: row.Name, MaxLevels: row.Levels, MinRemainingDays: row.Remaining, MinRemainingMandatory: row.Mandatory,
		MinTermDays: row.Length, Channel: row.Channel, Exclusivity: oneOf(t, row.Exclusivity, exclusivities), LiteralNames: row.Literal,
		ClassesStated: row.Classes, PendingMarks: row.Pending, SignatureMandatory: row.Signed, Countersigned: row.Countersigned,
		Languages: row.Languages, DisputeDays: row.Disputes}
	for _, a := range row.Alternatives {
		alternative := rulebook.Alternative{Name: a.Name, MaxAgeDays: a.Age, MinUnits: a.Units,
			Proof: oneOf(t, a.By, map[string]rulebook.Proof{"owner": rulebook.ProofOwner, "chain": rulebook.ProofChain, "invoice": rulebook.ProofInvoice})}
		for _, name := range a.Types {
			alternative.Types = append(alternative.Types, documentType(t, name))
		}
		p.Alternatives = append(p.Alternatives, alternative)
	}
	return p
}

func (row gateRow) gate(t testing.TB) rulebook.Gate {
	g := rulebook.Gate{Marks: row.Marks, Categories: row.Categories, Pack: row.Pack, Markets: markets(row.Markets)}
	for _, s := range row.Conditions {
		g.Conditions = append(g.Conditions, condition(t, s))
	}
	for _, s := range row.Shops {
		g.ShopTypes = append(g.ShopTypes, shopType(t, s))
	}
	return g
}

var exclusivities = map[string]listing.Exclusivity{"": 0, "non-exclusive": listing.NonExclusive, "sole": listing.Sole, "exclusive": listing.Exclusive}

func oneOf[T any](t testing.TB, s string, values map[string]T) T {
	t.Helper()
	v, ok := values[s]
	if !ok {
		t.Fatalf("%q is not one of %v", s, values)
	}
	return v
}

func documentType(t testing.TB, name string) listing.DocumentType {
	t.Helper()
	for i := listing.DocumentTypeUnknown; i <= listing.OtherDocument; i++ {
		if i.String() == name {
			return i
		}
	}
	t.Fatalf("no document type is called %q", name)
	return 0
}

func shopType(t testing.TB, s string) listing.ShopType {
	return oneOf(t, s, map[string]listing.ShopType{"": 0, "multi": listing.ShopTypeMultiBrand, "brand": listing.ShopTypeBrandStore,
		"flagship": listing.ShopTypeFlagship, "individual": listing.ShopTypeIndividual})
}

func condition(t testing.TB, s string) listing.Condition {
	return oneOf(t, s, map[string]listing.Condition{"": 0, "new": listing.ConditionNew, "used": listing.ConditionUsed})
}

func markets(names []string) []listing.Market {
	var all []listing.Market
	for _, n := range names {
		all = append(all, listing.Market(n))
	}
	return all
}

func parseTime(t testing.TB, s string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func newSubmission(t testing.TB, f *file) *listing.Submission {
	t.Helper()
	s := &listing.Submission{ID: "S-1", Markets: markets(f.Markets), AsOf: parseTime(t, cmp.Or(f.AsOf, "2026-11-23T12:00:00Z"))}
	if f.Markets == nil {
		s.Markets = []listing.Market{"DE"}
	}
	m := &f.Merchant
	s.Merchant = listing.Merchant{ID: "M-1", LegalName: cmp.Or(m.Name, "B GmbH"), Aliases: m.Aliases, ShopName: m.Shop,
		ShopType: shopType(t, m.Type), Country: m.Country, RegistrationNumber: m.Number}
	if m.Name == "unknown" {
		s.Merchant.LegalName = ""
	}
	if m.Verified != "" {
		s.Merchant.VerifiedAt = parseTime(t, m.Verified)
	}
	p := &f.Product
	s.Product = listing.Product{Title: cmp.Or(p.Title, "Aeris running shoes"), Category: p.Category, GTIN: p.GTIN, StockQuantity: -1,
		Condition: condition(t, p.Condition), Price: money(t, p.Price)}
	if p.Stock != nil {
		s.Product.StockQuantity = *p.Stock
	}
	for _, d := range f.Documents {
		s.Documents = append(s.Documents, d.document(t))
	}
	return s
}

func money(t testing.TB, s string) listing.Price {
	if s == "" {
		return listing.Price{}
	}
	amount, code, _ := strings.Cut(s, " ")
	whole, fraction, _ := strings.Cut(amount, ".")
	units, err := strconv.ParseInt(whole, 10, 64)
	nanos, err2 := strconv.ParseInt((fraction + "000000000")[:9], 10, 32)
	if err != nil || err2 != nil {
		t.Fatalf("money %q: %v %v", s, err, err2)
	}
	return listing.NewPrice(units, int32(nanos), code)
}

// bound reads "", "2026-01-31", "2026-01-31T00:00:00Z" or an impossible date.
func bound(t testing.TB, s string) listing.Bound {
	if s == "" {
		return listing.Bound{}
	}
	if strings.Contains(s, "T") {
		return listing.Bound{State: listing.Instant, Time: parseTime(t, s)}
	}
	var d listing.Date
	if _, err := fmt.Sscanf(s, "%d-%d-%d", &d.Year, &d.Month, &d.Day); err != nil || !d.Exists() {
		return listing.Bound{State: listing.Impossible, Raw: s}
	}
	return listing.Bound{State: listing.Day, Date: d}
}

func (d document) document(t testing.TB) listing.Document {
	t.Helper()
	from, to, _ := strings.Cut(d.Term, " to ")
	doc := listing.Document{ID: d.ID, Type: documentType(t, cmp.Or(d.Type, "letter of authorization")), Number: d.Number,
		Issuer:    listing.Party{LegalName: d.From, Aliases: d.FromAliases, Country: d.FromCountry, Contact: listing.Contact{Website: d.Contact}},
		Subject:   listing.Party{LegalName: d.To, Aliases: d.ToAliases, Country: d.ToCountry, RegistrationNumber: d.ToNumber},
		Effective: listing.Validity{Start: bound(t, strings.TrimSpace(from)), End: bound(t, strings.TrimSpace(to)), Perpetual: d.Perpetual},
		IssuedOn:  bound(t, d.Issued), Territories: d.Territories, NiceClasses: d.Classes, Categories: d.Categories, GTINs: d.GTINs,
		Channels: d.Channels, Total: money(t, d.Total), Tax: money(t, d.Tax), Charges: money(t, d.Charges), Discount: money(t, d.Discount),
		Language: d.Language, TranslationOf: d.Translates, MediaType: d.Format, SHA256: d.Hash, File: listing.FileHistory{Producer: d.Producer},
		Exclusivity:   oneOf(t, d.Exclusivity, exclusivities),
		MaySublicense: oneOf(t, d.Sublicense, map[string]listing.Known{"": 0, "yes": listing.Yes, "no": listing.No}),
		Status:        oneOf(t, d.Status, map[string]listing.DocumentStatus{"": 0, "refused": listing.Refused, "revoked": listing.Revoked, "verified": listing.Verified}),
	}
	for _, b := range d.Brands {
		text, rest, _ := strings.Cut(b, "#") // text#number@office
		number, office, _ := strings.Cut(rest, "@")
		doc.Brands = append(doc.Brands, listing.BrandGrant{Text: text, RegistrationNumber: number, Office: office})
	}
	if d.Dispute != "" {
		state := oneOf(t, d.Dispute, map[string]listing.DisputeState{"open": listing.DisputeOpen, "countered": listing.DisputeCountered,
			"withdrawn": listing.DisputeWithdrawn, "rejected": listing.DisputeRejected, "upheld": listing.DisputeUpheld, "unknown": 0})
		doc.Dispute = &listing.Dispute{State: state, NoticeID: "N-9", Complainant: "Aeris Sports, Inc."}
	}
	if d.Sign != "none" {
		kind := oneOf(t, d.Sign, map[string]listing.SignatureKind{"": listing.ByHand, "hand": listing.ByHand, "seal": listing.BySeal})
		doc.Signatures = []listing.Signature{{Party: cmp.Or(d.Signer, d.From), Kind: kind}}
	}
	if d.Countersign != "" {
		doc.Signatures = append(doc.Signatures, listing.Signature{Party: d.To, Kind: listing.BySeal})
	}
	if d.Created != "" {
		doc.File.Created = parseTime(t, d.Created)
	}
	if d.Modified != "" {
		doc.File.Modified = parseTime(t, d.Modified)
	}
	if d.Forwarded != "" {
		doc.Dispute.Forwarded = parseTime(t, d.Forwarded)
	}
	if d.Kind == "person" {
		doc.Issuer.Kind = listing.PartyKindPerson
	}
	for _, field := range d.Sure {
		if doc.Confidence == nil {
			doc.Confidence = make(map[string]float32)
		}
		doc.Confidence[field] = 0.95
	}
	for _, field := range d.Unsure {
		if doc.Confidence == nil {
			doc.Confidence = make(map[string]float32)
		}
		doc.Confidence[field] = 0.4
	}
	for _, l := range d.Lines {
		line := listing.InvoiceLine{Description: l.Text, Brand: l.Brand, GTIN: l.GTIN, Quantity: -1, UnitPrice: money(t, l.Price)}
		if l.Quantity != nil {
			line.Quantity = *l.Quantity
		}
		doc.Lines = append(doc.Lines, line)
	}
	return doc
}

var roles = map[string]check.Role{"": check.OwnBrand, "own": check.OwnBrand, "nominative": check.Nominative, "descriptive": check.Descriptive,
	"comparison": check.Comparison, "replica": check.Replica, "affiliation": check.Affiliation, "class": check.OtherClass,
	"territory": check.OtherTerritory, "unclear": check.Unclear}

// newMentions are the case's mentions as the stage of marks would tell them; by default of Aeris, as the brand.
func (c *testCase) newMentions(t testing.TB) *trademark.Result {
	r := &trademark.Result{}
	if c.Mentions == nil {
		c.mention(t, r, "aeris", check.OwnBrand)
		return r
	}
	for _, row := range c.Mentions {
		m := c.mention(t, r, row.Mark, oneOf(t, row.Role, roles))
		if row.Markets != nil {
			m.Markets = markets(row.Markets)
		}
		if row.Shop {
			m.ShopNameSpans = []check.TextSpan{c.span(t, listing.Field{Kind: listing.ShopNameField}, c.submission.Merchant.ShopName, m.Mark.Text)}
			if !strings.Contains(c.submission.Product.Title, m.Mark.Text) {
				m.Spans = nil
			}
			m.Spans = append(m.Spans, m.ShopNameSpans...)
		}
		for _, words := range row.Ties {
			m.Claims = append(m.Claims, len(r.Claims))
			r.Claims = append(r.Claims, trademark.Claim{Span: c.anywhere(t, words)})
		}
		for _, words := range row.Flagship {
			m.Claims = append(m.Claims, len(r.Claims))
			r.Claims = append(r.Claims, trademark.Claim{Span: c.anywhere(t, words), Flagship: true})
		}
		for _, code := range row.Excuse {
			c.excuse = append(c.excuse, code)
			m.Findings = append(m.Findings, fmt.Sprintf("marks/%d", len(c.excuse)))
		}
	}
	return r
}

func (c *testCase) mention(t testing.TB, r *trademark.Result, id string, role check.Role) *trademark.Mention {
	t.Helper()
	at := slices.IndexFunc(c.book.Marks, func(m rulebook.Mark) bool { return m.ID == id })
	if at < 0 {
		t.Fatalf("no mark %q", id)
	}
	mark := &c.book.Marks[at]
	m := trademark.Mention{Mark: mark, Markets: c.submission.Markets}
	m.MarkID, m.Canonical, m.Role = mark.ID, mark.Text, role
	if strings.Contains(c.submission.Product.Title, mark.Text) {
		m.Spans = []check.TextSpan{c.span(t, listing.Field{}, c.submission.Product.Title, mark.Text)}
	}
	r.Mentions = append(r.Mentions, m)
	return &r.Mentions[len(r.Mentions)-1]
}

func (c *testCase) anywhere(t testing.TB, words string) check.TextSpan {
	if strings.Contains(c.submission.Product.Title, words) {
		return c.span(t, listing.Field{}, c.submission.Product.Title, words)
	}
	return c.span(t, listing.Field{Kind: listing.ShopNameField}, c.submission.Merchant.ShopName, words)
}

func (c *testCase) span(t testing.TB, field listing.Field, text, words string) check.TextSpan {
	t.Helper()
	start := strings.Index(text, words)
	if start < 0 {
		t.Fatalf("%q is not in %s %q", words, field, text)
	}
	return check.TextSpan{Field: field, Start: start, End: start + len(words), Surface: words}
}

// A run is what came of a case.
type run struct {
	findings []check.Finding
	result   *Result
}

// check runs the case's checker over a submission, with the case's mentions.
func (c *testCase) check(t testing.TB, s *listing.Submission, mentions *trademark.Result) run {
	t.Helper()
	marks := &check.Checker[*listing.Submission]{Name: "marks", Run: func(_ context.Context, p *check.Pass[*listing.Submission]) error {
		for _, code := range c.excuse {
			p.Report(check.Finding{Code: code})
		}
		return nil
	}}
	stage := newStage(c.book, func(*check.Pass[*listing.Submission]) *trademark.Result { return mentions }, marks)
	plan, err := check.NewPlan(marks, stage.Checker)
	if err != nil {
		t.Fatal(err)
	}
	report := plan.Run(context.Background(), s, nil)
	if o := report.Outcomes[1]; o.Status == check.Failed || o.Status == check.TimedOut {
		t.Fatalf("the checker ended with status %d: %v", o.Status, o.Err)
	}
	return run{report.Findings[len(c.excuse):], stage.In(report)}
}

// codes are the codes found in a market, sorted, each once.
func (r run) codes(market listing.Market) []string {
	codes := []string{}
	for _, f := range r.findings {
		if slices.Contains(f.Markets, market) {
			code := f.Code
			if f.Variant != "" {
				code += "/" + f.Variant
			}
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// only are the mentions as the stage of marks would tell them for fewer markets.
func only(r *trademark.Result, keep []listing.Market) *trademark.Result {
	fewer := &trademark.Result{Claims: r.Claims, Mentions: slices.Clone(r.Mentions)}
	for i := range fewer.Mentions {
		m := &fewer.Mentions[i]
		m.Markets = slices.DeleteFunc(slices.Clone(m.Markets), func(m listing.Market) bool { return !slices.Contains(keep, m) })
	}
	return fewer
}
