package authorization

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
)

// europeanUnion are the member states since 2020-02-01.
var europeanUnion = []string{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
	"IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}

// covers reports whether territories, as a document or record names them, contain a market.
func covers(territories []string, market listing.Market) bool {
	return slices.ContainsFunc(territories, func(t string) bool {
		switch t = strings.ToUpper(strings.TrimSpace(t)); t {
		case "WORLD":
			return true
		case "EU", "EM": // EM is the Union's trade mark office
			return slices.Contains(europeanUnion, string(market))
		case "UK":
			return market == "GB"
		case "EL":
			return market == "GR"
		}
		return t == string(market)
	})
}
