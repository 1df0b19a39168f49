package authorization

import (
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
)

// A need is what the mention of a gated mark asks papers for.
type need struct {
	*trademark.Mention
	goods     bool             // the goods are offered under the mark
	unclear   bool             // they may be: the stage of marks has already asked for a person
	shopName  []check.TextSpan // the mark in the shop's name
	ties      []check.TextSpan // wording that claims a tie to the holder
	exclusive []check.TextSpan // wording that claims to be the flagship
	flagship  bool             // wording or the kind of shop claims that
}

// newNeed decides by the role of a mention. The brand of the goods, a copy of it, a claimed tie and a role that nobody
// told need papers. What fits the mark, describes, compares, or stands for another mark of other goods or other
// countries needs none, unless it is said beside a claim or in the shop's name.
func newNeed(m *trademark.Mention, claims []trademark.Claim, shop listing.ShopType) need {
	n := need{Mention: m}
	elsewhere := false
	switch m.Role {
	case check.OwnBrand, check.Replica, check.RoleUnknown, check.Affiliation:
		n.goods = len(m.ShopNameSpans) < len(m.Spans) || len(m.Spans) == 0
	case check.Unclear:
		n.unclear = len(m.Findings) > 0
		n.goods = !n.unclear && len(m.ShopNameSpans) < len(m.Spans)
	case check.Descriptive, check.OtherClass, check.OtherTerritory:
		elsewhere = true
	}
	if elsewhere {
		return n
	}
	n.shopName = m.ShopNameSpans
	for _, at := range m.Claims {
		n.claim(&claims[at])
	}
	if n.goods && (shop == listing.ShopTypeFlagship || shop == listing.ShopTypeBrandStore) {
		n.flagship = true
	}
	return n
}

// claim notes wording beside the mark. The rulebook's lists decide what it claims: a tie, which a complete chain proves,
// or to be the flagship, which takes the holder or an exclusive grant and is a tie as well.
func (n *need) claim(c *trademark.Claim) {
	if c.Flagship {
		n.flagship = true
		n.exclusive = append(n.exclusive, c.Span)
	}
	n.ties = append(n.ties, c.Span)
}

// papers reports whether any are needed.
func (n *need) papers() bool {
	return n.goods || n.unclear || n.flagship || len(n.shopName)+len(n.ties) > 0
}
