package rulebook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/term"
)

const (
	registerName     = "marks.bin"
	registerMagic    = "ASSAYMRK"
	registerVersion  = 1
	registerSections = 6
	registerCounts   = 2 + int(sharedKinds)
	registerHead     = len(registerMagic) + 4 + 4*registerCounts + 12*registerSections + 4
	maxRegister      = 1 << 24 // marks
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func padded(n int) int { return (n + 7) / 8 * 8 }

// OpenRegister takes the bytes of marks.bin, which it keeps and which must not be changed any more. It looks at all of them:
// what is not whole, not unchanged, not of this version or not what a mark can be is an error. Any bytes are safe.
func OpenRegister(data []byte) (*Register, error) {
	r := &Register{size: len(data)}
	terms, sections, index, err := r.head(data)
	if err != nil {
		return nil, err
	}
	r.offsets, r.order, r.named, r.ends = sections[0], sections[1], sections[2], sections[4]
	r.records = unsafe.String(unsafe.SliceData(sections[3]), len(sections[3]))
	r.shared = unsafe.String(unsafe.SliceData(sections[5]), len(sections[5]))
	if err := r.fits(terms); err != nil {
		return nil, err
	}
	var indexError, recordError error
	var wait sync.WaitGroup
	wait.Go(func() { r.index, indexError = term.Decode(index) })
	recordError = r.verify()
	wait.Wait()
	switch {
	case recordError != nil:
		return nil, recordError
	case indexError != nil:
		return nil, indexError
	case r.index.NumTerms() != terms:
		return nil, fmt.Errorf("the index has %d terms, where the marks have %d names", r.index.NumTerms(), terms)
	}
	return r, nil
}

// head reads the header and cuts data into sections and index.
func (r *Register) head(data []byte) (terms int, sections [registerSections][]byte, index []byte, err error) {
	const counts = len(registerMagic) + 4
	switch {
	case len(data) < registerHead || string(data[:len(registerMagic)]) != registerMagic:
		return 0, sections, nil, errors.New("not a file of marks: assayd marks build makes them")
	case word(data[len(registerMagic):], 0) != registerVersion:
		return 0, sections, nil, fmt.Errorf("format %d, want %d: build it again with this program", word(data[len(registerMagic):], 0), registerVersion)
	case crc32.Checksum(data[:registerHead-4], castagnoli) != binary.LittleEndian.Uint32(data[registerHead-4:]):
		return 0, sections, nil, errors.New("the header is damaged")
	}
	r.n, terms = int(word(data[counts:], 0)), int(word(data[counts:], 1))
	for k := range sharedKinds {
		r.first[k+1] = r.first[k] + int(word(data[counts:], 2+int(k)))
	}
	list := data[counts+4*registerCounts:]
	rest := data[min(padded(registerHead), len(data)):]
	if !zeros(data[registerHead : len(data)-len(rest)]) {
		return 0, sections, nil, errors.New("the header is damaged at its end")
	}
	for i := range sections {
		size := binary.LittleEndian.Uint64(list[12*i:])
		if size > uint64(len(rest)) {
			return 0, sections, nil, fmt.Errorf("cut short in section %d", i)
		}
		end := min(padded(int(size)), len(rest))
		sections[i] = rest[:size:size]
		if crc32.Checksum(sections[i], castagnoli) != binary.LittleEndian.Uint32(list[12*i+8:]) || !zeros(rest[size:end]) {
			return 0, sections, nil, fmt.Errorf("section %d is damaged", i)
		}
		rest = rest[end:]
	}
	return terms, sections, rest, nil
}

func zeros(b []byte) bool { return strings.Trim(string(b), "\x00") == "" }

// fits refuses sections that do not have the sizes the counts promise, and numbers that point outside.
func (r *Register) fits(terms int) error {
	shared := r.first[sharedKinds]
	switch {
	case r.n > maxRegister || terms > math.MaxInt32 || shared > math.MaxInt32:
		return errors.New("impossible counts")
	case len(r.offsets) != 4*r.n, len(r.order) != 4*r.n, len(r.named) != 4*terms, len(r.ends) != 4*shared:
		return errors.New("the sections do not have the sizes that the counts promise")
	}
	if !below(r.order, r.n) || !below(r.named, r.n) || !below(r.offsets, len(r.records)) {
		return errors.New("a number points outside of the file")
	}
	return r.soundShared()
}

// below reports whether all numbers are below n.
func below(numbers []byte, n int) bool {
	highest := -1
	for i := 0; i+4 <= len(numbers); i += 4 {
		highest = max(highest, int(binary.LittleEndian.Uint32(numbers[i:])))
	}
	return highest < n
}

// soundShared looks at the texts that marks have in common.
func (r *Register) soundShared() error {
	before := uint32(0)
	for i := range len(r.ends) / 4 {
		end := word(r.ends, i)
		if end < before || int(end) > len(r.shared) {
			return errors.New("a text is out of bounds")
		}
		before = end
	}
	if int(before) != len(r.shared) || !utf8.ValidString(r.shared) {
		return errors.New("the texts are not UTF-8, or not all named")
	}
	for k := range sharedKinds {
		for i := r.first[k]; i < r.first[k+1]; i++ {
			if text := r.sharedText(i); text == "" || len(text) > maxFact || !utf8.ValidString(text) || !sharedSound(k, text) {
				return fmt.Errorf("%q is no %s", clip(strings.ToValidUTF8(text, "?")), [...]string{"holder", "office", "territory", "language", "category", "source"}[k])
			}
		}
	}
	return nil
}

func sharedSound(k sharedKind, text string) bool {
	switch k {
	case sharedPlace:
		return text == "EU" || text == "WORLD" || isMarket(text)
	case sharedLanguage:
		return isLanguage(text)
	}
	return true
}

// verify looks at every record, as many at a time as there are processors.
func (r *Register) verify() error {
	parts := min(runtime.GOMAXPROCS(0), 1+r.n/4096)
	seen := make([]verified, parts)
	var wait sync.WaitGroup
	for p := range parts {
		wait.Go(func() { seen[p].err = r.verifyRange(r.n*p/parts, r.n*(p+1)/parts, &seen[p]) })
	}
	wait.Wait()
	total := 0
	for _, s := range seen {
		if s.err != nil {
			return s.err
		}
		total += s.terms
		r.famous = append(r.famous, s.famous...)
	}
	if total != len(r.named)/4 || r.n == 0 != (len(r.records) == 0) || r.n > 0 && word(r.offsets, 0) != 0 {
		return errors.New("the names do not belong to the marks")
	}
	return nil
}

// verified is what was seen in some of the records.
type verified struct {
	terms  int
	famous []int
	err    error
}

// verifyRange looks at the records from one mark to another.
func (r *Register) verifyRange(from, to int, seen *verified) error {
	var m Mark
	for i := from; i < to; i++ {
		a := r.recordAt(i)
		first := a.mark(&m)
		end := len(r.records)
		if i+1 < r.n {
			end = int(word(r.offsets, i+1))
		}
		n := 1 + len(m.Aliases) + len(m.Models)
		if a.bad || len(r.records)-len(a.rest) != end || !r.allName(first, n, i) {
			return fmt.Errorf("the record of mark %d is damaged", i+1)
		}
		if why := unsound(&m); why != "" {
			return fmt.Errorf("mark %d: %s", i+1, why)
		}
		seen.terms += n
		if m.Famous {
			seen.famous = append(seen.famous, i)
		}
	}
	return nil
}

// allName reports whether n terms from the given one on name a mark.
func (r *Register) allName(first, n, mark int) bool {
	if first+n > len(r.named)/4 {
		return false
	}
	for t := first; t < first+n; t++ {
		if int(word(r.named, t)) != mark {
			return false
		}
	}
	return true
}

// unsound says what of a mark cannot be; empty: nothing. It asks what every mark was asked when the file was made, but for
// what folding would have to tell.
func unsound(m *Mark) string {
	switch {
	case m.ID == "", !fine(m.ID, maxFact), !fine(m.Text, maxTerm), !fine(m.RegistrationNumber, maxFact):
		return "a text that is too long or no UTF-8"
	case !noneOrDay(m.RegisteredOn), !noneOrDay(m.ExpiresOn):
		return "a day that does not exist"
	case m.HolderCountry == "EU" || m.HolderCountry == "WORLD":
		return "a holder's country that is none"
	case len(m.Aliases)+len(m.Models) > maxAliases, len(m.Territories) > maxFacts, len(m.HomeCategories) > maxFacts,
		len(m.CompanyPrefixes) > maxFacts, len(m.Sources) > maxFacts, len(m.NiceClasses) > 45:
		return "too many items in a list"
	}
	for i := range m.Aliases {
		if !fine(m.Aliases[i].Text, maxTerm) {
			return "a text that is too long or no UTF-8"
		}
	}
	for _, model := range m.Models {
		if !fine(model, maxTerm) {
			return "a text that is too long or no UTF-8"
		}
	}
	for _, class := range m.NiceClasses {
		if class < 1 || class > 45 {
			return "a class that the Nice classification does not have"
		}
	}
	for _, p := range m.CompanyPrefixes {
		if !isCompanyPrefix(p) {
			return "a company prefix that is none"
		}
	}
	return ""
}

// noneOrDay reports whether a day exists, or none is given. Most days exist in every month.
func noneOrDay(d listing.Date) bool {
	everywhere := d.Year >= 1 && d.Year <= 9999 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= 28
	return everywhere || d == listing.Date{} || d.Exists()
}

func fine(text string, most int) bool { return len(text) <= most && utf8.ValidString(text) }

// parseRegister opens marks.bin.
func parseRegister(s *source) part {
	r, err := OpenRegister(s.data)
	if err != nil {
		s.refuse(0, 0, "%v", err)
		s.lost = true
		return func(*draft) {}
	}
	s.rows = r.Len()
	return func(d *draft) {
		d.book.Register = r
		for _, c := range r.categories() {
			d.references = append(d.references, reference{Position{File: s.name}, categoryName, c})
		}
	}
}
