package authorization

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// remedy says which paper would do in a group of markets. It is proposed only after it was tried: with that paper among
// the documents the pack is satisfied in all of them, without a remark.
func (d *demand) remedy(ctx context.Context, g *group) (check.Remedy, error) {
	var working []listing.Document
	for _, c := range d.candidates(g) {
		known := slices.ContainsFunc(working, func(w listing.Document) bool { return reflect.DeepEqual(w, c) })
		if len(working) == maxProposals || known {
			continue
		}
		works, err := d.satisfiedBy(ctx, &c, g.markets)
		if err != nil {
			return check.Remedy{}, err
		}
		if works {
			working = append(working, c)
		}
	}
	if len(working) == 0 {
		reason := "No single paper would do: look at the documents for " + d.mark.Text + "."
		if !d.merchant.Stated() {
			reason = "Give the merchant's legal name: papers are issued to a name, and none is known."
		}
		return check.Remedy{Text: reason, Fix: check.RequestReview{Reason: reason}}, nil
	}
	return check.Remedy{Text: d.inWords(working), Fix: check.ProvideDocument{Requirement: working[0], Alternatives: working[1:], MarkID: d.mark.ID}}, nil
}

// inWords asks for the first paper, and names the kinds of the others that would do.
func (d *demand) inWords(papers []listing.Document) string {
	text := "Give " + d.describe(&papers[0])
	var others []string
	for i := range papers[1:] {
		other := &papers[i+1]
		if name := article(other) + " " + kindWords(other); !slices.Contains(others, name) && other.Type != papers[0].Type {
			others = append(others, name)
		}
	}
	if len(others) == 0 {
		return text + "."
	}
	return text + ". Or: " + strings.Join(others, ", ") + "."
}

// merchantShown is the merchant's name for messages.
func (d *demand) merchantShown() string {
	if !d.merchant.Stated() {
		return "this merchant (no legal name is known)"
	}
	return d.merchant.Shown
}

// maxProposals is how many papers a remedy names at most.
const maxProposals = 3

// satisfiedBy tries a paper. It ends with the context: of all that the stage does, trying papers takes longest.
func (d *demand) satisfiedBy(ctx context.Context, document *listing.Document, markets []listing.Market) (bool, error) {
	more := d.with(document)
	for _, m := range markets {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if p := more.in(m); p == nil || !p.proves() || p.notes > 0 {
			return false, nil
		}
	}
	return true, nil
}

// candidates are papers that may do, the smallest first: the one link that fails, given anew; a certificate of the one
// from whom the chain comes, where nobody knows the holder; a letter from the holder; invoices; ownership, which nobody is
// asked to sell where a letter would do.
func (d *demand) candidates(g *group) []listing.Document {
	var all []listing.Document
	if c, ok := d.translation(g); ok {
		all = append(all, c)
	}
	if c, ok := d.anew(g); ok {
		all = append(all, c)
	}
	if !d.mark.holder.Stated() && g.proof != nil && len(g.proof.papers) > 0 && g.proof.by == rulebook.ProofChain {
		all = append(all, d.certificateFor(d.papers[g.proof.papers[0]].Issuer, g))
	}
	holder := listing.Party{LegalName: d.mark.Holder, Country: d.mark.HolderCountry}
	if t := d.grantType(true); t != 0 && d.mark.holder.Stated() {
		all = append(all, d.grantFrom(t, holder, d.us(), g))
	}
	if t := d.accepts(rulebook.ProofInvoice, sale); t != 0 {
		all = append(all, d.invoice(t, g))
	}
	all = append(all, d.certificateFor(d.us(), g))
	if t := d.accepts(rulebook.ProofOwner, assignment); t != 0 && d.mark.holder.Stated() && d.grantType(true) == 0 {
		all = append(all, d.grantFrom(t, holder, d.us(), g))
	}
	return all
}

// translation is the one that is missing, where nothing else is.
func (d *demand) translation(g *group) (listing.Document, bool) {
	var missing *paper
	for i := range g.problems {
		p := &g.problems[i]
		if p.code != "DOC_TRANSLATION_MISSING" || missing != nil {
			return listing.Document{}, false
		}
		missing = p.paper
	}
	if missing == nil {
		return listing.Document{}, false
	}
	return listing.Document{Type: listing.Translation, TranslationOf: missing.ID, Language: d.pack.Languages[0]}, true
}

// us is the merchant as a party.
func (d *demand) us() listing.Party {
	m := &d.Merchant
	return listing.Party{LegalName: m.LegalName, Country: m.Country, RegistrationNumber: m.RegistrationNumber}
}

// accepts is the first type of a kind that the pack accepts in a way of proof, 0 where there is none.
func (d *demand) accepts(by rulebook.Proof, k kind) listing.DocumentType {
	for i := range d.pack.Alternatives {
		a := &d.pack.Alternatives[i]
		for _, t := range a.Types {
			if a.Proof == by && kindOf(t) == k {
				return t
			}
		}
	}
	return 0
}

// grantType is the type of a grant that the pack accepts: a letter of a holder, a sub-authorization of others, else any.
func (d *demand) grantType(fromHolder bool) listing.DocumentType {
	wanted := listing.SubAuthorization
	if fromHolder {
		wanted = listing.LetterOfAuthorization
	}
	for i := range d.pack.Alternatives {
		if a := &d.pack.Alternatives[i]; a.Proof == rulebook.ProofChain && slices.Contains(a.Types, wanted) {
			return wanted
		}
	}
	return d.accepts(rulebook.ProofChain, grant)
}

// anew is the failing link's paper, as it should be, where only one link fails.
func (d *demand) anew(g *group) (listing.Document, bool) {
	if g.proof == nil || g.proof.question == nil {
		return listing.Document{}, false
	}
	if g.proof.by == rulebook.ProofInvoice {
		return d.invoice(d.papers[g.proof.papers[0]].Type, g), true
	}
	broken := d.brokenSteps(g.proof)
	if len(broken) != 1 {
		return listing.Document{}, false
	}
	return d.step(g, broken[0])
}

// A step is a place on a path: a paper, or (paper < 0) the gap behind it.
type step struct {
	at  int // index into the path
	gap bool
}

// brokenSteps are the places that do not hold. The start of a chain counts with its first paper, and its end with the
// last.
func (d *demand) brokenSteps(p *proof) []step {
	var broken []step
	for i, at := range p.papers {
		paper := &d.papers[at]
		c := (&search{question: p.question}).alone(paper)
		if i < len(p.papers)-1 {
			c.add(judgeOnward(paper))
		} else if isRoot(paper.kind) || paper.kind.lasting() {
			if d.weak(d.joints.merchant[at]) {
				broken = append(broken, step{i, true})
			}
		} else if d.weak(d.joints.merchant[at]) {
			c.unclear++
		}
		if i == 0 && d.starts[at] < party.Equal {
			c.unclear++
		}
		joint := party.Literal
		if i < len(p.papers)-1 {
			joint = d.joints.next[at][p.papers[i+1]]
		}
		if joint == party.Equal && d.weak(joint) {
			c.notes++
		}
		if c.broken+c.unclear+c.notes > 0 {
			broken = append(broken, step{i, false})
		}
		if joint < party.Equal {
			broken = append(broken, step{i, true})
		}
	}
	return broken
}

// weak reports whether a joint is less than the pack wants.
func (d *demand) weak(m party.Closeness) bool {
	return m < party.Equal || m == party.Equal && d.pack.LiteralNames
}

// step is the paper that a place on a path should have.
func (d *demand) step(g *group, s step) (listing.Document, bool) {
	path := g.proof.papers
	p := &d.papers[path[s.at]]
	from, to := p.Issuer, d.us()
	if s.gap {
		from = p.Subject
	}
	if s.at < len(path)-1 {
		to = d.papers[path[s.at+1]].Issuer
	}
	if isRoot(p.kind) && !s.gap {
		return d.certificateFor(to, g), true
	}
	first := s.at == 0 && !s.gap
	if first && d.mark.holder.Stated() {
		from = listing.Party{LegalName: d.mark.Holder, Country: d.mark.HolderCountry}
	}
	t := d.grantType(first || isRoot(p.kind))
	if p.kind.lasting() && !s.gap {
		t = p.Type
	}
	if t == 0 {
		return listing.Document{}, false
	}
	document := d.grantFrom(t, from, to, g)
	if s.at < len(path)-1 && kindOf(t) == grant {
		document.MaySublicense = listing.Yes
	}
	return document, true
}

// paperFor is what every requirement says: the mark, where, and how long.
func (d *demand) paperFor(t listing.DocumentType, issuer, subject listing.Party, g *group) listing.Document {
	document := listing.Document{Type: t, Issuer: issuer, Subject: subject,
		Brands: []listing.BrandGrant{{Text: d.mark.Text}}, Effective: d.validity(g.markets)}
	for _, m := range g.markets {
		document.Territories = append(document.Territories, string(m))
	}
	if len(d.category.NiceClasses) == 1 || d.pack.ClassesStated { // of several, we cannot know which one the goods are in
		for _, class := range d.category.NiceClasses {
			document.NiceClasses = append(document.NiceClasses, int32(class))
		}
	}
	return document
}

func (d *demand) certificateFor(registrant listing.Party, g *group) listing.Document {
	return d.paperFor(listing.TrademarkCertificate, listing.Party{}, registrant, g)
}

func (d *demand) grantFrom(t listing.DocumentType, issuer, subject listing.Party, g *group) listing.Document {
	document := d.paperFor(t, issuer, subject, g)
	document.Signatures = []listing.Signature{d.signature(&issuer)}
	if kindOf(t) != grant {
		return document
	}
	if d.pack.Countersigned {
		document.Signatures = append(document.Signatures, d.signature(&subject))
	}
	document.Channels = []string{wantedChannel(d.pack.Channel)}
	if document.Exclusivity = d.pack.Exclusivity; d.exclusive {
		document.Exclusivity = listing.Exclusive
	}
	return document
}

// signature is how a party signs, as the law of its country wants it.
func (d *demand) signature(by *listing.Party) listing.Signature {
	s := listing.Signature{Party: by.LegalName, Kind: listing.ByHand}
	if needsSeal(&question{rules: &d.book.Papers}, by) {
		s.Kind = listing.BySeal
	}
	return s
}

// invoice is one that would do, from any seller who can be reached.
func (d *demand) invoice(t listing.DocumentType, g *group) listing.Document {
	seller := listing.Party{LegalName: "an authorized supplier of " + d.mark.Text, Contact: listing.Contact{Website: "stated"}}
	line := listing.InvoiceLine{Brand: d.mark.Text, GTIN: d.Product.GTIN, Quantity: max(1, d.Product.StockQuantity, d.minUnits())}
	document := listing.Document{Type: t, Issuer: seller, Subject: d.us(), Lines: []listing.InvoiceLine{line},
		Brands: []listing.BrandGrant{{Text: d.mark.Text}}}
	first, _ := d.book.Zones.Days(d.AsOf, g.markets)
	document.IssuedOn = listing.Bound{State: listing.Day, Date: first}
	return document
}

// validity is the least term that satisfies the pack: from today for as long as it asks, and a day at least.
func (d *demand) validity(markets []listing.Market) listing.Validity {
	first, last := d.book.Zones.Days(d.AsOf, markets)
	end := listing.DateOf(last.Start(time.UTC).AddDate(0, 0, max(1, d.pack.MinRemainingDays, d.pack.MinTermDays)))
	v := listing.Validity{Start: listing.Bound{State: listing.Day, Date: first}, End: listing.Bound{State: listing.Day, Date: end}}
	if !first.Exists() {
		v.Start = listing.Bound{State: listing.Instant, Time: d.AsOf}
	}
	if !end.Exists() {
		v.End, v.Perpetual = listing.Bound{}, true
	}
	return v
}

// describe is a requirement in words.
func (d *demand) describe(r *listing.Document) string {
	switch kindOf(r.Type) {
	case idle: // a translation
		return fmt.Sprintf("a translation of %s into %q", party.Shorten(r.TranslationOf), r.Language)
	case sale:
		words := fmt.Sprintf("a %s to %s from a seller who can be reached, for at least %s of %s", r.Type,
			party.Shorten(r.Subject.LegalName), unitWords(r.Lines[0].Quantity), d.mark.Text)
		if days := d.maxAge(); days > 0 {
			words += fmt.Sprintf(", at most %d days old", days)
		}
		return words
	case certificate:
		return fmt.Sprintf("a %s for %s naming %s as the registrant, %s", r.Type, d.mark.Text, party.Shorten(r.Subject.LegalName), scope(r))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s from %s to %s for %s, %s", article(r), kindWords(r), party.Shorten(r.Issuer.LegalName),
		party.Shorten(r.Subject.LegalName), d.mark.Text, scope(r))
	if r.MaySublicense == listing.Yes {
		b.WriteString(", with the right to authorize others")
	}
	if len(r.Signatures) > 0 {
		b.WriteString(map[bool]string{false: ", signed", true: ", under seal"}[r.Signatures[0].Kind == listing.BySeal])
	}
	if len(r.Signatures) > 1 {
		b.WriteString(" by both")
	}
	return b.String()
}

// channelWords is a channel as a requirement names it.
func channelWords(s string) string {
	switch c := parseChannel(s); c.way {
	case offline:
		return "sale in shops"
	case marketplace:
		_, name, _ := strings.Cut(s, ":")
		return "sale on the marketplace " + party.Shorten(name)
	}
	return "sale online"
}

func article(r *listing.Document) string {
	if r.Exclusivity == listing.Exclusive || r.Type == listing.Assignment || r.Type == listing.AffiliationProof {
		return "an"
	}
	return "a"
}

func kindWords(r *listing.Document) string {
	if r.Exclusivity >= listing.Sole {
		return exclusivityName(r.Exclusivity) + " " + r.Type.String()
	}
	return r.Type.String()
}

func unitWords(n int64) string {
	if n == 1 {
		return "1 unit"
	}
	return fmt.Sprintf("%d units", n)
}

// scope says where, for what and how long.
func scope(r *listing.Document) string {
	words := "covering " + strings.Join(r.Territories, ", ")
	if len(r.NiceClasses) > 0 {
		words += ", class " + list(classTexts(r.NiceClasses))
	}
	if len(r.Channels) > 0 {
		words += ", " + channelWords(r.Channels[0])
	}
	if r.Effective.Perpetual {
		return words + ", valid without end"
	}
	return fmt.Sprintf("%s, valid on %s and until %s at least", words, showBound(r.Effective.Start), showBound(r.Effective.End))
}

func (d *demand) maxAge() int {
	if a := d.invoices(); a != nil {
		return a.MaxAgeDays
	}
	return 0
}

func (d *demand) minUnits() int64 {
	if a := d.invoices(); a != nil {
		return a.MinUnits
	}
	return 0
}

// invoices is the alternative that takes invoices, or nil.
func (d *demand) invoices() *rulebook.Alternative {
	for i := range d.pack.Alternatives {
		if a := &d.pack.Alternatives[i]; a.Proof == rulebook.ProofInvoice {
			return a
		}
	}
	return nil
}
