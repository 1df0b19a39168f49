package authorization

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// A reporter reports on one mark.
type reporter struct {
	pass *check.Pass[*listing.Submission]
	*answer
}

// report says what the papers show for all mentioned marks.
func report(ctx context.Context, p *check.Pass[*listing.Submission], answers []*answer) (*Result, error) {
	settle(answers)
	if err := findRemedies(ctx, answers); err != nil {
		return nil, err
	}
	result := &Result{}
	for _, a := range answers {
		result.Gated = append(result.Gated, a.MarkID)
		r := reporter{p, a}
		for i := range a.rulings {
			r.ruling(&a.rulings[i])
			result.rest(&a.rulings[i])
		}
		r.ties()
		r.cleared()
	}
	reportRepeats(p, answers)
	slices.Sort(result.Gated)
	result.Gated = slices.Compact(result.Gated)
	return result, nil
}

// findRemedies looks for the paper that would do wherever one may be asked for, which is most of the work.
func findRemedies(ctx context.Context, answers []*answer) error {
	for _, a := range answers {
		for i := range a.rulings {
			r := &a.rulings[i]
			for _, g := range slices.Concat(r.groups, r.flagship) {
				if len(g.markets) == 0 || g.proven() && len(g.problems) == 0 {
					continue
				}
				var err error
				if g.remedy, err = r.strict.remedy(ctx, g); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// rest notes when the proofs of a ruling end.
func (r *Result) rest(ruling *ruling) {
	for _, g := range ruling.groups {
		if !g.proven() || g.proof.end.IsZero() {
			continue
		}
		if r.ValidUntil.IsZero() || g.proof.end.Before(r.ValidUntil) {
			r.ValidUntil, r.ValidUntilDocument = g.proof.end, ruling.firstEnding(g.proof)
		}
	}
}

func (r reporter) ruling(ruling *ruling) {
	for _, g := range ruling.groups {
		switch {
		case len(g.markets) == 0:
		case g.proven():
			r.remarks(ruling, g)
		default:
			r.unproven(ruling, g)
		}
	}
	for _, g := range ruling.flagship {
		if len(g.markets) > 0 && !g.proven() {
			r.flagshipUnproven(ruling, g)
		}
	}
}

// finding files a finding about the mark.
func (r reporter) finding(code, variant string, markets []listing.Market, message string, remedies []check.Remedy, evidence ...check.Evidence) {
	r.findingOf(code, variant, markets, message, check.Facts{}, remedies, evidence...)
}

// findingOf files a finding about the mark, with what papers say.
func (r reporter) findingOf(code, variant string, markets []listing.Market, message string, facts check.Facts, remedies []check.Remedy, evidence ...check.Evidence) {
	facts.Proof = r.proofs(remedies)
	if facts.Document == "" {
		facts.Document = documentIDs(evidence)
	}
	f := check.Finding{Code: code, Variant: variant, Markets: markets, Evidence: evidence, Message: message, Mark: r.mark.Text,
		Facts: facts, Remedies: remedies}
	if len(r.Spans) > 0 {
		f.Words = r.Spans[0].Surface
	}
	r.pass.Report(f)
}

// proofs are the papers that remedies ask for, for messages in any language.
func (r reporter) proofs(remedies []check.Remedy) check.Proof {
	var p check.Proof
	for i := range remedies {
		fix, ok := remedies[i].Fix.(check.ProvideDocument)
		if !ok {
			continue
		}
		for _, d := range append([]listing.Document{fix.Requirement}, fix.Alternatives...) {
			r.proof(&p, &d)
		}
	}
	return p
}

// proof adds a paper to those that would do; of each kind the first counts.
func (r reporter) proof(p *check.Proof, d *listing.Document) {
	switch kindOf(d.Type) {
	case grant:
		if p.From+p.Owner != "" {
			return
		}
		if p.From = party.Shorten(d.Issuer.LegalName); d.Exclusivity >= listing.Sole {
			p.From, p.Owner = "", p.From
		}
		p.To, p.Until = party.Shorten(d.Subject.LegalName), plainBound(d.Effective.End)
		if d.MaySublicense == listing.Yes {
			p.Onward = p.To
		}
	case sale:
		p.Buyer, p.Units = party.Shorten(d.Subject.LegalName), fmt.Sprint(d.Lines[0].Quantity)
		if days := r.rulings[0].maxAge(); days > 0 {
			p.Days = fmt.Sprint(days)
		}
	case certificate:
		p.Registrant = cmp.Or(p.Registrant, party.Shorten(d.Subject.LegalName))
	}
}

// documentIDs are the documents that evidence points at, each once.
func documentIDs(evidence []check.Evidence) string {
	var ids []string
	for _, e := range evidence {
		if d, ok := e.(check.Document); ok && d.ID != "" {
			ids = append(ids, d.ID)
		}
	}
	return distinct(ids)
}

// distinct joins texts, each once.
func distinct(texts []string) string {
	var once []string
	for _, s := range texts {
		if s = party.Shorten(s); s != "" && !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return list(once)
}

// maxSpans bounds the words that one finding repeats.
const maxSpans = 8

func spanEvidence(spans []check.TextSpan) []check.Evidence {
	var evidence []check.Evidence
	for _, s := range spans[:min(len(spans), maxSpans)] {
		evidence = append(evidence, s)
	}
	return evidence
}

// unproven reports why the papers do not show the right. TM_BRAND_UNAUTHORIZED carries the decision; the other codes say
// what is wrong with the papers. All of them ask for the same paper.
func (r reporter) unproven(ruling *ruling, g *group) {
	d := ruling.demand
	remedies := []check.Remedy{g.remedy}
	if g.failed() {
		r.summary(ruling, g, remedies)
		r.revoked(d, g, remedies)
		r.loose(d, g, remedies)
	}
	asked := g.failed() && (r.goods || len(r.shopName) > 0)
	r.problems(d, g, g.problems, remedies, !asked)
}

// summary reports that the goods, or the shop's name, bear the mark without right.
func (r reporter) summary(ruling *ruling, g *group, remedies []check.Remedy) {
	d := ruling.demand
	entries := []check.Evidence{check.ListEntry{List: "gates.yaml", Entry: d.mark.ID, Version: ruling.gate.Citation},
		check.ListEntry{List: "packs.yaml", Entry: d.pack.Name, Version: d.pack.Citation}}
	if r.goods {
		message := fmt.Sprintf("No paper shows that %s lets %s sell %s in %s: %s %s", d.mark.holderShown(), d.merchantShown(),
			d.mark.Text, marketList(g.markets), sentence(g.reasons()), remedies[0].Text)
		r.finding("TM_BRAND_UNAUTHORIZED", "", g.markets, message, append(slices.Clip(remedies), removals(r.Spans)...),
			append(spanEvidence(r.Spans), entries...)...)
	}
	if len(r.shopName) > 0 {
		message := fmt.Sprintf("The shop's name %q uses %s, and no paper shows that %s lets %s do so in %s. %s", party.Shorten(d.Merchant.ShopName),
			d.mark.Text, d.mark.holderShown(), d.merchantShown(), marketList(g.markets), remedies[0].Text)
		r.finding("TM_SHOP_NAME_USES_MARK", "", g.markets, message, append(slices.Clip(remedies), removals(r.shopName)...),
			append(spanEvidence(r.shopName), entries...)...)
	}
}

// removals are the other way out: to take the words away.
func removals(spans []check.TextSpan) []check.Remedy {
	var remedies []check.Remedy
	for _, s := range spans[:min(len(spans), maxSpans)] {
		remedies = append(remedies, check.Remedy{Text: fmt.Sprintf("Take %q out of %s.", s.Surface, s.Field),
			Fix: check.RemoveText{Field: s.Field, Start: s.Start, End: s.End}})
	}
	return remedies
}

// reasons are the problems in words.
func (g *group) reasons() string {
	var words []string
	for i := range g.problems {
		if g.problems[i].standing > noted {
			words = append(words, g.problems[i].words)
		}
	}
	return list(words)
}

// sentence ends words with a full stop, unless a name in them (Aeris Sports, Inc.) did.
func sentence(words string) string { return strings.TrimSuffix(words, ".") + "." }

// ownReport are the codes that are reported apart: they depend on all documents, or on a claim.
var ownReport = []judgement{{broken, "AUTH_REVOKED", ""}, {broken, "AUTH_FLAGSHIP_CLAIM_UNPROVEN", ""}}

// problems reports each code of some problems once. Where a summary has asked for the paper already, the message does not ask
// again.
func (r reporter) problems(d *demand, g *group, problems []problem, remedies []check.Remedy, ask bool) {
	for i := range problems {
		p := &problems[i]
		same := func(o problem) bool { return o.code == p.code && o.variant == p.variant }
		if slices.Contains(ownReport, p.judgement) || slices.ContainsFunc(problems[:i], same) {
			continue
		}
		var words, has, needs []string
		evidence := []check.Evidence{g.chainEvidence(d)}
		for j := range problems[i:] {
			if o := &problems[i+j]; same(*o) {
				words, has, needs = append(words, o.words), append(has, o.has), append(needs, o.needs)
				evidence = append(evidence, o.document())
			}
		}
		message := fmt.Sprintf("%s in %s: %s", d.mark.Text, marketList(g.markets), sentence(list(words)))
		if ask {
			message += " " + remedies[0].Text
		}
		facts := check.Facts{Has: distinct(has), Needs: distinct(needs)}
		r.findingOf(p.code, p.variant, g.markets, message, facts, remedies, evidence...)
	}
}

func (p *problem) document() check.Document {
	e := check.Document{Field: p.field, Expected: p.constraint.Expected, Actual: p.constraint.Actual}
	if p.paper != nil {
		e.ID = p.paper.ID
	}
	return e
}

// revoked reports papers for the mark that were revoked. That is said of every such paper while nothing else shows the
// right, wherever it stands: a merchant who hands in a withdrawn grant is not to gain by what is missing around it.
func (r reporter) revoked(d *demand, g *group, remedies []check.Remedy) {
	var titles []string
	var evidence []check.Evidence
	for i := range d.papers {
		p := &d.papers[i]
		if p.Status == listing.Revoked && p.kind != idle && p.names(d.mark) {
			titles = append(titles, p.title())
			evidence = append(evidence, check.Document{ID: p.ID, Field: "status", Expected: "in force", Actual: "revoked"})
		}
	}
	if len(titles) == 0 {
		return
	}
	message := fmt.Sprintf("%s in %s: %s was revoked by its issuer, and no other paper shows the right. %s", d.mark.Text,
		marketList(g.markets), list(titles), remedies[0].Text)
	r.finding("AUTH_REVOKED", "", g.markets, message, remedies, append(evidence, g.chainEvidence(d))...)
}

// loose reports papers that prove nothing, whatever they say.
func (r reporter) loose(d *demand, g *group, remedies []check.Remedy) {
	var titles []string
	var evidence []check.Evidence
	for i := range d.papers {
		p := &d.papers[i]
		if d.counts(p) || !p.concerns(d.mark) {
			continue
		}
		titles = append(titles, p.title())
		evidence = append(evidence, check.Document{ID: p.ID, Field: "type", Expected: d.acceptedTypes(), Actual: p.Type.String()})
	}
	if len(titles) == 0 {
		return
	}
	message := fmt.Sprintf("%s in %s: %s is of a kind that is not accepted. %s", d.mark.Text, marketList(g.markets), list(titles), remedies[0].Text)
	r.finding("DOC_TYPE_NOT_ACCEPTED", "", g.markets, message, remedies, evidence...)
}

// counts reports whether a paper is of a kind that some alternative looks at, or of one that nobody takes for a proof.
func (d *demand) counts(p *paper) bool {
	switch p.kind {
	case certificate, application, assignment, idle:
		return true
	case worthless:
		return false
	}
	for i := range d.pack.Alternatives {
		if slices.Contains(d.pack.Alternatives[i].Types, p.Type) {
			return true
		}
	}
	return false
}

func (d *demand) acceptedTypes() string {
	var names []string
	for i := range d.pack.Alternatives {
		for _, t := range d.pack.Alternatives[i].Types {
			if !slices.Contains(names, t.String()) {
				names = append(names, t.String())
			}
		}
	}
	return strings.Join(names, ", ")
}

// remarks reports what a proof leaves to be told.
func (r reporter) remarks(ruling *ruling, g *group) {
	if len(g.problems) > 0 {
		r.problems(ruling.demand, g, g.problems, []check.Remedy{g.remedy}, true)
	}
	r.conflicts(ruling.demand, g)
}

// flagshipUnproven reports a claim that takes the holder itself or an exclusive grant.
func (r reporter) flagshipUnproven(ruling *ruling, g *group) {
	d := ruling.strict
	remedies := append([]check.Remedy{g.remedy}, removals(r.exclusive)...)
	claim := "The kind of shop claims"
	if len(r.exclusive) > 0 {
		claim = fmt.Sprintf("The words %q claim", r.exclusive[0].Surface)
	}
	message := fmt.Sprintf("%s to be the flagship or brand store of %s in %s, which takes the holder or an exclusive grant: %s %s", claim,
		d.mark.Text, marketList(g.markets), sentence(g.reasons()), remedies[0].Text)
	facts := check.Facts{}
	if len(r.exclusive) > 0 {
		facts.Has = r.exclusive[0].Surface
	}
	r.findingOf("AUTH_FLAGSHIP_CLAIM_UNPROVEN", "", g.markets, message, facts, remedies, append(spanEvidence(r.exclusive), g.chainEvidence(d))...)
}

// ties reports wording that claims a tie to the holder where no complete chain shows one.
func (r reporter) ties() {
	for i := range r.rulings {
		for _, g := range r.rulings[i].groups {
			if len(g.markets) == 0 || g.proven() {
				continue
			}
			for _, tie := range r.answer.need.ties[:min(len(r.answer.need.ties), maxSpans)] {
				r.tie(&r.rulings[i], g, tie)
			}
		}
	}
}

func (r reporter) tie(ruling *ruling, g *group, tie check.TextSpan) {
	remedies := append(removals([]check.TextSpan{tie}), g.remedy)
	message := fmt.Sprintf("The words %q claim a tie to %s that no chain of papers shows in %s. %s Else: %s", tie.Surface, r.mark.holderShown(),
		marketList(g.markets), remedies[0].Text, remedies[1].Text)
	r.pass.Report(check.Finding{Code: "TM_FAKE_AFFILIATION", Facts: check.Facts{Proof: r.proofs(remedies)}, Markets: g.markets, Evidence: []check.Evidence{tie, g.chainEvidence(ruling.demand)},
		Message: message, Words: tie.Surface, Mark: r.mark.Text, Remedies: remedies})
}

// excusable are the codes of the stage of marks that rest on a doubt whether the mark is the merchant's to use. What
// hides a mark, or calls the goods copies, no paper excuses.
var excusable = []string{"TM_MARK_IN_TITLE_ROLE_UNCLEAR", "TM_MODEL_NAME_WITHOUT_BRAND", "TM_COMPAT_MALFORMED",
	"TM_COMPAT_INELIGIBLE_CATEGORY", "TM_LOGO_IN_IMAGE", "OBF_TRANSLITERATION", "OBF_SLANG_ALIAS"}

// cleared reports where the papers show the right, and excuses what that excuses.
func (r reporter) cleared() {
	if len(r.rulings) == 0 {
		return
	}
	for _, g := range r.rulings[0].groups {
		markets := slices.DeleteFunc(slices.Clone(g.markets), func(m listing.Market) bool { return !r.provenIn(m) })
		if !g.proven() || len(markets) == 0 {
			continue
		}
		d := r.rulings[0].demand
		f := check.Finding{Code: "TM_CLEARED_OWNER", Markets: markets, Mark: r.mark.Text, Mitigates: r.excused(),
			Message:  fmt.Sprintf("%s may sell %s in %s: %s.", d.merchantShown(), r.mark.Text, marketList(markets), d.grounds(g)),
			Evidence: []check.Evidence{g.chainEvidence(d)}}
		if g.proof.question == nil {
			f.Evidence = append(f.Evidence, check.ListEntry{List: r.mark.At.File, Entry: r.mark.ID})
		}
		if len(r.Spans) > 0 {
			f.Words = r.Spans[0].Surface
		}
		r.pass.Report(f)
	}
}

func (r reporter) excused() []string {
	var ids []string
	for _, f := range r.pass.Findings() {
		if slices.Contains(excusable, f.Code) && slices.Contains(r.Mention.Findings, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// grounds says what a proof rests on.
func (d *demand) grounds(g *group) string {
	if g.proof.question == nil {
		return "the rulebook names it as the holder, and the platform has verified the merchant"
	}
	var titles []string
	for _, at := range g.proof.papers {
		titles = append(titles, d.papers[at].title())
	}
	words := list(titles)
	if !g.proof.end.IsZero() {
		words += ", until " + g.proof.end.Format(time.RFC3339)
	}
	return words
}

// conflicts reports that the one who grants has granted the same to somebody else alone.
func (r reporter) conflicts(d *demand, g *group) {
	if g.proof.question == nil || g.proof.by != rulebook.ProofChain {
		return
	}
	for _, at := range g.proof.papers {
		p := &d.papers[at]
		if p.kind != grant {
			continue
		}
		for i := range d.papers {
			o := &d.papers[i]
			markets := slices.DeleteFunc(slices.Clone(g.markets), func(m listing.Market) bool { return !d.excludes(o, p, m) })
			if len(markets) > 0 && !slices.Contains(g.proof.papers, i) {
				r.conflict(p, o, markets)
			}
		}
	}
}

// excludes reports whether paper o, which holds in the market, grants alone to somebody else what p grants.
func (d *demand) excludes(o, p *paper, market listing.Market) bool {
	if o.kind != grant || o.Exclusivity != listing.Exclusive || o.Status == listing.Refused || !o.names(d.mark) ||
		party.Match(&o.issuer, &p.issuer) < party.Equal || party.Match(&o.subject, &p.subject) != party.Different {
		return false
	}
	for i := range d.pack.Alternatives {
		for _, class := range d.classes() {
			q := d.ask(&d.pack.Alternatives[i], market, class)
			c := (&search{question: q}).alone(o)
			if c.broken == 0 {
				return true
			}
		}
	}
	return false
}

func (r reporter) conflict(p, o *paper, markets []listing.Market) {
	reason := fmt.Sprintf("Ask %s which of %s and %s holds for %s.", p.issuer.Shown, p.title(), o.title(), r.mark.Text)
	message := fmt.Sprintf("%s in %s: %s grants it to %s alone, and %s to %s %s", r.mark.Text, marketList(markets), o.title(),
		o.subject.Shown, p.title(), sentence(p.subject.Shown), reason)
	r.finding("AUTH_EXCLUSIVITY_CONFLICT", "", markets, message, []check.Remedy{{Text: reason, Fix: check.RequestReview{Reason: reason}}},
		check.Document{ID: o.ID, Field: "exclusivity", Expected: "not exclusive to another", Actual: o.subject.Shown},
		check.Document{ID: p.ID, Field: "exclusivity", Expected: p.subject.Shown, Actual: exclusivityName(p.Exclusivity)})
}

// reportRepeats reports documents that contradict each other, once each, where they concern a mark that papers are asked for.
func reportRepeats(p *check.Pass[*listing.Submission], answers []*answer) {
	asked := slices.DeleteFunc(slices.Clone(answers), func(a *answer) bool { return len(a.rulings) == 0 })
	if len(asked) == 0 {
		return
	}
	papers := asked[0].rulings[0].papers
	documents := make([]*listing.Document, len(papers))
	for i := range papers {
		documents[i] = papers[i].Document
	}
	for _, repeat := range Repeats(documents) {
		for _, a := range asked {
			concerned := func(p paper) bool { return slices.Contains(repeat.Documents[:], p.Document) && p.concerns(a.mark) }
			if slices.ContainsFunc(papers, concerned) {
				reporter{p, a}.repeat(&repeat)
				break
			}
		}
	}
}

func (r reporter) repeat(repeat *Repeat) {
	var markets []listing.Market
	for i := range r.rulings {
		for _, g := range r.rulings[i].groups {
			markets = append(markets, g.markets...)
		}
	}
	if len(markets) == 0 {
		return
	}
	slices.Sort(markets)
	a, b := repeat.Documents[0], repeat.Documents[1]
	code, variant, what := "DOC_DUPLICATE_HASH", "contradiction", "are one and the same file"
	facts := check.Facts{Has: repeat.Number}
	if repeat.Number != "" {
		code, variant, what = "DOC_NUMBER_REUSED", "", "bear the same number of the same issuer, "+party.Shorten(repeat.Number)+","
	}
	reason := fmt.Sprintf("Compare the originals of %s and %s: at most one of the two is what it says.", party.Shorten(a.ID), party.Shorten(b.ID))
	message := fmt.Sprintf("Documents %s and %s %s and differ in %s: %q and %q. %s", party.Shorten(a.ID), party.Shorten(b.ID), what, repeat.Field,
		repeat.Values[0], repeat.Values[1], reason)
	r.findingOf(code, variant, slices.Compact(markets), message, facts, []check.Remedy{{Text: reason, Fix: check.RequestReview{Reason: reason}}},
		check.Document{ID: a.ID, Field: repeat.Field, Expected: repeat.Values[1], Actual: repeat.Values[0]},
		check.Document{ID: b.ID, Field: repeat.Field, Expected: repeat.Values[0], Actual: repeat.Values[1]})
}
