package term

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

// names are real marks of many shapes, from the lists of public names that the embedded rulebook
// is made of.
var names = strings.Split("Nike,Adidas,Puma,Reebok,New Balance,Under Armour,Gucci,Prada,Chanel,Hermès,Louis Vuitton,Burberry,"+
	"Versace,Balenciaga,Dolce & Gabbana,Tommy Hilfiger,Calvin Klein,Ralph Lauren,Lacoste,Michael Kors,Rolex,Cartier,Omega,"+
	"Swarovski,Pandora,Tiffany,Samsung,Huawei,Xiaomi,Lenovo,Microsoft,Nintendo,PlayStation,Canon,Nikon,Panasonic,Philips,"+
	"Dyson,Bosch,Makita,DeWalt,Black+Decker,Lego,Barbie,Disney,Pokémon,Hello Kitty,Nivea,L'Oréal,Maybelline,Estée Lauder,"+
	"Clinique,Coca-Cola,Pepsi,Nestlé,Nescafé,Red Bull,Toyota,Mercedes-Benz,Porsche,Ferrari,Lamborghini,Harley-Davidson,"+
	"Michelin,The North Face,Patagonia,Columbia,Timberland,Dr. Martens,Birkenstock,Converse,Skechers,Ray-Ban,Oakley,Victoria's Secret,"+
	"Moncler,Canada Goose,Balmain,Valentino,Givenchy,Fendi,Bvlgari,Montblanc,Swatch,Casio,Seiko,Garmin,Fitbit,GoPro,Logitech", ",")

// kinds are ways to disguise a name. Each returns the name unchanged if it cannot be disguised so.
var kinds = []struct {
	name     string
	want     float64
	disguise func(*rand.Rand, []rune) string
}{
	{"other case", 1, func(rng *rand.Rand, r []rune) string {
		for i := range r {
			if rng.IntN(2) == 0 {
				r[i] = unicode.ToUpper(r[i])
			} else {
				r[i] = unicode.ToLower(r[i])
			}
		}
		return string(r)
	}},
	{"joined", 1, func(_ *rand.Rand, r []rune) string { return strings.ReplaceAll(string(r), " ", "") }},
	{"look-alike", 0.99, func(rng *rand.Rand, r []rune) string {
		return replaced(rng, r, 1+rng.IntN(3), map[rune]string{'a': "аαɑ", 'c': "сϲⅽ", 'e': "еεё", 'i': "іıι", 'o': "оοօ", 'p': "рρ", 'x': "хχ",
			'y': "уγ", 's': "ѕ", 'n': "ոη", 'k': "κк", 't': "τт", 'b': "Ьв", 'h': "һн", 'l': "ӏⅼ", 'm': "м", 'r': "г", 'v': "ν", 'w': "ѡԝ", 'd': "ԁ", 'g': "ɡ", 'u': "υս"})
	}},
	{"invisible", 1, func(rng *rand.Rand, r []rune) string {
		return inserted(rng, r, 1+rng.IntN(3), "\u200b\u200c\u200d\u00ad\u2060\ufeff\u034f\u180e\u115f\u3164\u2800\U000e0061")
	}},
	{"spelled out", 1, func(rng *rand.Rand, r []rune) string {
		sep := []string{".", "-", " ", "_", "*", "·", "|", "~"}[rng.IntN(8)]
		return strings.Join(strings.Split(strings.ReplaceAll(string(r), " ", ""), ""), sep)
	}},
	{"one separator", 0.99, func(rng *rand.Rand, r []rune) string { return inserted(rng, r, 1, ".-_*·'|~/") }},
	{"leet", 0.97, func(rng *rand.Rand, r []rune) string {
		return replaced(rng, r, 1+rng.IntN(2), map[rune]string{'a': "4@", 'e': "3", 'i': "1!", 'o': "0", 's': "5$", 't': "7+", 'b': "8", 'l': "1|", 'g': "9"})
	}},
	{"masked", 0.97, func(rng *rand.Rand, r []rune) string {
		return masking(rng, r)
	}},
	{"repeated", 0.97, func(rng *rand.Rand, r []rune) string {
		i := rng.IntN(len(r))
		for !unicode.IsLetter(r[i]) {
			i = rng.IntN(len(r))
		}
		return string(r[:i]) + strings.Repeat(string(r[i]), 2+rng.IntN(3)) + string(r[i:])
	}},
	{"combining marks", 1, func(rng *rand.Rand, r []rune) string {
		return inserted(rng, r, 1+rng.IntN(4), "\u0301\u0336\u0323\u20d2\u0327")
	}},
	{"enclosed", 1, func(_ *rand.Rand, r []rune) string {
		for i := range r {
			if c := unicode.ToUpper(r[i]); c >= 'A' && c <= 'Z' {
				r[i] = 0x1F170 + c - 'A'
			}
		}
		return string(r)
	}},
	{"one edit", 0.95, edited},
	{"split", 0.95, func(rng *rand.Rand, r []rune) string { return inserted(rng, r, 1, " ") }},
}

func replaced(rng *rand.Rand, r []rune, n int, by map[rune]string) string {
	for range n {
		for range 10 {
			i := rng.IntN(len(r))
			if to := []rune(by[unicode.ToLower(r[i])]); len(to) > 0 {
				r[i] = to[rng.IntN(len(to))]
				break
			}
		}
	}
	return string(r)
}

// inserted puts n of the characters between two letters of one word.
func inserted(rng *rand.Rand, r []rune, n int, from string) string {
	what := []rune(from)
	for range n {
		i := 1 + rng.IntN(len(r)-1)
		for tries := 0; tries < 50 && (!unicode.IsLetter(r[i-1]) || !unicode.IsLetter(r[i])); tries++ {
			i = 1 + rng.IntN(len(r)-1)
		}
		if !unicode.IsLetter(r[i-1]) || !unicode.IsLetter(r[i]) {
			break
		}
		r = append(r[:i:i], append([]rune{what[rng.IntN(len(what))]}, r[i:]...)...)
	}
	return string(r)
}

func masking(rng *rand.Rand, r []rune) string {
	i := 1 + rng.IntN(len(r)-2)
	for !unicode.IsLetter(r[i-1]) || !unicode.IsLetter(r[i]) || !unicode.IsLetter(r[i+1]) {
		i = 1 + rng.IntN(len(r)-2)
	}
	r[i] = []rune("*#_?")[rng.IntN(4)]
	return string(r)
}

// edited changes one letter of a word of five letters or more.
func edited(rng *rand.Rand, r []rune) string {
	words := strings.Fields(string(r))
	k := rng.IntN(len(words))
	w := []rune(words[k])
	if len(w) < 5 || strings.ContainsAny(words[k], "-'+&.") {
		return string(r)
	}
	i := rng.IntN(len(w) - 1)
	switch rng.IntN(4) {
	case 0:
		w = append(w[:i], w[i+1:]...)
	case 1:
		w[i], w[i+1] = w[i+1], w[i]
	case 2:
		w[i] = 'a' + rune(rng.IntN(26))
	default:
		w = append(w[:i:i], append([]rune{'a' + rune(rng.IntN(26))}, w[i:]...)...)
	}
	words[k] = string(w)
	return strings.Join(words, " ")
}

func TestRecall(t *testing.T) {
	terms := make([]Term, len(names))
	for i, n := range names {
		terms[i] = Term{n, Fuzzy}
	}
	s := newScanner(t, terms, append(ordinaryWords, "black", "red", "bull", "canada", "goose", "secret", "face", "north", "balance", "kitty", "hello"))
	rng := rand.New(rand.NewPCG(11, 11))
	for _, k := range kinds {
		tried, hit := 0, 0
		var missed []string
		for range 20 {
			for i, name := range names {
				in := k.disguise(rng, []rune(name))
				if in == name {
					continue
				}
				tried++
				text := "new " + in + " bag, size 42"
				if h, ok := s.found(text, int32(i)); ok && h.Start == 4 && int(h.End) <= 4+len(in) {
					hit++
				} else {
					missed = append(missed, in)
				}
			}
		}
		recall := float64(hit) / float64(tried)
		t.Logf("%-16s %.3f of %4d", k.name, recall, tried)
		if recall < k.want {
			t.Errorf("%s: recall %.3f, want %.3f; missed %q", k.name, recall, k.want, missed[:min(60, len(missed))])
		}
	}
}
