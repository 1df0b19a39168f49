package pack

import (
	"strings"
	"testing"
	"unicode/utf8"
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
		{"食器 12個セット", 0},
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
			return r >= '0' && r <= '9' || r >= '０' && r <= '９'
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
