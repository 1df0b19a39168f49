package rule_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/rule"
)

// TestWhen asks expressions about one listing.
func TestWhen(t *testing.T) {
	s := submission(t, `{
		"merchant": {"merchantId": "m", "legalName": "Corner Shop Ltd", "country": "CN", "verifiedAt": "2026-01-01T00:00:00Z"},
		"product": {"title": "Αpple gift-card 25 €, d1gital", "brand": "Apple", "bullets": ["sent by e-mail", "no refund"],
			"price": {"currencyCode": "USD", "units": "25"}, "listPrice": {"currencyCode": "USD", "units": "30"},
			"shipping": {"currencyCode": "EUR", "units": "1"}, "previousPrice": {"currencyCode": "USD", "units": "1", "nanos": -5},
			"attributes": {"b": "two", "a": "one", "c": "three"}, "condition": "CONDITION_NEW", "variants": [{"name": "x"}, {"name": "y"}]},
		"documents": [{"documentId": "d", "type": "DOCUMENT_TYPE_PURCHASE_INVOICE", "issuedOn": {"year": 2026, "month": 2, "day": 1}}],
		"markets": ["US", "DE"]}`)
	mentions := []check.Mention{{MarkID: "apple", Canonical: "Apple", Role: check.OwnBrand, Gated: true}}
	fires := map[string]string{
		// words
		`containsFolded(submission.product.title, "gift card")`:            "US,DE",
		`containsFolded(submission.product.title, "GIFTCARD")`:             "US,DE",
		`containsFolded(submission.product.title, "apple gift card")`:      "US,DE", // the first letter is a Greek one
		`containsFolded(submission.product.title, "gift")`:                 "US,DE",
		`containsFolded(submission.product.title, "if")`:                   "",
		`containsFolded(submission.product.title, "card 2")`:               "",
		`containsFolded(submission.product.title, "pple")`:                 "",
		`findFolded(submission.product.title, "gift card") == "gift-card"`: "US,DE",
		`findFolded(submission.product.title, "voucher") == ""`:            "US,DE",
		`submission.product.bullets.exists(b, containsFolded(b, "email"))`: "US,DE",
		`submission.product.title.matches("[0-9]+ €")`:                     "US,DE",
		`matches(submission.product.title, "^[0-9]")`:                      "",
		// money
		`below(submission.product.price, "25.01 USD")`:                          "US,DE",
		`below(submission.product.price, "25 USD")`:                             "",
		`above(submission.product.price, "24.9999 USD")`:                        "US,DE",
		`below(submission.product.price, "9999 EUR")`:                           "", // another currency
		`below(submission.product.price, submission.product.list_price)`:        "US,DE",
		`above(submission.product.price, submission.product.shipping)`:          "",
		`below(submission.product.previous_price, "9 USD")`:                     "", // impossible
		`below(submission.product.variants[0].price, "9 USD")`:                  "", // absent
		`has(submission.product.price) && submission.product.price.units == 25`: "US,DE",
		// time
		`now == timestamp("2026-03-01T12:00:00Z")`:                                 "US,DE",
		`submission.as_of == now`:                                                  "US,DE",
		`daysBetween(submission.merchant.verified_at, now) == 59`:                  "US,DE",
		`daysBetween(now, submission.merchant.verified_at) == -59`:                 "US,DE",
		`submission.documents.exists(d, daysBetween(day(d.issued_on), now) == 28)`: "US,DE",
		`now.getFullYear() == 2026 && now.getHours() == 12`:                        "US,DE",
		// markets, marks, prices
		`market == "DE"`: "DE",
		`market in ["US", "CN"] && submission.merchant.country == "CN"`:         "US",
		`mentions.exists(m, m.mark_id == "apple" && m.gated)`:                   "US,DE",
		`mentions.exists(m, m.role == Role.ROLE_OWN_BRAND)`:                     "US,DE",
		`mentions.exists(m, m.role == assay.v1.Role.ROLE_REPLICA)`:              "",
		`has(price.median) && price.ratio < 0.6`:                                "US",
		`!has(price.median)`:                                                    "DE",
		`has(price.median) && price.ratio < 1 && below(price.median, "21 USD")`: "US",
		// the rest of the language
		`submission.product.condition == Condition.CONDITION_NEW`:                                          "US,DE",
		`submission.documents.exists(d, d.type == DocumentType.DOCUMENT_TYPE_PURCHASE_INVOICE)`:            "US,DE",
		`submission.product.variants.filter(v, v.name > "x").size() == 1`:                                  "US,DE",
		`keys(submission.product.attributes)[0] == "a" && keys(submission.product.attributes).size() == 3`: "US,DE",
		`values(submission.product.attributes)[2] == "three"`:                                              "US,DE",
		`submission.product.attributes["a"] == "one" && "b" in submission.product.attributes`:              "US,DE",
		`size(submission.markets) == 2 && submission.product.bullets.all(b, b != "")`:                      "US,DE",
		`submission.product.stock_quantity == 0`:                                                           "US,DE", // absent reads as nothing
		`has(submission.product.stock_quantity)`:                                                           "",
		// errors that decide nothing are none
		`submission.product.gtin == "" || submission.product.bullets[9] == "x"`: "US,DE",
	}
	expressions := slices.Sorted(maps.Keys(fires))
	rules := "rules:\n"
	for i, expression := range expressions {
		rules += fmt.Sprintf("  - {name: r%d, doc: d, code: LST_RULE, message: m, when: %s}\n", i, strconv.Quote(expression))
	}
	book, err := bookOf(rules)
	if err != nil {
		t.Fatal(err)
	}
	checkers, err := rule.New(book, inputs(mentions))
	if err != nil {
		t.Fatal(err)
	}
	r := asked(t, t.Context(), checkers, s)
	got := make([]string, len(expressions))
	for _, f := range r.Findings {
		markets := fmt.Sprint(f.Markets)
		if f.Markets == nil {
			markets = "[US DE]"
		}
		i, _ := strconv.Atoi(strings.TrimPrefix(f.Checker, "rule/r"))
		got[i] = strings.Trim(strings.ReplaceAll(markets, " ", ","), "[]")
	}
	for i, expression := range expressions {
		if o := r.Outcomes[i]; o.Status != check.Clean && o.Status != check.Flagged {
			t.Errorf("%s: ended as %+v", expression, o)
		}
		if got[i] != fires[expression] {
			t.Errorf("%s: fires in %q, want %q", expression, got[i], fires[expression])
		}
	}
}

// TestRefused tells what is refused when a book is loaded, and where in the file. The expression begins in line 7, column 7.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ expression, at, text string }{
		{`submission.product.titel == "x"`, "7:25", "undefined field 'titel'"},
		{"true &&\n  submission.product.title == 5", "8:34", "found no matching overload for '_==_'"},
		{`submission.product.title ==`, "7:35", "mismatched input"},
		{`"é" == "é" && nowhere`, "7:21", "undeclared reference to 'nowhere'"},
		{`submission.product.title`, "7:7", "the expression is a string, and must be bool"},
		{`1`, "7:7", "the expression is a int, and must be bool"},
		{`submission.product.title.matches("(")`, "7:40", "invalid matches argument"},
		{`submission.product.title.matches("a{1001}")`, "7:40", "invalid matches argument"},
		{`submission.product.title.matches("(a{1,50}){1,20}")`, "7:40", "egex"},
		{`submission.product.title.matches(submission.product.brand)`, "7:58", "write the pattern out"},
		{`containsFolded(submission.product.title, submission.product.brand)`, "7:66", "write the words out"},
		{`containsFolded(submission.product.title, "!?")`, "7:48", "has no letters once it is folded"},
		{`containsFolded(submission.product.title, "` + strings.Repeat("a", 65) + `")`, "7:48", "more than 64"},
		{`below(submission.product.price, "5")`, "7:39", `write the amount out`},
		{`below(submission.product.price, "-5 USD")`, "7:39", `write the amount out`},
		{`below(submission.product.price, "5.00 EURO")`, "7:39", `write the amount out`},
		{`below(submission.product.price, "5.001 JPY")`, "7:39", `write the amount out`},
		{`submission.product.title + "x" == "yx"`, "7:32", "found no matching overload for '_+_'"},
		{`size(submission.product.bullets + submission.product.keywords) == 0`, "7:39", "lists cannot be joined"},
		{`submission.product.bullets == submission.product.keywords`, "7:34", "only single values are compared"},
		{`submission.documents.exists(d, d in submission.documents)`, "7:", "only single values are compared"},
		{`submission.product != Product{}`, "7:", "only single values are compared"},
		{`submission.product.bullets.map(b, b).size() == 0`, "7:37", "undeclared reference to 'map'"},
		{`submission.product.attributes.exists(k, k == "x")`, "7:25", "a map has no order"},
		{`dyn(1) == 1`, "7:10", "undeclared reference to 'dyn'"},
		{`now.getHours("Local") == 1`, "7:19", "found no matching overload for 'getHours'"},
		{`price.ratio < 0.5`, "7:7", "ask has(price.median) first"},
		{`duration("1 year") > duration("1h")`, "7:16", "invalid duration argument"},
		{`timestamp("tomorrow") > now`, "7:17", "invalid timestamp argument"},
		{`1 == 2`, "7:7", "the rule can never fire"},
		{`false && market == "US"`, "7:7", "the rule can never fire"},
		{`submission.markets.exists(a, submission.markets.exists(b, submission.markets.exists(c, submission.markets.exists(d, true))))`, "7:", "nesting"},
		{`submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, submission.product.unit_codes.exists(c, a == b && b == c)))`, "7:7", "at worst"},
		{strings.Repeat("(", 60) + "true" + strings.Repeat(")", 60), "7:", "recursion"},
		{strings.Repeat("true && ", 1000) + "true", "7:", ""},
		{strings.Repeat("[", 40) + strings.Repeat("]", 40) + ".size() == 0", "7:", ""},
	} {
		book, err := bookOf(when(test.expression))
		if err != nil {
			t.Fatal(err)
		}
		_, err = rule.New(book, inputs(nil))
		if err == nil {
			t.Errorf("%.80s: is taken", test.expression)
			continue
		}
		first := problemsOf(t, err)[0].String()
		if !strings.HasPrefix(first, "rules.yaml:"+test.at) || !strings.Contains(first, test.text) {
			t.Errorf("%.80s: got %s; want it at %s, about %q", test.expression, first, test.at, test.text)
		}
	}
}
