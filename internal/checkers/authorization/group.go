package authorization

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// A group is the markets in which the papers show the same, with the same explanation.
type group struct {
	markets []listing.Market
	proof   *proof // of the first of the markets
	*explanation
	key    string
	remedy check.Remedy // the paper that would do, where one may be asked for
}

// proven reports whether nothing stands in the way.
func (g *group) proven() bool { return g.proof != nil && g.proof.proves() }

// failed reports whether something stands in the way, and not only a doubt.
func (g *group) failed() bool { return g.proof == nil || g.proof.fails() }

// groupsOf answers for markets and puts together those of one answer.
func (d *demand) groupsOf(ctx context.Context, markets []listing.Market) ([]*group, error) {
	var groups []*group
	for _, m := range markets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := d.in(m)
		e := d.explain(p)
		key := fmt.Sprint(p != nil && p.proves(), p.ending(), e.key())
		at := slices.IndexFunc(groups, func(g *group) bool { return g.key == key })
		if at < 0 {
			at = len(groups)
			groups = append(groups, &group{proof: p, explanation: e, key: key})
		}
		groups[at].markets = append(groups[at].markets, m)
	}
	for _, g := range groups {
		g.nameMarkets()
	}
	return groups, nil
}

// ending is when a proof ends; the zero time where it does not.
func (p *proof) ending() time.Time {
	if p == nil || !p.proves() {
		return time.Time{}
	}
	return p.end
}

// key is what two explanations share that say the same of different markets.
func (e *explanation) key() string {
	var b strings.Builder
	for _, l := range e.links {
		fmt.Fprintf(&b, "%q %q %q:", l.From, l.To, l.DocumentID)
		for _, c := range l.Constraints {
			fmt.Fprintf(&b, "%s %t %q;", c.Name, c.Holds, c.Actual)
		}
	}
	for i := range e.problems {
		fmt.Fprintf(&b, "%v %q;", e.problems[i].judgement, e.problems[i].words)
	}
	return b.String()
}

// nameMarkets writes all markets of the group where the table of constraints asks for one.
func (g *group) nameMarkets() {
	if len(g.markets) < 2 {
		return
	}
	for _, l := range g.links {
		for i := range l.Constraints {
			if l.Constraints[i].Name == "territory" {
				l.Constraints[i].Expected = marketList(g.markets)
			}
		}
	}
	for i := range g.problems {
		if g.problems[i].constraint.Name == "territory" {
			g.problems[i].constraint.Expected = marketList(g.markets)
		}
	}
}

func marketList(markets []listing.Market) string {
	texts := make([]string, len(markets))
	for i, m := range markets {
		texts[i] = string(m)
	}
	return strings.Join(texts, ", ")
}

// firstEnding is the id of the document that ends first on the way of a proof.
func (d *demand) firstEnding(p *proof) string {
	for _, at := range p.papers {
		if endOf(p.question, &d.papers[at]).Equal(p.end) {
			return d.papers[at].ID
		}
	}
	return ""
}
