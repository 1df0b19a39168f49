package trademark

import (
	"slices"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// union is the member states of the European Union, where an EU trade mark is in force.
var union = []listing.Market{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
	"LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}

// split sorts markets into those where a mark is in force as far as is known, and the others.
func split(m *rulebook.Mark, markets []listing.Market) (inForce, elsewhere []listing.Market) {
	if len(m.Territories) == 0 {
		return markets, nil
	}
	for _, market := range markets {
		if covers(m.Territories, market) {
			inForce = append(inForce, market)
		} else {
			elsewhere = append(elsewhere, market)
		}
	}
	return inForce, elsewhere
}

func covers(territories []string, market listing.Market) bool {
	for _, t := range territories {
		if t == "WORLD" || t == string(market) || t == "EU" && slices.Contains(union, market) {
			return true
		}
	}
	return false
}
