package main

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/assay-project/assay/internal/twin"
)

// minLong is how many words of a title must count for it to be copied.
const minLong = 10

// maxOriginals bounds how many listings are copied.
const maxOriginals = 2000

//go:embed titles.txt
var titles string

// ownTitles are those of this package.
func ownTitles() []row {
	var rows []row
	for line := range strings.Lines(titles) {
		if brand, title, ok := strings.Cut(strings.TrimSpace(line), " | "); ok && !strings.HasPrefix(brand, "#") {
			rows = append(rows, row{ID: fmt.Sprint("own-", len(rows)), Brand: brand, Title: title})
		}
	}
	return rows
}

// A change is what is done to a title that is copied.
type change struct {
	name string
	do   func(r *rand.Rand, title string) string
	// honest changes leave brand and merchant alone, and nothing is to be found.
	honest bool
	// otherShop is an honest change by another merchant.
	otherShop bool
}

var changes = []change{
	{name: "another brand", do: as},
	{name: "words in another order", do: shuffled},
	{name: "letters that look alike", do: lookAlike},
	{name: "emoji and capitals", do: func(_ *rand.Rand, t string) string { return "🔥🔥 " + strings.ToUpper(t) + " ✅ ★★★★★" }},
	{name: "numbers written otherwise", do: numbers},
	{name: "another colour and size", do: sized},
	{name: "one word in ten left out", do: leaving(10)},
	{name: "one word in five left out", do: leaving(5)},
	{name: "one word in ten added", do: adding(10)},
	{name: "digits for letters in one word in ten", do: digits},
	{name: "order, look-alikes, emoji, one in ten left out", do: func(r *rand.Rand, t string) string {
		return "✨ " + lookAlike(r, shuffled(r, leaving(10)(r, t)))
	}},
	{name: "every second word another", do: func(r *rand.Rand, t string) string { return adding(2)(r, leaving(2)(r, t)) }},
	{name: "honest: another colour and size", do: sized, honest: true},
	{name: "honest: another shop, same brand", do: as, honest: true, otherShop: true},
	{name: "honest: another shop and size", do: sized, honest: true, otherShop: true},
}

// recall copies listings and counts how many copies are found, by change.
func (b *board) recall(ctx context.Context, originals []row) error {
	r := rand.New(rand.NewPCG(b.seed, 2))
	r.Shuffle(len(originals), func(i, j int) { originals[i], originals[j] = originals[j], originals[i] })
	originals = originals[:min(len(originals), maxOriginals)]
	sketches := make([]twin.Sketch, len(originals))
	for i, o := range originals {
		var err error
		if sketches[i], err = b.sketch(ctx, o, fmt.Sprint("seller-", i)); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(b.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\ncopies of %d listings\tfound\t\n", len(originals))
	for _, c := range changes {
		found, err := b.copies(ctx, originals, sketches, c, r)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%.1f %%\t\n", c.name, 100*float64(found)/float64(max(1, len(originals))))
	}
	return w.Flush()
}

// copies makes a copy of each listing, and counts those that have a twin.
func (b *board) copies(ctx context.Context, originals []row, sketches []twin.Sketch, c change, r *rand.Rand) (int, error) {
	finder := twin.NewFinder(twin.Window)
	for i := range sketches {
		finder.Add(&sketches[i])
	}
	n := 0
	for i, o := range originals {
		brand, merchant, title := "Zuvelo", "copier", o.Title
		if c.honest {
			brand, merchant = o.Brand, fmt.Sprint("seller-", i)
		} else {
			title = regexp.MustCompile("(?i)"+regexp.QuoteMeta(o.Brand)).ReplaceAllLiteralString(title, brand)
		}
		if c.otherShop {
			merchant = "other shop"
		}
		made := row{ID: "copy of " + o.ID, Brand: brand, Title: c.do(r, title), Market: o.Market, Category: o.Category}
		sketch, err := b.sketch(ctx, made, merchant)
		if err != nil {
			return 0, err
		}
		if finder.Add(&sketch) != nil {
			n++
		}
	}
	return n, nil
}

// sketch judges a listing and makes its sketch.
func (b *board) sketch(ctx context.Context, r row, merchant string) (twin.Sketch, error) {
	l, err := b.listing(ctx, r, merchant)
	if err != nil {
		return twin.Sketch{}, err
	}
	var s twin.Sketcher
	return s.Sketch(&l), nil
}

func as(_ *rand.Rand, title string) string { return title }

func shuffled(r *rand.Rand, title string) string {
	words := strings.Fields(title)
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return strings.Join(words, " ")
}

func lookAlike(_ *rand.Rand, title string) string {
	return strings.NewReplacer("a", "а", "e", "е", "o", "о", "p", "р", "c", "с", "x", "х").Replace(title)
}

var number = regexp.MustCompile(`\b\d+([.,]\d+)?\b`)

// numbers writes numbers as another language does, or as words of one more place.
func numbers(_ *rand.Rand, title string) string {
	return number.ReplaceAllStringFunc(title, func(n string) string {
		if whole, places, ok := strings.Cut(strings.ReplaceAll(n, ",", "."), "."); ok {
			return whole + "," + places + "0"
		}
		return n + ".0"
	})
}

var colour = regexp.MustCompile(`(?i)\b(white|black|navy|green|pink|silber|rot|bleu|rouge|verte|negra|blanco|rossa|red|blue|grey)\b|白色`)

// sized gives goods another colour and other numbers.
func sized(r *rand.Rand, title string) string {
	title = colour.ReplaceAllString(title, cmp.Or(map[bool]string{true: "黑色"}[strings.Contains(title, "白色")], "black"))
	return number.ReplaceAllStringFunc(title, func(string) string { return strconv.Itoa(1 + r.IntN(99)) })
}

// leaving leaves one word in n out.
func leaving(n int) func(*rand.Rand, string) string {
	return func(r *rand.Rand, title string) string {
		words := strings.Fields(title)
		left := max(1, len(words)/n)
		for range left {
			at := r.IntN(len(words))
			words = slices.Delete(words, at, at+1)
		}
		return strings.Join(words, " ")
	}
}

// adding puts a word that means nothing among every n.
func adding(n int) func(*rand.Rand, string) string {
	return func(r *rand.Rand, title string) string {
		words := strings.Fields(title)
		for range max(1, len(words)/n) {
			words = slices.Insert(words, r.IntN(len(words)+1), fmt.Sprintf("%c%c%co%cin", 'b'+rune(r.IntN(20)), 'a', 'l'+rune(r.IntN(8)), 'd'+rune(r.IntN(9))))
		}
		return strings.Join(words, " ")
	}
}

// digits writes one word in ten with digits.
func digits(r *rand.Rand, title string) string {
	words := strings.Fields(title)
	for range max(1, len(words)/10) {
		at := r.IntN(len(words))
		words[at] = strings.NewReplacer("e", "3", "o", "0", "i", "1", "a", "4").Replace(words[at])
	}
	return strings.Join(words, " ")
}
