package listing

import "slices"

// union are the member states of the European Union since 2020-02-01.
var union = []Market{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
	"LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}

// InUnion reports whether the market is a member state of the European Union.
func (m Market) InUnion() bool { return slices.Contains(union, m) }
