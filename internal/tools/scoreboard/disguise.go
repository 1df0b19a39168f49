package main

import (
	"math/rand/v2"
	"slices"
	"unicode"
)

// A disguise is a way of sellers to hide a mark. What it does not change, it does not fit.
type disguise struct {
	name  string
	least int // letters from which a name is still known after it
	hide  func(random *rand.Rand, mark []rune) []rune
}

var disguises = []disguise{
	{"plain", 2, func(_ *rand.Rand, m []rune) []rune { return m }},
	{"other case", 2, func(random *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if random.IntN(2) == 0 {
				return []rune{unicode.ToUpper(r)}
			}
			return []rune{unicode.ToLower(r)}
		})
	}},
	{"look-alike", 4, func(random *rand.Rand, m []rune) []rune { return swapOne(random, m, lookAlikes) }},
	{"leet", 4, func(random *rand.Rand, m []rune) []rune { return swapOne(random, m, leets) }},
	{"fullwidth", 2, func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if r > ' ' && r < 0x7F {
				r += 0xFEE0
			}
			return []rune{r}
		})
	}},
	{"in circles", 4, func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if r := unicode.ToLower(r); r >= 'a' && r <= 'z' {
				return []rune{0x24D0 + r - 'a'}
			}
			return []rune{r}
		})
	}},
	{"dotted", 2, func(_ *rand.Rand, m []rune) []rune { return spell(m, '.') }},
	{"spaced", 4, func(_ *rand.Rand, m []rune) []rune { return spell(m, ' ') }},
	{"one star inside", 2, func(random *rand.Rand, m []rune) []rune { return insert(random, m, '*') }},
	{"one dot inside", 2, func(random *rand.Rand, m []rune) []rune { return insert(random, m, '.') }},
	{"split by a space", 5, func(random *rand.Rand, m []rune) []rune { return insert(random, m, ' ') }},
	{"invisible inside", 2, func(random *rand.Rand, m []rune) []rune { return insert(random, m, 0x200B) }},
	{"struck through", 2, func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune { return []rune{r, 0x0336} })
	}},
	{"letter starred out", 5, func(random *rand.Rand, m []rune) []rune {
		m = slices.Clone(m)
		m[inside(random, m)] = '*'
		return m
	}},
	{"letter repeated", 4, func(random *rand.Rand, m []rune) []rune {
		at := inside(random, m)
		return slices.Insert(slices.Clone(m), at, m[at], m[at])
	}},
	{"letter missing", 6, func(random *rand.Rand, m []rune) []rune {
		at := inside(random, m)
		return slices.Delete(slices.Clone(m), at, at+1)
	}},
	{"letter doubled", 5, func(random *rand.Rand, m []rune) []rune {
		at := inside(random, m)
		return slices.Insert(slices.Clone(m), at, m[at])
	}},
	{"letters swapped", 5, func(random *rand.Rand, m []rune) []rune {
		m = slices.Clone(m)
		at := min(inside(random, m), len(m)-2)
		m[at], m[at+1] = m[at+1], m[at]
		return m
	}},
	{"letter changed", 6, func(random *rand.Rand, m []rune) []rune {
		m = slices.Clone(m)
		at := inside(random, m)
		if m[at] >= unicode.MaxASCII {
			return m
		}
		m[at] = rune('a' + random.IntN(26))
		return m
	}},
	{"accents added", 4, func(random *rand.Rand, m []rune) []rune {
		return insert(random, m, []rune("\u0301\u0308\u0323\u030A")[random.IntN(4)])
	}},
	{"bold mathematical", 4, func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			switch {
			case r >= 'a' && r <= 'z':
				r += 0x1D41A - 'a'
			case r >= 'A' && r <= 'Z':
				r += 0x1D400 - 'A'
			}
			return []rune{r}
		})
	}},
	{"in flags", 4, func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if l := unicode.ToLower(r); l >= 'a' && l <= 'z' {
				return []rune{0x1F1E6 + l - 'a', 0x200B}
			}
			return []rune{r}
		})
	}},
	{"hyphen inside", 4, func(random *rand.Rand, m []rune) []rune { return insert(random, m, '-') }},
	{"words joined", 5, func(_ *rand.Rand, m []rune) []rune {
		return slices.DeleteFunc(slices.Clone(m), func(r rune) bool { return r == ' ' })
	}},
	{"stretched", 3, func(random *rand.Rand, m []rune) []rune {
		if !unicode.Is(unicode.Arabic, m[0]) {
			return m
		}
		return insert(random, m, 0x0640)
	}},
	{"half-width", 2, func(_ *rand.Rand, m []rune) []rune {
		return each(m, func(r rune) []rune {
			if at := slices.Index(fullKana, r); at >= 0 {
				return []rune{0xFF66 + rune(at)}
			}
			return []rune{r}
		})
	}},
}

// fullKana are the kana whose half-width forms follow each other from U+FF66.
var fullKana = []rune("ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン")

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
