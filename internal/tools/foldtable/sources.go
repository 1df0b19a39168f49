package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// sources is what the data files say, by code point.
type sources struct {
	confusable map[rune][]rune // UTS #39 prototype
	caseFold   map[rune][]rune // full case folding (statuses C and F)
	ignorable  map[rune]bool   // Default_Ignorable_Code_Point
	simplified map[rune]rune   // of traditional Han
	supplement supplement
}

// supplement is supplement.txt, later rows over earlier ones.
type supplement struct {
	fold map[rune]foldRow
	look map[rune]byte
	gap  map[rune]uint8
	kind map[rune]foldtable.Kind
}

func newSupplement() supplement {
	return supplement{map[rune]foldRow{}, map[rune]byte{}, map[rune]uint8{}, map[rune]foldtable.Kind{}}
}

type foldRow struct {
	target    []rune
	transform uint16
}

func readSources(dir fs.FS) (*sources, error) {
	s := &sources{
		confusable: map[rune][]rune{},
		caseFold:   map[rune][]rune{},
		ignorable:  map[rune]bool{},
		simplified: map[rune]rune{},
		supplement: newSupplement(),
	}
	for _, f := range []struct {
		name string
		row  func(fields []string) error
	}{
		{"unicode/confusables.txt.gz", s.confusableRow},
		{"unicode/CaseFolding.txt.gz", s.caseFoldRow},
		{"unicode/DerivedCoreProperties.txt.gz", s.propertyRow},
		{"unicode/Unihan_Variants.txt.gz", s.variantRow},
		{"supplement.txt", s.supplement.row},
	} {
		if err := eachRow(dir, f.name, f.row); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// eachRow calls row with the semicolon-separated fields of every line that has any.
func eachRow(dir fs.FS, name string, row func([]string) error) error {
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		sc = bufio.NewScanner(z)
	}
	for line := 1; sc.Scan(); line++ {
		text, _, _ := strings.Cut(strings.TrimPrefix(sc.Text(), "\ufeff"), "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		fields := strings.Split(text, ";")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if err := row(fields); err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	return sc.Err()
}

func (s *sources) confusableRow(f []string) error {
	r, err := hexRunes(f[0])
	if err != nil {
		return err
	}
	to, err := hexRunes(f[1])
	s.confusable[r[0]] = to
	return err
}

func (s *sources) caseFoldRow(f []string) error {
	if f[1] != "C" && f[1] != "F" {
		return nil
	}
	r, err := hexRunes(f[0])
	if err != nil {
		return err
	}
	to, err := hexRunes(f[2])
	s.caseFold[r[0]] = to
	return err
}

func (s *sources) propertyRow(f []string) error {
	if f[1] != "Default_Ignorable_Code_Point" {
		return nil
	}
	lo, hi, err := hexRange(f[0])
	for r := lo; r <= hi; r++ {
		s.ignorable[r] = true
	}
	return err
}

// The block of Han that shops write with. Rarer characters would double the table.
const firstHan, lastHan = 0x4E00, 0x9FFF

// variantRow reads what a traditional character is in simplified writing: the first variant. One that is written in both is
// its own variant, and stays.
func (s *sources) variantRow(f []string) error {
	cells := strings.Fields(f[0])
	if len(cells) < 3 || cells[1] != "kSimplifiedVariant" {
		return nil
	}
	codes, err := hexRunes(strings.ReplaceAll(cells[0]+" "+strings.Join(cells[2:], " "), "U+", ""))
	if err == nil && codes[0] >= firstHan && codes[0] <= lastHan && !slices.Contains(codes[1:], codes[0]) {
		s.simplified[codes[0]] = codes[1]
	}
	return err
}

var transformNames = map[string]uint16{
	"width": foldtable.Width, "diacritic": foldtable.Diacritic, "ligature": foldtable.Ligature,
	"lookalike": foldtable.LookAlike, "enclosed": foldtable.Enclosed,
}

var kindNames = map[string]foldtable.Kind{
	"blank": foldtable.Blank, "ignorable": foldtable.Ignorable, "bidi": foldtable.Bidi,
	"joiner": foldtable.Joiner, "tag": foldtable.Tag, "kanamark": foldtable.KanaMark,
}

var gapNames = map[string]uint8{
	"symbol": foldtable.Symbol, "space": foldtable.Space, "hyphen": foldtable.Hyphen,
	"apostrophe": foldtable.Apostrophe, "period": foldtable.Period, "stop": foldtable.Stop,
	"comma": foldtable.Comma, "semicolon": foldtable.Semicolon, "question": foldtable.Question,
	"exclamation": foldtable.Exclamation, "quote": foldtable.Quote, "slash": foldtable.Slash,
	"sign": foldtable.Sign,
}

func (s *supplement) row(f []string) error {
	verb, codes, ok := strings.Cut(f[0], " ")
	if !ok || len(f) < 2 {
		return fmt.Errorf("row %q: want VERB CODES ; VALUE", strings.Join(f, ";"))
	}
	lo, hi, err := hexRange(codes)
	if err != nil {
		return err
	}
	for r := lo; r <= hi; r++ {
		if err := s.set(verb, r, int(r-lo), lo != hi, f[1:]); err != nil {
			return err
		}
	}
	return nil
}

// set applies one row to the n-th code point of its range.
func (s *supplement) set(verb string, r rune, n int, isRange bool, args []string) error {
	var ok bool
	switch verb {
	case "fold":
		target := []rune(args[0])
		if len(args) < 2 || isRange && n >= len(target) {
			break
		}
		if isRange {
			target = target[n : n+1]
		}
		var t uint16
		t, ok = transformNames[args[1]]
		s.fold[r] = foldRow{target, t}
	case "look":
		if ok = len(args[0]) == 1; ok {
			s.look[r] = args[0][0]
		}
	case "gap":
		s.gap[r], ok = gapNames[args[0]]
	case "kind":
		s.kind[r], ok = kindNames[args[0]]
	}
	if !ok {
		return fmt.Errorf("%s %04X: unknown verb or value %q", verb, r, args)
	}
	return nil
}

func hexRunes(s string) ([]rune, error) {
	var out []rune
	for _, f := range strings.Fields(s) {
		v, err := strconv.ParseUint(f, 16, 21)
		if err != nil {
			return nil, err
		}
		out = append(out, rune(v))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no code point in %q", s)
	}
	return out, nil
}

func hexRange(s string) (lo, hi rune, err error) {
	first, last, isRange := strings.Cut(strings.TrimSpace(s), "..")
	a, err := hexRunes(first)
	if err != nil || !isRange {
		if err == nil {
			lo, hi = a[0], a[0]
		}
		return lo, hi, err
	}
	b, err := hexRunes(last)
	if err != nil {
		return 0, -1, err
	}
	return a[0], b[0], nil
}
