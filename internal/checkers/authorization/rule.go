package authorization

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// A standing is how a constraint stands. A greater one is worse.
type standing uint8

const (
	holds   standing = iota
	noted            // does not stand in the way, but should be told
	unclear          // cannot be told from what was extracted, or wants more than it gets: a person must look
	broken
)

// A judgement is how a constraint stands and the code that says so.
type judgement struct {
	standing      standing
	code, variant string
}

var (
	notExtracted = judgement{unclear, "DOC_FIELD_MISSING", "not_extracted"} // nobody knows what the paper says
	notThere     = judgement{broken, "DOC_FIELD_MISSING", ""}               // the paper does not say it
	misspelt     = judgement{noted, "DOC_FIELD_MISMATCH", "spelling"}
)

// A question is whether the merchant may use one mark in one market, for one class of goods.
type question struct {
	categories   *rulebook.Categories
	rules        *rulebook.Papers
	translations map[string][]string
	asOf         time.Time
	merchant     *party.Party
	product      *listing.Product
	category     rulebook.Category
	mark         *gatedMark
	market       listing.Market
	zone         *time.Location
	class        int  // Nice class of the goods; 0: not known
	exclusive    bool // a claim asks for an exclusive grant, whatever the pack says
	pack         *rulebook.Pack
	alternative  *rulebook.Alternative
}

// A rule is one constraint on a single document of a chain.
type rule struct {
	name   string
	fields []string // of the document, whose extraction must be sure
	on     func(kind) bool
	judge  func(*question, *paper) judgement
	show   func(*question, *paper) shown
}

// shown is a constraint for people.
type shown struct {
	expected, actual string
	words            string // of one that does not hold: what the document does, "ended with 2026-10-01"
	has, needs       string // of one that does not hold: the same in no language, names, days and codes, where it can be said so
	field            string // of the document, where it is not the rule's
}

func say(expected, actual, words string) shown {
	return shown{expected: expected, actual: actual, words: words}
}

// rules are the constraints on each document of a chain, in the order they are shown. Those between documents (who may
// grant, to whom, how far) are judged by the search.
var rules = [...]rule{
	{"status", nil, anyKind, judgeStatus, showStatus},
	{"dispute", nil, anyKind, judgeDispute, showDispute},
	{"parties", nil, isSigned, judgeParties, showParties},
	{"registration", nil, isApplication, judgePending, showPending},
	{"brand", []string{"brands"}, namesMarks, judgeBrand, showBrand},
	{"spelling", nil, namesMarks, judgeSpelling, showSpelling},
	{"number", nil, namesMarks, judgeNumber, showNumber},
	{"term", []string{"effective"}, anyKind, judgeTerm, showTerm},
	{"length", nil, isGrant, judgeLength, showLength},
	{"remaining", nil, anyKind, judgeRemaining, showRemaining},
	{"territory", []string{"territories"}, anyKind, judgeTerritory, showTerritory},
	{"scope", []string{"nice_classes", "categories", "gtins"}, anyKind, judgeScope, showScope},
	{"channel", []string{"channels"}, isGrant, judgeChannel, showChannel},
	{"exclusivity", []string{"exclusivity"}, isGrant, judgeExclusivity, showExclusivity},
	{"signature", nil, isSigned, judgeSignature, showSignature},
	{"language", nil, anyKind, judgeLanguage, showLanguage},
	{"format", nil, anyKind, judgeFormat, showFormat},
	{"file", nil, anyKind, judgeFile, showFile},
}

func anyKind(kind) bool         { return true }
func isGrant(k kind) bool       { return k == grant }
func isApplication(k kind) bool { return k == application }
func namesMarks(k kind) bool    { return k != affiliation }
func isSigned(k kind) bool      { return k == grant || k == assignment }
func isRoot(k kind) bool        { return k == certificate || k == application }

// judged tells how the rule stands for a paper. What holds by a field that was hardly readable is unclear.
func (r *rule) judged(q *question, p *paper) judgement {
	j := r.judge(q, p)
	switch {
	case len(p.Confidence) == 0 || len(r.fields) == 0:
	case j.standing == holds && !p.sure(r.fields...):
		return notExtracted
	case j == notExtracted && p.lacks(r.fields[0]):
		return notThere
	}
	return j
}

func judgeStatus(_ *question, p *paper) judgement {
	if p.Status == listing.Revoked {
		return judgement{broken, "AUTH_REVOKED", ""}
	}
	return judgement{}
}

func showStatus(_ *question, p *paper) shown {
	if p.Status == listing.Revoked {
		return say("in force", "revoked", "was revoked by its issuer")
	}
	return say("in force", "not revoked", "")
}

func judgeDispute(q *question, p *paper) judgement {
	if suspends(q, p.Dispute) {
		return judgement{broken, "AUTH_SUSPENDED_BY_DISPUTE", ""}
	}
	return judgement{}
}

func showDispute(q *question, p *paper) shown {
	s := shown{expected: "no open complaint", actual: "none"}
	switch {
	case p.Dispute == nil:
	case !suspends(q, p.Dispute):
		s.actual = "complaint ended"
	default:
		s.actual = "open complaint"
		if p.Dispute.State == listing.DisputeUpheld {
			s.actual = "complaint upheld"
		}
		s.has = party.Shorten(p.Dispute.NoticeID + " " + p.Dispute.Complainant)
		if p.Dispute.NoticeID != "" {
			s.actual += " " + party.Shorten(p.Dispute.NoticeID)
		}
		if p.Dispute.Complainant != "" {
			s.actual += " of " + party.Shorten(p.Dispute.Complainant)
		}
		s.words = "is suspended by an " + s.actual
		if p.Dispute.State == listing.DisputeUpheld {
			s.words = "is suspended: " + s.actual
		}
	}
	return s
}

func judgePending(q *question, _ *paper) judgement {
	if pendingAccepted(q) {
		return judgement{}
	}
	return judgement{broken, "DOC_TRADEMARK_PENDING", ""}
}

func showPending(q *question, _ *paper) shown {
	if pendingAccepted(q) {
		return shown{expected: "registration or application", actual: "application"}
	}
	return shown{expected: "registration", actual: "application", words: "shows an application only, where a registration is asked for"}
}

func pendingAccepted(q *question) bool {
	return q.pack.PendingMarks || slices.Contains(q.alternative.Types, listing.TrademarkApplication)
}

func judgeBrand(q *question, p *paper) judgement {
	if p.names(q.mark) {
		return judgement{}
	}
	return notExtracted
}

func showBrand(q *question, p *paper) shown {
	if p.names(q.mark) {
		return shown{expected: q.mark.Text, actual: brandTexts(p)}
	}
	return shown{expected: q.mark.Text, actual: "not stated", words: "does not state for which mark it is"}
}

func brandTexts(p *paper) string {
	var texts []string
	for _, b := range p.Brands {
		texts = append(texts, party.Shorten(b.Text+" "+b.RegistrationNumber))
	}
	return list(texts)
}

// list joins the first few of texts.
func list(texts []string) string {
	const few = 8
	if len(texts) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:few], ", "), len(texts)-few)
	}
	return strings.Join(texts, ", ")
}

// judgeNumber compares the registration number with the mark's record, where both are of one office.
// A certificate of a number that the record does not know is for a person: a holder may have several, and anybody may make one up.
func judgeNumber(q *question, p *paper) judgement {
	switch {
	case otherNumber(q.mark, p) == "":
		return judgement{}
	case isRoot(p.kind):
		return judgement{unclear, "DOC_TRADEMARK_NOT_FOUND", ""}
	}
	return judgement{noted, "DOC_FIELD_MISMATCH", ""}
}

func otherNumber(m *gatedMark, p *paper) string {
	if m.number == "" || m.Office == "" || slices.Contains(p.numbers, m.number) {
		return ""
	}
	for _, b := range p.Brands {
		number := b.RegistrationNumber
		if number == "" && isRoot(p.kind) {
			number = p.Number
		}
		if text.Key(number) != "" && strings.EqualFold(b.Office, m.Office) && m.isName(text.Key(b.Text)) {
			return number
		}
	}
	return ""
}

func showNumber(q *question, p *paper) shown {
	if other := otherNumber(q.mark, p); other != "" {
		s := say(q.mark.RegistrationNumber, party.Shorten(other), fmt.Sprintf("names registration %s at %s, where the rulebook knows %s",
			party.Shorten(other), q.mark.Office, q.mark.RegistrationNumber))
		s.has, s.needs = s.actual, s.expected
		return s
	}
	return say("no contradiction to the record", "none", "")
}

func judgeTerm(q *question, p *paper) judgement {
	term := newPeriod(p.Document, q.zone, p.kind.lasting())
	j := term.judge(q.asOf)
	if j.code == "AUTH_EXPIRED" && isRoot(p.kind) {
		j.code = "DOC_TRADEMARK_EXPIRED"
	}
	return j
}

func showTerm(q *question, p *paper) shown {
	s := shown{expected: "holds on " + q.asOf.In(q.zone).Format(time.DateOnly), actual: showPeriod(p.Document, p.kind.lasting())}
	v := &p.Effective
	term := newPeriod(p.Document, q.zone, p.kind.lasting())
	switch j := term.judge(q.asOf); {
	case j.code == "DOC_DATE_INVALID":
		s.has = plainBound(startBound(p.Document)) + " – " + plainBound(v.End)
		s.words = "states an impossible term: " + s.actual
	case j.code == "AUTH_NOT_YET_VALID":
		s.has = plainBound(startBound(p.Document))
		s.words = "holds from " + showBound(startBound(p.Document)) + " on only"
	case j.code == "AUTH_EXPIRED" && v.End.State == listing.Day:
		s.has = plainBound(v.End)
		s.words = "ended with " + showBound(v.End)
	case j.code == "AUTH_EXPIRED":
		s.has = plainBound(v.End)
		s.words = "ended at " + showBound(v.End)
	case !term.startKnown:
		s.words = "does not state when it begins"
	case !term.endKnown:
		s.words = "states neither an end nor that it has none"
	}
	return s
}

// endOf is when a paper ends; zero: never, as far as known.
func endOf(q *question, p *paper) time.Time {
	if p.kind == sale {
		return saleEnd(q, p)
	}
	if term := newPeriod(p.Document, q.zone, p.kind.lasting()); !term.invalid {
		return term.end
	}
	return time.Time{}
}

// judgeRemaining asks for some days to be left of a paper that still holds.
func judgeRemaining(q *question, p *paper) judgement {
	end := endOf(q, p)
	if end.IsZero() || !q.asOf.Before(end) || !end.Before(q.asOf.AddDate(0, 0, q.pack.MinRemainingDays)) {
		return judgement{}
	}
	if q.pack.MinRemainingMandatory {
		return judgement{unclear, "AUTH_EXPIRES_SOON", "mandatory"}
	}
	return judgement{noted, "AUTH_EXPIRES_SOON", ""}
}

func showRemaining(q *question, p *paper) shown {
	s := shown{expected: fmt.Sprintf("at least %d days left", q.pack.MinRemainingDays), actual: "no end"}
	if end := endOf(q, p); !end.IsZero() {
		s.actual = "ends at " + end.Format(time.RFC3339)
	}
	if judgeRemaining(q, p).standing != holds {
		s.has = listing.DateOf(endOf(q, p).Add(-time.Nanosecond).In(q.zone)).String()
		s.needs = fmt.Sprint(q.pack.MinRemainingDays)
		s.words = fmt.Sprintf("%s, with fewer than %d days left", s.actual, q.pack.MinRemainingDays)
	}
	return s
}

// territoriesOf are the territories a paper covers. A certificate that names none covers those of its office, or those
// of the record with its number.
func territoriesOf(q *question, p *paper) []string {
	if len(p.Territories) > 0 || !isRoot(p.kind) {
		return p.Territories
	}
	var offices []string
	for _, b := range p.Brands {
		if len(b.Office) == 2 && !strings.EqualFold(b.Office, "WO") {
			offices = append(offices, b.Office)
		}
	}
	if len(offices) == 0 && q.mark.number != "" && slices.Contains(p.numbers, q.mark.number) {
		return q.mark.Territories
	}
	return offices
}

func judgeTerritory(q *question, p *paper) judgement {
	territories := territoriesOf(q, p)
	switch {
	case len(territories) == 0 && p.kind.lasting(), covers(territories, q.market):
		return judgement{}
	case len(territories) == 0:
		return notExtracted
	}
	return judgement{broken, "AUTH_TERRITORY_NOT_COVERED", ""}
}

func showTerritory(q *question, p *paper) shown {
	territories := territoriesOf(q, p)
	s := shown{expected: string(q.market), actual: party.Shorten(list(territories))}
	switch {
	case s.actual == "" && p.kind.lasting():
		s.actual = "not limited"
	case s.actual == "":
		s.actual, s.words = "not stated", "does not state where it holds"
	case !covers(territories, q.market):
		s.words, s.has, s.needs = "covers "+s.actual+" only", s.actual, string(q.market)
	}
	return s
}

// judgeScope asks whether the goods are among those a paper names, by class, category and number, each where it names
// any. A paper that names none is not limited.
func judgeScope(q *question, p *paper) judgement {
	if classMissing(q, p) {
		return notExtracted
	}
	if inClasses(q, p) && inCategories(q, p) && inGTINs(q, p) {
		return judgement{}
	}
	return judgement{broken, "AUTH_SCOPE_NOT_COVERED", ""}
}

func inClasses(q *question, p *paper) bool {
	return len(p.NiceClasses) == 0 || q.class != 0 && slices.Contains(p.NiceClasses, int32(q.class))
}

func inCategories(q *question, p *paper) bool {
	if len(p.Categories) == 0 {
		return true
	}
	return q.category.Path != "" && slices.ContainsFunc(p.Categories, func(named string) bool {
		path := q.categories.Find(named).Path
		return path != "" && q.category.Under([]string{path})
	})
}

func inGTINs(q *question, p *paper) bool {
	if len(p.GTINs) == 0 {
		return true
	}
	wanted := gtinKey(q.product.GTIN)
	return wanted != "" && slices.ContainsFunc(p.GTINs, func(g string) bool { return gtinKey(g) == wanted })
}

// gtinKey is a GTIN without filling zeros and separators.
func gtinKey(gtin string) string { return strings.TrimLeft(text.Key(gtin), "0") }

func showScope(q *question, p *paper) shown {
	var goods, named []string
	goods = append(goods, "the goods")
	if q.class != 0 {
		goods = append(goods, fmt.Sprintf("class %d", q.class))
	}
	if len(p.NiceClasses) > 0 {
		named = append(named, "class "+list(classTexts(p.NiceClasses)))
	}
	if len(p.Categories) > 0 {
		named = append(named, "category "+party.Shorten(list(p.Categories)))
	}
	if len(p.GTINs) > 0 {
		named = append(named, "GTIN "+party.Shorten(list(p.GTINs)))
	}
	s := shown{expected: strings.Join(goods, ", "), actual: strings.Join(named, "; ")}
	switch {
	case classMissing(q, p):
		s.actual, s.words = orNotStated(s.actual), fmt.Sprintf("does not state its Nice classes, where class %d is asked for", q.class)
	case s.actual == "":
		s.actual = "not limited"
	case judgeScope(q, p).standing != holds:
		s.words = "covers " + s.actual + " only" + unknownGoods(q, p)
		s.has, s.needs = scopeFacts(q, p)
	}
	return s
}

// scopeFacts are the goods that a paper names and the listing's, of the first kind of name in which they differ.
func scopeFacts(q *question, p *paper) (has, needs string) {
	switch {
	case !inClasses(q, p) && q.class != 0:
		return "Nice " + list(classTexts(p.NiceClasses)), fmt.Sprintf("Nice %d", q.class)
	case !inClasses(q, p):
		return "Nice " + list(classTexts(p.NiceClasses)), ""
	case !inCategories(q, p):
		return party.Shorten(list(p.Categories)), q.category.Path
	}
	return "GTIN " + party.Shorten(list(p.GTINs)), strings.TrimSpace("GTIN " + party.Shorten(q.product.GTIN))
}

// unknownGoods says which fact about the product is missing, where that is the reason.
func unknownGoods(q *question, p *paper) string {
	switch {
	case len(p.NiceClasses) > 0 && q.class == 0:
		return ", and the class of the goods is not known from their category"
	case len(p.Categories) > 0 && q.category.Path == "":
		return ", and the category of the goods is not known"
	case len(p.GTINs) > 0 && gtinKey(q.product.GTIN) == "":
		return ", and the listing has no GTIN"
	}
	return ""
}

func classTexts(classes []int32) []string {
	texts := make([]string, len(classes))
	for i, c := range slices.Sorted(slices.Values(classes)) {
		texts[i] = fmt.Sprint(c)
	}
	return texts
}
