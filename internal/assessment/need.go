package assessment

import (
	"cmp"
	"slices"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

// Bounds of the needs that are kept, over all listings: one for each merchant, requirement, and thing that one paper is enough
// for. What is to be told of one takes some kilobytes, so that is kept of fewer.
const (
	maxNeeds = 50_000
	maxGaps  = 3_000
)

// A Need is what became of a need over all listings that have it: of what their papers show, the best counts.
type Need struct {
	verdict.Need
	Merchant string   // merchant_id
	Listings []string // ids, sorted
}

type needKey struct{ merchant, requirement, of string }

// A needed is a need with the best that any listing shows in each market.
type needed struct {
	listings []string
	markets  map[listing.Market]*verdict.Need
	gap      bool // there is something to be told
}

// need takes a listing's needs.
func (a *Assortment) need(needs []verdict.Need, s *listing.Submission) {
	for i := range needs {
		n := &needs[i]
		key := needKey{s.Merchant.ID, n.Requirement, n.For}
		known := a.needs[key]
		if known == nil {
			if len(a.needs) == maxNeeds {
				a.needsCut = true
				continue
			}
			known = &needed{markets: make(map[listing.Market]*verdict.Need)}
			a.needs[key] = known
		}
		known.listings = insert(known.listings, s.ID)
		n = a.kept(n, known)
		for _, m := range n.Markets {
			if before := known.markets[m]; before == nil || compareNeeds(n, before) < 0 {
				known.markets[m] = n
			}
		}
	}
}

// kept is a listing's need as far as there is room for what is to be told of it.
func (a *Assortment) kept(n *verdict.Need, of *needed) *verdict.Need {
	own := *n
	switch {
	case len(n.Findings) == 0 || of.gap:
	case a.gaps == maxGaps:
		a.needsCut = true
		own.Findings = nil
	default:
		of.gap = true
		a.gaps++
	}
	return &own
}

// compareNeeds orders what listings show, the best first: a paper that holds, and for longest; else the nearest.
func compareNeeds(a, b *verdict.Need) int {
	if c := cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(len(a.Findings), len(b.Findings))); c != 0 {
		return c
	}
	if !a.Until.Equal(b.Until) {
		if a.Until.IsZero() || !b.Until.IsZero() && a.Until.After(b.Until) {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(messageOf(a), messageOf(b)))
}

func messageOf(n *verdict.Need) string {
	if len(n.Findings) == 0 {
		return ""
	}
	return n.Findings[0].Message
}

// allNeeds are the needs in order, those of one requirement with the same answer put together by market.
func (a *Assortment) allNeeds() []Need {
	var all []Need
	for key, known := range a.needs {
		var markets []listing.Market
		for m := range known.markets {
			markets = append(markets, m)
		}
		slices.Sort(markets)
		first := len(all)
		for _, m := range markets {
			n := known.markets[m]
			at := slices.IndexFunc(all[first:], func(o Need) bool {
				return o.Met == n.Met && o.Until.Equal(n.Until) && o.Document == n.Document && messageOf(&o.Need) == messageOf(n)
			})
			if at < 0 {
				at = len(all) - first
				all = append(all, Need{Need: *n, Merchant: key.merchant, Listings: known.listings})
				all[len(all)-1].Markets = nil
			}
			all[first+at].Markets = append(all[first+at].Markets, m)
		}
	}
	slices.SortFunc(all, func(x, y Need) int {
		return cmp.Or(cmp.Compare(min(1, len(y.Requirement)), min(1, len(x.Requirement))), cmp.Compare(x.Requirement, y.Requirement), cmp.Compare(x.Merchant, y.Merchant), cmp.Compare(x.For, y.For),
			slices.Compare(x.Markets, y.Markets))
	})
	return all
}

// ask adds what is still needed to the requests, once.
func (a *Assortment) ask() {
	if a.asked {
		return
	}
	a.asked = true
	needs := a.allNeeds()
	for i := range needs {
		for j := range needs[i].Findings {
			f := &needs[i].Findings[j]
			if len(f.Remedies) == 0 || f.Remedies[0].Fix == nil || needs[i].Met {
				continue
			}
			for _, id := range needs[i].Listings {
				a.requests.add(f.Remedies[0].Fix, id)
			}
		}
	}
}
