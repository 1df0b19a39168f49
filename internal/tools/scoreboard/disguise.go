package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// A disguise is a way of sellers to hide a mark.
type disguise struct {
	name string
	hide func(random *rand.Rand, mark []rune) []rune
}

var disguises = []disguise{
	{"plain", func(_ *rand.Rand, m []rune) []rune { return m }},
	{"other case", func(random *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if random.IntN(2) == 0 {
				return []rune{unicode.ToUpper(r)}
			}
			return []rune{unicode.ToLower(r)}
		})
	}},
	{"look-alike", func(random *rand.Rand, m []rune) []rune { return swapOne(random, m, lookAlikes) }},
	{"leet", func(random *rand.Rand, m []rune) []rune { return swapOne(random, m, leets) }},
	{"fullwidth", func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if r > ' ' && r < 0x7F {
				r += 0xFEE0
			}
			return []rune{r}
		})
	}},
	{"in circles", func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if r := unicode.ToLower(r); r >= 'a' && r <= 'z' {
				return []rune{0x24D0 + r - 'a'}
			}
			return []rune{r}
		})
	}},
	{"dotted", func(_ *rand.Rand, m []rune) []rune { return spell(m, '.') }},
	{"spaced", func(_ *rand.Rand, m []rune) []rune { return spell(m, ' ') }},
	{"one star inside", func(random *rand.Rand, m []rune) []rune { return insert(random, m, '*') }},
	{"one dot inside", func(random *rand.Rand, m []rune) []rune { return insert(random, m, '.') }},
	{"split by a space", func(random *rand.Rand, m []rune) []rune { return insert(random, m, ' ') }},
	{"invisible inside", func(random *rand.Rand, m []rune) []rune { return insert(random, m, 0x200B) }},
	{"struck through", func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune { return []rune{r, 0x0336} })
	}},
	{"letter starred out", func(random *rand.Rand, m []rune) []rune {
		m = slices.Clone(m)
		m[inside(random, m)] = '*'
		return m
	}},
	{"letter repeated", func(random *rand.Rand, m []rune) []rune {
		at := inside(random, m)
		return slices.Insert(slices.Clone(m), at, m[at], m[at])
	}},
	{"letter missing", func(random *rand.Rand, m []rune) []rune {
		at := inside(random, m)
		return slices.Delete(slices.Clone(m), at, at+1)
	}},
	{"letter doubled", func(random *rand.Rand, m []rune) []rune {
		at := inside(random, m)
		return slices.Insert(slices.Clone(m), at, m[at])
	}},
	{"letters swapped", func(random *rand.Rand, m []rune) []rune {
		m = slices.Clone(m)
		at := min(inside(random, m), len(m)-2)
		m[at], m[at+1] = m[at+1], m[at]
		return m
	}},
	{"letter changed", func(random *rand.Rand, m []rune) []rune {
		m = slices.Clone(m)
		m[inside(random, m)] = rune('a' + random.IntN(26))
		return m
	}},
}

var lookAlikes = map[rune]rune{'a': 'а', 'c': 'с', 'e': 'е', 'i': 'і', 'o': 'о', 'p': 'р', 's': 'ѕ', 'x': 'х', 'y': 'у', 'j': 'ј',
	'A': 'А', 'B': 'В', 'C': 'С', 'E': 'Е', 'H': 'Н', 'K': 'К', 'M': 'М', 'O': 'О', 'P': 'Р', 'T': 'Т', 'X': 'Х'}

var leets = map[rune]rune{'a': '@', 'e': '3', 'i': '1', 'o': '0', 's': '$', 'l': '1', 't': '7', 'b': '8'}

func each(m []rune, f func(rune) []rune) []rune {
	var out []rune
	for _, r := range m {
		out = append(out, f(r)...)
	}
	return out
}

// swapOne puts a stand-in for one letter that has one; nil: none has.
func swapOne(random *rand.Rand, m []rune, swaps map[rune]rune) []rune {
	var at []int
	for i, r := range m {
		if swaps[r] != 0 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	m = slices.Clone(m)
	i := at[random.IntN(len(at))]
	m[i] = swaps[m[i]]
	return m
}

func spell(m []rune, between rune) []rune {
	var out []rune
	for i, r := range m {
		if i > 0 && unicode.IsLetter(r) && unicode.IsLetter(m[i-1]) {
			out = append(out, between)
		}
		out = append(out, r)
	}
	return out
}

// inside is a letter of the mark between two others.
func inside(random *rand.Rand, m []rune) int {
	var at []int
	for i := 1; i < len(m)-1; i++ {
		if unicode.IsLetter(m[i-1]) && unicode.IsLetter(m[i]) && unicode.IsLetter(m[i+1]) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return len(m) / 2
	}
	return at[random.IntN(len(at))]
}

func insert(random *rand.Rand, m []rune, r rune) []rune {
	return slices.Insert(slices.Clone(m), inside(random, m)+random.IntN(2), r)
}

// recall plants disguised marks in titles that mention none, and counts which come out.
func (b *board) recall(ctx context.Context, out io.Writer, titles []string, o options) error {
	marks := b.plantable()
	if len(titles) == 0 || len(marks) == 0 {
		return fmt.Errorf("plant disguises: %d titles without a mark, %d marks", len(titles), len(marks))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\ndisguise\tplanted\tmark mentioned\tREVIEW or REJECT\t\n")
	for _, d := range disguises {
		random := rand.New(rand.NewPCG(uint64(o.seed), uint64(len(d.name))))
		planted, mentioned, flagged := 0, 0, 0
		for range o.disguises {
			mark := marks[random.IntN(len(marks))]
			hidden := d.hide(random, []rune(mark.Text))
			if hidden == nil || d.name != "plain" && string(hidden) == mark.Text {
				continue
			}
			r := row{ID: "planted", Title: plant(random, titles[random.IntN(len(titles))], string(hidden)), Market: "US"}
			if len(mark.HomeCategories) > 0 && random.IntN(2) == 0 {
				r.Category = mark.HomeCategories[0]
			}
			report := b.plan.Run(ctx, r.submission(), nil)
			if err := report.Outcomes[0].Err; err != nil {
				return fmt.Errorf("title %q: %w", r.Title, err)
			}
			planted++
			if !b.mentions(report, mark.ID) {
				b.examples.offer("missed "+d.name, mark.Text, r, "")
				continue
			}
			mentioned++
			if b.asksForPerson(report) {
				flagged++
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t\n", d.name, planted, share(mentioned, planted), share(flagged, planted))
	}
	return w.Flush()
}

// plantable are the watched marks of five Latin letters or more.
func (b *board) plantable() []*rulebook.Mark {
	gated := make(map[string]bool)
	for _, g := range b.book.Gates {
		for _, id := range g.Marks {
			gated[id] = true
		}
	}
	var marks []*rulebook.Mark
	for i := range b.book.Marks {
		m := &b.book.Marks[i]
		latin := !strings.ContainsFunc(m.Text, func(r rune) bool { return r > unicode.MaxLatin1 })
		if (m.Famous || gated[m.ID]) && latin && len(m.Text) >= 5 {
			marks = append(marks, m)
		}
	}
	return marks
}

// plant puts a word at the beginning of a title, or between two of its words.
func plant(random *rand.Rand, title, word string) string {
	words := strings.Fields(title)
	return strings.Join(slices.Insert(words, random.IntN(min(3, len(words)+1)), word), " ")
}

func (b *board) mentions(report *check.Report, id string) bool {
	for _, m := range b.stage.In(report).Mentions {
		if m.MarkID == id {
			return true
		}
	}
	return false
}

func (b *board) asksForPerson(report *check.Report) bool {
	return slices.ContainsFunc(report.Findings, func(f check.Finding) bool {
		return b.book.Decisions.Row(f.Code, f.Variant).Effect >= verdict.Review
	})
}
