package authorization

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// A problem is a constraint that does not simply hold.
type problem struct {
	judgement
	constraint check.Constraint
	paper      *paper // nil: the paper that is missing
	field      string // of the document
	has, needs string // in no language
	words      string // "letter of authorization L-17 ended with 2026-10-01"
}

// An explanation is the whole table of constraints behind a proof, and what is wrong in it.
type explanation struct {
	links    []check.Link
	failing  int // index of the first link with a constraint that does not hold; -1: none
	levels   int
	problems []problem
}

// explain tells what a proof rests on, or fails by.
func (d *demand) explain(p *proof) *explanation {
	e := &explanation{failing: -1}
	switch {
	case p == nil:
		e.nothing(d)
	case p.question == nil:
	case p.by == rulebook.ProofInvoice:
		e.sales(d, p)
	default:
		e.chain(d, p)
	}
	return e
}

// link begins a link; its constraints are added after it.
func (e *explanation) link(from, to, document string) {
	e.links = append(e.links, check.Link{From: orNotStated(from), To: orNotStated(to), DocumentID: document})
}

// add adds a constraint to the last link.
func (e *explanation) add(name, field string, p *paper, j judgement, s shown) {
	at := len(e.links) - 1
	c := check.Constraint{Name: name, Holds: j.standing <= noted, Expected: s.expected, Actual: s.actual}
	e.links[at].Constraints = append(e.links[at].Constraints, c)
	if j.standing == holds {
		return
	}
	if e.failing < 0 && !c.Holds {
		e.failing = at
	}
	words := s.words
	if p != nil {
		words = p.title() + " " + words
	}
	e.problems = append(e.problems, problem{j, c, p, field, s.has, s.needs, words})
}

// nothing explains that there is no paper to look at.
func (e *explanation) nothing(d *demand) {
	e.link(d.mark.holderShown(), d.merchantShown(), "")
	e.add("document", "", nil, judgement{broken, "AUTH_REQUIRED_MISSING", ""},
		say(alternativesText(d.pack), "none", "no document of an accepted kind was given for "+d.mark.Text+d.asides()))
}

// asides says why papers that were given do not count, for those who believe they gave the right one.
func (d *demand) asides() string {
	var said []string
	for i := range d.papers {
		p := &d.papers[i]
		switch {
		case p.Status == listing.Refused:
			said = append(said, p.title()+" was refused by the platform")
		case !p.concerns(d.mark):
			said = append(said, p.title()+" is for "+brandTexts(p))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + list(said) + ")"
}

func alternativesText(p *rulebook.Pack) string {
	var names []string
	for i := range p.Alternatives {
		names = append(names, p.Alternatives[i].Name)
	}
	return "one of: " + list(names)
}

func (e *explanation) chain(d *demand, r *proof) {
	grants := false
	for i, at := range r.papers {
		p := &d.papers[at]
		if i > 0 {
			e.joint(&d.papers[r.papers[i-1]], p, d.joints.next[r.papers[i-1]][at], d.pack.LiteralNames)
		}
		from := p.issuer.Shown
		if isRoot(p.kind) {
			from = "the register"
		}
		e.link(from, p.subject.Shown, p.ID)
		if i == 0 {
			e.root(d, p, d.starts[at])
		}
		e.rules(r.question, p, rules[:])
		if i < len(r.papers)-1 {
			e.onward(p)
		}
		if p.kind == grant {
			grants = true
			e.level(d.pack.MaxLevels, p)
		}
		if i == len(r.papers)-1 {
			e.licensee(d, r, p, grants)
		}
	}
}

func (e *explanation) rules(q *question, p *paper, rules []rule) {
	for i := range rules {
		r := &rules[i]
		if !r.on(p.kind) {
			continue
		}
		j, s := r.judged(q, p), r.show(q, p)
		switch {
		case j == notThere && s.words == "":
			s.words = "has nothing in its field " + ruleFields[r.name]
		case j == notExtracted && s.words == "":
			s.words = "was not read surely in its field " + strings.Join(r.fields, " or ")
		}
		e.add(r.name, cmp.Or(s.field, ruleFields[r.name]), p, j, s)
	}
}

// ruleFields are the document fields by constraint.
var ruleFields = map[string]string{"status": "status", "dispute": "dispute", "registration": "type", "brand": "brands",
	"number": "brands", "term": "effective", "remaining": "effective", "territory": "territories", "scope": "nice_classes", "channel": "channels",
	"exclusivity": "exclusivity", "signature": "signatures", "seller": "issuer", "buyer": "subject", "age": "issued_on",
	"parties": "issuer", "spelling": "brands", "length": "effective", "language": "language", "format": "media_type",
	"file": "file", "item": "lines", "supplier": "issuer", "arithmetic": "total", "cost": "lines"}

// root explains whether the right begins with the first paper.
func (e *explanation) root(d *demand, p *paper, m party.Closeness) {
	s := shown{expected: d.mark.holderShown(), actual: orNotStated(p.issuer.Shown), has: p.issuer.Shown, needs: d.mark.holder.Shown}
	field, code := "issuer", "AUTH_ROOT_NOT_OWNER"
	if isRoot(p.kind) {
		s.actual, field, code = orNotStated(p.subject.Shown), "subject", "DOC_TRADEMARK_OWNER_MISMATCH"
		s.has = p.subject.Shown
	}
	j := meeting(m, code, false)
	switch {
	case j == notExtracted:
		s.words = "was not read surely in its field " + field
	case j.standing == holds:
	case !d.mark.holder.Stated():
		s.words = fmt.Sprintf("comes from %s, and nothing shows who holds %s: the rulebook does not know, and no registration certificate was given",
			s.actual, d.mark.Text)
	case isRoot(p.kind):
		s.words = fmt.Sprintf("names %s as the registrant of %s, where the rulebook knows %s", s.actual, d.mark.Text, s.expected)
	case j.variant == "similar":
		s.words = fmt.Sprintf("comes from %s, a name close to the holder's, %s, and not the same", s.actual, s.expected)
	default:
		s.words = fmt.Sprintf("comes from %s, which is not the holder of %s, %s, and not shown to belong to it", s.actual, d.mark.Text, s.expected)
	}
	e.add("holder", field, p, j, s)
}

// meeting judges how two parties meet.
func meeting(m party.Closeness, code string, literalNames bool) judgement {
	switch m {
	case party.Literal:
		return judgement{}
	case party.Equal:
		if literalNames {
			return misspelt
		}
		return judgement{}
	case party.Similar:
		return judgement{unclear, code, "similar"}
	case party.Unstated:
		return notExtracted
	}
	return judgement{broken, code, ""}
}

// joint explains whether one paper leads to the next.
func (e *explanation) joint(p, next *paper, m party.Closeness, literalNames bool) {
	j := meeting(m, "AUTH_CHAIN_BROKEN", literalNames)
	from, to := orNotStated(p.subject.Shown), orNotStated(next.issuer.Shown)
	s := shown{expected: from, actual: to, has: p.subject.Shown, needs: next.issuer.Shown}
	switch {
	case m == party.Different:
		e.link(from, to, "")
		s.expected, s.actual = "a paper from "+from+" to "+to, "none"
		s.words = fmt.Sprintf("no paper leads from %s to %s", from, to)
		e.add("link", "", nil, j, s)
		return
	case m == party.Similar:
		s.words = fmt.Sprintf("comes from %s, a name close to %s in %s and not the same", to, from, p.title())
	case j == misspelt:
		s.has, s.needs = s.needs, s.has
		s.words = fmt.Sprintf("comes from %s, which %s writes as %s", to, p.title(), from)
	case m == party.Unstated:
		s.words = "cannot be joined surely to " + p.title() + ": a party was not read"
	default:
		return
	}
	e.link(from, to, next.ID)
	e.add("link", "issuer", next, j, s)
}

func (e *explanation) onward(p *paper) {
	s := shown{expected: "may sub-license", actual: [...]string{"not stated", "may", "may not"}[min(p.MaySublicense, listing.No)]}
	j := judgeOnward(p)
	s.has = p.subject.Shown
	switch j.standing {
	case broken:
		s.words = "does not let " + orNotStated(p.subject.Shown) + " authorize others"
	case unclear:
		s.words = "was not read surely in its field may_sublicense"
	}
	if p.kind == grant {
		e.add("sublicense", "may_sublicense", p, j, s)
	}
}

func (e *explanation) level(limit int, p *paper) {
	e.levels++
	s := shown{expected: "no limit", actual: fmt.Sprint(e.levels)}
	var j judgement
	if limit > 0 {
		s.expected = fmt.Sprintf("at most %d", limit)
	}
	if limit > 0 && e.levels == limit+1 {
		j = judgement{broken, "AUTH_CHAIN_TOO_LONG", ""}
		s.has, s.needs = s.actual, fmt.Sprint(limit)
		s.words = fmt.Sprintf("is level %d of the chain, where at most %d are allowed", e.levels, limit)
	}
	e.add("level", "", p, j, s)
}

// licensee explains whether the last paper reaches the merchant. A last paper that authorizes nobody only shows that
// the one that does is missing.
func (e *explanation) licensee(d *demand, r *proof, p *paper, grants bool) {
	m := d.joints.merchant[r.papers[len(r.papers)-1]]
	s := shown{expected: orNotStated(d.merchant.Shown), actual: orNotStated(p.subject.Shown), has: p.subject.Shown, needs: d.merchant.Shown}
	j := meeting(m, "AUTH_LICENSEE_MISMATCH", d.pack.LiteralNames)
	switch {
	case j == misspelt:
		s.words = fmt.Sprintf("is issued to %s, which is the merchant's name, %s, in another spelling", s.actual, s.expected)
	case j.standing == holds:
	case m == party.Unstated && !d.merchant.Stated():
		j = judgement{unclear, "AUTH_LICENSEE_MISMATCH", ""}
		s.words = "names " + s.actual + ", and the merchant's legal name is not known"
	case m == party.Unstated:
		s.words = "was not read surely in its field subject"
	case m == party.Similar:
		s.words = fmt.Sprintf("is issued to %s, a name close to the merchant's, %s, and not the same", s.actual, s.expected)
	case r.by == rulebook.ProofOwner || p.kind == grant:
		s.words = fmt.Sprintf("is issued to %s, not to %s", s.actual, s.expected)
	default:
		e.unreached(p, grants, s)
		return
	}
	e.add("licensee", "subject", p, j, s)
}

func (e *explanation) unreached(p *paper, grants bool, s shown) {
	code := "AUTH_REQUIRED_MISSING"
	if grants {
		code = "AUTH_CHAIN_BROKEN"
	}
	e.link(s.actual, s.expected, "")
	s.words = fmt.Sprintf("%s leads to %s, and no paper leads on to %s", p.title(), s.actual, s.expected)
	s.expected, s.actual = "a paper from "+s.actual+" to "+s.expected, "none"
	e.add("link", "", nil, judgement{broken, code, ""}, s)
}

func (e *explanation) sales(d *demand, r *proof) {
	for _, at := range r.papers {
		p := &d.papers[at]
		e.link(p.issuer.Shown, p.subject.Shown, p.ID)
		e.rules(r.question, p, saleRules[:])
	}
	if r.short != nil {
		e.quantity(&d.papers[r.papers[len(r.papers)-1]], *r.short, r.question)
	}
}

// quantity explains that invoices together do not reach the stock.
func (e *explanation) quantity(last *paper, short units, q *question) {
	wanted := q.units()
	j := short.judge(wanted)
	s := say(fmt.Sprintf("%d units", wanted), fmt.Sprintf("%d units", short.known), "")
	of := fmt.Sprintf("%d in stock", wanted)
	if wanted > q.product.StockQuantity {
		of = fmt.Sprintf("%d that are asked for at least", wanted)
	}
	s.has, s.needs = fmt.Sprint(short.known), fmt.Sprint(wanted)
	switch {
	case j == notExtracted:
		s.words = "does not state its quantities readably"
	case len(e.links) == 1:
		s.words = fmt.Sprintf("shows %d units of the %s", short.known, of)
	default:
		s.words = fmt.Sprintf("and the other invoices show %d units of the %s", short.known, of)
	}
	e.add("quantity", "lines", last, j, s)
}

// chainEvidence is the table for reviewers.
func (e *explanation) chainEvidence(d *demand) check.Chain {
	return check.Chain{MarkID: d.mark.ID, Holder: d.mark.Holder, Merchant: d.Merchant.LegalName, Links: e.links,
		FirstFailing: e.failing, Levels: e.levels}
}
