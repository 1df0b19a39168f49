package attack

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// brands are gated for shoes in the embedded rulebook. None is a word of its own: in small letters such words are read as words.
var brands = []string{"Nike", "Adidas", "Gucci", "Chanel", "Prada", "Versace", "Burberry", "Fendi", "Moncler", "Lacoste",
	"Goyard", "Rimowa", "Reebok", "Timberland", "Birkenstock", "Balenciaga", "Givenchy", "Valentino", "Swarovski", "Rolex"}

var textAttacks = []attack{
	{id: "T01", what: "a gated mark in other case, at every place of every text field", must: "no listing passes; the span is where the mark is", run: placedMarks},
	{id: "T02", what: "marks in letters of every alphabet that Unicode makes of Latin ones", must: "none passes", run: styledMarks},
	{id: "T03", what: "each default-ignorable code point at each inner position of marks", must: "none passes", run: ignorables},
	{id: "T04", what: "each letter of 20 brands replaced by each of its UTS #39 look-alikes; all letters replaced", must: "at least 95 % do not pass", run: lookAlikes},
	{id: "T05", what: "each direction control in a mark; marks in tag characters; soft hyphens everywhere", must: "none passes", run: directions},
	{id: "T06", what: "texts that grow or that match without end: marks upon letters, one long token, spaces, expansions, repeats, crowds of marks", must: "answered within a second; no evidence over 256 bytes", run: floods},
	{id: "T07", what: "each kind of invalid UTF-8 in each text of a request", must: "INTERNAL or INVALID_ARGUMENT; the error says nothing of us", run: brokenText},
	{id: "T09", what: "marks split by each separator, spelled with digits, or split over fields", must: "what the table of policy says (policy_test.go)", run: policy},
	{id: "T10", what: "honest titles in 20 languages", must: "none is rejected or called disguised", run: honestTitles},
	{id: "T11", what: "the same listing in NFC, NFD, NFKC and NFKD; a listing with more text", must: "one decision; more text is never judged milder", run: forms},
	{id: "T20", what: "two disguises at once, drawn at random", must: "at least 95 % do not pass", run: stacked},
	{id: "T21", what: "a mark at a random place of a quarter megabyte of innocent text, plain or disguised", must: "none passes", run: buried},
}

// placedMarks puts a mark at the beginning, the middle and the end of every field that buyers see.
func placedMarks(f *field) string {
	places := []struct {
		name string
		put  func(*assayv1.Product, string)
	}{
		{"title", func(p *assayv1.Product, s string) { p.Title = s }},
		{"description", func(p *assayv1.Product, s string) { p.Description = s }},
		{"brand", func(p *assayv1.Product, s string) { p.Brand = s }},
		{"bullets[1]", func(p *assayv1.Product, s string) { p.Bullets = []string{"light", s} }},
		{"keywords[0]", func(p *assayv1.Product, s string) { p.Keywords = []string{s} }},
		{"attributes[style]", func(p *assayv1.Product, s string) { p.Attributes = map[string]string{"style": s} }},
		{"variants[0].name", func(p *assayv1.Product, s string) { p.Variants = []*assayv1.Variant{{Name: s}} }},
	}
	var submissions []*assayv1.Submission
	var names []string
	for _, brand := range brands[:10] {
		for _, written := range []string{brand, strings.ToLower(brand), strings.ToUpper(brand), alternating(brand)} {
			for _, text := range []string{"  " + written + "  ", written + " runners in black", "black " + written + " runners", "runners by " + written} {
				for _, place := range places {
					s := shoes("runners")
					place.put(s.Product, text)
					submissions, names = append(submissions, s), append(names, place.name+": "+text)
				}
			}
		}
	}
	passed := 0
	for i, r := range f.judged(submissions) {
		if r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_APPROVE || r.GetVerdict() == nil {
			passed++
			f.Errorf("%s passes", names[i])
		}
		checkSpans(f, names[i], submissions[i], r.GetVerdict())
	}
	return fmt.Sprintf("%d of %d pass", passed, len(submissions))
}

// checkSpans wants every span in a title or description to show the bytes that it names.
func checkSpans(f *field, name string, s *assayv1.Submission, v *assayv1.Verdict) {
	for _, m := range v.GetMentions() {
		for _, span := range m.GetSpans() {
			text, ok := map[string]string{"title": s.GetProduct().GetTitle(), "description": s.GetProduct().GetDescription()}[span.GetField()]
			if ok && (span.GetStart() < 0 || int(span.GetEnd()) > len(text) || !strings.HasPrefix(text[span.GetStart():span.GetEnd()], strings.TrimSuffix(span.GetSurface(), "…"))) {
				f.Errorf("%s: a span says %d to %d is %q", name, span.GetStart(), span.GetEnd(), span.GetSurface())
			}
		}
	}
}

func alternating(s string) string {
	letters := []rune(strings.ToLower(s))
	for i := 0; i < len(letters); i += 2 {
		letters[i] = unicode.ToUpper(letters[i])
	}
	return string(letters)
}

// alphabets are where Unicode has Latin letters once more: the first capital and the first small letter, 0 where there are none.
var alphabets = []struct {
	name           string
	capital, small rune
}{
	{"fullwidth", 'Ａ', 'ａ'}, {"circled", 'Ⓐ', 'ⓐ'}, {"parenthesized", '🄐', '⒜'}, {"squared", '🄰', 0}, {"negative circled", '🅐', 0},
	{"negative squared", '🅰', 0}, {"regional", '🇦', 0}, {"tags", 0xE0041, 0xE0061},
	{"bold", 0x1D400, 0x1D41A}, {"italic", 0x1D434, 0x1D44E}, {"bold italic", 0x1D468, 0x1D482}, {"script", 0x1D49C, 0x1D4B6},
	{"bold script", 0x1D4D0, 0x1D4EA}, {"fraktur", 0x1D504, 0x1D51E}, {"double struck", 0x1D538, 0x1D552}, {"bold fraktur", 0x1D56C, 0x1D586},
	{"sans", 0x1D5A0, 0x1D5BA}, {"sans bold", 0x1D5D4, 0x1D5EE}, {"sans italic", 0x1D608, 0x1D622}, {"sans bold italic", 0x1D63C, 0x1D656},
	{"monospace", 0x1D670, 0x1D68A},
}

// holes are letters that stand elsewhere, because they were there before the alphabet.
var holes = map[rune]rune{0x1D455: 'ℎ', 0x1D49D: 'ℬ', 0x1D4A0: 'ℰ', 0x1D4A1: 'ℱ', 0x1D4A3: 'ℋ', 0x1D4A4: 'ℐ', 0x1D4A7: 'ℒ', 0x1D4A8: 'ℳ', 0x1D4AD: 'ℛ',
	0x1D4BA: 'ℯ', 0x1D4BC: 'ℊ', 0x1D4C4: 'ℴ', 0x1D506: 'ℭ', 0x1D50B: 'ℌ', 0x1D50C: 'ℑ', 0x1D515: 'ℜ', 0x1D51D: 'ℨ', 0x1D53A: 'ℂ', 0x1D53F: 'ℍ', 0x1D545: 'ℕ',
	0x1D547: 'ℙ', 0x1D548: 'ℚ', 0x1D549: 'ℝ', 0x1D551: 'ℤ'}

// styled writes a name in an alphabet, capitals where it has no small letters.
func styled(name string, capital, small rune) string {
	return strings.Map(func(r rune) rune {
		to := r
		switch lower := unicode.ToLower(r); {
		case lower < 'a' || lower > 'z':
		case capital != 0 && (small == 0 || r != lower):
			to = capital + lower - 'a'
		case small != 0:
			to = small + lower - 'a'
		}
		if elsewhere, ok := holes[to]; ok {
			return elsewhere
		}
		return to
	}, name)
}

func styledMarks(f *field) string {
	var all []spelling
	for _, brand := range brands {
		for _, a := range alphabets {
			for _, written := range []string{brand, strings.ToUpper(brand), strings.ToLower(brand)} {
				all = append(all, spelling{styled(written, a.capital, a.small), brand + " " + a.name})
			}
			if a.name != "tags" { // which show nothing: what stands there is no mark
				all = append(all, spelling{styled(brand[:1], a.capital, a.small) + brand[1:], brand + " begins " + a.name})
			}
		}
	}
	passed := f.approved(all)
	if len(passed) > 0 {
		f.Errorf("pass:%s", some(passed))
	}
	return fmt.Sprintf("%d of %d spellings pass", len(passed), len(all))
}

// ignorables goes through Unicode's own list.
func ignorables(f *field) string {
	points := defaultIgnorable(f)
	var all []spelling
	step := size(37, 1)
	for i := f.rng.IntN(step); i < len(points); i += step {
		for _, brand := range []string{"Nike", "Gucci", "Stone Island", "Hermès", "Chrome Hearts"} {
			for at := range brand {
				if at > 0 {
					all = append(all, spelling{brand[:at] + string(points[i]) + brand[at:], fmt.Sprintf("%s with U+%04X", brand, points[i])})
				}
			}
		}
	}
	passed := f.approved(all)
	if len(passed) > 0 {
		f.Errorf("pass:%s", some(passed))
	}
	return fmt.Sprintf("%d code points, %d of %d spellings pass", (len(points)+step-1)/step, len(passed), len(all))
}

// defaultIgnorable are the code points that Unicode says to show as nothing.
func defaultIgnorable(f *field) (points []rune) {
	unicodeRows(f, "DerivedCoreProperties.txt.gz", func(row []string) {
		if row[1] != "Default_Ignorable_Code_Point" {
			return
		}
		low, high, isRange := strings.Cut(row[0], "..")
		if !isRange {
			high = low
		}
		for r := hex(f, low); r <= hex(f, high); r++ {
			points = append(points, r)
		}
	})
	if len(points) != 4174 {
		f.Errorf("Unicode has %d default-ignorable code points, not 4,174", len(points))
	}
	return points
}

// unicodeRows goes through the rows of one of Unicode's files.
func unicodeRows(f *field, name string, row func([]string)) {
	f.Helper()
	file, err := os.Open("../tools/foldtable/unicode/" + name)
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		f.Fatal(err)
	}
	for lines := bufio.NewScanner(z); lines.Scan(); {
		line, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		columns := strings.Split(line, ";")
		if len(columns) < 2 {
			continue
		}
		for i := range columns {
			columns[i] = strings.TrimSpace(columns[i])
		}
		row(columns)
	}
}

func hex(f *field, s string) rune {
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		f.Fatal(err)
	}
	return rune(n)
}

// confusables are, for each ASCII letter, the code points with the same UTS #39 skeleton, in order.
func confusables(f *field) map[rune][]rune {
	skeletons := map[rune]string{}
	unicodeRows(f, "confusables.txt.gz", func(row []string) {
		var to []rune
		for _, h := range strings.Fields(row[1]) {
			to = append(to, hex(f, h))
		}
		skeletons[hex(f, row[0])] = norm.NFD.String(string(to))
	})
	of := func(r rune) string {
		if s, ok := skeletons[r]; ok {
			return s
		}
		return string(r)
	}
	like := map[rune][]rune{}
	for letter := 'A'; letter <= 'z'; letter++ {
		for r := range skeletons {
			if r >= utf8.RuneSelf && of(r) == of(letter) {
				like[letter] = append(like[letter], r)
			}
		}
		slices.Sort(like[letter])
	}
	return like
}

func lookAlikes(f *field) string {
	like := confusables(f)
	var single, whole []spelling
	step := size(13, 1)
	for _, brand := range brands {
		for at, letter := range brand {
			both := append(slices.Clone(like[unicode.ToLower(letter)]), like[unicode.ToUpper(letter)]...)
			for i := f.rng.IntN(step); i < len(both); i += step {
				single = append(single, spelling{brand[:at] + string(both[i]) + brand[at+1:], fmt.Sprintf("%s with U+%04X", brand, both[i])})
			}
		}
		for range size(20, 200) {
			whole = append(whole, spelling{strings.Map(func(r rune) rune {
				if all := like[r]; len(all) > 0 {
					return all[f.rng.IntN(len(all))]
				}
				return r
			}, brand), brand + " as a whole"})
		}
	}
	a, b := f.approved(single), f.approved(whole)
	seen := 1 - float64(len(a))/float64(len(single))
	if seen < 0.95 {
		f.Errorf("%.1f %% of single look-alikes are seen; pass:%s", 100*seen, some(a))
	}
	seenWhole := 1 - float64(len(b))/float64(len(whole))
	if seenWhole < 0.95 {
		f.Errorf("%.1f %% of whole look-alikes are seen; pass:%s", 100*seenWhole, some(b))
	}
	f.Logf("pass:%s;%s", some(a), some(b))
	return fmt.Sprintf("%.2f %% of %d with one letter and %.2f %% of %d with all letters replaced do not pass", 100*seen, len(single), 100*seenWhole, len(whole))
}

func directions(f *field) string {
	var all []spelling
	for _, brand := range brands {
		for _, control := range "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
			for at := range brand {
				all = append(all, spelling{brand[:at] + string(control) + brand[at:], fmt.Sprintf("%s with U+%04X", brand, control)})
			}
		}
		backwards := []rune(brand)
		slices.Reverse(backwards)
		for _, around := range []string{"\u202e\u202c", "\u2067\u2069", "\u202e", "\u2067"} {
			open, end := around[:3], around[3:]
			all = append(all, spelling{open + string(backwards) + end, brand + " shown backwards"})
		}
		all = append(all, spelling{strings.Join(strings.Split(brand, ""), "\u00ad"), brand + " in soft hyphens"},
			spelling{styled(strings.ToLower(brand), 0, 0xE0061), brand + " in tags"})
	}
	passed := f.approved(all)
	if len(passed) > 0 {
		f.Errorf("pass:%s", some(passed))
	}
	return fmt.Sprintf("%d of %d spellings pass", len(passed), len(all))
}

// floods are texts at the limits of their fields. The title holds a mark, so that none may pass.
func floods(f *field) string {
	const limit = 65536 - 32
	fill := func(unit string) string { return strings.Repeat(unit, limit/len(unit)) }
	texts := map[string]string{
		"100 marks upon each letter":    strings.Join(strings.Split("Nike", ""), strings.Repeat("\u0301", 100)),
		"10,000 marks upon each letter": strings.Join(strings.Split("Nike", ""), strings.Repeat("\u0316\u0301", 5_000)),
		"many kinds of marks":           "N" + strings.Map(func(i rune) rune { return 0x300 + i%0x60 }, string(make([]rune, 20_000))) + "ike",
		"a long token":                  fill("x") + " Nike", "spaces": strings.Repeat(" ", 32<<10) + "Nike", "blank letters": fill("\u3164") + " Nike",
		"expansions": fill("\ufdfa") + " Nike", "fractions": fill("½") + " Nike", "jamo": fill("\u1100\u1161\u11a8") + " Nike",
		"repeated letters": fill("a") + " Nike", "a long Nike": "N" + strings.Repeat("i", 30_000) + "ke Nike", "periods": fill("n.i.k.") + " Nike",
		"crowds": fill("Nike "), "crowds in one word": fill("nike"), "near marks": fill("nkie "), "look-alikes": fill("nіkе "), "leet": fill("n1k3 "), "masks": fill("n*k*"),
		"tags": fill("\U000e006e") + " Nike", "regional letters": fill("🇳🇮🇰") + " Nike", "controls": fill("\x00\x1b") + " Nike", "directions": fill("\u202e\u202c") + " Nike",
		"ideographs": fill("耐克") + " Nike", "Thai": fill("ไนกี้") + " Nike", "Arabic": fill("والنايك") + " Nike", "words": fill("air "), "numbers": fill("9 ") + " Nike",
		"hyphens": fill("n-") + " Nike", "links": fill("http://a.b/") + " Nike", "emoji": fill("👨\u200d👩\u200d👧") + " Nike",
	}
	slowest, name, longest := time.Duration(0), "", 0
	for what, text := range texts {
		s := shoes(text[:min(len(text), 65536)])
		r, err := f.check(s)
		if err != nil {
			f.Errorf("%s: %v", what, err)
			continue
		}
		if strings.Contains(text, "Nike") && r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_APPROVE {
			f.Errorf("%s: it passes, %v", what, codes(r.GetVerdict()))
		}
		took := time.Duration(0)
		for _, one := range r.GetTimings() {
			took += one.GetElapsed().AsDuration()
		}
		if took > slowest {
			slowest, name = took, what
		}
		longest = max(longest, longestSurface(r.GetVerdict()))
	}
	if slowest > time.Second {
		f.Errorf("%s took %v", name, slowest)
	}
	if longest > 256 {
		f.Errorf("evidence shows %d bytes", longest)
	}
	return fmt.Sprintf("%d texts of up to 64 KiB; the slowest, %s, %.1f ms; longest evidence %d bytes", len(texts), name, slowest.Seconds()*1000, longest)
}

func longestSurface(v *assayv1.Verdict) (longest int) {
	for _, f := range v.GetFindings() {
		for _, e := range f.GetEvidence() {
			longest = max(longest, len(e.GetTextSpan().GetSurface()))
		}
	}
	for _, m := range v.GetMentions() {
		for _, s := range m.GetSpans() {
			longest = max(longest, len(s.GetSurface()))
		}
	}
	return longest
}

// brokenText puts bytes that are no UTF-8 where each text of a request is, map keys included.
func brokenText(f *field) string {
	const text = "MARKER-MARKER"
	isText := func(d protoreflect.FieldDescriptor) bool {
		return d.Kind() == protoreflect.StringKind || d.IsMap() && (d.MapKey().Kind() == protoreflect.StringKind)
	}
	calls := 0
	for _, w := range ways((&assayv1.CheckSubmissionRequest{}).ProtoReflect().Descriptor(), isText) {
		m := asking()
		w.at(m.ProtoReflect(), func(in protoreflect.Message, d protoreflect.FieldDescriptor) {
			switch {
			case d.IsMap():
				in.Mutable(d).Map().Set(protoreflect.ValueOf(text).MapKey(), in.NewField(d).Map().NewValue())
			default:
				put(in, d, protoreflect.ValueOf(text))
			}
		})
		for _, bad := range []string{"\xff", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\x80", "\xe8\x80", "\xf0\x80\x80\x80", "\xed\xb0\x80"} {
			calls++
			_, err := f.send(assayv1.ComplianceService_CheckSubmission_FullMethodName, replaced(m, text, []byte(bad)))
			if code := status.Code(err); code != grpccodes.Internal && code != grpccodes.InvalidArgument {
				f.Errorf("%v with %q: %v", w, bad, err)
			}
			wellSpoken(f, err)
		}
	}
	return fmt.Sprintf("%d calls refused", calls)
}

// wellSpoken wants an error to be short and to tell nothing of the inside.
func wellSpoken(f *field, err error) {
	f.Helper()
	if s := status.Convert(err); len(s.Message()) > 512 || strings.Contains(s.Message(), ".go:") || strings.Contains(s.Message(), "goroutine") {
		f.Errorf("an error says %q", s.Message())
	}
}

func honestTitles(f *field) string {
	var submissions []*assayv1.Submission
	for _, title := range honest {
		submissions = append(submissions, shoes(title))
	}
	stopped := 0
	for i, r := range f.judged(submissions) {
		v := r.GetVerdict()
		if v.GetDecision() != assayv1.Decision_DECISION_APPROVE {
			stopped++
		}
		if v.GetDecision() == assayv1.Decision_DECISION_REJECT || v == nil {
			f.Errorf("%q is rejected: %v", honest[i], codes(v))
		}
		for _, finding := range v.GetFindings() {
			if strings.HasPrefix(finding.GetCode(), "OBF_") && finding.GetSeverity() > assayv1.Severity_SEVERITY_INFO {
				f.Errorf("%q is called disguised: %s", honest[i], finding.GetMessage())
			}
		}
	}
	return fmt.Sprintf("%d of %d titles do not pass at once", stopped, len(honest))
}

// honest are titles with the letters, joiners and marks that their languages need.
var honest = []string{
	"Damen Laufschuhe, Größe 42, weiß und grün", "Çocuk ayakkabısı, ılık suda yıkanır, İstanbul'dan", "Straßenschuhe aus Ölleder", "Giày thể thao nữ cổ thấp, phở màu trắng",
	"حذاء رياضي للرجال، مقاس ٤٢", "حِذَاءٌ رِيَاضِيٌّ", "کفش ورزشی می\u200cخواهم", "हिन्दी में जूते, क्षमा और ज्ञान", "क्\u200dष अक्षर वाले जूते", "รองเท้าผู้หญิงสวยๆ ราคาถูก",
	"Красивые женские ботинки из кожи", "Δερμάτινα παπούτσια", "נעלי ריצה לנשים", "女士夏季凉鞋 新款", "가을 신상 여성 운동화", "レディース スニーカー 夏 カジュアル", "Buty damskie zimowe, łódzkie, żółte",
	"👨\u200d👩\u200d👧\u200d👦 family slippers ❤️", "pumas in the zoo slippers", "Dětské boty, růžové, příští léto", "Chaussures d'été à lacets, œillets", "Zapatillas niño, tamaño 30",
	"Sko til børn, blå", "Férfi cipő, fűzős", "Papuci de casă, mărimea 38", "Tênis feminino, confortável, ação", "Sapatos 10µm 5Ω", "Schoenen, coëfficiënt 0,5 — één paar",
}

func forms(f *field) string {
	texts := slices.Concat(honest, []string{"Ｎｉｋｅ", "Hermès", "Ni\u0301ke", "ﾅｲｷ ガ", "각\u11a8", "Chloé", "Nіke", "ñike", "①②③", "Å Å Å", "ſtone iſland"})
	var submissions []*assayv1.Submission
	for _, text := range texts {
		for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
			submissions = append(submissions, shoes(form.String(text)))
		}
		more := shoes(text)
		more.Product.Description = "soft and light"
		worse := shoes(text)
		worse.Product.Description = "like N1ke"
		submissions = append(submissions, more, worse)
	}
	results := f.judged(submissions)
	for i, text := range texts {
		six := results[6*i : 6*i+6]
		decisions := make([]assayv1.Decision, 6)
		for j, r := range six {
			decisions[j] = r.GetVerdict().GetDecision()
		}
		if c, d := decisions[0], decisions[1]; c != d {
			f.Errorf("%q: NFC %v, NFD %v", text, c, d)
		}
		if kc, kd := decisions[2], decisions[3]; kc != kd {
			f.Errorf("%q: NFKC %v, NFKD %v", text, kc, kd)
		}
		if decisions[4] < decisions[0] || decisions[5] < decisions[0] {
			f.Errorf("%q: %v alone, %v and %v with more text", text, decisions[0], decisions[4], decisions[5])
		}
	}
	return fmt.Sprintf("%d listings in four forms", len(texts))
}

// disguises are ways to write a name so that people read it and programs do not.
func disguises(f *field, like map[rune][]rune) []func([]rune) []rune {
	between := func(from string) func([]rune) []rune {
		set := []rune(from)
		return func(r []rune) []rune {
			at := 1 + f.rng.IntN(len(r)-1)
			return slices.Insert(slices.Clone(r), at, set[f.rng.IntN(len(set))])
		}
	}
	instead := func(of map[rune][]rune) func([]rune) []rune {
		return func(r []rune) []rune {
			r = slices.Clone(r)
			for range 20 {
				at := f.rng.IntN(len(r))
				if to := of[r[at]]; len(to) > 0 {
					r[at] = to[f.rng.IntN(len(to))]
					return r
				}
			}
			return r
		}
	}
	leet := map[rune][]rune{'a': []rune("4@"), 'e': []rune("3"), 'i': []rune("1!"), 'o': []rune("0"), 's': []rune("5$"), 't': []rune("7")}
	style := alphabets[f.rng.IntN(7)]
	return []func([]rune) []rune{
		between("\u200b\u200c\u200d\u00ad\u2060\ufeff\u034f\u180e\u115f\u3164\u2800"), between("\u0301\u0336\u0323\u20d2\u0327"), between(".-_*·|~ "),
		instead(like), instead(leet),
		func(r []rune) []rune { return []rune(styled(string(r), style.capital, style.small)) },
		func(r []rune) []rune { return []rune(strings.ToUpper(string(r))) },
	}
}

func stacked(f *field) string {
	like := confusables(f)
	var all []spelling
	for range size(1000, 20_000) {
		brand := brands[f.rng.IntN(len(brands))]
		if len(brand) < 5 {
			continue // two changes leave little of four letters
		}
		ways := disguises(f, like)
		a, b := f.rng.IntN(len(ways)), f.rng.IntN(len(ways))
		all = append(all, spelling{string(ways[b](ways[a]([]rune(brand)))), fmt.Sprintf("%s %d %d", brand, a, b)})
	}
	passed := f.approved(all)
	seen := 1 - float64(len(passed))/float64(len(all))
	f.Logf("pass:%s", some(passed))
	if seen < 0.95 {
		f.Errorf("%.1f %% are seen; pass:%s", 100*seen, some(passed))
	}
	return fmt.Sprintf("%.2f %% of %d do not pass", 100*seen, len(all))
}

func buried(f *field) string {
	innocent := strings.Fields("soft light shoe with rubber sole and cotton laces for long walks in rain or sun made by hand in small series of forty pairs a week")
	passed, tried := 0, size(20, 200)
	like := confusables(f)
	for range tried {
		brand := []rune(brands[f.rng.IntN(len(brands))])
		if f.rng.IntN(2) == 0 && len(brand) > 4 {
			ways := disguises(f, like)
			brand = ways[f.rng.IntN(3)](brand)
		}
		words := make([]string, 0, 50_000)
		for n := 0; n < 262_144-64; {
			w := innocent[f.rng.IntN(len(innocent))]
			words, n = append(words, w), n+len(w)+1
		}
		words[f.rng.IntN(len(words))] = string(brand)
		s := shoes("runners")
		s.Product.Description = strings.Join(words, " ")
		s.Product.Description = s.Product.Description[:min(len(s.Product.Description), 262_144)]
		r, err := f.check(s)
		if err != nil || r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_APPROVE {
			passed++
			f.Errorf("%+q passes: %v, %v", string(brand), codes(r.GetVerdict()), err)
		}
	}
	return fmt.Sprintf("%d of %d pass", passed, tried)
}
