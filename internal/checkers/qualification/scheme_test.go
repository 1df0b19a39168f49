package qualification

import "testing"

// TestStandardsByName: a part, an edition and an adoption of a standard name it, and a neighbour by number does not.
func TestStandardsByName(t *testing.T) {
	for _, row := range []struct {
		wanted, named string
		want          bool
	}{
		{"EN 71-1", "EN 71-1:2014+A1:2018", true},
		{"EN 71", "EN71-3", true},
		{"EN 71-1", "EN 71-12", false},
		{"EN 71-1", "EN 711", false},
		{"EN 71-1", "DIN EN 71-1:2018-12", true},
		{"ISO 9001", "GB/T 19001-2016 / ISO 9001:2015", true},
		{"ISO 9001", "ISO 90011", false},
		{"ISO 9001", "9001 ISO", false},
		{"GB 6675", "ＧＢ ６６７５．１－２０１４", true},
		{"UN 38.3", "UN38.3", true},
		{"16 CFR 1110", "16CFR1110", true},
		{"CCC", "CCC 3C", true},
		{"CCC", "CCCC", false},
		{"食品经营许可证", "食品经营许可证（新办）", true},
		{"食品经营许可证", "食品经营", false},
		{"Café", "CAFÉ 2", true},
		{"EN 71-1", "", false},
		{"--", "anything", false},
	} {
		if got := namedBy(schemeTokens(row.wanted), schemeTokens(row.named)); got != row.want {
			t.Errorf("%q named by %q: %v", row.wanted, row.named, got)
		}
	}
}
