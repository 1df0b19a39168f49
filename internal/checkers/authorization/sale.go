package authorization

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// saleRules are the constraints on one invoice. How many units all invoices show together is judged apart.
var saleRules = [...]rule{
	{"status", nil, anyKind, judgeStatus, showStatus},
	{"dispute", nil, anyKind, judgeDispute, showDispute},
	{"seller", []string{"issuer"}, anyKind, judgeSeller, showSeller},
	{"buyer", []string{"subject"}, anyKind, judgeBuyer, showBuyer},
	{"age", []string{"issued_on"}, anyKind, judgeAge, showAge},
	{"remaining", nil, anyKind, judgeRemaining, showSaleRemaining},
	{"item", []string{"lines"}, anyKind, judgeItem, showItem},
	{"supplier", nil, anyKind, judgeSupplier, showSupplier},
	{"arithmetic", nil, anyKind, judgeArithmetic, showArithmetic},
	{"cost", nil, anyKind, judgeCost, showCost},
	{"language", nil, anyKind, judgeLanguage, showLanguage},
	{"format", nil, anyKind, judgeFormat, showFormat},
	{"file", nil, anyKind, judgeFile, showFile},
}

// bySales tells what invoices prove. Those that hold count together: their units must reach the stock.
func (d *demand) bySales(q *question) *proof {
	var good []purchase
	var best *proof
	for i := range d.papers {
		p := &d.papers[i]
		if p.kind != sale || p.Status == listing.Refused || !slices.Contains(q.alternative.Types, p.Type) {
			continue
		}
		c := purchaseCost(q, p)
		if best == nil || c.less(&best.cost) {
			best = &proof{cost: c, question: q, by: rulebook.ProofInvoice, papers: []int{i}}
		}
		if c.proves() {
			good = append(good, purchase{i, c, unitsOf(q, p)})
		}
	}
	if len(good) == 0 {
		return best
	}
	return enough(q, good)
}

func purchaseCost(q *question, p *paper) cost {
	c := cost{length: 1, end: endOf(q, p)}
	for i := range saleRules {
		c.add(saleRules[i].judged(q, p))
	}
	return c
}

// A purchase is an invoice that holds.
type purchase struct {
	paper int
	cost  cost
	units units
}

// enough takes the invoices that last longest until they reach the stock.
func enough(q *question, good []purchase) *proof {
	slices.SortStableFunc(good, func(a, b purchase) int {
		switch {
		case a.cost.less(&b.cost):
			return -1
		case b.cost.less(&a.cost):
			return 1
		}
		return 0
	})
	found := &proof{cost: good[0].cost, question: q, by: rulebook.ProofInvoice}
	var total units
	for i := range good {
		found.papers = append(found.papers, good[i].paper)
		if i > 0 {
			found.cost = found.plus(good[i].cost)
		}
		if total = total.plus(good[i].units); q.units() <= total.known {
			return found
		}
	}
	found.short = &total
	found.add(total.judge(q.units()))
	return found
}

// units is how many pieces the invoices must show: those in stock, and at least as many as the pack says.
func (q *question) units() int64 { return max(q.product.StockQuantity, q.alternative.MinUnits) }

// units are how many pieces of the goods invoices show.
type units struct {
	known   int64
	unknown bool // some lines do not say
}

// maxUnits is far beyond any stock and far from overflow.
const maxUnits = 1 << 60

func (u units) plus(o units) units {
	return units{u.known + min(o.known, maxUnits-u.known), u.unknown || o.unknown}
}

func (u units) judge(wanted int64) judgement {
	switch {
	case wanted <= u.known:
		return judgement{}
	case u.unknown:
		return notExtracted
	}
	return judgement{broken, "DOC_INVOICE_QTY_INSUFFICIENT", ""}
}

func unitsOf(q *question, p *paper) units {
	u := units{unknown: len(p.Lines) == 0}
	for i := range p.Lines {
		if l := &p.Lines[i]; shows(q, l) {
			u = u.plus(units{max(0, min(l.Quantity, maxUnits)), l.Quantity < 0})
		}
	}
	return u
}

// shows reports whether a line is about the goods: by their number, or by the mark in its brand or text.
func shows(q *question, l *listing.InvoiceLine) bool {
	if key := gtinKey(l.GTIN); key != "" && key == gtinKey(q.product.GTIN) {
		return true
	}
	return l.Brand != "" && q.mark.isName(text.Key(l.Brand)) || q.mark.isIn(l.Description)
}

// maxNameWords is how many words of a text may together be a mark's name.
const maxNameWords = 5

// isIn reports whether a text has the mark among its words.
func (m *gatedMark) isIn(s string) bool {
	words := party.Words(s)
	for i := range words {
		for n := 1; n <= min(maxNameWords, len(words)-i); n++ {
			if m.isName(text.Key(strings.Join(words[i:i+n], ""))) {
				return true
			}
		}
	}
	return false
}

func judgeSeller(q *question, p *paper) judgement {
	switch party.Match(&p.issuer, q.merchant) {
	case party.Unstated:
		return notExtracted
	case party.Equal, party.Literal:
		return judgement{broken, "DOC_TYPE_NOT_ACCEPTED", ""}
	}
	return judgement{}
}

func showSeller(q *question, p *paper) shown {
	s := say("another than the merchant", orNotStated(p.issuer.Shown), "")
	switch judgeSeller(q, p).standing {
	case broken:
		s.words = "was issued by the merchant itself"
	case unclear:
		s.words = "does not state who sold"
	}
	return s
}

func judgeBuyer(q *question, p *paper) judgement {
	switch p.ends(q.merchant) {
	case party.Unstated:
		return notExtracted
	case party.Similar:
		return judgement{unclear, "AUTH_LICENSEE_MISMATCH", "similar"}
	case party.Different:
		return judgement{broken, "AUTH_LICENSEE_MISMATCH", ""}
	case party.Equal:
		if q.pack.LiteralNames {
			return misspelt
		}
	}
	return judgement{}
}

func showBuyer(q *question, p *paper) shown {
	s := say(orNotStated(q.merchant.Shown), orNotStated(p.subject.Shown), "")
	switch j := judgeBuyer(q, p); {
	case j == notExtracted:
		s.words = "does not state surely who bought"
	case j == misspelt:
		s.has, s.needs = p.subject.Shown, q.merchant.Shown
		s.words = fmt.Sprintf("names %s as the buyer, which is the merchant's name, %s, in another spelling", s.actual, s.expected)
	case j.standing != holds:
		s.has, s.needs = p.subject.Shown, q.merchant.Shown
		s.words = fmt.Sprintf("names %s as the buyer, not %s", s.actual, s.expected)
	}
	return s
}

func orNotStated(s string) string {
	if s == "" {
		return "not stated"
	}
	return s
}

// issueDay is the day an invoice was issued on, in the market's zone; false where that is not known.
func issueDay(q *question, p *paper) (listing.Date, bool) {
	switch p.IssuedOn.State {
	case listing.Day:
		return p.IssuedOn.Date, p.IssuedOn.Date.Exists()
	case listing.Instant:
		y, m, d := p.IssuedOn.Time.In(q.zone).Date()
		return listing.Date{Year: y, Month: m, Day: d}, true
	}
	return listing.Date{}, false
}

// saleEnd is when an invoice becomes too old; zero: never, as far as known. The last day is the one that lies so many days
// after the day of issue.
func saleEnd(q *question, p *paper) time.Time {
	day, ok := issueDay(q, p)
	if !ok || q.alternative.MaxAgeDays == 0 {
		return time.Time{}
	}
	day.Day += q.alternative.MaxAgeDays
	return day.After(q.zone).UTC()
}

func judgeAge(q *question, p *paper) judgement {
	day, ok := issueDay(q, p)
	switch {
	case p.IssuedOn.State == listing.Absent:
		return notExtracted
	case !ok, q.asOf.Before(day.Start(q.zone)):
		return judgement{broken, "DOC_DATE_INVALID", ""}
	case q.alternative.MaxAgeDays > 0 && !q.asOf.Before(saleEnd(q, p)):
		return judgement{broken, "DOC_INVOICE_TOO_OLD", ""}
	}
	return judgement{}
}

func showAge(q *question, p *paper) shown {
	s := say("any day before", showBound(p.IssuedOn), "")
	if q.alternative.MaxAgeDays > 0 {
		s.expected = fmt.Sprintf("at most %d days before %s", q.alternative.MaxAgeDays, q.asOf.In(q.zone).Format(time.DateOnly))
	}
	switch judgeAge(q, p).code {
	case "DOC_FIELD_MISSING":
		s.words = "does not state when it was issued"
	case "DOC_DATE_INVALID":
		s.has, s.words = plainBound(p.IssuedOn), "is dated impossibly: "+s.actual
	case "DOC_INVOICE_TOO_OLD":
		s.has, s.needs = s.actual, fmt.Sprint(q.alternative.MaxAgeDays)
		s.words = fmt.Sprintf("is of %s, more than %d days ago", s.actual, q.alternative.MaxAgeDays)
	}
	return s
}

// showSaleRemaining tells when an invoice will be too old.
func showSaleRemaining(q *question, p *paper) shown {
	s := showRemaining(q, p)
	if s.words != "" {
		s.words = fmt.Sprintf("is of %s and counts until %s only", showBound(p.IssuedOn), s.has)
	}
	return s
}

func judgeItem(q *question, p *paper) judgement {
	switch {
	case slices.ContainsFunc(p.Lines, func(l listing.InvoiceLine) bool { return shows(q, &l) }):
		return judgement{}
	case len(p.Lines) == 0 && p.names(q.mark):
		return judgement{}
	case len(p.Lines) == 0 && len(p.brands) == 0:
		return notExtracted
	}
	return judgement{broken, "DOC_INVOICE_ITEM_MISMATCH", ""}
}

func showItem(q *question, p *paper) shown {
	s := shown{expected: q.mark.Text, actual: fmt.Sprintf("%d lines", len(p.Lines))}
	if q.product.GTIN != "" {
		s.expected += " or GTIN " + party.Shorten(q.product.GTIN)
	}
	switch judgeItem(q, p).standing {
	case broken:
		s.needs = party.Shorten(q.product.GTIN)
		s.words = "names neither " + q.mark.Text + " nor the product's GTIN on its lines"
	case unclear:
		s.actual, s.words = "not extracted", "has no lines that could be read"
	}
	return s
}

func judgeSupplier(_ *question, p *paper) judgement {
	c := &p.Issuer.Contact
	if p.Issuer.Address+c.Phone+c.Email+c.Website == "" {
		return judgement{noted, "DOC_SUPPLIER_UNVERIFIABLE", ""}
	}
	return judgement{}
}

func showSupplier(q *question, p *paper) shown {
	if judgeSupplier(q, p).standing == holds {
		return say("address, phone or website of the seller", "given", "")
	}
	return say("address, phone or website of the seller", "none", "gives no way to reach its seller")
}

// judgeArithmetic adds the lines up, with taxes and charges, where all are readable and of the total's currency. Each line may
// be rounded by half of the smallest coin. Taxes that are not stated may be as high as the rulebook allows.
func judgeArithmetic(q *question, p *paper) judgement {
	low, ok := linesSum(p)
	if !ok {
		return judgement{}
	}
	high := new(big.Int).Set(low)
	if p.Tax.State == listing.NoPrice {
		high.Add(high, percent(low, q.rules.MaxTaxPercent))
	}
	slack := big.NewInt(int64(len(p.Lines)) * listing.SmallestCoin(p.Total.Currency) / 2)
	total := billionths(p.Total.Money)
	if total.Cmp(low.Sub(low, slack)) >= 0 && total.Cmp(high.Add(high, slack)) <= 0 {
		return judgement{}
	}
	return judgement{noted, "DOC_ARITHMETIC_ERROR", ""}
}

// linesSum is what the lines, charges and taxes of an invoice make together, in billionths; false where that cannot be told.
func linesSum(p *paper) (*big.Int, bool) {
	sum := new(big.Int)
	if p.Total.State != listing.PriceOK || len(p.Lines) == 0 {
		return nil, false
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Quantity < 0 || l.UnitPrice.State != listing.PriceOK || l.UnitPrice.Currency != p.Total.Currency {
			return nil, false
		}
		sum.Add(sum, new(big.Int).Mul(big.NewInt(l.Quantity), billionths(l.UnitPrice.Money)))
	}
	for i, more := range []*listing.Price{&p.Tax, &p.Charges, &p.Discount} {
		switch {
		case more.State == listing.NoPrice:
		case more.State != listing.PriceOK || more.Currency != p.Total.Currency:
			return nil, false
		case i == 2:
			sum.Sub(sum, billionths(more.Money))
		default:
			sum.Add(sum, billionths(more.Money))
		}
	}
	return sum, true
}

func percent(amount *big.Int, n int) *big.Int {
	part := new(big.Int).Mul(amount, big.NewInt(int64(n)))
	return part.Abs(part.Quo(part, big.NewInt(100)))
}

func billionths(m listing.Money) *big.Int {
	n := new(big.Int).Mul(big.NewInt(m.Units), big.NewInt(1_000_000_000))
	return n.Add(n, big.NewInt(int64(m.Nanos)))
}

func showArithmetic(q *question, p *paper) shown {
	if judgeArithmetic(q, p).standing == holds {
		return say("lines add up to the total", "no contradiction", "")
	}
	sum, _ := linesSum(p)
	s := say("lines add up to the total", p.Total.String(), "")
	s.has, s.needs = s.actual, showBillionths(sum, p.Total.Currency)
	s.words = fmt.Sprintf("states a total of %s, and its lines with the taxes and charges it states make %s", s.actual, s.needs)
	return s
}

// showBillionths is a sum of billionths of a currency's unit as an amount.
func showBillionths(sum *big.Int, code string) string {
	whole, rest := new(big.Int).QuoRem(sum, big.NewInt(1_000_000_000), new(big.Int))
	if !whole.IsInt64() {
		return whole.String() + " " + code
	}
	return listing.Money{Units: whole.Int64(), Nanos: int32(rest.Int64()), Currency: code}.String()
}

// judgeCost compares what the goods cost with what they are offered for.
func judgeCost(q *question, p *paper) judgement {
	if dear(q, p) != nil {
		return judgement{noted, "DOC_INVOICE_PRICE_INCONSISTENT", ""}
	}
	return judgement{}
}

// dear is a line whose unit costs the selling price or more, or nil.
func dear(q *question, p *paper) *listing.InvoiceLine {
	price := &q.product.Price
	for i := range p.Lines {
		l := &p.Lines[i]
		comparable := l.UnitPrice.State == listing.PriceOK && price.State == listing.PriceOK && l.UnitPrice.Currency == price.Currency
		if comparable && shows(q, l) && billionths(l.UnitPrice.Money).Cmp(billionths(price.Money)) >= 0 {
			return l
		}
	}
	return nil
}

func showCost(q *question, p *paper) shown {
	if l := dear(q, p); l != nil {
		return shown{"less than " + q.product.Price.String(), l.UnitPrice.String(),
			fmt.Sprintf("charges %s for a unit that is offered at %s", l.UnitPrice, q.product.Price), l.UnitPrice.String(), q.product.Price.String(), ""}
	}
	return say("less than the selling price", "no contradiction", "")
}
