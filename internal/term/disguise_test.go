package term

import (
	"bufio"
	"compress/gzip"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/assay-project/assay/internal/text"
)

// scanner scans texts for tests that need one term's hits only.
type scanner struct {
	x *Index
	f text.Folded
	s Scratch
	h []Hit
}

func newScanner(tb testing.TB, terms []Term, words []string) *scanner {
	x, err := Build(terms, words)
	if err != nil {
		tb.Fatal(err)
	}
	return &scanner{x: x}
}

func (s *scanner) hits(in string) []Hit {
	s.f.Fold(in)
	s.h = s.x.Append(s.h[:0], &s.f, &s.s)
	return s.h
}

// found returns the hit of the term, if there is one.
func (s *scanner) found(in string, term int32) (Hit, bool) {
	for _, h := range s.hits(in) {
		if h.Term == term {
			return h, true
		}
	}
	return Hit{}, false
}

// Every default-ignorable code point at every inner position of five terms.
func TestDefaultIgnorableSweep(t *testing.T) {
	names := []string{"Nike", "Louis Vuitton", "Adidas", "Łódź", "Москва"}
	terms := make([]Term, len(names))
	for i, n := range names {
		terms[i] = Term{n, Disguised}
	}
	s := newScanner(t, terms, nil)
	texts := 0
	for r := range defaultIgnorable(t) {
		for i, name := range names {
			for at := range name {
				if at == 0 {
					continue
				}
				in := "new " + name[:at] + string(r) + name[at:] + " bag"
				texts++
				h, ok := s.found(in, int32(i))
				if !ok || h.Start != 4 || int(h.End) != len(in)-4 {
					t.Errorf("U+%04X in %q: found %v, %v", r, in, ok, h)
				}
			}
		}
	}
	if texts < 80_000 {
		t.Errorf("only %d texts tried", texts)
	}
}

func defaultIgnorable(tb testing.TB) map[rune]bool {
	out := map[rune]bool{}
	rows(tb, "DerivedCoreProperties.txt.gz", func(f []string) {
		if f[1] != "Default_Ignorable_Code_Point" {
			return
		}
		lo, hi, _ := strings.Cut(f[0], "..")
		if hi == "" {
			hi = lo
		}
		for r := parseHex(tb, lo); r <= parseHex(tb, hi); r++ {
			out[r] = true
		}
	})
	return out
}

// rows calls row for each line of one of the generator's data files.
func rows(tb testing.TB, name string, row func(fields []string)) {
	file, err := os.Open("../tools/foldtable/unicode/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	for sc.Scan() {
		line, _, _ := strings.Cut(strings.TrimPrefix(sc.Text(), "\ufeff"), "#")
		f := strings.Split(line, ";")
		if len(f) < 2 {
			continue
		}
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		row(f)
	}
}

func parseHex(tb testing.TB, s string) rune {
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		tb.Fatal(err)
	}
	return rune(v)
}

// brands of 20 different shapes.
var brands = []string{
	"Nike", "Adidas", "Gucci", "Chanel", "Rolex", "Samsung", "Prada", "Hermes", "Cartier", "Puma",
	"Lacoste", "Burberry", "Versace", "Omega", "Dior", "Fendi", "Balenciaga", "Converse", "Bvlgari", "Swarovski",
}

// Every letter of 20 brands replaced by everything that UTS #39 calls confusable with it.
func TestConfusables(t *testing.T) {
	same := confusable(t)
	terms := make([]Term, len(brands))
	for i, b := range brands {
		terms[i] = Term{b, Disguised}
	}
	s := newScanner(t, terms, nil)
	tried, missed := 0, map[rune]int{}
	for i, b := range brands {
		for at, letter := range b {
			for _, c := range []rune{unicode.ToLower(letter), unicode.ToUpper(letter)} {
				for _, r := range same[c] {
					in := "new " + b[:at] + string(r) + b[at+1:] + " bag"
					tried++
					if _, ok := s.found(in, int32(i)); !ok {
						missed[r]++
					}
				}
			}
		}
	}
	misses := 0
	for r, n := range missed {
		misses += n
		t.Logf("missed U+%04X %c %d times", r, r, n)
	}
	recall := 1 - float64(misses)/float64(tried)
	t.Logf("recall %.4f of %d", recall, tried)
	if recall < 0.99 {
		t.Errorf("recall %.4f, want 0.99", recall)
	}
}

// confusable maps ASCII letters to the code points with the same UTS #39 skeleton.
func confusable(tb testing.TB) map[rune][]rune {
	proto := map[rune]string{}
	rows(tb, "confusables.txt.gz", func(f []string) {
		var to strings.Builder
		for _, h := range strings.Fields(f[1]) {
			to.WriteRune(parseHex(tb, h))
		}
		proto[parseHex(tb, f[0])] = to.String()
	})
	skeleton := func(r rune) string {
		if p, ok := proto[r]; ok {
			return norm.NFD.String(p)
		}
		return string(r)
	}
	out := map[rune][]rune{}
	for c := rune('A'); c <= 'z'; c++ {
		for r := range proto {
			if r >= utf8.RuneSelf && skeleton(r) == skeleton(c) {
				out[c] = append(out[c], r)
			}
		}
	}
	return out
}

// The evasion spellings that folding alone does not catch, one of each kind.
func TestEvasions(t *testing.T) {
	s := newScanner(t, []Term{{"Nike", Disguised}}, nil)
	for _, in := range []string{
		"ＮＩＫＥ", "𝐍𝐈𝐊𝐄", "𝓃𝒾𝓀ℯ", "ⁿⁱᵏᵉ", "ₙᵢₖₑ", "🄽🄸🄺🄴", "ⓝⓘⓚⓔ", "ⓃⒾⓀⒺ", "⒩⒤⒦⒠", "niKe",
		"n\u200bi\u200bk\u200be", "n\u00adike", "ni\ufe0fke", "ni\u034fke", "ni\u115fke", "ni\u1160ke", "ni\u3164ke", "ni\uffa0ke",
		"ni\u180eke", "ni\U000e0001ke", "n\U000e0061ike", "ni\u2060ke", "ni\u061cke", "ni\u202eke",
		"ni\u2800ke", "ni\ufffcke", "ni\ufff9ke", "ni\U00013430ke", "ni\ue000ke", "ni\U000f0000ke", "ni\ufdd0ke", "ni\uffffke", "ni\x00ke", "ni\x85ke",
		"n̶i̶k̶e̶", "n" + strings.Repeat("\u0301", 10_000) + "ike", "ñíkę",
		"🇳🇮🇰🇪", "🅝🅘🅚🅔", "🅽🅸🅺🅴", "ɴɪᴋᴇ", "Nіke", "nіkе", "ꓠꓲꓗꓰ", "NᎥKᎬ", "nıke", "NİKE",
		"\U000e006e\U000e0069\U000e006b\U000e0065", "ΝΙΚΕ", "И1ke",
		"N.I.K.E", "n i k e", "N-I-K-E", "n_i_k_e", "N*I*K*E", "N|I|K|E", "ni.ke", "n1ke", "n!ke", "N1K3", "nik€", "N*ke", "Ni#e",
	} {
		h, ok := s.found("buy "+in+" now", 0)
		if !ok {
			t.Errorf("missed %q", in)
			continue
		}
		if h.Start != 4 || int(h.End) > 4+len(in) {
			t.Errorf("%q: bytes %d to %d of %q", in, h.Start, h.End, "buy "+in+" now")
		}
	}
}

// Texts that must not be taken for any of the marks.
func TestControls(t *testing.T) {
	names := append([]string{"Boss", "Asics", "Levi's", "Fossil", "Guess", "Gap", "Zara", "Tesla", "Seiko", "Sony",
		"Oakley", "Coach", "H&M", "LV", "HP", "LG", "3M", "Canon", "Nestle", "Ikea", "Lego", "Vans", "Ray-Ban", "C&A"}, brands...)
	terms := make([]Term, len(names))
	for i, b := range names {
		terms[i] = Term{b, Fuzzy}
	}
	s := newScanner(t, terms, strings.Fields(`the and sonny glass guest gas cost like hike bass fossils lemon pumas
		cannon vans'`))
	for _, in := range []string{
		"S M L XL XXL", "sizes S/M/L", "100% cotton", "1:1 scale 5.5\" 1080p", "50% OFF!!! 3 for 2",
		"pumas in the zoo, Nikea", "model A51 B07X5 M3x10 4K UHD", "ISBN 9780306406157", "3m usb cable, 2 lg bags, hp",
		"Größe 42, für Damen und Herren", "Çocuk ayakkabısı ılık suda yıkanır", "Straße der Ölsardinen",
		"รองเท้าผู้หญิงสวยๆ ราคาถูก", "حذاء رياضي للرجال بسعر ممتاز", "हिन्दी में क्षमा और ज्ञान", "می\u200cخواهم کتاب بخرم",
		"👨‍👩‍👧‍👦 family ❤️ 1️⃣ 🇺🇸", "Красивое женское платье из хлопка", "Ελληνικό ελαιόλαδο", "שמלה יפה לנשים",
		"女士夏季连衣裙 新款 100元", "가을 신상 여성 원피스", "レディース ワンピース 夏", "Áo thun nam cổ tròn, vải cotton",
		"A B C D E F G H alphabet", "x y z", "A.B.C. 1.2.3", "a-b-c-d", "1-2-3-4", "@home #ootd $5 £10 €20", "C++ & C# ~~~ *** ---",
	} {
		for _, h := range s.hits(in) {
			t.Errorf("%q: %q taken for %s %v", in, in[h.Start:h.End], names[h.Term], h.Transforms.AppendNames(nil))
		}
	}
}
