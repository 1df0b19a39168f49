package qualification

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// A standing is how a rule stands. A greater one is worse.
type standing uint8

const (
	idle standing = iota // it is not asked for, or nothing is said of it
	holds
	noted   // does not stand in the way, but should be told
	unclear // cannot be told from what was extracted: a person must look
	broken
)

// A judgement is how a rule stands and the code that says so.
type judgement struct {
	standing      standing
	code, variant string
}

var (
	held         = judgement{standing: holds}
	notExtracted = judgement{unclear, fieldMissing, "not_extracted"} // nobody knows what the paper says
	notThere     = judgement{broken, fieldMissing, ""}               // the paper does not say it
)

func breaks(code string) judgement { return judgement{broken, code, ""} }

// A question is whether a paper does for a requirement, in a market.
type question struct {
	*inquiry
	*requirement
	*accepted
	names  []rulebook.PaperFor // what the paper must name
	market listing.Market      // empty while only rules are judged that do not depend on it
	zone   *time.Location
}

// must reports whether the paper must name something.
func (q *question) must(name rulebook.PaperFor) bool { return slices.Contains(q.names, name) }

// A rule is one constraint on a paper.
type rule struct {
	fields   []string // of the document, whose extraction must be sure; evidence shows the first
	identity bool     // whom or what the paper is for
	local    bool     // it may stand otherwise in another market
	judge    func(*question, *paper) judgement
	show     func(*question, *paper) shown
}

// shown is a rule for people.
type shown struct {
	expected, actual string
	words            string // of one that does not hold: what the paper does, "ended with 2026-10-01"
	has, needs       string // the same in no language: names, days and numbers
}

// rules are the constraints on every paper, in the order they are told.
var rules = [...]rule{
	{[]string{"subject"}, true, false, judgeMerchant, showMerchant},
	{[]string{"subject"}, true, false, judgeMaker, showMaker},
	{[]string{"brands"}, true, false, judgeBrand, showBrand},
	{[]string{"models", "gtins", "lines"}, true, false, judgeProduct, showProduct},
	{[]string{"categories"}, true, false, judgeCategory, showCategory},
	{[]string{"territories"}, true, true, judgeMarket, showMarket},
	{[]string{"status"}, false, false, judgeStatus, showStatus},
	{[]string{"dispute"}, false, false, judgeDispute, showDispute},
	{[]string{"effective"}, false, true, judgeTerm, showTerm},
	{[]string{"issued_on"}, false, true, judgeAge, showAge},
	{[]string{"effective"}, false, true, judgeRemaining, showRemaining},
	{[]string{"issuer"}, false, false, judgeSelf, showSelf},
	{[]string{"issuer"}, false, false, judgeIssuer, showIssuer},
	{[]string{"accreditations"}, false, false, judgeAccreditation, showAccreditation},
	{[]string{"schemes"}, false, false, judgeScheme, showScheme},
	{[]string{"outcome"}, false, false, judgeOutcome, showOutcome},
}

// judged tells how a rule stands for a paper. What holds by a field that was hardly readable is unclear, and what was surely
// looked for and is not there is broken.
func (r *rule) judged(q *question, p *paper) judgement {
	j := r.judge(q, p)
	switch {
	case len(p.Confidence) == 0:
	case j == notExtracted && authorization.Lacks(p.Document, q.confidence, r.fields[0]):
		return notThere
	case (j.standing == holds || j.standing == noted) && !authorization.Sure(p.Document, q.confidence, r.fields...):
		return notExtracted
	}
	return j
}

// likeness judges a party that must be somebody.
func likeness(l party.Closeness, code string) judgement {
	switch l {
	case party.Unstated:
		return notExtracted
	case party.Different:
		return breaks(code)
	case party.Similar:
		return judgement{unclear, code, "similar"}
	}
	return held
}

func judgeMerchant(q *question, p *paper) judgement {
	if !q.must(rulebook.ForMerchant) {
		return judgement{}
	}
	return likeness(p.ofMerchant, otherMerchant)
}

func showMerchant(q *question, p *paper) shown {
	return showParty(&q.merchant.Party, &p.subject, "is issued to %s and not to %s", "does not state to whom it is issued")
}

// showParty compares a party with whom it should be.
func showParty(want, is *party.Party, words, none string) shown {
	s := shown{expected: want.Shown, actual: orNotStated(is.Shown), has: is.Shown, needs: want.Shown}
	if s.words = fmt.Sprintf(words, is.Shown, want.Shown); !is.Stated() {
		s.words = none
	}
	return s
}

func orNotStated(s string) string { return cmp.Or(s, "not stated") }

func judgeMaker(q *question, p *paper) judgement {
	if !q.must(rulebook.ForManufacturer) {
		return judgement{}
	}
	return likeness(p.ofMaker, otherManufacturer)
}

func showMaker(q *question, p *paper) shown {
	return showParty(&q.maker.Party, &p.subject, "is about %s and not about %s", "does not state whom it is about")
}

func judgeBrand(q *question, p *paper) judgement {
	switch {
	case !q.must(rulebook.ForBrand):
		return judgement{}
	case len(p.brands) == 0:
		return notExtracted
	case !slices.Contains(p.brands, q.brand):
		return breaks(otherBrand)
	}
	return held
}

func showBrand(q *question, p *paper) shown {
	var names []string
	for i := range p.Brands {
		names = append(names, p.Brands[i].Text)
	}
	return showNames(names, party.Shorten(q.Product.Brand), "brand")
}

// showNames compares what a paper names with what it should.
func showNames(names []string, wanted, what string) shown {
	has := authorization.ShowList(names)
	s := shown{expected: wanted, actual: orNotStated(has), has: has, needs: wanted}
	if s.words = fmt.Sprintf("names %s and not %s", has, wanted); has == "" {
		s.words = "names no " + what
	}
	return s
}

func judgeProduct(q *question, p *paper) judgement {
	switch {
	case !q.must(rulebook.ForProduct):
		return judgement{}
	case q.named(p):
		return held
	case len(p.gtins)+len(p.models) == 0:
		return notExtracted
	case len(q.product.gtins) > 0 && len(p.gtins) > 0, len(q.product.models) > 0 && len(p.models) > 0:
		return breaks(otherProduct)
	}
	return judgement{unclear, otherProduct, "unclear"} // one is named by number, the other by model
}

func showProduct(q *question, p *paper) shown {
	s := showNames(slices.Concat(p.Models, p.GTINs), q.productShown(), "model and no GTIN")
	if j := judgeProduct(q, p); j.variant == "unclear" {
		s.words = fmt.Sprintf("names %s, which cannot be compared with %s", s.has, s.needs)
	}
	return s
}

// productShown is the product by what tells it from others.
func (q *inquiry) productShown() string {
	p := &q.Product
	return authorization.ShowList([]string{p.Model, p.MPN, p.GTIN})
}

// judgeCategory holds the categories a paper states against it also where it need not state any: a licence for one kind of goods is
// none for another.
func judgeCategory(q *question, p *paper) judgement {
	must := q.must(rulebook.ForCategory)
	if len(p.Categories) == 0 && !must || q.category.Path == "" {
		return judgement{}
	}
	if len(p.Categories) == 0 {
		return notExtracted
	}
	unknown := false
	for _, name := range p.Categories {
		category := q.categories.Find(name)
		if category.Path == "" {
			unknown = true
		} else if q.category.Under([]string{category.Path}) {
			return held
		}
	}
	switch {
	case !unknown:
		return breaks(otherCategory)
	case must:
		return judgement{unclear, otherCategory, "unclear"}
	}
	return judgement{}
}

func showCategory(q *question, p *paper) shown {
	return showNames(p.Categories, q.category.Path, "kind of goods")
}

func judgeMarket(q *question, p *paper) judgement {
	switch {
	case len(p.Territories) == 0:
		return judgement{}
	case authorization.Covers(p.Territories, q.market):
		return held
	}
	return breaks(otherMarket)
}

func showMarket(q *question, p *paper) shown {
	return showNames(p.Territories, string(q.market), "country")
}

func judgeStatus(_ *question, p *paper) judgement {
	if p.Status == listing.Revoked {
		return breaks(revoked)
	}
	return judgement{}
}

func showStatus(*question, *paper) shown {
	return shown{expected: "in force", actual: "revoked", words: "was revoked by its issuer"}
}

func judgeDispute(_ *question, p *paper) judgement {
	if p.Dispute.Open() {
		return judgement{unclear, disputed, ""}
	}
	return judgement{}
}

func showDispute(*question, *paper) shown {
	return shown{expected: "no open complaint", actual: "an open complaint", words: "is the matter of an open complaint"}
}

// lasts reports whether a paper ends only where it says so: reports and declarations state what was found on a day.
func (q *question) lasts(p *paper) bool {
	if q.Lasting || q.MaxAgeDays > 0 {
		return true
	}
	switch p.Type {
	case listing.TestReport, listing.InspectionReport, listing.DeclarationOfConformity, listing.FactoryAudit, listing.QualificationReview,
		listing.ImportCertificate, listing.SafetyDataSheet, listing.PurchaseInvoice, listing.CustomsDeclaration:
		return true
	}
	return false
}

func (q *question) term(p *paper) authorization.Term {
	return authorization.TermOf(&p.Effective, q.zone, q.lasts(p))
}

// judgeTerm leaves the day of issue to judgeAge.
func judgeTerm(q *question, p *paper) judgement {
	term := q.term(p)
	switch {
	case term.Invalid:
		return breaks(dateInvalid)
	case q.AsOf.Before(term.Start):
		return breaks(notYetValid)
	case !term.End.IsZero() && !q.AsOf.Before(term.End):
		return breaks(expired)
	case !term.EndKnown:
		return notExtracted
	}
	return held
}

func showTerm(q *question, p *paper) shown {
	v := &p.Effective
	s := shown{expected: "holds on " + q.today(), actual: authorization.ShowTerm(v, q.lasts(p))}
	switch judgeTerm(q, p).code {
	case dateInvalid:
		s.has = authorization.ShowBound(v.Start) + " – " + authorization.ShowBound(v.End)
		s.words = "states an impossible term: " + s.actual
	case notYetValid:
		s.has = authorization.ShowBound(v.Start)
		s.words = "holds from " + s.has + " on only"
	case expired:
		s.has = authorization.ShowBound(v.End)
		s.words = "ended with " + s.has
	default:
		s.words = "states neither an end nor that it has none"
	}
	return s
}

// today is the day it is in the market.
func (q *question) today() string { return q.AsOf.In(q.zone).Format(time.DateOnly) }

// issued is the day of issue in the market; false where that is no day.
func (q *question) issued(p *paper) (listing.Date, bool) {
	switch p.IssuedOn.State {
	case listing.Day:
		return p.IssuedOn.Date, p.IssuedOn.Date.Exists()
	case listing.Instant:
		return dateOf(p.IssuedOn.Time.In(q.zone)), true
	}
	return listing.Date{}, false
}

func dateOf(t time.Time) listing.Date {
	y, m, d := t.Date()
	return listing.Date{Year: y, Month: m, Day: d}
}

// oldAt is when a paper becomes too old; zero: never, as far as known.
func (q *question) oldAt(p *paper) time.Time {
	day, ok := q.issued(p)
	if !ok || q.MaxAgeDays == 0 {
		return time.Time{}
	}
	day.Day += q.MaxAgeDays
	return day.After(q.zone).UTC()
}

func judgeAge(q *question, p *paper) judgement {
	day, ok := q.issued(p)
	switch {
	case p.IssuedOn.State == listing.Absent && q.MaxAgeDays == 0:
		return judgement{}
	case p.IssuedOn.State == listing.Absent:
		return notExtracted
	case !ok, q.AsOf.Before(day.Start(q.zone)):
		return breaks(dateInvalid)
	case q.MaxAgeDays > 0 && !q.AsOf.Before(q.oldAt(p)):
		return breaks(tooOld)
	}
	return held
}

func showAge(q *question, p *paper) shown {
	has := authorization.ShowBound(p.IssuedOn)
	s := shown{expected: "issued by " + q.today(), actual: orNotStated(has), has: has}
	if q.MaxAgeDays > 0 {
		s.expected = fmt.Sprintf("issued at most %d days before %s", q.MaxAgeDays, q.today())
	}
	switch judgeAge(q, p).code {
	case dateInvalid:
		s.words = "is dated impossibly: " + s.actual
	case tooOld:
		s.needs = fmt.Sprint(q.MaxAgeDays)
		s.words = fmt.Sprintf("is of %s, more than %d days ago", has, q.MaxAgeDays)
	default:
		s.words = "does not state when it was issued"
	}
	return s
}

// shortAt is when a paper that holds has too few days left; zero: never, or nobody minds. Where it names its last day, days are
// counted as people do, today among them.
func (q *question) shortAt(p *paper) time.Time {
	end := q.term(p).End
	switch {
	case end.IsZero() || q.MinRemainingDays == 0:
		return time.Time{}
	case p.Effective.End.State == listing.Day:
		return end.In(q.zone).AddDate(0, 0, 1-q.MinRemainingDays).UTC()
	}
	return end.AddDate(0, 0, -q.MinRemainingDays).Add(1)
}

func judgeRemaining(q *question, p *paper) judgement {
	short := q.shortAt(p)
	switch {
	case short.IsZero(), q.AsOf.Before(short), !q.AsOf.Before(q.term(p).End):
		return judgement{}
	case q.MinRemainingMandatory:
		return judgement{broken, expiresSoon, "mandatory"}
	}
	return judgement{noted, expiresSoon, ""}
}

func showRemaining(q *question, p *paper) shown {
	has := authorization.ShowBound(p.Effective.End)
	return shown{expected: fmt.Sprintf("at least %d days left", q.MinRemainingDays), actual: "ends with " + has, has: has,
		needs: fmt.Sprint(q.MinRemainingDays), words: fmt.Sprintf("ends with %s, with fewer than %d days left", has, q.MinRemainingDays)}
}

// judgeSelf asks for an issuer who is neither the merchant nor the one whom the paper is about.
func judgeSelf(q *question, p *paper) judgement {
	near := max(p.byMerchant, p.bySubject)
	switch {
	case !q.ThirdParty:
		return judgement{}
	case !p.issuer.Stated():
		return notExtracted
	case near >= party.Equal:
		return breaks(selfIssued)
	case near == party.Similar:
		return judgement{unclear, selfIssued, "similar"}
	}
	return held
}

func showSelf(_ *question, p *paper) shown {
	s := shown{expected: "issued by a third party", actual: orNotStated(p.issuer.Shown), has: p.issuer.Shown}
	switch {
	case !p.issuer.Stated():
		s.words = "does not state who issued it"
	case p.byMerchant >= p.bySubject:
		s.words = fmt.Sprintf("was issued by %s, the merchant", s.has)
	default:
		s.words = fmt.Sprintf("was issued by %s, whom it is about", s.has)
	}
	return s
}

func judgeIssuer(q *question, p *paper) judgement {
	if len(q.accepted.issuers) == 0 {
		return judgement{}
	}
	best := party.Unstated
	for i := range q.accepted.issuers {
		best = max(best, party.Match(&p.issuer, &q.accepted.issuers[i]))
	}
	return likeness(best, issuerNotAccepted)
}

func showIssuer(q *question, p *paper) shown {
	return showChoice("issued by ", []string{p.issuer.Shown}, q.Issuers, "does not state who issued it", "was issued by ")
}

// showChoice compares what a paper has with that of which it should have one.
func showChoice(expected string, has, wanted []string, none, words string) shown {
	s := shown{expected: expected + authorization.ShowList(wanted), has: authorization.ShowList(has), needs: authorization.ShowList(wanted)}
	s.actual = orNotStated(s.has)
	if s.words = words + s.has + ", and not " + s.needs; s.has == "" {
		s.words = none
	}
	return s
}

func judgeAccreditation(q *question, p *paper) judgement {
	switch {
	case len(q.accepted.accreditations) == 0:
		return judgement{}
	case sharesAny(q.accepted.accreditations, p.accreditations):
		return held
	case len(p.accreditations) == 0:
		return notExtracted
	}
	return breaks(notAccredited)
}

func showAccreditation(q *question, p *paper) shown {
	var bodies []string
	for i := range p.Accreditations {
		bodies = append(bodies, p.Accreditations[i].Body)
	}
	return showChoice("accredited by ", bodies, q.Accreditations, "shows no accreditation of its issuer", "shows an accreditation by ")
}

func judgeScheme(q *question, p *paper) judgement {
	missing := q.schemesMissing(p)
	switch {
	case len(q.accepted.schemes) == 0:
		return judgement{}
	case missing == 0, missing < len(q.accepted.schemes) && !q.EveryScheme:
		return held
	case len(p.schemes) == 0:
		return notExtracted
	}
	return breaks(otherStandard)
}

// schemesMissing is how many of the standards that are asked for a paper does not name.
func (q *question) schemesMissing(p *paper) int {
	missing := 0
	for _, wanted := range q.accepted.schemes {
		if !slices.ContainsFunc(p.schemes, func(named []string) bool { return namedBy(wanted, named) }) {
			missing++
		}
	}
	return missing
}

func showScheme(q *question, p *paper) shown {
	how := "one of "
	if q.EveryScheme {
		how = "each of "
	}
	s := showChoice(how, p.Schemes, q.Schemes, "names no standard or scheme", "is under ")
	if s.has != "" {
		s.words = strings.Replace(s.words, ", and not ", ", and not under "+how, 1)
	}
	return s
}

func judgeOutcome(q *question, p *paper) judgement {
	switch {
	case p.Outcome == listing.NotPassed:
		return breaks(notPassed)
	case !q.Passed:
		return judgement{}
	case p.Outcome == listing.PassedOnConditions:
		return judgement{unclear, notPassed, "conditional"}
	case p.Outcome != listing.Passed:
		return notExtracted
	}
	return held
}

func showOutcome(_ *question, p *paper) shown {
	switch p.Outcome {
	case listing.NotPassed:
		return shown{expected: "passed", actual: "not passed", words: "says that what was looked at did not pass"}
	case listing.PassedOnConditions:
		return shown{expected: "passed", actual: "passed on conditions", words: "passed on conditions, which a person has to read"}
	}
	return shown{expected: "passed", actual: "not stated", words: "does not state what came of it"}
}
