package trademark

import (
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// standing sorts markets by how a mark stands there, as far as is known.
type standing struct {
	inForce   []listing.Market
	elsewhere []listing.Market // not covered by its territories
	lapsed    []listing.Market // covered, but its registration has expired
	pending   bool             // not registered yet
}

// stands tells how a mark stands in the markets asked for at the submission's time. Days are those of the market.
func (j *judgement) stands(m *rulebook.Mark) standing {
	s := standing{pending: m.Status == rulebook.MarkPending}
	if len(m.Territories) == 0 && m.ExpiresOn == (listing.Date{}) && m.RegisteredOn == (listing.Date{}) {
		s.inForce = j.subject.Markets
		return s
	}
	for _, market := range j.subject.Markets {
		switch {
		case len(m.Territories) > 0 && !rulebook.Covers(m.Territories, market):
			s.elsewhere = append(s.elsewhere, market)
		case j.expired(m, market):
			s.lapsed = append(s.lapsed, market)
		default:
			s.inForce = append(s.inForce, market)
			s.pending = s.pending || j.unregistered(m, market)
		}
	}
	return s
}

func (j *judgement) expired(m *rulebook.Mark, market listing.Market) bool {
	return m.ExpiresOn != listing.Date{} && !j.subject.AsOf.Before(m.ExpiresOn.After(j.zones.Of(market)))
}

func (j *judgement) unregistered(m *rulebook.Mark, market listing.Market) bool {
	return m.RegisteredOn != listing.Date{} && j.subject.AsOf.Before(m.RegisteredOn.Start(j.zones.Of(market)))
}
