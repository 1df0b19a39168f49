package rulebook

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/text"
)

func taxonomy() *Categories {
	return NewCategories([]CategoryRow{
		{Path: "Apparel & Accessories", NiceClasses: []int{25}, CompatibleOK: No},
		{Path: "Apparel & Accessories > Shoes"},
		{Path: "Apparel & Accessories > Watches", NiceClasses: []int{14}},
		{Path: "Electronics > Phone Cases", CompatibleOK: Yes},
	}, map[string]string{"women_shoes": "Apparel & Accessories > Shoes", "Cases": "Electronics > Phone Cases"}, text.Key)
}

func TestFind(t *testing.T) {
	shoes := Category{Path: "Apparel & Accessories > Shoes", NiceClasses: []int{25}, CompatibleOK: No}
	for name, want := range map[string]Category{
		"Apparel & Accessories > Shoes":   shoes,
		"APPAREL & accessories>shoes":     shoes,
		"women_shoes":                     shoes,
		"Women Shoes":                     shoes,
		"Apparel & Accessories > Watches": {Path: "Apparel & Accessories > Watches", NiceClasses: []int{14}, CompatibleOK: No},
		"Apparel & Accessories > Shoes > Boots": {Path: "Apparel & Accessories > Shoes > boots", NiceClasses: []int{25},
			CompatibleOK: No},
		"cases":       {Path: "Electronics > Phone Cases", CompatibleOK: Yes},
		"Electronics": {},
		"":            {},
		" > ":         {},
		"Toys":        {},
	} {
		if diff := cmp.Diff(want, taxonomy().Find(name)); diff != "" {
			t.Errorf("Find(%q) (-want +got):\n%s", name, diff)
		}
	}
}

func TestFindAsWrittenAllocatesNothing(t *testing.T) {
	c := taxonomy()
	for _, name := range []string{"Apparel & Accessories > Shoes", "women_shoes", ""} {
		if n := testing.AllocsPerRun(100, func() { c.Find(name) }); n != 0 {
			t.Errorf("Find(%q) allocates %v times", name, n)
		}
	}
}

func TestUnder(t *testing.T) {
	shoes := taxonomy().Find("women_shoes")
	for _, c := range []struct {
		category Category
		roots    []string
		want     bool
	}{
		{shoes, []string{"Electronics", "Apparel & Accessories"}, true},
		{shoes, []string{"Apparel & Accessories > Shoes"}, true},
		{shoes, []string{"Apparel"}, false},
		{shoes, nil, true},
		{Category{}, []string{"Electronics"}, true},
	} {
		if got := c.category.Under(c.roots); got != c.want {
			t.Errorf("%q under %q: %v, want %v", c.category.Path, c.roots, got, c.want)
		}
	}
}
