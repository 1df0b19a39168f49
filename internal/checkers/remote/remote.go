package remote

import (
	"cmp"
	"context"
	"errors"
	"runtime"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/outside"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/wire"
)

// A Checker is an outside checker as the plan runs it, and what it says of itself.
type Checker struct {
	*check.Checker[*listing.Submission]

	row    rulebook.Remote
	prefix string
	marks  *check.Stage[*listing.Submission, *trademark.Result]
	held   *lease // nil: there is no pool
}

// New makes the checker of a row of the rulebook, with a connection of the pool. Without a pool it never works: engines that are
// made to look at rulebooks have none.
func New(row rulebook.Remote, pool *Pool, marks *check.Stage[*listing.Submission, *trademark.Result]) *Checker {
	c := &Checker{row: row, prefix: row.Prefix(), marks: marks}
	if pool != nil {
		c.held = pool.borrow(targetOf(&row))
	}
	c.Checker = &check.Checker[*listing.Submission]{
		Name: row.Name, Doc: cmp.Or(row.Doc, "An outside checker."), Lists: []string{"remotes.yaml"},
		Requires: []*check.Checker[*listing.Submission]{marks.Checker}, Waits: true, Run: c.run,
	}
	return c
}

// Described is what the checker says of itself; nil where it has said nothing yet that can be believed.
func (c *Checker) Described() *outside.Description {
	if c.held == nil {
		return nil
	}
	return c.held.recall().description
}

var errOffline = errors.New("there is no pool of connections")

// run asks, and reports what was answered.
func (c *Checker) run(ctx context.Context, p *check.Pass[*listing.Submission]) error {
	if c.held == nil {
		return &check.Failure{Reason: "is not asked here", Err: errOffline}
	}
	defer runtime.KeepAlive(c.held) // while it is reachable, the connection is not closed
	ctx, cancel, patience := within(ctx, c.row.Timeout)
	defer cancel()
	d, err := c.described(ctx)
	if err != nil {
		return undescribed(ctx, patience, err)
	}
	p.Ran(d.Version)
	q, skipped := d.Ask(wire.Message(p.Subject), c.mentions(p))
	if skipped != "" {
		return check.NotApplicable(skipped)
	}
	var found []check.Finding
	err = c.held.run(ctx, patience, q.Request, func(answer *assayv1.RunCheckerResponse) error {
		found, err = q.Findings(c.prefix, answer)
		return err
	})
	if broken := (outside.Problems)(nil); errors.As(err, &broken) {
		c.held.doubt()
	}
	if err != nil {
		return failure(ctx, patience, err)
	}
	for i := range found {
		p.Report(found[i])
	}
	return nil
}

func (c *Checker) described(ctx context.Context) (*outside.Description, error) {
	d, err := c.held.description(ctx)
	if err == nil {
		err = d.Fits(c.prefix)
	}
	return d, err
}

// undescribed is the failure of a checker that nobody knows how to ask.
func undescribed(ctx context.Context, p patience, err error) error {
	var wrong outside.Problems
	if errors.As(err, &wrong) {
		return &check.Failure{Reason: "describes itself against the contract: " + clip(wrong[0]), Err: err}
	}
	f := failure(ctx, p, err).(*check.Failure)
	f.Reason += " when asked to describe itself"
	return f
}

func (c *Checker) mentions(p *check.Pass[*listing.Submission]) []*assayv1.Mention {
	found := c.marks.Result(p)
	if found == nil || len(found.Mentions) == 0 {
		return nil
	}
	mentions := make([]check.Mention, len(found.Mentions))
	for i := range found.Mentions {
		mentions[i] = found.Mentions[i].Mention
	}
	return wire.Mentions(mentions)
}
