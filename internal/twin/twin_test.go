package twin_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/twin"
)

// mixer is a title of eleven words that count, beside brand, colour and numbers.
const mixer = "Bosch cordless hand mixer with whisk, stainless steel beaters, quiet motor, turbo button, 450 W, white"

// body is a description of twenty words that count.
const body = `The mixer kneads heavy dough, whips cream within seconds, beats eggs evenly and stops without splashing. Its handle stays cool,
the cable reaches every corner, and cleaning takes one minute under running water.`

// base is a listing that others are copies of.
func base() twin.Listing {
	return twin.Listing{ID: "base", Merchant: "m1", Brand: "Bosch", Listed: true, Title: twin.Text{Words: mixer}}
}

// find puts listings before a finder, in order, and returns what it found of the last.
func find(listings ...twin.Listing) *twin.Found {
	f, s := twin.NewFinder(100), twin.Sketcher{}
	var found *twin.Found
	for i := range listings {
		listings[i].Position = int64(i)
		sketch := s.Sketch(&listings[i])
		found = f.Add(&sketch)
	}
	return found
}

// kind is the kind of the first twin.
func kind(f *twin.Found) twin.Kind {
	if f == nil {
		return 0
	}
	return f.Twins[0].Kind
}

// TestKinds changes one of two listings that are the same but for their ids.
func TestKinds(t *testing.T) {
	type listing = twin.Listing
	titled := func(title string) func(a, b *listing) {
		return func(_, b *listing) { b.Merchant, b.Brand, b.Title.Words = "m2", "Kitchino", title }
	}
	for name, row := range map[string]struct {
		change func(a, b *listing)
		want   twin.Kind
	}{
		"the same again":                   {func(_, _ *listing) {}, 0},
		"a colour of it":                   {func(_, b *listing) { b.Title.Words = strings.Replace(mixer, "white", "black", 1) }, 0},
		"a size of it":                     {func(_, b *listing) { b.Title.Words = strings.Replace(mixer, "450 W", "600 watts", 1) }, 0},
		"the maker's text in another shop": {func(_, b *listing) { b.Merchant = "m2" }, 0},
		"the brand with its full name":     {func(_, b *listing) { b.Merchant, b.Brand = "m2", "Bosch Home" }, 0},
		"no brand given":                   {func(_, b *listing) { b.Merchant, b.Brand = "m2", "" }, 0},
		"said to be of no brand":           {func(_, b *listing) { b.Merchant, b.Brand = "m2", "No Brand" }, 0},
		"another merchant and brand":       {titled(mixer), twin.Copied},
		"its own brand in the text":        {titled(strings.Replace(mixer, "Bosch", "KITCHINO", 1)), twin.Copied},
		"words in another order":           {titled("turbo button quiet motor stainless steel beaters whisk hand mixer cordless"), twin.Copied},
		"letters that look alike":          {titled(strings.NewReplacer("o", "о", "a", "а", "e", "е").Replace(mixer)), twin.Copied},
		"emoji and capitals":               {titled("🔥🔥 " + strings.ToUpper(mixer) + " ★★★"), twin.Copied},
		"numbers written otherwise":        {titled(strings.Replace(mixer, "450 W", "0,45 kW", 1)), twin.Copied},
		"one word in ten left out":         {titled(strings.Replace(mixer, "turbo ", "", 1)), twin.Copied},
		"invisible characters":             {titled(strings.ReplaceAll(mixer, "st", "s\u200bt")), twin.Copied},
		"half of the words":                {titled("Kitchino hand mixer with whisk and steel bowl, five speeds, silent, for dough"), 0},
		"other goods":                      {titled("Kitchino cordless vacuum cleaner with brush, stainless steel tube, quiet motor, washable filter"), 0},
		"neither brand known to anybody":   {func(a, b *listing) { a.Listed, b.Listed, b.Merchant, b.Brand = false, false, "m2", "Kitchino" }, twin.Unbranded},
		"another brand in the same shop":   {func(_, b *listing) { b.Brand = "Kitchino" }, twin.Template},
		"another brand, nobody's shop":     {func(a, b *listing) { a.Merchant, b.Merchant, b.Brand = "", "", "Kitchino" }, twin.Template},
		"another model of another brand":   {func(a, b *listing) { models(a, b, "MFQ4020", "KX770-B"); b.Merchant, b.Brand = "m2", "Kitchino" }, 0},
		"the same model of another brand":  {func(a, b *listing) { models(a, b, "MFQ4020", "mfq4020"); b.Merchant, b.Brand = "m2", "Kitchino" }, twin.Copied},
		"models, and the same description": {func(a, b *listing) {
			models(a, b, "MFQ4020", "KX770-B")
			described(a, b)
			b.Merchant, b.Brand = "m2", "Kitchino"
		}, twin.Copied},
		"a short title":                     {func(a, b *listing) { short(a, b); b.Merchant, b.Brand = "m2", "Kitchino" }, 0},
		"a short title, one description":    {func(a, b *listing) { short(a, b); described(a, b); b.Merchant, b.Brand = "m2", "Kitchino" }, twin.Copied},
		"the shop's description":            {func(a, b *listing) { short(a, b); described(a, b); b.Brand = "Kitchino" }, 0},
		"one was rejected":                  {func(a, _ *listing) { a.Rejected = true }, twin.Relisted},
		"the later one is":                  {func(_, b *listing) { b.Rejected = true }, twin.Relisted},
		"both were rejected":                {func(a, b *listing) { a.Rejected, b.Rejected = true, true }, 0},
		"one was rejected, of another shop": {func(a, b *listing) { a.Rejected, b.Merchant = true, "m2" }, twin.Alike},
		"a picture, one shop":               {func(a, b *listing) { pictured(a, b); b.Brand = "Kitchino" }, 0},
		"a picture, another shop and brand": {func(a, b *listing) { pictured(a, b); b.Merchant, b.Brand = "m2", "Kitchino" }, twin.Pictured},
		"a picture, another shop":           {func(a, b *listing) { pictured(a, b); b.Merchant = "m2" }, 0},
		"a picture, unknown brands": {func(a, b *listing) {
			pictured(a, b)
			a.Listed, b.Listed, b.Merchant, b.Brand = false, false, "m2", "Kitchino"
		}, twin.Unbranded},
		"a picture, sizes of one maker": {func(a, b *listing) {
			pictured(a, b)
			b.Merchant, a.GTIN, b.GTIN = "m2", "4006381333931", "4006381333948"
		}, 0},
		"a picture, codes of two companies": {func(a, b *listing) {
			pictured(a, b)
			b.Merchant, a.GTIN, b.GTIN = "m2", "4006381333931", "5901234123457"
		}, twin.Coded},
		"a picture, a code that cannot be": {func(a, b *listing) {
			pictured(a, b)
			b.Merchant, a.GTIN, b.GTIN = "m2", "4006381333931", "5901234123450"
		}, 0},
		"Chinese, another brand":          {chinese("厨味无线手持打蛋器不锈钢搅拌棒静音电机涡轮按钮"), twin.Copied},
		"Chinese, words in another order": {chinese("厨味静音电机涡轮按钮不锈钢搅拌棒无线手持打蛋器"), twin.Copied},
		"Chinese, other goods":            {chinese("厨味无线吸尘器不锈钢管静音电机可水洗滤网"), 0},
	} {
		a, b := base(), base()
		b.ID = "copy"
		row.change(&a, &b)
		for _, order := range [][]twin.Listing{{a, b}, {b, a}} {
			if got := kind(find(order...)); got != row.want {
				t.Errorf("%s, %s first: kind %d, want %d", name, order[0].ID, got, row.want)
			}
		}
	}
}

func models(a, b *twin.Listing, x, y string) {
	a.Title.Words, b.Title.Words = mixer+" "+x, mixer+" "+y
}

func described(a, b *twin.Listing) {
	a.Body, b.Body = []twin.Text{{Words: body}}, []twin.Text{{Words: body}}
}

func short(a, b *twin.Listing) {
	a.Title.Words, b.Title.Words = "Bosch hand mixer", "Kitchino hand mixer"
}

// pictured gives both a picture and titles that have nothing in common.
func pictured(a, b *twin.Listing) {
	a.Images, b.Images = []string{"aa", "cc"}, []string{"bb", "aa"}
	b.Title.Words = "Mixer for the kitchen"
}

func chinese(title string) func(a, b *twin.Listing) {
	return func(a, b *twin.Listing) {
		a.Brand, a.Title.Words = "博世", "博世无线手持打蛋器 不锈钢搅拌棒 静音电机 涡轮按钮 450W 白色"
		b.Merchant, b.Brand, b.Title.Words = "m2", "厨味", title
	}
}

// TestMarksAreLeftOut: the words of a mark, wherever its places end, change nothing.
func TestMarksAreLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mark := rapid.SampledFrom([]string{"Acme", "ÅCME", "艾克米", "a c m e", "Acme-Ultra Home"}).Draw(t, "mark")
		at := rapid.IntRange(0, len(mixer)).Draw(t, "at")
		title := mixer[:at] + " " + mark + " " + mixer[at:]
		with := base()
		with.Title = twin.Text{Words: title, Marks: []twin.Span{{at + 1, at + 1 + len(mark)}}}
		without := base()
		without.Title.Words = mixer[:at] + " " + mixer[at:]
		var s twin.Sketcher
		a, b := s.Sketch(&with), s.Sketch(&without)
		if diff := cmp.Diff(a.Title, b.Title); diff != "" || a.Words != b.Words {
			t.Errorf("with the mark %q: %q, without: %q\n%s", mark, a.Words, b.Words, diff)
		}
	})
}

// TestLikeIsTheShareInCommon holds the estimate to the share, exactly where sets are small, else within its margin 19 times
// in 20.
func TestLikeIsTheShareInCommon(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	missed, rounds := 0, 0
	for range 3000 {
		n := 1 + random.IntN(80)
		both := random.IntN(n + 1)
		a, b := titleOf(random, n, both)
		share, margin := a.Like(b)
		want := float64(both) / float64(2*n-both)
		switch off := share - want; {
		case n <= 24 && (off != 0 || margin != 0):
			t.Fatalf("%d words, %d in both: %v ± %v, want exactly %v", n, both, share, margin, want)
		case n > 24:
			rounds++
			if max(off, -off) > margin {
				missed++
			}
		}
	}
	if missed*20 > rounds*2 {
		t.Errorf("%d of %d estimates are farther off than their margin", missed, rounds)
	}
}

// titleOf makes the sets of two texts of n words, of which so many are the same.
func titleOf(random *rand.Rand, n, both int) (a, b twin.Set) {
	words := func(k int) []string {
		var all []string
		for len(all) < k {
			all = append(all, fmt.Sprintf("w%s", letters(random.Uint64())))
		}
		return all
	}
	common := words(both)
	set := func() twin.Set {
		var s twin.Sketcher
		l := twin.Listing{Title: twin.Text{Words: strings.Join(append(words(n-both), common...), " ")}}
		return s.Sketch(&l).Title
	}
	return set(), set()
}

func letters(n uint64) string {
	var b strings.Builder
	for range 10 {
		b.WriteByte(byte('a' + n%26))
		n /= 26
	}
	return b.String()
}

// batch draws a few listings of few texts, brands and merchants.
func batch() *rapid.Generator[[]twin.Listing] {
	titles := []string{mixer, "Oak dining chair, curved back, padded seat, four legs, carved by hand, natural oil finish, stackable",
		"Waterproof hiking backpack, ventilated back panel, rain cover, hip belt, bottle pockets, reflective straps"}
	one := rapid.Custom(func(t *rapid.T) twin.Listing {
		return twin.Listing{Merchant: rapid.SampledFrom([]string{"", "m1", "m2"}).Draw(t, "merchant"),
			Brand:    rapid.SampledFrom([]string{"", "Bosch", "Kitchino", "Lumen"}).Draw(t, "brand"),
			Rejected: rapid.IntRange(0, 9).Draw(t, "rejected") == 0, Listed: true,
			Title: twin.Text{Words: rapid.SampledFrom(titles).Draw(t, "title")}}
	})
	return rapid.Custom(func(t *rapid.T) []twin.Listing {
		all := rapid.SliceOfN(one, 2, 5).Draw(t, "listings")
		for i := range all {
			all[i].ID = fmt.Sprint("s", i)
		}
		return all
	})
}

// TestOrderChangesOnlyWhoIsCalledTheTwin: whichever way a batch is ordered, the same merchants and brands stand against each
// other, by the same kind.
func TestOrderChangesOnlyWhoIsCalledTheTwin(t *testing.T) {
	against := func(all []twin.Listing) []string {
		f, s := twin.NewFinder(100), twin.Sketcher{}
		var pairs []string
		for i := range all {
			sketch := s.Sketch(&all[i])
			found := f.Add(&sketch)
			if found == nil {
				continue
			}
			for _, other := range found.Twins {
				pair := []string{whose(&found.Ref, all[i].Title.Words), whose(&other.Ref, all[i].Title.Words)}
				slices.Sort(pair)
				pairs = append(pairs, fmt.Sprint(other.Kind, pair))
			}
		}
		slices.Sort(pairs)
		return slices.Compact(pairs)
	}
	rapid.Check(t, func(t *rapid.T) {
		all := batch().Draw(t, "batch")
		other := rapid.Permutation(all).Draw(t, "order")
		if diff := cmp.Diff(against(all), against(other)); diff != "" {
			t.Errorf("(-one order +another):\n%s", diff)
		}
	})
}

func whose(r *twin.Ref, title string) string {
	return fmt.Sprint(r.Merchant, "/", r.Brand, "/", r.Rejected, "/", title[:4])
}

// TestWhatIsKeptIsBounded: of listings that stand farther apart than the window nothing is found, of nearer ones everything, whatever
// stands between them.
func TestWhatIsKeptIsBounded(t *testing.T) {
	const window = 50
	for _, apart := range []int{1, window - 1, window, window + 1, 3 * window} {
		f, s := twin.NewFinder(window), twin.Sketcher{}
		first := base()
		sketch := s.Sketch(&first)
		f.Add(&sketch)
		for i := range apart - 1 {
			between := twin.Listing{ID: fmt.Sprint(i), Merchant: "m", Brand: "Lumen", Title: twin.Text{Words: strings.Repeat(letters(uint64(i+1)*0x9e3779b97f4a7c15)+" ", 2) + "lamp shade"}}
			sketch := s.Sketch(&between)
			f.Add(&sketch)
		}
		last := base()
		last.Merchant, last.Brand = "m2", "Kitchino"
		sketch = s.Sketch(&last)
		if found := f.Add(&sketch); (found != nil) != (apart <= window) {
			t.Errorf("%d apart in a window of %d: %v", apart, window, found)
		}
	}
}

// TestStockPictures: a picture under many brands is nobody's.
func TestStockPictures(t *testing.T) {
	f, s := twin.NewFinder(100), twin.Sketcher{}
	var told []bool
	for i := range 12 {
		l := twin.Listing{ID: fmt.Sprint(i), Merchant: fmt.Sprint("m", i), Brand: letters(uint64(i+1) * 0x9e3779b97f4a7c15), Listed: true, Images: []string{"none available"}}
		sketch := s.Sketch(&l)
		told = append(told, f.Add(&sketch) != nil)
	}
	if told[0] || !told[1] || !told[5] || slices.Contains(told[6:], true) {
		t.Errorf("told of a picture under ever more brands: %v", told)
	}
}

// TestCrowdsCostNoMore: a thousand copies have as many twins each as are told of one, and find them in the same few.
func TestCrowdsCostNoMore(t *testing.T) {
	f, s := twin.NewFinder(2000), twin.Sketcher{}
	for i := range 1000 {
		l := base()
		l.ID, l.Merchant, l.Brand = fmt.Sprint(i), fmt.Sprint("m", i), letters(uint64(i+1)*0x9e3779b97f4a7c15)
		sketch := s.Sketch(&l)
		if found := f.Add(&sketch); i > 0 && (found == nil || len(found.Twins) > twin.MaxTwins) {
			t.Fatalf("copy %d: %v", i, found)
		}
	}
}
