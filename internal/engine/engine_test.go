package engine_test

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
	"github.com/assay-project/assay/internal/wire/madeup"
)

var now = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		panic(err)
	}
	if inForce, err = engine.New(book); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

var inForce *engine.Engine

// submission is a message with what every one needs, turned into a value.
func submission(t testing.TB, product *assayv1.Product, markets ...string) *listing.Submission {
	t.Helper()
	s, err := wire.Submission(&assayv1.Submission{SubmissionId: "s", Product: product, Markets: markets}, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func answer(t testing.TB, s *listing.Submission, o engine.Options) *verdict.Verdict {
	t.Helper()
	v, _, err := inForce.Check(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTheBooksOwnTests is what assayd does before it puts a book in force.
func TestTheBooksOwnTests(t *testing.T) {
	if len(inForce.Book().Tests) < 60 {
		t.Errorf("the embedded book promises only %d things", len(inForce.Book().Tests))
	}
	for _, f := range inForce.Test(t.Context()) {
		t.Error(f)
	}
}

// TestTestsCanFail breaks every promise of a test case and counts the complaints.
func TestTestsCanFail(t *testing.T) {
	book := *inForce.Book()
	book.Tests = []rulebook.Test{{Name: "wrong", Decision: verdict.Reject, Codes: []string{"CF_EXPLICIT_TERM"},
		Absent: []string{"PRICE_BASELINE_INSUFFICIENT"}, Mentions: []rulebook.ExpectedMention{{MarkID: "nike"}},
		Submission: &assayv1.Submission{SubmissionId: "1", Markets: []string{"US"}, Product: &assayv1.Product{Title: "Clay pot",
			Price: &money.Money{CurrencyCode: "USD", Units: 5}}}},
		{Name: "broken", Submission: &assayv1.Submission{}}}
	e, err := engine.New(&book)
	if err != nil {
		t.Fatal(err)
	}
	failures := e.Test(t.Context())
	if len(failures) != 5 {
		t.Errorf("%d complaints, want 5: %v", len(failures), failures)
	}
}

func TestEveryCheckerLeavesARow(t *testing.T) {
	v := answer(t, submission(t, &assayv1.Product{Title: "Clay pot"}, "US"), engine.Options{})
	var rows []string
	for _, r := range v.Runs {
		rows = append(rows, r.Name)
		if len(r.Lists) == 0 || r.Version == "" || r.Failure != verdict.FailureReview {
			t.Errorf("%s: lists %v, version %q, failure policy %v", r.Name, r.Lists, r.Version, r.Failure)
		}
		for _, l := range r.Lists {
			if len(l.Digest) != 64 {
				t.Errorf("%s: list %s has digest %q", r.Name, l.Name, l.Digest)
			}
		}
	}
	if diff := cmp.Diff([]string{"trademark", "identity", "price", "authorization", "qualification", "orders"}, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for _, c := range inForce.Checkers() {
		if c.Doc == "" {
			t.Errorf("%s says nothing of itself", c.Name)
		}
	}
	if v.Decision != verdict.Approve || v.Completeness != verdict.Complete || len(v.Rulebook.Digest) != 64 || !v.AsOf.Equal(now) {
		t.Errorf("got %v, %v, rulebook %+v, as of %v", v.Decision, v.Completeness, v.Rulebook, v.AsOf)
	}
}

// TestListsAreInTheBook holds what checkers say they are built from against what is there.
func TestListsAreInTheBook(t *testing.T) {
	used := map[string]bool{}
	for _, c := range inForce.Checkers() {
		for _, l := range c.Lists {
			used[l.Name] = true
		}
	}
	for _, name := range []string{"marks.jsonl", "wording.yaml", "gates.yaml", "packs.yaml", "baselines.csv", "prices.yaml", "categories.csv", "requirements.yaml", "orders.jsonl"} {
		if !used[name] {
			t.Errorf("no checker says that it uses %s", name)
		}
	}
}

func TestAPartIsMarkedAsOne(t *testing.T) {
	s := submission(t, &assayv1.Product{Title: "N1ke shoes", Brand: "Nike"}, "US")
	v := answer(t, s, engine.Options{Checkers: []string{"price"}, Mode: verdict.Preview})
	if v.Completeness != verdict.Partial || v.Mode != verdict.Preview || v.Runs[3].Status != check.Skipped {
		t.Errorf("got %v, mode %v, authorization %v", v.Completeness, v.Mode, v.Runs[3])
	}
	if _, _, err := inForce.Check(t.Context(), s, engine.Options{Checkers: []string{"none"}}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("an unknown checker gives %v", err)
	}
}

// cancelled is a context whose time is up.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestOutOfTimeIsReview(t *testing.T) {
	v, _, err := inForce.Check(cancelled(t), submission(t, &assayv1.Product{Title: "Clay pot"}, "US", "DE"), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Decision != verdict.Review || v.Completeness != verdict.Degraded || len(v.Findings) != len(v.Runs) || v.Findings[0].Code != verdict.NotRun {
		t.Errorf("got %v, %v, %d findings", v.Decision, v.Completeness, len(v.Findings))
	}
}

// cases are the submissions of the book's own tests: every kind of finding is among them.
func cases(t *testing.T) []*listing.Submission {
	var all []*listing.Submission
	for _, c := range inForce.Book().Tests {
		s, err := wire.Submission(c.Submission, now)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func bytesOf(t testing.TB, s *listing.Submission) string {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(wire.NewEncoder(inForce.Checkers(), inForce.Rulebook(), true).Verdict(answer(t, s, engine.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestSameQuestionSameBytes asks again, on one core and on many at once, and of an engine built anew.
func TestSameQuestionSameBytes(t *testing.T) {
	submissions := cases(t)
	want := make([]string, len(submissions))
	for i, s := range submissions {
		want[i] = bytesOf(t, s)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for procs := 1; procs <= 4; procs *= 2 {
		runtime.GOMAXPROCS(procs)
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for i, s := range submissions {
					if bytesOf(t, s) != want[i] {
						t.Errorf("case %d differs", i)
					}
				}
			})
		}
		wait.Wait()
	}
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		t.Fatal(err)
	}
	again, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	defer func(before *engine.Engine) { inForce = before }(inForce)
	inForce = again
	for i, s := range submissions {
		if bytesOf(t, s) != want[i] {
			t.Errorf("case %d differs from an engine built anew", i)
		}
	}
}

// TestMarketsAloneAreMarketsTogether asks for two markets at once and one by one.
func TestMarketsAloneAreMarketsTogether(t *testing.T) {
	for i, s := range cases(t) {
		both := *s
		both.Markets = []listing.Market{"DE", "US"}
		together := answer(t, &both, engine.Options{})
		for j, m := range both.Markets {
			one := both
			one.Markets = []listing.Market{m}
			if alone := answer(t, &one, engine.Options{}); alone.Decision != together.Markets[j].Decision {
				t.Errorf("case %d (%s): %s is %v alone and %v together", i, inForce.Book().Tests[i].Name, m, alone.Decision, together.Markets[j].Decision)
			}
		}
	}
}

// ordinary is a listing without findings: about 100 bytes of title, 500 of description, a brand nobody gated.
func ordinary(t testing.TB) *listing.Submission {
	return submission(t, &assayv1.Product{
		Title: "Stoneware dinner plates, set of 6, 27 cm, matt glaze in sand and grey, dishwasher and microwave safe",
		Description: strings.Repeat("Each plate is thrown by hand, glazed twice and fired for thirty hours, so no two are quite alike. "+
			"The rim is slightly raised. ", 4),
		Brand: "Töpferei Weber", Category: "Home & Garden > Kitchen & Dining > Tableware",
		Condition: assayv1.Condition_CONDITION_NEW,
	}, "DE")
}

// BenchmarkOrdinary is goal 5: at most 5 µs and 20 allocations.
func BenchmarkOrdinary(b *testing.B) {
	s := ordinary(b)
	if v := answer(b, s, engine.Options{}); len(v.Findings) > 0 || v.Decision != verdict.Approve {
		b.Fatalf("the ordinary listing is not: %v", v.Findings[0].Message)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := inForce.Check(context.Background(), s, engine.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVaried asks about made-up listings in turn, half of which mention some mark, so that no processor learns one by heart.
func BenchmarkVaried(b *testing.B) {
	maker := madeup.New(1, madeup.VocabularyOf(inForce.Book()))
	all := make([]*listing.Submission, 4000)
	for i := range all {
		s, err := wire.Submission(maker.Ordinary(), time.Time{})
		if err != nil {
			b.Fatal(err)
		}
		all[i] = s
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, _, err := inForce.Check(context.Background(), all[i%len(all)], engine.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStart is what a process does before its first verdict.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		book, err := rulebook.Load(embedded.FS())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := engine.New(book); err != nil {
			b.Fatal(err)
		}
	}
}
