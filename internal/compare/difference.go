package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

// A weighed is a finding as far as it moves a decision: what is found twice counts once.
type weighed struct {
	code   string // with its variant
	effect verdict.Decision
	mark   string // id; empty: none
}

// difference is what a holds against a listing and b does not, sorted.
func difference(a, b *verdict.Verdict) []weighed {
	held := against(b)
	return slices.DeleteFunc(against(a), func(w weighed) bool { return slices.Contains(held, w) })
}

// against is every finding that counts against a listing, alone or (it led to a decision) together with others.
func against(v *verdict.Verdict) []weighed {
	var all []weighed
	for i := range v.Findings {
		f := &v.Findings[i]
		if len(f.MitigatedBy) > 0 || f.Effect <= verdict.Approve && !leads(v, f.ID) {
			continue
		}
		w := weighed{code: strings.TrimSuffix(f.Code+"/"+f.Variant, "/"), effect: f.Effect, mark: markOf(f)}
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(a, b weighed) int {
		return cmp.Or(strings.Compare(a.code, b.code), strings.Compare(a.mark, b.mark), cmp.Compare(a.effect, b.effect))
	})
	return all
}

func leads(v *verdict.Verdict, id string) bool {
	return slices.ContainsFunc(v.Markets, func(m verdict.MarketDecision) bool { return slices.Contains(m.Findings, id) })
}

// markOf is the id of the mark that a finding is about.
func markOf(f *verdict.Finding) string {
	for _, e := range f.Evidence {
		switch e := e.(type) {
		case check.TextSpan:
			if e.MarkID != "" {
				return e.MarkID
			}
		case check.Chain:
			return e.MarkID
		}
	}
	return ""
}

// namesOf are the codes and the marks, each once.
func namesOf(all []weighed) (codes, marks []string) {
	for _, w := range all {
		if !slices.Contains(codes, w.code) {
			codes = append(codes, w.code)
		}
		if w.mark != "" && !slices.Contains(marks, w.mark) {
			marks = append(marks, w.mark)
		}
	}
	return codes, marks
}

// A marketFlip is a flip in one market.
type marketFlip struct {
	market listing.Market
	flip   Flip
}

func changedMarkets(old, new *verdict.Verdict) []marketFlip {
	var changed []marketFlip
	for i, m := range old.Markets {
		if now := new.Markets[i].Decision; now != m.Decision {
			changed = append(changed, marketFlip{m.Market, Flip{m.Decision, now}})
		}
	}
	return changed
}
