package report

import (
	"fmt"
	"math"
	"regexp"
	"testing"
)

// Who sees no colours at all can tell apart decisions that touch in a bar, in every set of colours that the page has.
func TestColours(t *testing.T) {
	sets := regexp.MustCompile(`--approve: #(\w{6}); --review: #(\w{6}); --reject: #(\w{6}); --error: #(\w{6});`).FindAllStringSubmatch(asset("page.css"), -1)
	if len(sets) != 3 {
		t.Fatalf("%d sets of colours: light, dark and print are wanted", len(sets))
	}
	for _, set := range sets {
		for _, pair := range [][2]int{{1, 2}, {2, 3}, {3, 4}, {1, 3}} {
			if c := contrast(set[pair[0]], set[pair[1]]); c < 1.4 {
				t.Errorf("%v: #%s and #%s differ by %.2f", set[0], set[pair[0]], set[pair[1]], c)
			}
		}
	}
}

// contrast is that of two colours as WCAG 2 defines it: 1 for none.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	var r, g, b int
	_, _ = fmt.Sscanf(colour, "%02x%02x%02x", &r, &g, &b) // the expression found six digits
	linear := func(c int) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
