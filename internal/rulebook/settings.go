package rulebook

import (
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines that have no database of them

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/bojanz/currency"
)

// parseSettings reads rulebook.yaml.
func (v *validator) parseSettings(s *source) part {
	var f rulebookv1.RulebookFile
	doc := v.decode(s, &f)
	policies := make(map[string]Policy, len(f.Checkers))
	for _, c := range f.Checkers {
		if _, taken := policies[c.Checker]; taken {
			doc.refuseAt(doc.field(c, "checker"), "checker %q is given twice", c.Checker)
		}
		policies[c.Checker] = Policy{At: doc.field(c, "checker"), Failure: verdict.FailurePolicy(c.Failure),
			Shadow: c.Mode == assayv1.CheckerMode_CHECKER_MODE_SHADOW}
		if c.Mode != 0 && strings.HasPrefix(c.Checker, RulePrefix) {
			doc.refuseAt(doc.field(c, "mode"), "the mode of a rule stands in rules.yaml")
		}
	}
	zones := doc.zones(f.Zones)
	s.rows = len(f.Checkers) + len(f.Zones)
	return func(d *draft) { d.book.Label, d.book.Policies, d.book.Zones = f.Label, policies, zones }
}

func (d *document) zones(rows []*rulebookv1.MarketZone) listing.Zones {
	zones := make(listing.Zones, len(rows))
	for _, z := range rows {
		market := listing.Market(z.Market)
		d.marketAt(d.field(z, "market"), z.Market)
		if zones[market] != nil {
			d.refuseAt(d.field(z, "market"), "market %q is given twice", z.Market)
		}
		zone, err := time.LoadLocation(z.Zone)
		if err != nil || z.Zone == "Local" {
			d.refuseAt(d.field(z, "zone"), "%q is not a time zone of the IANA database", z.Zone)
		}
		zones[market] = zone
	}
	return zones
}

// marketAt refuses a market that is not a country: a rule for a market that does not exist would never hold.
func (d *document) marketAt(at Position, market string) {
	if !isMarket(market) {
		d.refuseAt(at, "%q is not a country code of ISO 3166-1", market)
	}
}

// isMarket reports whether a code is one of ISO 3166-1 alpha-2. The currency library has them all but the Antarctic, and
// some that are only reserved.
func isMarket(code string) bool {
	switch code {
	case "AQ":
		return true
	case "AC", "DG", "IC", "TA", "XK":
		return false
	}
	_, ok := currency.ForCountryCode(code)
	return ok
}
