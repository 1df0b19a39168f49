package authorization

import (
	"slices"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// An inquiry is what all questions about one submission share.
type inquiry struct {
	*checker
	*listing.Submission
	merchant party.Party
	category rulebook.Category
	papers   []paper
	joints   *joints
	// translations are the languages that papers were translated into, by document id; "": not stated.
	translations map[string][]string
}

func (c *checker) newInquiry(s *listing.Submission) *inquiry {
	q := &inquiry{checker: c, Submission: s, merchant: party.OfMerchant(&s.Merchant),
		category: c.book.Categories.Find(s.Product.Category), papers: newPapers(s.Documents, c.book.Papers.MinConfidence)}
	q.translations = translationsOf(q.papers)
	q.joints = newJoints(q.papers, &q.merchant)
	return q
}

// with is the inquiry with one more document. The others are shared.
func (q *inquiry) with(d *listing.Document) *inquiry {
	more := *q
	more.papers = append(slices.Clip(q.papers), newPaper(d, q.book.Papers.MinConfidence))
	more.joints = q.joints.extended(more.papers, &q.merchant)
	if d.Type == listing.Translation {
		more.translations = translationsOf(more.papers)
	}
	return &more
}

// A demand is a mark for which a pack asks for papers.
type demand struct {
	*inquiry
	mark      *gatedMark
	pack      *rulebook.Pack
	exclusive bool              // a claim asks for the holder itself or an exclusive grant
	starts    []party.Closeness // how near each paper is to where the right begins
}

func (q *inquiry) newDemand(mark *gatedMark, pack *rulebook.Pack, exclusive bool) *demand {
	d := &demand{inquiry: q, mark: mark, pack: pack, exclusive: exclusive, starts: make([]party.Closeness, len(q.papers))}
	for i := range q.papers {
		d.starts[i] = mark.begins(&q.papers[i])
	}
	return d
}

// with is the demand with one more document given.
func (d *demand) with(document *listing.Document) *demand {
	more := *d
	more.inquiry = d.inquiry.with(document)
	more.starts = append(slices.Clip(d.starts), d.mark.begins(&more.papers[len(d.papers)]))
	return &more
}

// begins tells how near a paper is to where the right to a mark begins: the holder that the rulebook knows, else any
// certificate.
func (m *gatedMark) begins(p *paper) party.Closeness {
	known := m.holder.Stated()
	switch {
	case isRoot(p.kind) && !known && p.subject.Stated():
		return party.Equal
	case isRoot(p.kind):
		return meet(&m.holder, known, &p.subject, p.surely("subject"))
	case !known:
		return party.Different
	}
	return meet(&m.holder, true, &p.issuer, p.surely("issuer"))
}

// A proof is the best that the papers show in one market.
type proof struct {
	cost
	question *question // as asked; nil where the rulebook's record alone answers
	by       rulebook.Proof
	papers   []int  // of the demand's papers, from the holder to the merchant
	short    *units // of invoices that hold and do not reach the stock: what they reach
}

// in tells what the papers prove in a market; nil where there is no paper to look at.
func (d *demand) in(market listing.Market) *proof {
	if d.heldByRecord() {
		return &proof{by: rulebook.ProofOwner}
	}
	var best *proof
	for i := range d.pack.Alternatives {
		a := &d.pack.Alternatives[i]
		for _, class := range d.classes() {
			if found := d.by(a, d.ask(a, market, class)); found != nil && (best == nil || found.better(best)) {
				best = found
			}
			if a.Proof == rulebook.ProofInvoice {
				break // invoices name goods, not classes
			}
		}
	}
	return best
}

// better reports whether p says more than o: it is nearer to a proof, or as near as a chain, whose missing part is easier
// to get than ownership.
func (p *proof) better(o *proof) bool {
	return p.less(&o.cost) || !o.less(&p.cost) && p.by == rulebook.ProofChain && o.by != rulebook.ProofChain
}

// heldByRecord reports whether the rulebook itself names the merchant as the holder, and the platform knows who the
// merchant is.
func (d *demand) heldByRecord() bool {
	verified := d.Merchant.VerifiedAt
	return !verified.IsZero() && !verified.After(d.AsOf) && party.Match(&d.mark.holder, &d.merchant) >= party.Equal
}

// classes are the classes the goods may be in; 0 where none is known. A chain must cover one of them throughout.
func (d *demand) classes() []int {
	if len(d.category.NiceClasses) == 0 {
		return []int{0}
	}
	return d.category.NiceClasses
}

func (d *demand) ask(a *rulebook.Alternative, market listing.Market, class int) *question {
	return &question{categories: d.book.Categories, rules: &d.book.Papers, translations: d.translations, asOf: d.AsOf,
		merchant: &d.merchant, product: &d.Product, category: d.category, mark: d.mark, market: market, zone: d.book.Zones.Of(market),
		class: class, exclusive: d.exclusive && a.Proof == rulebook.ProofChain, pack: d.pack, alternative: a}
}

func (d *demand) by(a *rulebook.Alternative, q *question) *proof {
	if a.Proof == rulebook.ProofInvoice {
		if d.exclusive {
			return nil // goods bought make no exclusive dealer
		}
		return d.bySales(q)
	}
	s := search{question: q, papers: d.papers, usable: make([]bool, len(d.papers)), joints: d.joints, starts: d.starts}
	for i := range d.papers {
		s.usable[i] = usable(&d.papers[i], a, d.mark)
	}
	r := s.find()
	if r == nil {
		return nil
	}
	return &proof{cost: r.cost, question: q, by: a.Proof, papers: r.papers}
}

// usable reports whether a paper can take part in a proof. Certificates and assignments always can: they say who holds
// the mark, where a chain begins.
func usable(p *paper, a *rulebook.Alternative, m *gatedMark) bool {
	if p.Status == listing.Refused || !p.concerns(m) {
		return false
	}
	switch p.kind {
	case certificate, application, assignment:
		return true
	case affiliation:
		return slices.Contains(a.Types, p.Type)
	case grant:
		return a.Proof == rulebook.ProofChain && slices.Contains(a.Types, p.Type)
	}
	return false
}
