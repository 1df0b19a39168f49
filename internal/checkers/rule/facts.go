package rule

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/wire"
)

// facts are what all rules read of one submission, made when the first of them asks, and what they have cost together.
type facts struct {
	adapter    types.Adapter
	in         *Inputs
	submission ref.Val
	now        ref.Val
	mentions   ref.Val // nil: nobody asked yet
	prices     map[string]ref.Val
	spent      uint64
}

func newFacts(adapter types.Adapter, in Inputs) *check.Memo[*listing.Submission, *facts] {
	return check.NewMemo(func(p *pass) *facts {
		return &facts{adapter: adapter, in: &in, submission: adapter.NativeToValue(wire.Message(p.Subject)),
			now: types.Timestamp{Time: p.Subject.AsOf}}
	})
}

// vars are the variables of one evaluation.
type vars struct {
	*facts
	pass   *pass
	market listing.Market
}

// ResolveName is the value of a variable.
func (v *vars) ResolveName(name string) (any, bool) {
	switch name {
	case submissionVar:
		return v.submission, true
	case marketVar:
		return types.String(v.market), true
	case nowVar:
		return v.now, true
	case mentionsVar:
		return v.mentioned(), true
	case priceVar:
		return v.price(), true
	}
	return nil, false
}

// Parent is the variables around these: none.
func (v *vars) Parent() interpreter.Activation { return nil }

func (v *vars) mentioned() ref.Val {
	if v.mentions == nil {
		v.mentions = v.adapter.NativeToValue(wire.Mentions(v.in.Mentions(v.pass)))
	}
	return v.mentions
}

func (v *vars) price() ref.Val {
	market := string(v.market)
	if known := v.prices[market]; known != nil {
		return known
	}
	m := &assayv1.PriceEvidence{}
	if beside, ok := v.in.Price(v.pass, v.market); ok {
		m = wire.Price(beside)
	}
	if v.prices == nil {
		v.prices = make(map[string]ref.Val)
	}
	v.prices[market] = v.adapter.NativeToValue(m)
	return v.prices[market]
}
