package authorization

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
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

var notExtracted = judgement{unclear, "DOC_FIELD_MISSING", "not_extracted"}

// A question is whether the merchant may use one mark in one market, for one class of goods.
type question struct {
	categories *rulebook.Categories
	asOf       time.Time
	merchant   *party
	product    *listing.Product
	category   rulebook.Category
	mark       *gatedMark
	market     listing.Market
	zone       *time.Location
	class      int // Nice class of the goods; 0: not known
	exclusive  bool
	accepted   []listing.DocumentType
	maxLevels  int // 0: no limit
	maxAgeDays int // of invoices; 0: any
	remaining  int // days that should be left
	mandatory  bool
}

// A rule is one constraint on a single document of a chain.
type rule struct {
	name  string
	field string // of the document, whose extraction must be sure
	on    func(kind) bool
	judge func(*question, *paper) judgement
	show  func(*question, *paper) shown
}

// shown is a constraint for people.
type shown struct {
	expected, actual string
	words            string // of one that does not hold: what the document does, "ended with 2026-10-01"
}

// rules are the constraints on each document of a chain, in the order they are shown. Those between documents (who may
// grant, to whom, how far) are judged by the search.
var rules = [...]rule{
	{"status", "", anyKind, judgeStatus, showStatus},
	{"dispute", "", anyKind, judgeDispute, showDispute},
	{"registration", "", isApplication, judgePending, showPending},
	{"brand", "brands", namesMarks, judgeBrand, showBrand},
	{"number", "", namesMarks, judgeNumber, showNumber},
	{"term", "effective", anyKind, judgeTerm, showTerm},
	{"remaining", "", anyKind, judgeRemaining, showRemaining},
	{"territory", "territories", anyKind, judgeTerritory, showTerritory},
	{"scope", "nice_classes", anyKind, judgeScope, showScope},
	{"channel", "channels", isGrant, judgeChannel, showChannel},
	{"exclusivity", "exclusivity", isGrant, judgeExclusivity, showExclusivity},
	{"signature", "", isSigned, judgeSignature, showSignature},
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
	if j.standing == holds && r.field != "" && len(p.Confidence) > 0 && !p.sure(r.field) {
		return notExtracted
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
		return shown{"in force", "revoked", "was revoked by its issuer"}
	}
	return shown{"in force", "not revoked", ""}
}

func judgeDispute(_ *question, p *paper) judgement {
	if p.Dispute.Open() {
		return judgement{broken, "AUTH_SUSPENDED_BY_DISPUTE", ""}
	}
	return judgement{}
}

func showDispute(_ *question, p *paper) shown {
	s := shown{expected: "no open complaint", actual: "none"}
	switch {
	case p.Dispute == nil:
	case !p.Dispute.Open():
		s.actual = "complaint ended"
	default:
		s.actual = "open complaint"
		if p.Dispute.State == listing.DisputeUpheld {
			s.actual = "complaint upheld"
		}
		if p.Dispute.NoticeID != "" {
			s.actual += " " + shorten(p.Dispute.NoticeID)
		}
		if p.Dispute.Complainant != "" {
			s.actual += " of " + shorten(p.Dispute.Complainant)
		}
		s.words = "is suspended by an " + s.actual
		if p.Dispute.State == listing.DisputeUpheld {
			s.words = "is suspended: " + s.actual
		}
	}
	return s
}

func judgePending(q *question, _ *paper) judgement {
	if slices.Contains(q.accepted, listing.TrademarkApplication) {
		return judgement{}
	}
	return judgement{broken, "DOC_TRADEMARK_PENDING", ""}
}

func showPending(q *question, _ *paper) shown {
	if slices.Contains(q.accepted, listing.TrademarkApplication) {
		return shown{"registration or application", "application", ""}
	}
	return shown{"registration", "application", "shows an application only, where a registration is asked for"}
}

func judgeBrand(q *question, p *paper) judgement {
	if p.names(q.mark) {
		return judgement{}
	}
	return notExtracted
}

func showBrand(q *question, p *paper) shown {
	if p.names(q.mark) {
		return shown{q.mark.Text, brandTexts(p), ""}
	}
	return shown{q.mark.Text, "not stated", "does not state for which mark it is"}
}

func brandTexts(p *paper) string {
	var texts []string
	for _, b := range p.Brands {
		texts = append(texts, shorten(b.Text+" "+b.RegistrationNumber))
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
func judgeNumber(q *question, p *paper) judgement {
	if otherNumber(q.mark, p) != "" {
		return judgement{noted, "DOC_FIELD_MISMATCH", ""}
	}
	return judgement{}
}

func otherNumber(m *gatedMark, p *paper) string {
	if m.number == "" || m.Office == "" || slices.Contains(p.numbers, m.number) {
		return ""
	}
	for _, b := range p.Brands {
		key := text.Key(b.RegistrationNumber)
		if key != "" && strings.EqualFold(b.Office, m.Office) && m.isName(text.Key(b.Text)) {
			return b.RegistrationNumber
		}
	}
	return ""
}

func showNumber(q *question, p *paper) shown {
	if other := otherNumber(q.mark, p); other != "" {
		return shown{q.mark.RegistrationNumber, shorten(other), fmt.Sprintf("names registration %s at %s, where the rulebook knows %s",
			shorten(other), q.mark.Office, q.mark.RegistrationNumber)}
	}
	return shown{"no contradiction to the record", "none", ""}
}

func judgeTerm(q *question, p *paper) judgement {
	term := newPeriod(p.Document, q.zone, p.kind.lasting())
	return term.judge(q.asOf)
}

func showTerm(q *question, p *paper) shown {
	s := shown{expected: "holds on " + q.asOf.In(q.zone).Format(time.DateOnly), actual: showPeriod(p.Document, p.kind.lasting())}
	v := &p.Effective
	term := newPeriod(p.Document, q.zone, p.kind.lasting())
	switch j := term.judge(q.asOf); {
	case j.code == "DOC_DATE_INVALID":
		s.words = "states an impossible term: " + s.actual
	case j.code == "AUTH_NOT_YET_VALID":
		s.words = "holds from " + showBound(startBound(p.Document)) + " on only"
	case j.code == "AUTH_EXPIRED" && v.End.State == listing.Day:
		s.words = "ended with " + showBound(v.End)
	case j.code == "AUTH_EXPIRED":
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
	if end.IsZero() || !q.asOf.Before(end) || !end.Before(q.asOf.AddDate(0, 0, q.remaining)) {
		return judgement{}
	}
	if q.mandatory {
		return judgement{unclear, "AUTH_EXPIRES_SOON", "mandatory"}
	}
	return judgement{noted, "AUTH_EXPIRES_SOON", ""}
}

func showRemaining(q *question, p *paper) shown {
	s := shown{expected: fmt.Sprintf("at least %d days left", q.remaining), actual: "no end"}
	if end := endOf(q, p); !end.IsZero() {
		s.actual = "ends at " + end.Format(time.RFC3339)
	}
	if judgeRemaining(q, p).standing != holds {
		s.words = fmt.Sprintf("%s, with fewer than %d days left", s.actual, q.remaining)
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
	s := shown{expected: string(q.market), actual: shorten(list(territories))}
	switch {
	case s.actual == "" && p.kind.lasting():
		s.actual = "not limited"
	case s.actual == "":
		s.actual, s.words = "not stated", "does not state where it holds"
	case !covers(territories, q.market):
		s.words = "covers " + s.actual + " only"
	}
	return s
}

// judgeScope asks whether the goods are among those a paper names, by class, category and number, each where it names
// any. A paper that names none is not limited.
func judgeScope(q *question, p *paper) judgement {
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
		named = append(named, "category "+shorten(list(p.Categories)))
	}
	if len(p.GTINs) > 0 {
		named = append(named, "GTIN "+shorten(list(p.GTINs)))
	}
	s := shown{expected: strings.Join(goods, ", "), actual: strings.Join(named, "; ")}
	switch {
	case s.actual == "":
		s.actual = "not limited"
	case judgeScope(q, p).standing != holds:
		s.words = "covers " + s.actual + " only" + unknownGoods(q, p)
	}
	return s
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

// judgeChannel asks for sale online. A grant for any marketplace will do: a submission does not say which one asks.
func judgeChannel(_ *question, p *paper) judgement {
	online := len(p.Channels) == 0 || slices.ContainsFunc(p.Channels, func(c string) bool {
		c = strings.ToUpper(strings.TrimSpace(c))
		return c == "ONLINE" || strings.HasPrefix(c, "MARKETPLACE")
	})
	if online {
		return judgement{}
	}
	return judgement{broken, "AUTH_CHANNEL_NOT_COVERED", ""}
}

func showChannel(q *question, p *paper) shown {
	s := shown{expected: "ONLINE", actual: "not limited"}
	if len(p.Channels) > 0 {
		s.actual = shorten(list(p.Channels))
	}
	if judgeChannel(q, p).standing != holds {
		s.words = "covers the channel " + s.actual + " only"
	}
	return s
}

func judgeExclusivity(q *question, p *paper) judgement {
	if !q.exclusive || p.Exclusivity == listing.Exclusive {
		return judgement{}
	}
	return judgement{broken, "AUTH_FLAGSHIP_CLAIM_UNPROVEN", ""}
}

var exclusivityNames = [...]string{"not stated", "non-exclusive", "sole", "exclusive"}

func showExclusivity(q *question, p *paper) shown {
	s := shown{expected: "any", actual: exclusivityNames[min(int(p.Exclusivity), len(exclusivityNames)-1)]}
	if q.exclusive {
		s.expected = "exclusive"
	}
	if judgeExclusivity(q, p).standing != holds {
		s.words = "is not exclusive (" + s.actual + ")"
	}
	return s
}

// judgeSignature asks for a signature or seal of the issuer; in the PRC the seal is what binds a company.
func judgeSignature(_ *question, p *paper) judgement {
	signed := slices.ContainsFunc(p.Signatures, func(s listing.Signature) bool {
		return !needsSeal(p) || s.Kind != listing.ByHand
	})
	if signed {
		return judgement{}
	}
	return judgement{noted, "DOC_SIGNATURE_MISSING", ""}
}

func needsSeal(p *paper) bool { return p.issuer.country == "CN" }

func showSignature(q *question, p *paper) shown {
	s := shown{expected: "signature or seal", actual: "none"}
	if needsSeal(p) {
		s.expected = "company seal"
	}
	switch {
	case judgeSignature(q, p).standing == holds:
		s.actual = "given"
	case len(p.Signatures) > 0:
		s.actual, s.words = "signature without seal", "bears a signature but not the seal of its issuer"
	default:
		s.words = "bears no " + s.expected + " of its issuer"
	}
	return s
}
