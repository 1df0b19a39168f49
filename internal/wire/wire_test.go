package wire_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// fill sets every field of a message, lists and maps with one item.
func fill(m protoreflect.Message) {
	switch x := m.Interface().(type) {
	case *timestamppb.Timestamp:
		proto.Merge(x, timestamppb.New(time.Unix(1.7e9, 0)))
		return
	case *date.Date:
		proto.Merge(x, &date.Date{Year: 2026, Month: 2, Day: 3})
		return
	case *money.Money:
		proto.Merge(x, &money.Money{CurrencyCode: "EUR", Units: 12, Nanos: 5e8})
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		switch f := fields.Get(i); {
		case f.IsMap():
			m.Mutable(f).Map().Set(full(f.MapKey()).MapKey(), full(f.MapValue()))
		case f.IsList() && f.Message() != nil:
			fill(m.Mutable(f).List().AppendMutable().Message())
		case f.IsList():
			m.Mutable(f).List().Append(full(f))
		case f.Message() != nil:
			fill(m.Mutable(f).Message())
		default:
			m.Set(f, full(f))
		}
	}
}

func full(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(7)
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(8)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(0.5)
	case protoreflect.StringKind:
		if f.Name() == "sha256" || f.Name() == "perceptual_hash" {
			return protoreflect.ValueOfString(strings.Repeat("ab", 32))
		}
		return protoreflect.ValueOfString("DE")
	}
	panic(f.FullName())
}

// TestNothingIsLost fills every field of a message and looks for a field of the value that stayed empty.
func TestNothingIsLost(t *testing.T) {
	m := &assayv1.Submission{}
	fill(m.ProtoReflect())
	s, err := wire.Submission(m, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range zeros("", reflect.ValueOf(*s)) {
		// Of a price only the amount and state, of a bound what its state names.
		if !strings.HasSuffix(path, ".Why") && !strings.HasSuffix(path, ".Raw") &&
			!strings.HasSuffix(path, ".Start.Time") && !strings.HasSuffix(path, ".End.Time") &&
			!strings.HasSuffix(path, "IssuedOn.Time") && !strings.HasSuffix(path, "SignedOn.Time") {
			t.Errorf("%s is empty", path)
		}
	}
}

func zeros(path string, v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return zeros(path, v.Elem())
		}
	case reflect.Slice:
		if v.Len() > 0 {
			return zeros(path+"[0]", v.Index(0))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			break
		}
		var found []string
		for i := range v.NumField() {
			found = append(found, zeros(path+"."+v.Type().Field(i).Name, v.Field(i))...)
		}
		return found
	}
	if v.IsZero() {
		return []string{path}
	}
	return nil
}

func TestAbsenceIsKept(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.FixedZone("x", 3600))
	s, err := wire.Submission(&assayv1.Submission{SubmissionId: "1", Markets: []string{"DE"}, Product: &assayv1.Product{}}, now)
	if err != nil {
		t.Fatal(err)
	}
	want := &listing.Submission{ID: "1", Markets: []listing.Market{"DE"}, AsOf: now.UTC(),
		Merchant: listing.Merchant{History: listing.History{Strikes: -1, Complaints: -1, Sales12M: -1, Listings7D: -1}},
		Product:  listing.Product{StockQuantity: -1}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestContentIsJudgedNotRefused gives everything a merchant can type wrong.
func TestContentIsJudgedNotRefused(t *testing.T) {
	s, err := wire.Submission(&assayv1.Submission{SubmissionId: "1", Markets: []string{"DE"},
		Product: &assayv1.Product{Title: "\u202eekin\x00", Gtin: "not a number", OriginCountry: "nowhere",
			Price:     &money.Money{CurrencyCode: "USD", Units: 1, Nanos: -1},
			ListPrice: &money.Money{CurrencyCode: "dollars", Units: 1},
			Shipping:  &money.Money{CurrencyCode: "JPY", Nanos: 5e8}},
		Documents: []*assayv1.Document{{DocumentId: "d", Type: assayv1.DocumentType_DOCUMENT_TYPE_OTHER,
			IssuedOn: &date.Date{Year: 2026, Month: 2, Day: 30},
			Effective: &assayv1.Validity{Start: &assayv1.Validity_StartDate{StartDate: &date.Date{Year: 2026}},
				End: &assayv1.Validity_EndTime{EndTime: &timestamppb.Timestamp{Seconds: 1 << 62}}}}}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p, d := s.Product, s.Documents[0]
	states := []listing.PriceState{p.Price.State, p.ListPrice.State, p.Shipping.State}
	if diff := cmp.Diff([]listing.PriceState{listing.ImpossibleMoney, listing.UnknownCurrency, listing.ImpossibleMoney}, states); diff != "" {
		t.Errorf("price states (-want +got):\n%s", diff)
	}
	for name, b := range map[string]listing.Bound{"issued_on": d.IssuedOn, "start": d.Effective.Start, "end": d.Effective.End} {
		if b.State != listing.Impossible || b.Raw == "" {
			t.Errorf("%s: got %+v, want an impossible bound that says what was given", name, b)
		}
	}
}

func TestEveryViolationIsNamed(t *testing.T) {
	_, err := wire.Submission(&assayv1.Submission{Markets: []string{"DE", "UK", "DE"},
		Documents: []*assayv1.Document{{}, {DocumentId: "d", Type: 99, Sha256: "ABC"}}}, time.Now())
	var invalid *wire.Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, v := range invalid.Violations {
		got = append(got, v.Field+" "+v.Description)
	}
	want := []string{
		"submission_id is required",
		"product is required",
		`markets[1] "UK" is not a country code of ISO 3166-1 alpha-2`,
		`markets "DE" is given twice`,
		"documents[0].document_id is required",
		"documents[0].type is required",
		"documents[1].type 99 is not a value of the enum",
		"documents[1].sha256 must be 64 lower-case hex digits",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

func TestViolationsAreBounded(t *testing.T) {
	m := &assayv1.Submission{SubmissionId: "1", Markets: []string{"DE"}, Product: &assayv1.Product{}}
	for range 64 {
		d := &assayv1.Document{DocumentId: "d"}
		for range 50 {
			d.Channels = append(d.Channels, strings.Repeat("x", 129))
		}
		m.Documents = append(m.Documents, d)
	}
	_, err := wire.Submission(m, time.Now())
	var invalid *wire.Invalid
	if !errors.As(err, &invalid) || len(invalid.Violations) > 101 {
		t.Fatalf("got %d violations", len(invalid.Violations))
	}
	if last := invalid.Violations[len(invalid.Violations)-1].Description; !strings.HasPrefix(last, "and ") {
		t.Errorf("the last violation is %q, want the number of the rest", last)
	}
}

// TestVerdictLosesNothing fills a verdict with one of each and looks for a field of the message that stayed empty.
func TestVerdictLosesNothing(t *testing.T) {
	day := listing.Date{Year: 2026, Month: 2, Day: 3}
	money := listing.Money{Units: 1, Nanos: 2, Currency: "EUR"}
	span := check.TextSpan{Field: listing.Field{Kind: listing.BulletField, Index: 1}, Start: 1, End: 2, Surface: "s", Canonical: "c",
		Transforms: []string{"leet"}, MarkID: "m"}
	evidence := []check.Evidence{span,
		check.Price{Reference: 1, Cohort: "c", Level: "l", Merchants: 1, Observations: 2, Offered: money, PackQuantity: 3, Median: money,
			Low: money, High: money, Least: money, Most: money, Ratio: 1, Spread: 2, Z: 3, AsOf: day, Source: "s", Caveats: []string{"c"}},
		check.Document{ID: "d", Field: "f", Expected: "e", Actual: "a"},
		check.Chain{MarkID: "m", Holder: "h", Merchant: "m", FirstFailing: 1, Levels: 2,
			Links: []check.Link{{From: "a", To: "b", DocumentID: "d", Constraints: []check.Constraint{{Name: "n", Holds: true, Expected: "e", Actual: "a"}}}}},
		check.ListEntry{List: "l", Entry: "e", Version: "v"}, check.Opaque{Label: "l", Text: "t"}}
	fixes := []check.Fix{check.RemoveText{Field: span.Field, Start: 1, End: 2}, check.SetField{Field: "f", Value: "v"},
		check.ProvideDocument{MarkID: "m"}, check.ConfirmPrice{Field: "f", Price: money, Suggestion: money}, check.RequestReview{Reason: "r"}}
	v := &verdict.Verdict{SubmissionID: "1", Mentions: []check.Mention{{MarkID: "m", Canonical: "c", Spans: []check.TextSpan{span}, Role: 1, Reason: "r", Gated: true}},
		Runs:     []verdict.Run{{Checker: &verdict.Checker{Name: "n", Version: "v", Lists: []verdict.List{{Name: "l", Digest: "d"}}, Failure: 1}, Status: 2, Reason: "r"}},
		Rulebook: verdict.Rulebook{Label: "l", Digest: "d"}, AsOf: time.Unix(1, 0), ValidUntil: time.Unix(2, 0), ValidUntilDocument: "d",
		Completeness: 1, Mode: 1, Annotations: map[string]string{"a": "b"},
		Ruling: verdict.Ruling{Decision: 2, RiskScore: 0.5, Markets: []verdict.MarketDecision{{Market: "DE", Decision: 2, Findings: []string{"n/1"}}},
			Findings: []verdict.Finding{{Row: &verdict.Row{Severity: 3, Fixability: 2, Citation: "c"}, Effect: 2, MerchantMessage: "m", MitigatedBy: []string{"n/2"},
				Finding: check.Finding{ID: "n/1", Checker: "n", Code: "C", Variant: "v", Markets: []listing.Market{"DE"}, Evidence: evidence, Message: "m",
					Remedies: []check.Remedy{{Text: "t", Fix: fixes[0]}}, Mitigates: []string{"n/3"}}}}}}
	for _, f := range fixes {
		v.Fixes = append(v.Fixes, verdict.Fix{Fix: f, Findings: []string{"n/1"}})
	}
	v.Shadow, v.ShadowDecision, v.Markets[0].ShadowDecision, v.ShadowRulebook = v.Findings, 3, 3, v.Rulebook
	m := wire.NewEncoder(nil, v.Rulebook, true).Verdict(v)
	for _, path := range unset("verdict", m.ProtoReflect()) {
		if !strings.Contains(path, ".requirement.") && !strings.HasSuffix(path, ".alternatives") && !strings.HasSuffix(path, "remedies.fix.finding_ids") && !strings.HasSuffix(path, ".nanos") {
			t.Errorf("%s is empty", path)
		}
	}
	if got := m.Findings[0].Evidence[0].GetTextSpan().Field; got != "bullets[1]" {
		t.Errorf("field path is %q", got)
	}
}

// TestSharedRowsAreTheRowsThemselves holds the messages that an encoder makes once against those it makes of each verdict.
func TestSharedRowsAreTheRowsThemselves(t *testing.T) {
	checkers := []verdict.Checker{{Name: "a", Version: "1", Failure: 1, Lists: []verdict.List{{Name: "l", Digest: "d"}}}, {Name: "b", Shadow: true}}
	var v verdict.Verdict
	for i := range checkers {
		for status := check.Clean; status <= check.Failed; status++ {
			v.Runs = append(v.Runs, verdict.Run{Checker: &checkers[i], Status: status},
				verdict.Run{Checker: &checkers[i], Status: status, Reason: "why"})
		}
	}
	shared := wire.NewEncoder(checkers, verdict.Rulebook{}, true).Verdict(&v)
	own := wire.NewEncoder(nil, verdict.Rulebook{}, true).Verdict(&v)
	if !proto.Equal(own, shared) {
		t.Errorf("made for each verdict: %v\nshared: %v", own, shared)
	}
	for _, run := range own.GetCheckerRuns() {
		run.Lists = nil
	}
	if without := wire.NewEncoder(checkers, verdict.Rulebook{}, false).Verdict(&v); !proto.Equal(own, without) {
		t.Errorf("without lists: %v", without)
	}
}

// unset lists the fields that no item of a message sets; of a oneof one member is enough.
func unset(path string, m protoreflect.Message) []string {
	var found []string
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		at := fmt.Sprintf("%s.%s", path, f.Name())
		switch {
		case f.ContainingOneof() != nil && !f.HasOptionalKeyword() && !m.Has(f):
		case !m.Has(f):
			found = append(found, at)
		case f.IsList() && f.Message() != nil:
			for j := range m.Get(f).List().Len() {
				found = append(found, unset(at, m.Get(f).List().Get(j).Message())...)
			}
		case !f.IsMap() && !f.IsList() && f.Message() != nil:
			found = append(found, unset(at, m.Get(f).Message())...)
		}
	}
	return found
}

func FuzzSubmission(f *testing.F) {
	m := &assayv1.Submission{}
	fill(m.ProtoReflect())
	b, err := proto.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m := &assayv1.Submission{}
		if proto.Unmarshal(b, m) != nil {
			return
		}
		s, err := wire.Submission(m, time.Unix(0, 0))
		var invalid *wire.Invalid
		if err != nil && !errors.As(err, &invalid) {
			t.Fatalf("%v is no *Invalid", err)
		}
		if err == nil && (s.ID == "" || len(s.Markets) == 0) {
			t.Fatalf("a value without id or market: %+v", s)
		}
	})
}
