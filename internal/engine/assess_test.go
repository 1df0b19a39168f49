package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// A judged is a listing with its verdict.
type judged struct {
	*listing.Submission
	verdict *verdict.Verdict
}

func euros(n int64) *money.Money { return &money.Money{CurrencyCode: "EUR", Units: n} }

// harbour is a merchant of whom everything is known that Germany's law asks for.
func harbour() *assayv1.Merchant {
	yes := true
	return &assayv1.Merchant{MerchantId: "m1", LegalName: "Harbour Trading GmbH", ShopName: "Harbour Corner", Country: "DE", RegistrationNumber: "HRB 1",
		Address: &assayv1.PostalAddress{Lines: []string{"Kai 1"}, Locality: "Kiel"}, Contact: &assayv1.Contact{Email: "a@harbour.example", Phone: "+49 1"},
		BankAccountOnFile: &yes, EuTrader: &assayv1.TraderInfo{TradeRegister: "Kiel", TradeRegisterNumber: "HRB 1", IdentityDocumentOnFile: &yes, SelfCertified: &yes}}
}

func judge(t testing.TB, id string, m *assayv1.Merchant, p *assayv1.Product, markets ...string) judged {
	t.Helper()
	s, err := wire.Submission(&assayv1.Submission{SubmissionId: id, Merchant: m, Product: p, Markets: markets}, now)
	if err != nil {
		t.Fatal(err)
	}
	return judged{s, answer(t, s, engine.Options{})}
}

// assess answers on a merchant with an assortment.
func assess(t testing.TB, m *assayv1.Merchant, markets []string, listings ...judged) *verdict.Merchant {
	t.Helper()
	who, err := wire.Assessment(&assayv1.AssessMerchantRequest{Merchant: m, Markets: markets}, now)
	if err != nil {
		t.Fatal(err)
	}
	a := assessment.New(who.Merchant, who.Documents, who.Markets, who.AsOf)
	for _, l := range listings {
		a.Add(l.Submission, l.verdict)
	}
	v, _ := inForce.Assess(t.Context(), a, engine.Options{})
	return v
}

// codes are the codes that a merchant's verdict tells of.
func codes(v *verdict.Merchant) []string {
	var all []string
	for i := range v.Findings {
		all = append(all, strings.TrimSuffix(v.Findings[i].Code+"/"+v.Findings[i].Variant, "/"))
	}
	return all
}

// TestTwelveListingsAskForOneLetter, and that letter clears all twelve.
func TestTwelveListingsAskForOneLetter(t *testing.T) {
	markets := []string{"DE", "FR", "US"}
	kinds := []string{"Apparel & Accessories > Shoes", "Apparel & Accessories > Clothing", "Sporting Goods", "Luggage & Bags"}
	var all []judged
	var products []*assayv1.Product
	for i := range 12 {
		p := &assayv1.Product{Title: fmt.Sprintf("Nike model %c for every day", 'A'+i), Brand: "Nike", Category: kinds[i%len(kinds)], Condition: assayv1.Condition_CONDITION_NEW}
		products = append(products, p)
		all = append(all, judge(t, fmt.Sprintf("s%02d", i), harbour(), p, markets[i%3], markets[(i+1)%3]))
	}
	v := assess(t, harbour(), markets, all...)
	var letters []verdict.Request
	for _, r := range v.Requests {
		if _, ok := r.Fix.(check.ProvideDocument); ok {
			letters = append(letters, r)
		}
	}
	if len(letters) != 1 || len(letters[0].Submissions) != 12 || !slices.IsSorted(letters[0].Submissions) {
		t.Fatalf("%d papers are asked for: %+v", len(letters), letters)
	}
	asked := letters[0].Fix.(check.ProvideDocument)
	if diff := cmp.Diff(markets, asked.Requirement.Territories); diff != "" {
		t.Errorf("territories of the letter (-want +got):\n%s", diff)
	}
	for name, d := range map[string]listing.Document{"the requirement": asked.Requirement, "an alternative": asked.Alternatives[0]} {
		d.ID, d.Status = "given", listing.Verified
		for i, l := range all {
			given := *l.Submission
			given.Documents = []listing.Document{d}
			if got := answer(t, &given, engine.Options{}); got.Decision != verdict.Approve {
				t.Errorf("with %s listing %d (%s) is %v: %v", name, i, products[i].Category, got.Decision, got.Findings)
			}
		}
	}
}

// TestMerchantsAreAsked shows what the embedded book asks, one change of a merchant at a time.
func TestMerchantsAreAsked(t *testing.T) {
	number := func(n int64) *int64 { return &n }
	strikes := func(n int32) *int32 { return &n }
	for name, row := range map[string]struct {
		change  func(m *assayv1.Merchant)
		markets string
		want    []string
	}{
		"everything known":          {func(*assayv1.Merchant) {}, "DE", nil},
		"no telephone, Germany":     {func(m *assayv1.Merchant) { m.Contact.Phone = "" }, "DE", []string{"MER_TRADER_INFO_MISSING"}},
		"no telephone, Switzerland": {func(m *assayv1.Merchant) { m.Contact.Phone = " " }, "CH", nil},
		"never verified, China":     {func(*assayv1.Merchant) {}, "CN", []string{"MER_VERIFICATION_STALE"}},
		"nothing known, China":      {func(m *assayv1.Merchant) { *m = assayv1.Merchant{} }, "CN", []string{"MER_IDENTITY_INCOMPLETE", "MER_VERIFICATION_STALE"}}, //nolint:govet // a message nobody shares
		"private person, Germany": {func(m *assayv1.Merchant) {
			m.ShopType, m.EuTrader.TradeRegister = assayv1.ShopType_SHOP_TYPE_INDIVIDUAL, ""
		}, "DE", nil},
		"abroad, few sales": {func(m *assayv1.Merchant) {
			m.History = &assayv1.MerchantHistory{Sales_12M: number(199), Gross_12M: euros(90_000)}
		}, "US", []string{"MER_NO_US_AGENT"}},
		"abroad, an agent": {func(m *assayv1.Merchant) { m.AgentCountries = []string{"us"} }, "US", nil},
		"sales and little revenue": {func(m *assayv1.Merchant) {
			m.History = &assayv1.MerchantHistory{Sales_12M: number(200), Gross_12M: &money.Money{CurrencyCode: "USD", Units: 4999}}
		}, "US", []string{"MER_NO_US_AGENT"}},
		"sales, revenue in a currency unknown": {func(m *assayv1.Merchant) {
			m.History = &assayv1.MerchantHistory{Sales_12M: number(200), Gross_12M: &money.Money{CurrencyCode: "XAU", Units: 1}}
		}, "US", []string{"MER_INFORM_UNVERIFIED", "MER_NO_US_AGENT"}},
		"two strikes": {func(m *assayv1.Merchant) { m.History = &assayv1.MerchantHistory{Strikes: strikes(2)} }, "DE", nil},
		"three strikes": {func(m *assayv1.Merchant) {
			m.History = &assayv1.MerchantHistory{Strikes: strikes(3), Complaints: strikes(5)}
		}, "DE", []string{"MER_REPEAT_INFRINGER", "MER_REPEAT_INFRINGER/complaints"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := harbour()
			row.change(m)
			if diff := cmp.Diff(row.want, codes(assess(t, m, []string{row.markets}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// shelf is listings of all kinds, judged: clean and gated, low, rejected, with codes and papers, in markets of their own.
func shelf(t testing.TB) []judged {
	loa := func(territory string) []*assayv1.Document {
		return []*assayv1.Document{{DocumentId: "loa", Type: assayv1.DocumentType_DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION, Sha256: strings.Repeat("ab", 32), Territories: []string{territory}}}
	}
	var all []judged
	add := func(p *assayv1.Product, change func(*assayv1.Submission), markets ...string) {
		m := &assayv1.Submission{SubmissionId: fmt.Sprintf("p%02d", len(all)), Merchant: harbour(), Product: p, Markets: markets}
		m.Merchant.ShopName = "Nike Official Shop"
		if change != nil {
			change(m)
		}
		s, err := wire.Submission(m, now)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, judged{s, answer(t, s, engine.Options{})})
	}
	for i := range 4 {
		add(&assayv1.Product{Title: fmt.Sprintf("Oak chair %d", i), Price: euros(89)}, nil, "DE")
		add(&assayv1.Product{Title: fmt.Sprintf("Nintendo Switch game, adventure, part %d", i), Brand: "Nintendo", Category: "Software > Video Game Software",
			Condition: assayv1.Condition_CONDITION_NEW, Price: &money.Money{CurrencyCode: "EGP", Units: 700}}, nil, "EG")
	}
	add(&assayv1.Product{Title: "Gucci 高仿 bag", Brand: "Gucci"}, nil, "CN")
	add(&assayv1.Product{Title: "Oak chair", Brand: "Hillside", Gtin: "4006381333931", UnitCodes: []string{"010400638133393121ABC-1"}}, nil, "DE")
	add(&assayv1.Product{Title: "Oak chair", Brand: "Lowland", Gtin: "4006381333931"}, nil, "DE")
	add(&assayv1.Product{Title: "Oak table", UnitCodes: []string{"(01)04006381333931(21)ABC-1"}}, nil, "DE")
	add(&assayv1.Product{Title: "Oak stool"}, func(m *assayv1.Submission) { m.Documents = loa("DE") }, "DE")
	add(&assayv1.Product{Title: "Oak bench"}, func(m *assayv1.Submission) { m.Documents = loa("FR") }, "DE")
	add(&assayv1.Product{Title: "Oak shelf"}, func(m *assayv1.Submission) {
		m.Documents, m.Merchant.MerchantId, m.Merchant.RegistrationNumber = loa("DE"), "m2", "HRB 2"
	}, "US")
	return all
}

// TestTheWholeAssortmentIsSeen shows each finding that only many listings make.
func TestTheWholeAssortmentIsSeen(t *testing.T) {
	m := harbour()
	m.ShopName = "Nike Official Shop"
	v := assess(t, m, []string{"DE"}, shelf(t)...)
	if v.Decision != verdict.Review {
		t.Errorf("the decision is %v", v.Decision)
	}
	got := codes(v)
	for _, want := range []string{"MER_LISTINGS_REJECTED", "TM_SHOP_NAME_USES_MARK", "MER_BRAND_PRICED_LOW", "ID_SERIAL_DUPLICATE", "ID_GTIN_COLLISION",
		"DOC_DUPLICATE_HASH", "DOC_DUPLICATE_HASH/contradiction"} {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(c string) bool { return c != want })); n != 1 {
			t.Errorf("%s is told %d times, want once: %v", want, n, got)
		}
	}
}

// TestAssortmentsAreSets: neither order nor repetition of listings shows, and one listing more never makes the answer milder.
func TestAssortmentsAreSets(t *testing.T) {
	all := shelf(t)
	m := harbour()
	m.ShopName = "Nike Official Shop"
	rapid.Check(t, func(rt *rapid.T) {
		order := rapid.Permutation(all).Draw(rt, "order")
		n := rapid.IntRange(0, len(all)-1).Draw(rt, "n")
		before, after := assess(t, m, []string{"DE"}, order[:n]...), assess(t, m, []string{"DE"}, order[:n+1]...)
		if after.Decision < before.Decision {
			rt.Fatalf("one listing more makes %v of %v:\n%v\n%v", after.Decision, before.Decision, codes(before), codes(after))
		}
		again := rapid.Permutation(slices.Concat(order[:n+1], order[:n/2])).Draw(rt, "again")
		if diff := cmp.Diff(after, assess(t, m, []string{"DE"}, again...)); diff != "" {
			rt.Fatalf("in another order, and with repetitions (-first +then):\n%s", diff)
		}
	})
}

// TestItemsAreLeftAlone: what is found about the merchant stands in no listing's verdict.
func TestItemsAreLeftAlone(t *testing.T) {
	all := shelf(t)
	before := make([]string, len(all))
	for i := range all {
		before[i] = fmt.Sprintf("%+v", all[i].verdict.Ruling)
	}
	assess(t, harbour(), []string{"DE"}, all...)
	for i := range all {
		if got := fmt.Sprintf("%+v", all[i].verdict.Ruling); got != before[i] {
			t.Errorf("%s changed:\n%s\n%s", all[i].ID, before[i], got)
		}
	}
}

// TestCopiesStandInTheMerchantsVerdict, in any order, and change no decision by themselves; variants of one product do not.
func TestCopiesStandInTheMerchantsVerdict(t *testing.T) {
	const words = " cordless hand mixer with whisk, stainless steel beaters, quiet motor, turbo button and storage case, "
	other := harbour()
	other.MerchantId = "m2"
	first := judge(t, "first", harbour(), &assayv1.Product{Title: "Bosch" + words + "white", Brand: "Bosch"}, "DE")
	black := judge(t, "black", harbour(), &assayv1.Product{Title: "Bosch" + words + "black", Brand: "Bosch"}, "DE")
	again := judge(t, "again", other, &assayv1.Product{Title: "Bosch" + words + "red", Brand: "Bosch"}, "DE")
	if got := copiesIn(assess(t, harbour(), []string{"DE"}, first, black, again)); len(got) != 0 {
		t.Errorf("variants, and another shop's: %v", got)
	}
	copied := judge(t, "copied", other, &assayv1.Product{Title: "Kitchino" + strings.ToUpper(words), Brand: "Kitchino"}, "DE")
	one, two := assess(t, harbour(), []string{"DE"}, first, black, copied), assess(t, harbour(), []string{"DE"}, copied, black, first)
	if diff := cmp.Diff(copiesIn(one), copiesIn(two)); diff != "" {
		t.Errorf("in another order (-first +then):\n%s", diff)
	}
	found := copiesIn(one)
	if len(found) != 1 || found[0].Code != "LST_COPYCAT" || found[0].Variant != "" || one.Decision != verdict.Approve {
		t.Fatalf("%v, %v", codes(one), one.Decision)
	}
	e, ok := found[0].Evidence[0].(check.Twin)
	if !ok || e.ID != "copied" && e.OtherID != "copied" || e.Similarity != 1 || e.Margin != 0 || len(e.SharedWords) == 0 {
		t.Errorf("evidence %+v", found[0].Evidence)
	}
	if strings.Contains(fmt.Sprint(copied.verdict.Findings), "LST_") {
		t.Error("it stands in the listing's own verdict")
	}
}

// copiesIn are what a merchant's verdict tells of near copies.
func copiesIn(v *verdict.Merchant) []verdict.Finding {
	return slices.DeleteFunc(slices.Clone(v.Findings), func(f verdict.Finding) bool { return f.Checker != "assortment-copies" })
}
