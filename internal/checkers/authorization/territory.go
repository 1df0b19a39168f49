package authorization

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
)

// covers reports whether territories, as a document or record names them, contain a market.
func covers(territories []string, market listing.Market) bool {
	return slices.ContainsFunc(territories, func(t string) bool {
		switch t = strings.ToUpper(strings.TrimSpace(t)); t {
		case "WORLD":
			return true
		case "EU", "EM": // EM is the Union's trade mark office
			return market.InUnion()
		case "UK":
			return market == "GB"
		case "EL":
			return market == "GR"
		}
		return t == string(market)
	})
}
