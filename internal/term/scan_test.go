package term

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/text"
)

// marks are the terms of the tables below.
var marks = []Term{
	{"Nike", Fuzzy}, {"Adidas", Fuzzy}, {"Coca-Cola", Fuzzy}, {"Louis Vuitton", Fuzzy},
	{"Apple", Fuzzy}, {"Apple Watch", Fuzzy}, {"LV", Exact}, {"3M", Exact}, {"H&M", Exact},
	{"L'Oréal", Fuzzy}, {"Levi's", Fuzzy}, {"Gucci", Fuzzy}, {"PlayStation", Fuzzy},
	{"Samsung", Fuzzy}, {"耐克", Disguised}, {"蓝月亮", Disguised}, {"나이키", Disguised},
	{"نايك", Disguised}, {"ไนกี้", Disguised}, {"S-Mart", Disguised}, {"Rolex", Fuzzy},
	{"Dr. Martens", Fuzzy}, {"WD-40", Disguised}, {"BOSS", Disguised}, {"Sony", Fuzzy},
	{"iPhone", Fuzzy}, {"Salomon", Fuzzy}, {"Канцлер", Fuzzy}, {"NIVEA", Exact},
	{"用", Exact}, {"Supreme", Disguised}, {"Chanel", Fuzzy}, {"501", Exact}, {"ナイキ", Exact},
}

var ordinaryWords = []string{
	"smart", "boss", "salmon", "apple", "supreme", "shoes", "new", "watch", "running", "channel",
	"like", "hike", "bike", "pike", "for", "case", "with", "the", "good", "play", "station",
}

func newIndex(tb testing.TB) *Index {
	x, err := Build(marks, ordinaryWords)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// find scans one text and writes each hit as surface=term (transforms).
func find(x *Index, s string) []string {
	var f text.Folded
	var sc Scratch
	f.Fold(s)
	var out []string
	for _, h := range x.Append(nil, &f, &sc) {
		line := s[h.Start:h.End] + "=" + marks[h.Term].Text
		if names := h.Transforms.AppendNames(nil); names != nil {
			line += " (" + strings.Join(names, " ") + ")"
		}
		out = append(out, line)
	}
	return out
}

func TestHits(t *testing.T) {
	x := newIndex(t)
	for _, tt := range []struct {
		in   string
		want []string
	}{
		// Honest spellings.
		{"Nike shoes", []string{"Nike=Nike"}},
		{"NIKE", []string{"NIKE=Nike (case)"}},
		{"new Nike's", []string{"Nike=Nike"}},
		{"NIKE™ nike® Nike©", []string{"NIKE=Nike (case)", "nike=Nike (case)", "Nike=Nike"}},
		{"NikeⓇ", []string{"Nike=Nike"}},
		{"Coca Cola", []string{"Coca Cola=Coca-Cola"}},
		{"CocaCola", []string{"CocaCola=Coca-Cola (joined)"}},
		{"L’Oreal", []string{"L’Oreal=L'Oréal"}},
		{"Levis", []string{"Levis=Levi's (joined)"}},
		{"Play Station", []string{"Play Station=PlayStation"}},
		{"Dr Martens", []string{"Dr Martens=Dr. Martens"}},
		{"Dr. Martens", []string{"Dr. Martens=Dr. Martens"}},
		{"WD40 WD 40", []string{"WD40=WD-40 (joined)", "WD 40=WD-40"}},
		{"Apple Watch", []string{"Apple Watch=Apple Watch"}},
		{"Apple. Watch", []string{"Apple=Apple"}},
		{"apple, watch", []string{"apple=Apple (case)"}},
		{"NikeShoes", []string{"Nike=Nike (case glued)"}},
		{"iPhone15", []string{"iPhone=iPhone (glued)"}},
		{"Rolexes Gucci-s", []string{"Gucci=Gucci"}},
		{"ＮＩＫＥ", []string{"ＮＩＫＥ=Nike (case width)"}},
		{"LV bag", []string{"LV=LV"}},
		{"H&M, H & M", []string{"H&M=H&M", "H & M=H&M"}},
		// Scripts.
		{"正品耐克鞋", []string{"耐克=耐克"}},
		{"Nike耐克", []string{"Nike=Nike", "耐克=耐克"}},
		{"나이키의 나이키", []string{"나이키=나이키", "나이키=나이키"}},
		{"나이키운동화", []string{"나이키=나이키 (glued)"}},
		{"حذاء والنايك", []string{"نايك=نايك"}},
		{"รองเท้าไนกี้แท้", []string{"ไนกี้=ไนกี้"}},
		{"iPhone用ケース", []string{"iPhone=iPhone", "用=用"}},
		{"使用方法", nil},
		{"ﾅｲｷ", []string{"ﾅｲｷ=ナイキ (width)"}},
		{"канцлеры КАНЦЛЕР", []string{"канцлеры=Канцлер (case misspelling)", "КАНЦЛЕР=Канцлер (case)"}},
		// Disguises.
		{"Nіke", []string{"Nіke=Nike (look_alike)"}},
		{"ΝΙΚΕ", []string{"ΝΙΚΕ=Nike (case look_alike)"}},
		{"ni\u200bke", []string{"ni\u200bke=Nike (case invisible)"}},
		{"n\u00adi\u00adk\u00ade", []string{"n\u00adi\u00adk\u00ade=Nike (case invisible)"}},
		{"Ni\u2800ke", []string{"Ni\u2800ke=Nike (invisible)"}},
		{"N.I.K.E", []string{"N.I.K.E=Nike (separators)"}},
		{"N I K E", []string{"N I K E=Nike (separators)"}},
		{"N-I-K-E's", []string{"N-I-K-E=Nike (separators)"}},
		{"Ν.І.К.Е", []string{"Ν.І.К.Е=Nike (separators look_alike)"}},
		{"Ni-ke", []string{"Ni-ke=Nike (separators)"}},
		{"G*u*c*c*i", []string{"G*u*c*c*i=Gucci (separators)"}},
		{"Guc(c)i", []string{"Guc(c)i=Gucci (separators)"}},
		{"Adi das", []string{"Adi das=Adidas (split)"}},
		{"N1ke", []string{"N1ke=Nike (leet)"}},
		{"4did4s", []string{"4did4s=Adidas (case leet)"}},
		{"Ad!das", []string{"Ad!das=Adidas (leet)"}},
		{"$upreme", []string{"$upreme=Supreme (case leet)"}},
		{"G*cci", []string{"G*cci=Gucci (masked)"}},
		{"Niiike", []string{"Niiike=Nike (repeated)"}},
		{"NIIIIIKE", []string{"NIIIIIKE=Nike (case repeated)"}},
		{"Addidas", []string{"Addidas=Adidas (misspelling)"}},
		{"Adibas", []string{"Adibas=Adidas (misspelling)"}},
		{"Adidsa", []string{"Adidsa=Adidas (misspelling)"}},
		{"Louis Vuiton", []string{"Louis Vuiton=Louis Vuitton (misspelling)"}},
		{"L0uis Vuitton", []string{"L0uis Vuitton=Louis Vuitton (leet)"}},
		{"ɴɪᴋᴇ", []string{"ɴɪᴋᴇ=Nike (case look_alike)"}},
		{"🅽🅸🅺🅴 🇳🇮🇰🇪", []string{"🅽🅸🅺🅴=Nike (case enclosed)", "🇳🇮🇰🇪=Nike (case enclosed)"}},
		{"n̶i̶k̶e̶", []string{"n̶i̶k̶e̶=Nike (case overlay)"}},
		{"NlKE", []string{"NlKE=Nike (case look_alike)"}},
		// What is none.
		{"3m cable, lv, hm", nil},
		{"smart watch", nil},
		{"salmon fillet, TV channel", nil},
		{"pumas in the zoo, Nikea, like, hike", nil},
		{"S M L XL", nil},
		{"100% cotton 5011 1501", nil},
	} {
		if d := cmp.Diff(tt.want, find(x, tt.in)); d != "" {
			t.Errorf("%q: -want +got\n%s", tt.in, d)
		}
	}
}

func TestBuildNamesEveryBadTerm(t *testing.T) {
	_, err := Build([]Term{{"Nike", Exact}, {"\u200b", Exact}, {"™", Fuzzy}, {"x", 9}}, nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"term 1", "term 2", "term 3"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not name %s", err, want)
		}
	}
}

func TestEqualTermsAreAllReported(t *testing.T) {
	x, err := Build([]Term{{"Delta", Exact}, {"Other", Exact}, {"DELTA", Exact}, {"delta", Fuzzy}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var f text.Folded
	f.Fold("a Delta faucet")
	var got []int32
	for _, h := range x.Append(nil, &f, new(Scratch)) {
		got = append(got, h.Term)
	}
	if d := cmp.Diff([]int32{0, 2, 3}, got); d != "" {
		t.Error(d)
	}
}

// Several goroutines scan with one index, and one folded text with two indexes.
func TestConcurrentUse(t *testing.T) {
	x, y := newIndex(t), newIndex(t)
	var f text.Folded
	f.Fold("Nike N1ke Adibas 正品耐克鞋 Louis Vu1tton G*cci")
	want := x.Append(nil, &f, new(Scratch))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			var s Scratch
			for range 50 {
				if got := []*Index{x, y}[i%2].Append(nil, &f, &s); !slices.Equal(got, want) {
					t.Errorf("hits %v, want %v", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestScanDoesNotAllocate(t *testing.T) {
	x := newIndex(t)
	var f text.Folded
	var s Scratch
	var hits []Hit
	texts := []string{"Nike Air Max, Adibas N1ke G*cci 4did4s", "正品耐克鞋 나이키 والنايك", "L0uis Vuitton Nіke N.I.K.E"}
	scan := func() {
		for _, in := range texts {
			f.Fold(in)
			hits = x.Append(hits[:0], &f, &s)
		}
	}
	scan()
	if n := testing.AllocsPerRun(100, scan); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkBuild(b *testing.B) {
	terms := make([]Term, 10_000)
	for i := range terms {
		terms[i] = Term{fmt.Sprintf("brand%dx maker%d", i*7919%9973, i), Fuzzy}
	}
	for b.Loop() {
		if _, err := Build(terms, nil); err != nil {
			b.Fatal(err)
		}
	}
}
