package trademark_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

func titled(title string) *listing.Submission {
	return &listing.Submission{ID: "1", Markets: []listing.Market{"US"}, Product: listing.Product{Title: title}}
}

func mentions(r *trademark.Result, id string) bool {
	return slices.ContainsFunc(r.Mentions, func(m trademark.Mention) bool { return m.MarkID == id })
}

// One mark in the scripts it is sold under, with what stands around it in each.
func TestScripts(t *testing.T) {
	s := newStage(t)
	for _, tt := range []struct{ title, mark string }{
		{"Nike running shoes", "nike"},
		{"NIKE'S best", "nike"},
		{"#NikeRunning shoes", "nike"},
		{"Zapatillas de correr Nike, negras", "nike"},
		{"耐克运动鞋男", "nike"},
		{"新款耐克", "nike"},
		{"ナイキのランニングシューズ", "nike"},
		{"나이키 운동화", "nike"},
		{"나이키는 운동화", "nike"},
		{"Кроссовки НАЙК", "nike"},
		{"حذاء نايك", "nike"},
		{"حذاء والنايك", "nike"},
		{"รองเท้าวิ่งไนกี้ของแท้", "nike"},
		{"ＮＩＫＥ", "nike"},
		{"ﾅｲｷ シューズ", "nike"},
		{"三星手机", "samsung"},
		{"삼성 전자 휴대폰", "samsung"},
		{"Coca Cola 330 ml", "coca-cola"},
		{"Nestle chocolate", "nestle"},
		{"NESTLÉ chocolate", "nestle"},
	} {
		if result, _ := run(t, s, titled(tt.title)); !mentions(result, tt.mark) {
			t.Errorf("%q: %s is not mentioned; mentions are %v", tt.title, tt.mark, result.Mentions)
		}
	}
}

func TestNoMark(t *testing.T) {
	s := newStage(t)
	for _, title := range []string{
		"Nikel plated screws", "Guccini pasta", "Sonya dress", "Chanelle the cat", "unikely", "Dellwood table",
		"The hike was like a dream", "нике", "3M", "Size L V-neck shirt",
	} {
		if result, report := run(t, s, titled(title)); len(result.Mentions) > 0 {
			t.Errorf("%q: %s", title, render(result, report))
		}
	}
}

// What two markets see of a mark that is in force in one of them.
func TestMarkets(t *testing.T) {
	s := newStage(t)
	for _, tt := range []struct {
		title   string
		markets string
		want    string
	}{
		{"Maison Bleue biscuits", "FR", "FR"},
		{"Maison Bleue biscuits", "FR DE", "FR"},
		{"Maison Bleue biscuits", "DE", ""},
		{"Nestlé chocolate", "DE US CH", "DE CH"},
		{"Nike shoes", "JP US", "JP US"},
	} {
		sub := titled(tt.title)
		sub.Markets = nil
		for _, m := range strings.Fields(tt.markets) {
			sub.Markets = append(sub.Markets, listing.Market(m))
		}
		result, _ := run(t, s, sub)
		if len(result.Mentions) != 1 {
			t.Fatalf("%q: %d mentions", tt.title, len(result.Mentions))
		}
		var got []string
		for _, m := range result.Mentions[0].Markets {
			got = append(got, string(m))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q in %s: in force in %v, want %s", tt.title, tt.markets, got, tt.want)
		}
	}
}

// What the checkers of papers read beside the mention itself.
func TestResultForPapers(t *testing.T) {
	sub := titled("Authorized dealer: Gu\u200bcci belt")
	sub.Product.Brand = "Gucci"
	sub.Merchant.ShopName = "Gucci Flagship Store"
	result, report := run(t, newStage(t), sub)
	if len(result.Mentions) != 1 || len(result.Claims) != 2 {
		t.Fatalf("%d mentions, %d claims:\n%s", len(result.Mentions), len(result.Claims), render(result, report))
	}
	m := result.Mentions[0]
	if m.Mark == nil || m.Mark.ID != "gucci" || !m.InBrand || !m.InTitle || !m.Disguised || m.Gated {
		t.Errorf("mention %+v", m)
	}
	if len(m.ShopNameSpans) != 1 || m.ShopNameSpans[0].Surface != "Gucci" {
		t.Errorf("spans in the shop name: %v", m.ShopNameSpans)
	}
	if !slices.Equal(m.Claims, []int{0, 1}) || result.Claims[0].Flagship || !result.Claims[1].Flagship {
		t.Errorf("claims %v of %+v", m.Claims, result.Claims)
	}
	if len(m.Findings) != 1 || report.Findings[0].ID != m.Findings[0] || report.Findings[0].Code != "OBF_INVISIBLE_CHARS" {
		t.Errorf("findings %v of %+v", m.Findings, report.Findings)
	}
}

// Whoever hides a gated mark gets a person's attention, whatever stands around it.
func TestDisguisesOfGatedMarks(t *testing.T) {
	s := newStage(t)
	decisions := mustBook(t).Decisions
	hide := map[string]func(*rapid.T, []rune) string{
		"invisible":   func(t *rapid.T, m []rune) string { return insert(t, m, "\u200b") },
		"star":        func(t *rapid.T, m []rune) string { return insert(t, m, "*") },
		"dots":        func(_ *rapid.T, m []rune) string { return spelled(string(m), ".") },
		"circles":     func(_ *rapid.T, m []rune) string { return strings.Map(circled, string(m)) },
		"struck":      func(_ *rapid.T, m []rune) string { return spelled(string(m), "\u0336") },
		"starred out": func(t *rapid.T, m []rune) string { return mask(t, m) },
		"zero for o":  func(_ *rapid.T, m []rune) string { return strings.Replace(string(m), "o", "0", 1) },
		"one for i":   func(_ *rapid.T, m []rune) string { return strings.Replace(string(m), "i", "1", 1) },
		"at for a":    func(_ *rapid.T, m []rune) string { return strings.Replace(strings.ToLower(string(m)), "a", "@", 1) },
		"dollar":      func(_ *rapid.T, m []rune) string { return strings.Replace(strings.ToLower(string(m)), "s", "$", 1) },
		"Cyrillic":    func(_ *rapid.T, m []rune) string { return strings.Replace(string(m), "e", "е", 1) },
	}
	kinds := make([]string, 0, len(hide))
	for kind := range hide {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		mark := rapid.SampledFrom([]string{"Gucci", "Chanel", "Samsung", "Dyson", "Rolex", "Adidas", "Louis Vuitton"}).Draw(t, "mark")
		hidden := hide[rapid.SampledFrom(kinds).Draw(t, "kind")](t, []rune(mark))
		if strings.EqualFold(hidden, mark) {
			t.Skip()
		}
		before := rapid.SampledFrom([]string{"", "new ", "for men ", "2024 ", "真皮 ", "купить "}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", " bag", ", black", " 42", " 包"}).Draw(t, "after")
		_, report := run(outer, s, titled(before+hidden+after))
		if !slices.ContainsFunc(report.Findings, func(f check.Finding) bool {
			return decisions.Row(f.Code, f.Variant).Effect >= verdict.Review
		}) {
			t.Fatalf("%q: nothing asks for a person: %+v", before+hidden+after, report.Findings)
		}
	})
}

// The letter case of a mark that is no word never changes whether it is seen.
func TestLetterCase(t *testing.T) {
	s, outer := newStage(t), t
	rapid.Check(t, func(t *rapid.T) {
		mark := rapid.SampledFrom([]string{"Nike", "Adidas", "Gucci", "Coca-Cola", "Emporio Armani", "Kelvani"}).Draw(t, "mark")
		title := strings.Map(func(r rune) rune {
			if rapid.Bool().Draw(t, "upper") {
				return unicode.ToUpper(r)
			}
			return unicode.ToLower(r)
		}, mark)
		if result, _ := run(outer, s, titled("new "+title+" here")); len(result.Mentions) != 1 || result.Mentions[0].Canonical != mark {
			t.Fatalf("%q: %v", title, result.Mentions)
		}
	})
}

// A result does not depend on what was checked before it, or at the same time.
func TestSharedStage(t *testing.T) {
	s := newStage(t)
	subs := []*listing.Submission{
		titled("耐克 高仿 1:1"), titled("Case for iPhone 15"), titled(""), titled("Apple Cinnamon Soy Wax Melts"),
		titled(strings.Repeat("Nike Adidas Gucci ", 300)), titled("Blue cotton shirt"),
	}
	want := make([]string, len(subs))
	for i, sub := range subs {
		want[i] = render(run(t, newStage(t), sub))
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range 60 {
				if got := render(run(t, s, subs[i%len(subs)])); got != want[i%len(subs)] {
					t.Errorf("%.40q: %s", subs[i%len(subs)].Product.Title, cmp.Diff(want[i%len(subs)], got))
				}
			}
		})
	}
	wait.Wait()
}

// Hostile lengths end in a bounded result that says what was not read.
func TestBounds(t *testing.T) {
	s := newStage(t)
	for name, sub := range map[string]*listing.Submission{
		"marks":    titled(strings.Repeat("Nike Gucci ", 5000)),
		"wording":  titled("Nike " + strings.Repeat("replica, ", 7000)),
		"letters":  titled(strings.Repeat("n", 60_000)),
		"contexts": titled("Apple " + strings.Repeat("for the case ", 5000)),
		"spelled":  titled(strings.Repeat("n i k e ", 8000)),
	} {
		t.Run(name, func(t *testing.T) {
			result, report := run(t, s, sub)
			checkSpans(t, sub, result, report)
			if len(report.Findings) > 65 {
				t.Errorf("%d findings", len(report.Findings))
			}
			for _, f := range report.Findings {
				if len(f.Evidence) > 40 || len(f.Message) > 2048 {
					t.Errorf("%s: %d pieces of evidence, a message of %d bytes", f.Code, len(f.Evidence), len(f.Message))
				}
			}
			cut := slices.ContainsFunc(report.Findings, func(f check.Finding) bool { return f.Code == "SYS_INPUT_TRUNCATED" })
			if cut != (report.Outcomes[0].Reason != "") {
				t.Errorf("SYS_INPUT_TRUNCATED %v, reason %q", cut, report.Outcomes[0].Reason)
			}
			if name == "marks" && !cut {
				t.Error("nothing says that marks were left out")
			}
		})
	}
}

func FuzzStage(f *testing.F) {
	f.Add("N1ke Air shoes", "Nike", "compatible with iPhone 15", "Gucci Flagship Store", "Electronics > Phone Cases")
	f.Add("耐克 高仿 1:1", "无品牌", "适用于戴森V8", "", "")
	f.Add("\u202eekin\u202c Gu\u200bcci", "\xff\xfe", "ล\u0336", "النايك", "Apparel & Accessories")
	f.Add("for @didas and $amsung", "@didas", "£ndi", "$", "")
	f.Add("AAA batteries 1：1", "A", "Ⓝⓘⓚⓔ", "G*cci?", ">")
	s := newStage(f)
	f.Fuzz(func(t *testing.T, title, brand, description, shop, category string) {
		sub := titled(title)
		sub.Product.Brand, sub.Product.Description, sub.Product.Category = brand, description, category
		sub.Product.Keywords = []string{title, brand}
		sub.Merchant.ShopName = shop
		result, report := run(t, s, sub)
		checkSpans(t, sub, result, report)
	})
}

// checkSpans reports spans that do not show the bytes they point at.
func checkSpans(t *testing.T, sub *listing.Submission, result *trademark.Result, report *check.Report) {
	t.Helper()
	texts := make(map[listing.Field]string)
	for field, text := range sub.Texts() {
		texts[field] = text
	}
	look := func(s check.TextSpan) {
		text := texts[s.Field]
		if s.Start < 0 || s.Start >= s.End || s.End > len(text) || !strings.HasPrefix(text[s.Start:s.End], s.Surface) || len(s.Surface) > check.MaxSurface {
			t.Errorf("span %+v in %.200q", s, text)
		}
	}
	for _, m := range result.Mentions {
		if len(m.Spans) == 0 || m.Role == check.RoleUnknown || m.Reason == "" || m.Mark == nil {
			t.Errorf("mention %+v", m)
		}
		for _, s := range m.Spans {
			look(s)
		}
	}
	for _, f := range report.Findings {
		for _, e := range f.Evidence {
			look(e.(check.TextSpan))
		}
		if f.Message == "" {
			t.Errorf("%s says nothing", f.Code)
		}
	}
}

// Every code that the stage reports means something in the embedded decision table.
func TestCodesAreDecided(t *testing.T) {
	decisions := mustBook(t).Decisions
	known := make(map[string]bool)
	for _, row := range decisions.Rows() {
		known[row.Code+"/"+row.Variant] = true
	}
	for _, code := range []string{
		"OBF_HOMOGLYPH/", "OBF_INVISIBLE_CHARS/", "OBF_LEET/", "OBF_SEPARATORS/", "OBF_REPEATED_CHARS/", "OBF_MISSPELLING/",
		"OBF_SLANG_ALIAS/", "OBF_BIDI_CONTROL/", "OBF_MIXED_SCRIPT/", "OBF_COMBINING_FLOOD/",
		"CF_EXPLICIT_TERM/", "CF_EXPLICIT_TERM/near_mark", "CF_GRADE_TERM/", "CF_GRADE_TERM/near_mark", "CF_SOURCE_CLAIM/",
		"CF_DUPE_INSPIRED/", "CF_DISCLAIMER/", "CF_OFFPLATFORM_OR_HIDDEN_LINK/", "CF_CONTEXT_EXEMPT/",
		"TM_COMPARISON/", "TM_QUESTION_MARK_BRAND/", "TM_KEYWORD_STUFFING/", "TM_GENERIC_BRAND_WITH_MARK/",
		"TM_MARK_IN_TITLE_ROLE_UNCLEAR/", "TM_COMPAT_MALFORMED/", "TM_COMPAT_INELIGIBLE_CATEGORY/", "TM_MODEL_NAME_WITHOUT_BRAND/",
		"TM_MARK_NOT_LIVE/", "TM_MARK_NOT_LIVE/pending", "TM_CLEARED_NOMINATIVE/", "TM_CLEARED_DESCRIPTIVE/", "TM_CLEARED_CLASS/",
		"TM_CLEARED_TERRITORY/", "TM_CLEARED_PERSONAL_NAME/", "SYS_INPUT_TRUNCATED/",
	} {
		if !known[code] {
			t.Errorf("%s has no row", code)
		}
	}
}

func mustBook(t testing.TB) *rulebook.Book {
	t.Helper()
	book, err := testBook()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func insert(t *rapid.T, m []rune, what string) string {
	at := rapid.IntRange(1, len(m)-1).Filter(func(i int) bool { return m[i] != ' ' && m[i-1] != ' ' }).Draw(t, "at")
	return string(m[:at]) + what + string(m[at:])
}

// spelled puts something between the letters of each word.
func spelled(mark, between string) string {
	words := strings.Fields(mark)
	for i, word := range words {
		words[i] = strings.Join(strings.Split(word, ""), between)
	}
	return strings.Join(words, " ")
}

func mask(t *rapid.T, m []rune) string {
	m = slices.Clone(m)
	at := rapid.IntRange(1, len(m)-2).Filter(func(i int) bool { return m[i] != ' ' && m[i-1] != ' ' && m[i+1] != ' ' }).Draw(t, "at")
	m[at] = '*'
	return string(m)
}

func circled(r rune) rune {
	if r := unicode.ToLower(r); r >= 'a' && r <= 'z' {
		return 'ⓐ' + r - 'a'
	}
	return r
}
