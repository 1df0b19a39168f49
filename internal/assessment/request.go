package assessment

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

const (
	maxRequests = 200   // told
	maxDistinct = 5_000 // kept; more are counted as often as they are asked for
)

// requests are what listings ask for, each thing once.
type requests struct {
	papers map[string]*paperRequest
	others map[string]*verdict.Request
	left   int
}

// A paperRequest is a paper that would do for all that ask for it, and the others that would do for all of them.
type paperRequest struct {
	verdict.Request
	mark  string
	forms map[string]listing.Document // by form, the requirement and its alternatives
}

func newRequests() requests {
	return requests{papers: make(map[string]*paperRequest), others: make(map[string]*verdict.Request)}
}

// add takes a fix of a listing.
func (r *requests) add(fix check.Fix, id string) {
	if to := r.of(fix); to != nil {
		to.Submissions = insert(to.Submissions, id)
	}
}

// of is the request that a fix is a part of. Nil: nobody but a reviewer can do it, or there is no more room.
func (r *requests) of(fix check.Fix) *verdict.Request {
	switch f := fix.(type) {
	case check.RequestReview:
		return nil
	case check.ProvideDocument:
		return r.paper(f)
	}
	key := fmt.Sprintf("%T %+v", fix, fix)
	if known := r.others[key]; known != nil {
		return known
	}
	if len(r.others) == maxDistinct {
		r.left++
		return nil
	}
	r.others[key] = &verdict.Request{Fix: fix}
	return r.others[key]
}

func (r *requests) paper(f check.ProvideDocument) *verdict.Request {
	forms := make(map[string]listing.Document, 1+len(f.Alternatives))
	for _, d := range append([]listing.Document{f.Requirement}, f.Alternatives...) {
		forms[formOf(&d)] = join(d, d) // in the order that joining gives
	}
	key := f.MarkID + " " + formOf(&f.Requirement)
	known := r.papers[key]
	switch {
	case known != nil:
		known.join(forms)
	case len(r.papers) == maxDistinct:
		r.left++
		return nil
	default:
		known = &paperRequest{mark: f.MarkID, forms: forms}
		r.papers[key] = known
	}
	return &known.Request
}

// join keeps the forms that both take, with what both want of them.
func (p *paperRequest) join(forms map[string]listing.Document) {
	for form, own := range p.forms {
		other, both := forms[form]
		if !both {
			delete(p.forms, form)
			continue
		}
		p.forms[form] = join(own, other)
	}
}

// fix is the request's paper: the requirement in the form of key, and the alternatives by kind.
func (p *paperRequest) fix(key string) check.ProvideDocument {
	own := strings.TrimPrefix(key, p.mark+" ")
	fix := check.ProvideDocument{Requirement: p.forms[own], MarkID: p.mark}
	var others []string
	for form := range p.forms {
		if form != own {
			others = append(others, form)
		}
	}
	slices.SortFunc(others, func(a, b string) int {
		x, y := p.forms[a], p.forms[b]
		return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(a, b))
	})
	for _, form := range others {
		fix.Alternatives = append(fix.Alternatives, p.forms[form])
	}
	return fix
}

// all are the requests of listings and of the merchant's own findings: papers first, those that most listings need before
// others, then what the merchant is asked for once, then changes of listings.
func (r *requests) all(own []verdict.Finding) (all []verdict.Request, left int) {
	for i := range own {
		for _, remedy := range own[i].Remedies {
			if remedy.Fix == nil {
				continue
			}
			if to := r.of(remedy.Fix); to != nil {
				to.Findings = append(to.Findings, own[i].ID)
			}
		}
	}
	for _, key := range byNeed(r.papers, func(p *paperRequest) *verdict.Request { return &p.Request }) {
		p := r.papers[key]
		p.Fix = p.fix(key)
		all = append(all, p.Request)
	}
	for _, key := range byNeed(r.others, func(o *verdict.Request) *verdict.Request { return o }) {
		all = append(all, *r.others[key])
	}
	told := min(len(all), maxRequests)
	return all[:told], r.left + len(all) - told
}

// byNeed are the keys of requests: the merchant's own first, then by how many listings need them, then by key.
func byNeed[R any](m map[string]R, of func(R) *verdict.Request) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, y := of(m[a]), of(m[b])
		return cmp.Or(cmp.Compare(min(1, len(y.Findings)), min(1, len(x.Findings))), cmp.Compare(len(y.Submissions), len(x.Submissions)), cmp.Compare(a, b))
	})
	return keys
}

// formOf is what two papers must have in common to be one: everything but what join joins. One that must name single products is
// none that need not.
func formOf(d *listing.Document) string {
	form := *d
	form.Number += fmt.Sprint(len(d.GTINs) > 0, len(d.Models) > 0)
	form.Territories, form.NiceClasses, form.Categories, form.GTINs, form.Models, form.Lines = nil, nil, nil, nil, nil, nil
	form.Effective, form.IssuedOn = listing.Validity{}, listing.Bound{}
	return keyOf(&form)
}

// keyOf is a document as text: equal ones have equal texts.
func keyOf(d *listing.Document) string {
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Sprintf("%s %v", d.ID, err) // no document of the contract comes here: its numbers are finite
	}
	return string(text)
}
