package pack

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestReadPack(t *testing.T) {
	for _, tt := range []struct {
		title string
		want  int32
	}{
		// English
		{"AA Batteries pack of 12", 12},
		{"AA Batteries (Pack of 12)", 12},
		{"Cotton Socks, Set of 3", 3},
		{"Sparkling Water Case of 24", 24},
		{"12 pack AA Batteries", 12},
		{"12-Pack AA Batteries", 12},
		{"12pk AA batteries", 12},
		{"10pcs Hair Clips", 10},
		{"Hair Clips 10 PCS", 10},
		{"1PC Hair Clip", 1},
		{"Socks 3 pairs", 3},
		{"AA Batteries x12", 12},
		{"AA Batteries (x12)", 12},
		{"AA Batteries ×12", 12},
		{"aa batteries ×12", 12},
		{"aa batteries x12 pcs", 12},
		{"Pack of 2 x 500 ml Shampoo", 2},
		{"Qty: 5 Filter", 5},
		// other languages
		{"Batterien 6er-Pack", 6},
		{"Batterien 6er Packung", 6},
		{"Batterien 6-er Pack", 6},
		{"Schrauben 100 Stück", 100},
		{"SCHRAUBEN 100 STÜCK", 100},
		{"Piles lot de 3", 3},
		{"Bougies boîte de 6", 6},
		{"Chaussettes, 3 pièces", 3},
		{"Pilas 3 uds", 3},
		{"Pilas 3 uds.", 3},
		{"Pilas, paquete de 4 unidades", 4},
		{"Leche caja de 6", 6},
		{"Batterie confezione da 6", 6},
		{"Pilhas pacote com 6", 6},
		{"Batterijen 6 stuks", 6},
		{"Baterie 6 szt.", 6},
		{"Батарейки 12 шт", 12},
		{"Носки набор из 3", 3},
		{"Pil 4 adet", 4},
		{"Baterai isi 12", 12},
		{"بطاريات 12 قطعة", 12},
		{"ถ่าน 4 ชิ้น", 4},
		{"纯棉袜子12件", 12},
		{"纯棉袜子１２件", 12},
		{"抽纸30包", 30},
		{"面膜10片装", 10},
		{"共12个", 12},
		{"タオル 5枚", 5},
		{"乾電池 12個入り", 12},
		{"건전지 12개", 12},
		// content, not packs
		{"Shampoo 2x500ml", 2},
		{"Shampoo 2 x 500 ml", 2},
		{"Water 6x1.5 L", 6},
		{"2x500ml Shampoo", 2},
		{"Poster 30x40 cm", 0},
		{"Board AB2x500ml", 0},
		{"Cable 2x500", 0},
		{"Water 6 × 1.5 L", 6},
		{"Paquete de 500 g", 0},
		{"Pack of 1 kg flour", 0},
		{"Battery Pack 5000 mAh", 0},
		{"1.5 pack", 0},
		{"1,000 pcs", 0},
		{"1/2 pack", 0},
		// one product of many pieces
		{"24-piece dinnerware", 0},
		{"24 pcs Set of cutlery", 0},
		{"1000 pcs puzzle", 0},
		{"厨具12件套", 0},
		{"食器 12個セット", 12}, // a pack; pieces of one set are 点
		{"食器 12点セット", 0},
		// numbers of other things
		{"Honor X12", 0},
		{"realme x12", 0},
		{"BoxX12", 0},
		{"AB-12 pack holder", 0},
		{"A12 pack", 0},
		{"10x Zoom Binoculars", 0},
		{"Hard disk 12", 0},
		{"3个月会员", 0},
		{"3개월 회원권", 0},
		{"第2件半价", 0},
		{"买2件", 0},
		{"2件8折 T恤", 2}, // the discount is of two pieces; harmless, as it only excuses a high price
		{"2件包邮", 0},
		{"20% off pack", 0},
		{"", 0},
		{"0 pack", 0},
		{"007 pack", 0},
		{"99999999999999999999 pack", 0},
		// several statements
		{"Pack of 12 (12 pcs)", 12},
		{"2 packs of 6", 0},
		{"3 uds pack de 6", 0},
	} {
		if got := Read(tt.title).Units; got != tt.want {
			t.Errorf("Read(%q) = %d, want %d", tt.title, got, tt.want)
		}
	}
}

// Titles of our own in fourteen languages and more: how packs are worded, and what is no pack. A count with a question mark is
// what a person would read and we do not.
func TestTitles(t *testing.T) {
	data, err := os.ReadFile("testdata/titles.tsv")
	if err != nil {
		t.Fatal(err)
	}
	packs, read, traps := 0, 0, 0
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		count, title, ok := strings.Cut(line, "\t")
		count, unread := strings.CutSuffix(count, "?")
		want, err := strconv.ParseInt(count, 10, 32)
		if err != nil || !ok {
			t.Fatalf("line %q", line)
		}
		got := Read(title).Units
		switch {
		case want == 0:
			traps++
		case !unread:
			packs, read = packs+1, read+1
		default:
			packs, want = packs+1, 0
		}
		if got != int32(want) {
			t.Errorf("Read(%q) = %d, want %d", title, got, want)
		}
	}
	t.Logf("%d of %d packs read, none read in %d other titles", read, packs, traps)
	if packs < 200 || traps < 120 || read < packs*9/10 {
		t.Errorf("%d of %d packs read, %d other titles", read, packs, traps)
	}
}

var (
	wordings = []string{"%s, pack of %d", "%[2]d-pack %[1]s", "%s (set of %d)", "%s %dpcs", "%s %d pcs", "%s %d uds", "%s, lot de %d", "%s, paquete de %d",
		"%s, confezione da %d", "%s %der-Pack", "%s %d Stück", "%s %d шт", "%s %d szt.", "%s %d adet", "%s isi %d", "%s %d cái", "%s %d件",
		"%s %d個セット", "%s %d개입", "%s ×%d", "%s, %d x 500 ml", "%s 250ml x %d", "%s %d قطعة", "%s %d ชิ้น", "%s, набор из %d", "%s set van %d"}
	asides = []string{"%s %dx18 cm", "%s %d in 1", "%s for ages %d-99", "%s %dV", "%s size %d", "%s %d years warranty", "%s model Z%d", "%s %d GB", "%s %d%%",
		"%s %d Jahre Garantie", "%s %d'' wide", "%s %d mAh", "%s %d月", "%s %d岁", "%s %d歳", "%s %d년", "%s %d лет", "%s 1/%d", "%s %d-person tent", "%s No. %d", "%s %d mm"}
	goods = []string{"Wool scarf", "Kerzenhalter", "Savon au citron", "Vela de cera", "Ручка гелевая", "硅胶手环", "木のスプーン", "나무 숟가락", "Cuenco azul"}
)

// Whatever the number and the goods, a wording of a pack says it, what is no pack says nothing, and what is no pack beside a pack
// does not change it.
func TestWordings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 999).Draw(t, "n")
		thing := rapid.SampledFrom(goods).Draw(t, "goods")
		pack := fmt.Sprintf(rapid.SampledFrom(wordings).Draw(t, "wording"), thing, n)
		if got := Read(pack).Units; got != int32(n) {
			t.Fatalf("Read(%q) = %d", pack, got)
		}
		aside := fmt.Sprintf(rapid.SampledFrom(asides).Draw(t, "aside"), thing, rapid.IntRange(2, 99).Draw(t, "other"))
		if got := Read(aside).Units; got != 0 {
			t.Fatalf("Read(%q) = %d", aside, got)
		}
		if both := aside + ", " + pack; Read(both).Units != int32(n) {
			t.Fatalf("Read(%q) = %d", both, Read(both).Units)
		}
	})
}

func TestReadPackReadsTheStartOfALongTitle(t *testing.T) {
	if got := Read("Pack of 12" + strings.Repeat(" word", 20_000) + " pack of 3").Units; got != 12 {
		t.Errorf("Read = %d, want 12 from the first %d bytes", got, readable)
	}
}

func TestReadPackAllocatesNothing(t *testing.T) {
	title := "Chaussettes pour homme 100 % coton, lot de 12, taille 43, 12 pièces, STÜCK"
	if n := testing.AllocsPerRun(100, func() { Read(title) }); n != 0 {
		t.Errorf("Read allocates %v times", n)
	}
}

func FuzzReadPack(f *testing.F) {
	for _, title := range []string{"", "pack of 12", "6er-Pack", "x12", "×12", "12件", "１２件", "2x500ml", "\xff12\xff pack",
		"12 İpack", "-12-pack", "%12%", strings.Repeat("9", 2000)} {
		f.Add(title)
	}
	f.Fuzz(func(t *testing.T, title string) {
		p := Read(title)
		n := p.Units
		if read, width := number(title[p.Start:]); n > 0 && (read != n || p.Start+width != p.End) {
			t.Fatalf("Read(%q) = %+v, where the title has %d", title, p, read)
		}
		if n < 0 || n > maxPack {
			t.Fatalf("Read(%q) = %d", title, n)
		}
		if n > 0 && !strings.ContainsFunc(title, func(r rune) bool {
			return r >= '0' && r <= '9' || r >= '０' && r <= '９' || r >= '٠' && r <= '٩' || r >= '۰' && r <= '۹'
		}) {
			t.Fatalf("Read(%q) = %d, but there is no digit", title, n)
		}
		if len(title) < readable && utf8.ValidString(title) && n > 0 {
			if again := Read(title + " ").Units; again != n {
				t.Fatalf("a space at the end turns %d of %q into %d", n, title, again)
			}
		}
	})
}

func BenchmarkReadPack(b *testing.B) {
	title := "Wireless Earbuds Bluetooth 5.3 Headphones 40H Playtime, IPX7 Waterproof, Pack of 2, Black, for Phone and Laptop"
	b.ReportAllocs()
	for b.Loop() {
		if Read(title).Units != 2 {
			b.Fatal("the pack was not read")
		}
	}
}
