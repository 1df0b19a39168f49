package main

import (
	"bufio"
	"math/rand/v2"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A fit is wording for what a product fits; % stands for the device. Its kind is "said" where a word says so.
type fit struct{ lang, kind, wording, brand string }

const unsaid = "unsaid" // nothing but the name of an accessory tells

var fits = []fit{
	{"en", "", "Phone case for %, shockproof, black", ""},
	{"en", "", "Replacement battery compatible with % 3000 mAh", ""},
	{"en", "", "Charger works with % 65 W", ""},
	{"de", "", "Schutzhülle für % transparent", ""},
	{"de", "", "Ersatzakku passend für % 4000 mAh", ""},
	{"de", "", "Ladegerät kompatibel mit % schwarz", ""},
	{"fr", "", "Coque pour % en silicone", ""},
	{"fr", "", "Batterie compatible avec % 14,8 V", ""},
	{"es", "", "Funda para % transparente", ""},
	{"es", "", "Batería compatible con % 21,6 V", ""},
	{"it", "", "Custodia per % in pelle", ""},
	{"it", "", "Filtro compatibile con % lavabile", ""},
	{"pt", "", "Capa para % em silicone", ""},
	{"pt", "", "Bateria compatível com % 3000 mAh", ""},
	{"nl", "", "Hoesje voor % zwart", ""},
	{"nl", "", "Oplader geschikt voor % 45 W", ""},
	{"pl", "", "Etui do % czarne", ""},
	{"pl", "", "Bateria kompatybilna z % 3000 mAh", ""},
	{"ru", "", "Чехол для % силиконовый", ""},
	{"ru", "", "Аккумулятор совместимый с % 3000 мАч", ""},
	{"tr", "", "% için silikon kılıf siyah", ""},
	{"tr", "", "% uyumlu şarj aleti 45 W", ""},
	{"ar", "", "جراب متوافق مع % اسود", ""},
	{"ar", "", "بطارية بديلة مناسبة ل % سعة 3000", ""},
	{"zh", "", "适用于%手机壳透明防摔", ""},
	{"zh", "", "兼容%电池大容量", ""},
	{"ja", "", "% 対応 ケース 透明", ""},
	{"ja", "", "%用バッテリー 3000mAh", ""},
	{"ko", "", "% 호환 배터리 3000mAh", ""},
	{"ko", "", "% 전용 케이스 투명", ""},
	{"th", "", "เคสสำหรับ % สีดำ", ""},
	{"vi", "", "Ốp lưng dành cho % trong suốt", ""},
	{"id", "", "Casing untuk % bening", ""},
	{"sv", "", "Skal för % svart", ""},
	{"cs", "", "Pouzdro pro % černé", ""},
	{"en", unsaid, "% case, shockproof, black", ""},
	{"en", unsaid, "% replacement battery 3000 mAh", ""},
	{"en", unsaid, "Leather case % brown", ""},
	{"en", unsaid, "% screen protector tempered glass 2 pack", ""},
	{"en", unsaid, "% HEPA filter washable", "Generic"},
	{"de", unsaid, "Hülle % transparent", ""},
	{"de", unsaid, "% Ersatzakku 4000 mAh", ""},
	{"de", unsaid, "% Displayschutz Panzerglas", ""},
	{"fr", unsaid, "Coque % silicone", ""},
	{"fr", unsaid, "Chargeur % 45 W", ""},
	{"es", unsaid, "Funda % transparente", ""},
	{"es", unsaid, "Cargador % 65 W", ""},
	{"it", unsaid, "Cover % in silicone", ""},
	{"it", unsaid, "Caricabatterie % 65 W", ""},
	{"pt", unsaid, "Capinha % silicone", ""},
	{"pt", unsaid, "Carregador % 45 W", ""},
	{"nl", unsaid, "Hoesje % zwart", ""},
	{"nl", unsaid, "% oplader 45 W", ""},
	{"pl", unsaid, "Etui % czarne", ""},
	{"pl", unsaid, "Ładowarka % 45 W", ""},
	{"ru", unsaid, "Чехол % силиконовый", ""},
	{"ru", unsaid, "Зарядка % 45 Вт", ""},
	{"tr", unsaid, "% kılıf siyah", ""},
	{"tr", unsaid, "% şarj aleti 45 W", ""},
	{"ar", unsaid, "جراب % اسود", ""},
	{"ar", unsaid, "شاحن % سريع", ""},
	{"zh", unsaid, "%手机壳透明防摔", ""},
	{"zh", unsaid, "%充电器快充套装", ""},
	{"ja", unsaid, "% ケース 透明", ""},
	{"ja", unsaid, "% 充電器 45W", ""},
	{"ko", unsaid, "% 케이스 투명", ""},
	{"ko", unsaid, "% 충전기 45W", ""},
	{"th", unsaid, "เคส % สีดำ", ""},
	{"vi", unsaid, "Ốp lưng % trong suốt", ""},
	{"id", unsaid, "Casing % bening", ""},
	{"sv", unsaid, "Skal % svart", ""},
	{"cs", unsaid, "Pouzdro % černé", ""},
}

// A dress is an innocent way to make a title odd.
type dress struct {
	name string
	put  func(random *rand.Rand, title string) string
}

var dresses = []dress{
	{"emoji", func(random *rand.Rand, t string) string {
		return between(random, t, []string{"🔥", "✨", "❤️", "👩‍👧", "🇩🇪", "⭐⭐⭐", "➡️"})
	}},
	{"brackets and stars", func(random *rand.Rand, t string) string {
		return between(random, t, []string{"【NEW】", "★", "●", "◆", "※", "〔A〕", "▶", "•", "✓"})
	}},
	{"units and numerals", func(random *rand.Rand, t string) string {
		return between(random, t, []string{"½", "№ 5", "℃", "㎡", "Ⅳ", "①", "x²", "±2", "Ø 30", "5μm", "㎏"})
	}},
	{"typographic quotes", func(random *rand.Rand, t string) string {
		return between(random, t, []string{"“Top”", "‘neu’", "«Été»", "…", "—", "‐"})
	}},
	{"spaces that do not break", func(_ *rand.Rand, t string) string { return strings.ReplaceAll(t, " ", "\u00A0") }},
	{"accents apart", func(_ *rand.Rand, t string) string { return norm.NFD.String(t) }},
	{"fullwidth digits", func(_ *rand.Rand, t string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r + 0xFEE0
			}
			return r
		}, t)
	}},
	{"soft hyphens", func(random *rand.Rand, t string) string {
		return aWord(random, t, func(w string) string { return w[:len(w)/2] + "\u00AD" + w[len(w)/2:] })
	}},
	{"bold letters", func(random *rand.Rand, t string) string {
		return aWord(random, t, func(w string) string {
			return strings.Map(func(r rune) rune {
				if r >= 'a' && r <= 'z' {
					return r + 0x1D41A - 'a'
				}
				return r
			}, w)
		})
	}},
	{"capitals", func(_ *rand.Rand, t string) string { return strings.ToUpper(t) }},
	{"foreign words", func(random *rand.Rand, t string) string {
		return between(random, t, []string{"Ñandú", "smörgås", "ő", "Łódź", "Đà Nẵng", "ìlú", "α-tocopherol", "π", "œuvre", "naïve", "Größe", "İzmir"})
	}},
}

// between puts one of some words between two of a title.
func between(random *rand.Rand, title string, some []string) string {
	words := strings.Fields(title)
	at := random.IntN(len(words) + 1)
	return strings.Join(append(words[:at:at], append([]string{some[random.IntN(len(some))]}, words[at:]...)...), " ")
}

// aWord changes one long word of ASCII letters.
func aWord(random *rand.Rand, title string, change func(string) string) string {
	words := strings.Fields(title)
	var at []int
	for i, w := range words {
		if len(w) >= 5 && !strings.ContainsFunc(w, func(r rune) bool { return r >= utf8.RuneSelf || !unicode.IsLetter(r) }) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return title
	}
	i := at[random.IntN(len(at))]
	words[i] = change(words[i])
	return strings.Join(words, " ")
}

// lowerWords reads the words of a dictionary that begin with a small letter: the others are names.
func lowerWords(file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var words []string
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		w := scan.Text()
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsLower(r) && !strings.Contains(w, "'") {
			words = append(words, w)
		}
	}
	return words, scan.Err()
}
