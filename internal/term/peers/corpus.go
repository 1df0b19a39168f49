package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// A corpus is a made-up market: marks, the vocabulary of its listings, and listings.
type corpus struct {
	rng        *rand.Rand
	vocabulary []string // ordinary words, frequent ones first
	marks      []string
	seen       map[string]bool
}

// newCorpus makes a vocabulary of 20,000 words and n distinct marks.
func newCorpus(seed uint64, n int) *corpus {
	c := &corpus{rng: rand.New(rand.NewPCG(seed, 0)), seen: map[string]bool{}}
	for len(c.vocabulary) < 20_000 {
		if w := c.word("bdfglmnprst", 2, 3); !c.seen[w] {
			c.seen[w] = true
			c.vocabulary = append(c.vocabulary, w)
		}
	}
	clear(c.seen)
	for len(c.marks) < n {
		if m := c.mark(); !c.seen[strings.ToLower(m)] {
			c.seen[strings.ToLower(m)] = true
			c.marks = append(c.marks, m)
		}
	}
	return c
}

// word makes a word of from to to syllables that begin with one of the consonants.
func (c *corpus) word(consonants string, from, to int) string {
	const vowels, codas = "aeiou", "nrsltkmx"
	var b strings.Builder
	for range from + c.rng.IntN(to-from+1) {
		b.WriteByte(consonants[c.rng.IntN(len(consonants))])
		b.WriteByte(vowels[c.rng.IntN(len(vowels))])
		if c.rng.IntN(3) == 0 {
			b.WriteByte(codas[c.rng.IntN(len(codas))])
		}
	}
	return b.String()
}

func (c *corpus) coined() string {
	w := c.word("bcdfghjklmnpqrstvwxyz", 2, 4)
	return strings.ToUpper(w[:1]) + w[1:]
}

func (c *corpus) ordinary() string {
	// Frequent words are far more frequent: the square of a uniform number.
	u := c.rng.Float64()
	return c.vocabulary[int(u*u*u*float64(len(c.vocabulary)))]
}

// mark makes one mark: one to five words, most of them coined, some in other scripts.
func (c *corpus) mark() string {
	switch k := c.rng.IntN(100); {
	case k < 2:
		return c.vocabulary[4*c.rng.IntN(len(c.vocabulary)/4)] // one of the dictionary words that are marks
	case k < 6:
		return c.runes(0x4E00, 3000, 2, 4)
	case k < 7:
		return c.runes(0x30A1, 80, 3, 6)
	case k < 8:
		return c.runes(0xAC00, 11000, 2, 4)
	case k < 10:
		return c.runes(0x0430, 32, 4, 9)
	case k < 11:
		return c.runes(0x0627, 20, 3, 7)
	case k < 15:
		return strings.ToUpper(c.word("bcdfgkmnprstxz", 1, 1)) + strconv.Itoa(c.rng.IntN(1000))
	case k < 60:
		return c.coined()
	}
	words := []string{c.coined(), c.ordinary()}
	for c.rng.IntN(3) == 0 && len(words) < 5 {
		words = append(words, c.coined())
	}
	return strings.Join(words, " ")
}

func (c *corpus) runes(first rune, n, from, to int) string {
	var b strings.Builder
	for range from + c.rng.IntN(to-from+1) {
		b.WriteRune(first + rune(c.rng.IntN(n)))
	}
	return b.String()
}

// text makes a listing of about n bytes: ordinary words, sizes and model numbers, and a mark in
// one title of three; one text of eight is in another script.
func (c *corpus) text(n int) string {
	var b strings.Builder
	foreign := c.rng.IntN(8) == 0
	for b.Len() < n {
		switch k := c.rng.IntN(60); {
		case k == 0:
			b.WriteString(c.marks[c.rng.IntN(len(c.marks))])
		case k < 3:
			b.WriteString(strconv.Itoa(c.rng.IntN(500)))
		case k == 3:
			b.WriteString(strings.ToUpper(c.word("bcdf", 1, 1)) + "-" + strconv.Itoa(c.rng.IntN(9999)))
		case k == 4:
			b.WriteString(c.coined()) // a name nobody registered
		case foreign && k < 40:
			b.WriteString(c.runes(0x4E00, 3000, 2, 6))
		default:
			w := c.ordinary()
			if c.rng.IntN(2) == 0 {
				w = strings.ToUpper(w[:1]) + w[1:]
			}
			b.WriteString(w)
		}
		b.WriteString([]string{" ", " ", " ", " ", " ", " ", ", ", " - "}[c.rng.IntN(8)])
	}
	return strings.TrimSpace(b.String())
}
