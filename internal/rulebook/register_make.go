package rulebook

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/term"
)

// A RegisterBuilder makes marks.bin of marks, which it takes one by one and keeps in the form of the file. While it works
// it needs about four times the memory of the file.
type RegisterBuilder struct {
	terms    *term.Builder
	records  []byte
	offsets  []uint32
	named    []uint32
	shared   [sharedKinds]sharedTexts
	ids      map[string]Position
	problems []*source
	tally    RegisterTally
}

// A RegisterTally is what became of the rows.
type RegisterTally struct {
	Rows, Refused          int
	Marks, Aliases, Models int
	Repeated               int // names that read like an earlier one, once they are folded
	Bytes                  int64
}

// sharedTexts are numbered texts of one kind.
type sharedTexts struct {
	numbers map[string]int
	list    []string
}

func (t *sharedTexts) number(text string) int {
	n, ok := t.numbers[text]
	if !ok {
		if n = len(t.list); n == 0 {
			t.numbers = make(map[string]int)
		}
		text = strings.Clone(text) // not the line it stands in
		t.numbers[text] = n
		t.list = append(t.list, text)
	}
	return n
}

// NewRegisterBuilder begins with no marks.
func NewRegisterBuilder() *RegisterBuilder {
	return &RegisterBuilder{terms: term.NewBuilder(nil), ids: make(map[string]Position)}
}

// Problems are those of all rows refused so far, as many of each file as a list can use, the others counted.
func (b *RegisterBuilder) Problems() Problems {
	var all Problems
	for _, s := range b.problems {
		all = append(all, s.all()...)
	}
	return all
}

// Tally is what became of the rows read so far.
func (b *RegisterBuilder) Tally() RegisterTally { return b.tally }

// add takes a mark that was judged, or refuses it to s.
func (b *RegisterBuilder) add(s *source, m *Mark) bool {
	line := m.At.Line
	if m.Status == MarkWithdrawn {
		s.refuse(line, 0, "status %q: only a row of marks.jsonl can withdraw a mark", MarkWithdrawn)
		return false
	}
	if first, taken := b.ids[m.ID]; taken {
		s.refuse(line, 0, "the mark %q is already given at %s", m.ID, first)
		return false
	}
	if len(b.offsets) == maxRegister || len(b.records) > math.MaxUint32-mib {
		s.refuse(line, 0, "the register is full: it has %d marks", len(b.offsets))
		return false
	}
	terms := make([]term.Term, 0, 8)
	for _, name := range m.names() {
		terms = append(terms, term.Term{Text: name, Policy: termPolicy(m.Policy)})
	}
	if err := b.terms.Add(terms...); err != nil {
		s.refuse(line, 0, "%v", err)
		return false
	}
	b.ids[strings.Clone(m.ID)] = m.At
	b.offsets = append(b.offsets, uint32(len(b.records)))
	b.record(m)
	for range terms {
		b.named = append(b.named, uint32(len(b.offsets)-1))
	}
	b.tally.Marks++
	b.tally.Aliases += len(m.Aliases)
	b.tally.Models += len(m.Models)
	return true
}

func termPolicy(p MatchPolicy) term.Policy {
	switch p {
	case MatchExact:
		return term.Exact
	case MatchDisguised:
		return term.Disguised
	}
	return term.Fuzzy
}

// record appends a mark's record; see recordReader for what is read back.
func (b *RegisterBuilder) record(m *Mark) {
	mask := 0
	for _, f := range [...]struct {
		bit int
		is  bool
	}{
		{hasAliases, len(m.Aliases) > 0}, {hasModels, len(m.Models) > 0}, {hasHolder, m.Holder != ""},
		{hasHolderCountry, m.HolderCountry != ""}, {hasOffice, m.Office != ""}, {hasNumber, m.RegistrationNumber != ""},
		{hasTerritories, len(m.Territories) > 0}, {hasClasses, len(m.NiceClasses) > 0}, {hasRegistered, known(m.RegisteredOn)},
		{hasExpires, known(m.ExpiresOn)}, {hasCategories, len(m.HomeCategories) > 0}, {hasPrefixes, len(m.CompanyPrefixes) > 0},
		{hasSources, len(m.Sources) > 0},
	} {
		if f.is {
			mask |= f.bit
		}
	}
	b.numbers(mask, flagsOf(m), len(b.named))
	b.texts(m.ID, m.Text)
	b.names(m, mask)
	b.holder(m, mask)
	b.protection(m, mask)
	b.context(m, mask)
}

func flagsOf(m *Mark) int {
	flags := slices.Index(registerStatuses[:], m.Status) | slices.Index(registerPolicies[:], m.Policy)<<2
	for _, f := range [...]struct {
		bit int
		is  bool
	}{{flagDictionary, m.DictionaryWord}, {flagPersonal, m.PersonalName}, {flagFamous, m.Famous}} {
		if f.is {
			flags |= f.bit
		}
	}
	return flags
}

func (b *RegisterBuilder) names(m *Mark, mask int) {
	if mask&hasAliases != 0 {
		b.numbers(len(m.Aliases))
		for _, a := range m.Aliases {
			b.texts(a.Text)
			b.numbers(slices.Index(registerKinds[:], a.Kind))
			if a.Language == "" {
				b.numbers(0)
			} else {
				b.numbers(1 + b.shared[sharedLanguage].number(a.Language))
			}
		}
	}
	if mask&hasModels != 0 {
		b.numbers(len(m.Models))
		b.texts(m.Models...)
	}
}

func (b *RegisterBuilder) holder(m *Mark, mask int) {
	if mask&hasHolder != 0 {
		b.sharedTexts(sharedHolder, m.Holder)
	}
	if mask&hasHolderCountry != 0 {
		b.sharedTexts(sharedPlace, m.HolderCountry)
	}
	if mask&hasOffice != 0 {
		b.sharedTexts(sharedOffice, m.Office)
	}
	if mask&hasNumber != 0 {
		b.texts(m.RegistrationNumber)
	}
}

func (b *RegisterBuilder) protection(m *Mark, mask int) {
	if mask&hasTerritories != 0 {
		b.numbers(len(m.Territories))
		b.sharedTexts(sharedPlace, m.Territories...)
	}
	if mask&hasClasses != 0 {
		b.numbers(len(m.NiceClasses))
		b.numbers(m.NiceClasses...)
	}
	for _, d := range [...]listing.Date{m.RegisteredOn, m.ExpiresOn} {
		if known(d) {
			b.numbers(d.Year<<9 | int(d.Month)<<5 | d.Day)
		}
	}
}

func (b *RegisterBuilder) context(m *Mark, mask int) {
	if mask&hasCategories != 0 {
		b.numbers(len(m.HomeCategories))
		b.sharedTexts(sharedCategory, m.HomeCategories...)
	}
	if mask&hasPrefixes != 0 {
		b.numbers(len(m.CompanyPrefixes))
		b.texts(m.CompanyPrefixes...)
	}
	if mask&hasSources != 0 {
		b.numbers(len(m.Sources))
		b.sharedTexts(sharedSource, m.Sources...)
	}
}

func (b *RegisterBuilder) numbers(list ...int) {
	for _, n := range list {
		b.records = binary.AppendUvarint(b.records, uint64(n))
	}
}

func (b *RegisterBuilder) texts(list ...string) {
	for _, text := range list {
		b.numbers(len(text))
		b.records = append(b.records, text...)
	}
}

func (b *RegisterBuilder) sharedTexts(kind sharedKind, list ...string) {
	for _, text := range list {
		b.numbers(b.shared[kind].number(text))
	}
}

// WriteTo finishes the index and writes the file. The builder must not be used any more but for its tally.
func (b *RegisterBuilder) WriteTo(w io.Writer) (int64, error) {
	index := b.terms.Build()
	b.tally.Repeated = index.Repeated()
	sections := b.sections()
	head := append(make([]byte, 0, padded(registerHead)), registerMagic...)
	head = binary.LittleEndian.AppendUint32(head, registerVersion)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(b.offsets)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(b.named)))
	for k := range b.shared {
		head = binary.LittleEndian.AppendUint32(head, uint32(len(b.shared[k].list)))
	}
	for _, s := range sections {
		head = binary.LittleEndian.AppendUint64(head, uint64(len(s)))
		head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(s, castagnoli))
	}
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, castagnoli))
	for _, part := range append([][]byte{head}, sections[:]...) {
		n, err := w.Write(append(part, make([]byte, padded(len(part))-len(part))...))
		if b.tally.Bytes += int64(n); err != nil {
			return b.tally.Bytes, fmt.Errorf("write marks: %w", err)
		}
	}
	n, err := index.WriteTo(w)
	if b.tally.Bytes += n; err != nil {
		return b.tally.Bytes, fmt.Errorf("write index of marks: %w", err)
	}
	return b.tally.Bytes, nil
}

func (b *RegisterBuilder) sections() [registerSections][]byte {
	var ends, shared []byte
	for k := range b.shared {
		for _, text := range b.shared[k].list {
			shared = append(shared, text...)
			ends = binary.LittleEndian.AppendUint32(ends, uint32(len(shared)))
		}
	}
	return [...][]byte{words(b.offsets), words(b.order()), words(b.named), b.records, ends, shared}
}

// order are the marks by id.
func (b *RegisterBuilder) order() []uint32 {
	// The file's own reader tells the ids.
	r := &Register{n: len(b.offsets), offsets: words(b.offsets), records: string(b.records)}
	ids, order := make([]string, r.n), make([]uint32, r.n)
	for i := range ids {
		ids[i], order[i] = r.id(i), uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int { return strings.Compare(ids[x], ids[y]) })
	return order
}

func words(list []uint32) []byte {
	out := make([]byte, 0, 4*len(list))
	for _, n := range list {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	return out
}
