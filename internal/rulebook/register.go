package rulebook

import (
	"encoding/binary"
	"slices"
	"sort"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/term"
)

// A Register is marks by the million: one block of bytes, of which a mark is read when a listing names it, and an index
// of all their names. It costs the garbage collector nothing and loads as fast as it is read. It is immutable and safe
// for concurrent use.
//
// The block is marks.bin, numbers little-endian, each section filled up with zeros to a multiple of eight bytes:
//
//	magic     8 bytes "ASSAYMRK", then uint32: the version of the format
//	counts    uint32: marks, names of them (that is terms), and shared texts of each kind, see sharedKind
//	sections  uint64 size and uint32 CRC-32C of each of those below, then uint32 CRC-32C of all before
//	offsets   uint32: where each mark's record begins
//	order     uint32: the marks by id
//	named     uint32: which mark a term names; a mark's terms are its text, its aliases and its models, in this order
//	records   one after the other, see registerRecord
//	ends      uint32: where each shared text ends
//	shared    UTF-8: holders, offices and whatever else many marks have in common
//	index     the terms, to the end of the file, see package term
type Register struct {
	size    int
	n       int
	offsets []byte
	order   []byte
	named   []byte
	records string
	ends    []byte
	shared  string
	first   [sharedKinds + 1]int // number of the first shared text of each kind
	index   *term.Index
	famous  []int
}

// sharedKind is a kind of text that many marks have in common.
type sharedKind uint8

const (
	sharedHolder sharedKind = iota
	sharedOffice
	sharedPlace    // countries and territories
	sharedLanguage // of aliases
	sharedCategory
	sharedSource
	sharedKinds
)

// Fields of a record, as bits of its mask: those that are there follow in this order. A record begins with the mask, the
// flags, the number of the mark's first term, its id and its text; numbers are varints, texts have their size before them,
// and shared texts are their number among their kind.
const (
	hasAliases = 1 << iota
	hasModels
	hasHolder
	hasHolderCountry
	hasOffice
	hasNumber
	hasTerritories
	hasClasses
	hasRegistered
	hasExpires
	hasCategories
	hasPrefixes
	hasSources
	maskEnd
)

// Flags of a record: two bits of status, two of policy, then these.
const (
	flagDictionary = 1 << (4 + iota)
	flagPersonal
	flagFamous
	flagEnd
)

var (
	registerStatuses = [...]MarkStatus{"", MarkRegistered, MarkPending, MarkDead}
	registerPolicies = [...]MatchPolicy{"", MatchExact, MatchDisguised, MatchFuzzy}
	registerKinds    = [...]AliasKind{Transliteration, Abbreviation, Spelling, Nickname, Coded}
)

// Len is how many marks there are.
func (r *Register) Len() int { return r.n }

// Bytes is the size of all of it.
func (r *Register) Bytes() int { return r.size }

// Index finds the marks' names, in any disguise that the mark's own policy allows. What else a name may be was not asked
// when it was built, nor which words are ordinary.
func (r *Register) Index() *term.Index { return r.index }

// Named is the number of the mark that a term of the index names.
func (r *Register) Named(term int32) int { return int(word(r.named, int(term))) }

// FirstTerm is the number of a mark's first term, its text. Its aliases and its models follow.
func (r *Register) FirstTerm(mark int) int {
	at := r.recordAt(mark)
	at.number() // mask
	at.number() // flags
	return at.number()
}

// Famous are the numbers of the marks that are famous, in order.
func (r *Register) Famous() []int { return r.famous }

// Find is the number of the mark with an id.
func (r *Register) Find(id string) (int, bool) {
	i, found := sort.Find(r.n, func(i int) int {
		other := r.id(int(word(r.order, i)))
		switch {
		case id < other:
			return -1
		case id > other:
			return 1
		}
		return 0
	})
	if !found {
		return 0, false
	}
	return int(word(r.order, i)), true
}

func (r *Register) id(mark int) string {
	at := r.recordAt(mark)
	at.number()
	at.number()
	at.number()
	return at.text()
}

// Mark is a mark by its number. Its texts are part of the register.
func (r *Register) Mark(i int) Mark {
	at := r.recordAt(i)
	m := Mark{At: Position{File: registerName}}
	at.mark(&m)
	return m
}

func (r *Register) recordAt(i int) *recordReader {
	return &recordReader{r: r, rest: r.records[word(r.offsets, i):]}
}

// shared texts are numbered over all kinds.
func (r *Register) sharedText(i int) string {
	from := uint32(0)
	if i > 0 {
		from = word(r.ends, i-1)
	}
	return r.shared[from:word(r.ends, i)]
}

// categories are all that marks are at home in.
func (r *Register) categories() []string {
	var list []string
	for i := r.first[sharedCategory]; i < r.first[sharedCategory+1]; i++ {
		list = append(list, r.sharedText(i))
	}
	return list
}

func word(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

// A recordReader reads a record from its beginning. What cannot be read is empty, and bad tells so: records are looked at
// once, when the file is opened.
type recordReader struct {
	r    *Register
	rest string
	bad  bool

	items int // of the list at hand
}

func (a *recordReader) number() int {
	n, shift := uint64(0), 0
	for i := 0; i < len(a.rest) && shift < 35; i++ {
		c := a.rest[i]
		n |= uint64(c&0x7f) << shift
		if shift += 7; c < 0x80 {
			a.rest = a.rest[i+1:]
			return int(n)
		}
	}
	a.rest, a.bad = "", true
	return 0
}

func (a *recordReader) text() string {
	n := a.number()
	if n > len(a.rest) {
		a.rest, a.bad = "", true
		return ""
	}
	text := a.rest[:n]
	a.rest = a.rest[n:]
	return text
}

// sharedText reads a text that marks have in common.
func (a *recordReader) sharedText(kind sharedKind) string {
	n := a.number() + a.r.first[kind]
	if n >= a.r.first[kind+1] {
		a.bad = true
		return ""
	}
	return a.r.sharedText(n)
}

// count reads how many items follow, of at least one byte each, and notes it.
func (a *recordReader) count() int {
	a.items = a.number()
	if a.items > len(a.rest) {
		a.rest, a.bad, a.items = "", true, 0
	}
	return a.items
}

// texts reads a list into dst's memory.
func (a *recordReader) texts(dst []string) []string {
	dst = slices.Grow(dst[:0], a.count())
	for range a.items {
		dst = append(dst, a.text())
	}
	return dst
}

func (a *recordReader) sharedTexts(dst []string, kind sharedKind) []string {
	dst = slices.Grow(dst[:0], a.count())
	for range a.items {
		dst = append(dst, a.sharedText(kind))
	}
	return dst
}

// date reads a day: its year, month and day in 9 bits for the last two.
func (a *recordReader) date() listing.Date {
	n := a.number()
	return listing.Date{Year: n >> 9, Month: time.Month(n >> 5 & 15), Day: n & 31}
}

// mark reads a whole record into m, whose memory it uses again, and returns the number of its first term.
func (a *recordReader) mark(m *Mark) (firstTerm int) {
	mask, flags := a.number(), a.number()
	a.bad = a.bad || mask >= maskEnd || flags >= flagEnd
	firstTerm = a.number()
	m.Status, m.Policy = registerStatuses[flags&3], registerPolicies[flags>>2&3]
	m.DictionaryWord, m.PersonalName, m.Famous = flags&flagDictionary != 0, flags&flagPersonal != 0, flags&flagFamous != 0
	m.ID, m.Text = a.text(), a.text()
	a.names(m, mask)
	a.holder(m, mask)
	a.protection(m, mask)
	a.context(m, mask)
	return firstTerm
}

func (a *recordReader) names(m *Mark, mask int) {
	m.Aliases, m.Models = m.Aliases[:0], m.Models[:0]
	if mask&hasAliases != 0 {
		m.Aliases = slices.Grow(m.Aliases, a.count())
		for range a.items {
			m.Aliases = append(m.Aliases, a.alias())
		}
	}
	if mask&hasModels != 0 {
		m.Models = a.texts(m.Models)
	}
}

func (a *recordReader) holder(m *Mark, mask int) {
	m.Holder, m.HolderCountry, m.Office, m.RegistrationNumber = "", "", "", ""
	if mask&hasHolder != 0 {
		m.Holder = a.sharedText(sharedHolder)
	}
	if mask&hasHolderCountry != 0 {
		m.HolderCountry = a.sharedText(sharedPlace)
	}
	if mask&hasOffice != 0 {
		m.Office = a.sharedText(sharedOffice)
	}
	if mask&hasNumber != 0 {
		m.RegistrationNumber = a.text()
	}
}

func (a *recordReader) protection(m *Mark, mask int) {
	m.Territories, m.NiceClasses = m.Territories[:0], m.NiceClasses[:0]
	m.RegisteredOn, m.ExpiresOn = listing.Date{}, listing.Date{}
	if mask&hasTerritories != 0 {
		m.Territories = a.sharedTexts(m.Territories, sharedPlace)
	}
	if mask&hasClasses != 0 {
		m.NiceClasses = slices.Grow(m.NiceClasses, a.count())
		for range a.items {
			m.NiceClasses = append(m.NiceClasses, a.number())
		}
	}
	if mask&hasRegistered != 0 {
		m.RegisteredOn = a.date()
	}
	if mask&hasExpires != 0 {
		m.ExpiresOn = a.date()
	}
}

func (a *recordReader) context(m *Mark, mask int) {
	m.HomeCategories, m.CompanyPrefixes, m.Sources = m.HomeCategories[:0], m.CompanyPrefixes[:0], m.Sources[:0]
	if mask&hasCategories != 0 {
		m.HomeCategories = a.sharedTexts(m.HomeCategories, sharedCategory)
	}
	if mask&hasPrefixes != 0 {
		m.CompanyPrefixes = a.texts(m.CompanyPrefixes)
	}
	if mask&hasSources != 0 {
		m.Sources = a.sharedTexts(m.Sources, sharedSource)
	}
}

// alias reads a text, its kind, and the number of its language plus one; 0: none.
func (a *recordReader) alias() Alias {
	alias := Alias{Text: a.text()}
	kind := a.number()
	if kind >= len(registerKinds) {
		a.bad = true
		return alias
	}
	alias.Kind = registerKinds[kind]
	if n := a.number() - 1; n >= 0 {
		if n += a.r.first[sharedLanguage]; n >= a.r.first[sharedLanguage+1] {
			a.bad = true
			return alias
		}
		alias.Language = a.r.sharedText(n)
	}
	return alias
}

// Registered is the mark of the register with an id, as far as marks.jsonl does not replace it; nil: there is none.
func (b *Book) Registered(id string) *Mark {
	if b.Register == nil {
		return nil
	}
	i, ok := b.Register.Find(id)
	if !ok || b.Superseded[i] {
		return nil
	}
	m := b.Register.Mark(i)
	return &m
}

// NumMarks is how many marks the book has.
func (b *Book) NumMarks() int {
	n := len(b.Marks)
	if b.Register != nil {
		n += b.Register.Len() - len(b.Superseded)
	}
	return n
}

// names are all names of a mark in the order of their terms.
func (m *Mark) names() []string {
	names := append(make([]string, 0, 1+len(m.Aliases)+len(m.Models)), m.Text)
	for _, a := range m.Aliases {
		names = append(names, a.Text)
	}
	return slices.Concat(names, m.Models)
}
