package rulebook

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// taxonomyPaths are all paths of Google's product taxonomy of August 2025, which it publishes for use in feeds.
func taxonomyPaths(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("testdata/taxonomy.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

// Every path of the taxonomy resolves, by itself or by the nearest path above; the two upper levels say themselves.
func TestEmbeddedPlacesTheTaxonomy(t *testing.T) {
	b := load(t, embedded.FS())
	paths := taxonomyPaths(t)
	if len(paths) < 5000 {
		t.Fatalf("%d paths", len(paths))
	}
	for _, path := range paths {
		c := b.Categories.Find(path)
		if fold := b.Categories.fold; foldPath(c.Path, fold) != foldPath(path, fold) || len(c.NiceClasses) == 0 || c.CompatibleOK == Inherited {
			t.Errorf("Find(%q) = %+v: not placed", path, c)
		}
		if len(c.NiceClasses) > 16 || !slices.IsSorted(c.NiceClasses) {
			t.Errorf("%q has the classes %v: too many to say anything, or not in order", path, c.NiceClasses)
		}
		above := b.Categories.Find(path).Parent()
		if strings.Count(path, " > ") < 2 && b.Categories.rows[foldPath(path, b.Categories.fold)].NiceClasses == nil {
			t.Errorf("%q has no row with classes of its own, and inherits those of %q", path, above.Path)
		}
	}
	for _, row := range b.Categories.rows {
		if _, found := slices.BinarySearch(paths, row.Path); !found {
			t.Errorf("the category %q is not in the taxonomy", row.Path)
		}
	}
}

// Goods whose class is beyond doubt are in it.
func TestEmbeddedClassesOfGoods(t *testing.T) {
	b := load(t, embedded.FS())
	paths := taxonomyPaths(t)
	f, err := os.Open("testdata/goods_classes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for scan := bufio.NewScanner(f); scan.Scan(); {
		path, class, ok := strings.Cut(scan.Text(), " | ")
		if !ok {
			continue
		}
		n++
		want, err := strconv.Atoi(class)
		if _, found := slices.BinarySearch(paths, path); !found || err != nil {
			t.Errorf("%q: no path of the taxonomy, or no class: %v", scan.Text(), err)
		}
		if got := b.Categories.Find(path).NiceClasses; !slices.Contains(got, want) {
			t.Errorf("%q is in %v, want class %d among them", path, got, want)
		}
	}
	if n < 100 {
		t.Errorf("%d goods", n)
	}
}

// What no book knows has no class, and a category below a known one has the classes of that.
func TestEmbeddedUnknownCategory(t *testing.T) {
	b := load(t, embedded.FS())
	for _, name := range []string{"", "Something else", "Something > Shoes", " > ", "Apparel & Something"} {
		if c := b.Categories.Find(name); c.Path != "" || c.NiceClasses != nil {
			t.Errorf("Find(%q) = %+v, want the zero category", name, c)
		}
	}
	shoes := b.Categories.Find("Apparel & Accessories > Shoes")
	if below := b.Categories.Find("apparel & accessories>SHOES > Clogs > Red"); !slices.Equal(below.NiceClasses, shoes.NiceClasses) {
		t.Errorf("below shoes: %+v, want the classes of %+v", below, shoes)
	}
}
