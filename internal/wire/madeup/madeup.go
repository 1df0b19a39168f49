// Package madeup makes up submissions: as many as one likes, the same ones for the same seed, for benchmarks and tests that must
// not ask the same text again and again.
//
// Their words come from lists of the caller, a few of them over and over and most of them seldom, as in any language; between
// them stand numbers, model names and words that no list has.
package madeup

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/rulebook"
)

// A Vocabulary is what submissions are made of. No list may be empty.
type Vocabulary struct {
	Words      []string // ordinary ones
	Rare       []string // more of them
	Marks      []string // names of marks
	Categories []string // paths of a taxonomy
}

// VocabularyOf is that of a book.
func VocabularyOf(book *rulebook.Book) Vocabulary {
	v := Vocabulary{Words: book.Words, Rare: book.Dictionary}
	for i := range book.Marks {
		v.Marks = append(v.Marks, book.Marks[i].Text)
	}
	for path := range book.Categories.Names() {
		v.Categories = append(v.Categories, path)
	}
	return v
}

// A Maker makes submissions. It is for one goroutine.
type Maker struct {
	*rand.Rand
	Vocabulary
	latin []string // Words in Latin letters, in the order of how often they come
	often *rand.Zipf
	made  int
}

// New makes a maker. Equal seeds and vocabularies make equal submissions.
func New(seed uint64, v Vocabulary) *Maker {
	m := &Maker{Rand: rand.New(rand.NewPCG(seed, 2)), Vocabulary: v}
	for _, w := range v.Words {
		if strings.IndexFunc(w, func(r rune) bool { return !unicode.Is(unicode.Latin, r) }) < 0 {
			m.latin = append(m.latin, w)
		}
	}
	m.Shuffle(len(m.latin), func(i, j int) { m.latin[i], m.latin[j] = m.latin[j], m.latin[i] })
	m.often = rand.NewZipf(m.Rand, 1.1, 8, uint64(len(m.latin)-1))
	return m
}

// Ordinary is a listing as most are: about 1.2 KB on the wire, with a description, often a brand, now and then a paper.
func (m *Maker) Ordinary() *assayv1.Submission {
	m.made++
	s := &assayv1.Submission{SubmissionId: fmt.Sprint("s-", m.made), Markets: []string{m.market()}, AsOf: timestamppb.New(day.Add(time.Duration(m.IntN(1e6)) * time.Second))}
	s.Merchant = m.merchant()
	s.Product = &assayv1.Product{
		Title:       m.text(8, 16),
		Description: m.text(20, 80),
		Attributes:  map[string]string{"Colour": m.word(), "Material": m.word(), m.word(): m.text(1, 3)},
		Category:    m.Categories[m.IntN(len(m.Categories))],
		Condition:   assayv1.Condition(m.IntN(5)),
		Price:       m.price(s.GetMarkets()[0]),
		Images:      []*assayv1.Image{{Sha256: m.digest()}},
	}
	for range m.IntN(4) {
		s.Product.Bullets = append(s.Product.Bullets, m.text(5, 12))
	}
	switch m.IntN(10) {
	case 0, 1, 2:
		s.Product.Brand = m.Marks[m.IntN(len(m.Marks))]
		s.Product.Title = s.GetProduct().GetBrand() + " " + s.GetProduct().GetTitle()
	case 3, 4, 5, 6:
		s.Product.Brand = capital(m.coined())
	}
	if m.IntN(2) == 0 {
		s.Product.Model = m.model()
	}
	if m.IntN(3) == 0 {
		s.Documents = append(s.Documents, m.paper(0, s))
	}
	return s
}

var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

var currencies = map[string]string{"US": "USD", "DE": "EUR", "FR": "EUR", "CN": "CNY", "JP": "JPY", "GB": "GBP", "IN": "INR", "BR": "BRL"}

var markets = []string{"US", "DE", "FR", "CN", "JP", "GB", "IN", "BR"}

func (m *Maker) market() string { return markets[m.IntN(len(markets))] }

func (m *Maker) price(market string) *money.Money {
	p := &money.Money{CurrencyCode: currencies[market], Units: int64(1 + m.ExpFloat64()*60)}
	if market != "JP" {
		p.Nanos = int32(m.IntN(100)) * 10_000_000
	}
	return p
}

func (m *Maker) merchant() *assayv1.Merchant {
	shop := capital(m.coined()) + " " + capital(m.word())
	return &assayv1.Merchant{MerchantId: fmt.Sprint("m-", m.IntN(5000)), LegalName: shop + " Trading LLC", ShopName: shop, Country: m.market()}
}

// paper is a document of some kind that fits the merchant, and may fit the goods.
func (m *Maker) paper(i int, s *assayv1.Submission) *assayv1.Document {
	mark := s.GetProduct().GetBrand()
	if mark == "" || m.IntN(4) == 0 {
		mark = m.Marks[m.IntN(len(m.Marks))]
	}
	d := &assayv1.Document{
		DocumentId: fmt.Sprint("d-", i), Type: assayv1.DocumentType(1 + m.IntN(26)), Sha256: m.digest(), Number: m.model(),
		Issuer:   &assayv1.Party{LegalName: capital(mark) + " International Ltd", Country: m.market()},
		Subject:  &assayv1.Party{LegalName: s.GetMerchant().GetLegalName(), Country: s.GetMerchant().GetCountry()},
		IssuedOn: m.date(2025), Language: "en", Brands: []*assayv1.BrandGrant{{Text: mark}}, Status: assayv1.DocumentStatus(m.IntN(3)),
	}
	if m.IntN(2) == 0 {
		d.Effective = &assayv1.Validity{Start: &assayv1.Validity_StartDate{StartDate: m.date(2025)}, End: &assayv1.Validity_EndDate{EndDate: m.date(2026)}}
		d.Territories = []string{m.market(), m.market()}
	}
	for range m.IntN(3) {
		d.Lines = append(d.Lines, &assayv1.InvoiceLine{Description: m.text(3, 6), Brand: mark})
	}
	return d
}

func (m *Maker) date(year int) *date.Date {
	return &date.Date{Year: int32(year + m.IntN(2)), Month: int32(1 + m.IntN(12)), Day: int32(1 + m.IntN(28))}
}

// text is so many words, of which a few are numbers, models or unknown.
func (m *Maker) text(from, to int) string {
	words := make([]string, 0, to)
	for range from + m.IntN(to-from+1) {
		w := m.word()
		switch k := m.IntN(100); {
		case k < 6:
			w = fmt.Sprint(1+m.IntN(500), []string{"", " cm", " ml", " W", "x"}[m.IntN(5)])
		case k < 8:
			w = m.model()
		case k < 11:
			w = m.coined()
		case k < 21:
			w = m.Rare[m.IntN(len(m.Rare))]
		}
		switch m.IntN(12) {
		case 0:
			w += ","
		case 1:
			w = capital(w)
		}
		words = append(words, w)
	}
	return capital(strings.Join(words, " "))
}

func (m *Maker) word() string { return m.latin[m.often.Uint64()] }

func (m *Maker) model() string {
	return fmt.Sprintf("%c%c-%d%c", 'A'+m.IntN(26), 'A'+m.IntN(26), m.IntN(9000), 'A'+m.IntN(26))
}

func (m *Maker) digest() string {
	return fmt.Sprintf("%016x%016x%016x%016x", m.Uint64(), m.Uint64(), m.Uint64(), m.Uint64())
}

// coined is a word that no list has, or hardly one.
func (m *Maker) coined() string {
	const consonants, vowels = "bcdfghjklmnprstvwz", "aeiou"
	var b strings.Builder
	for range 2 + m.IntN(3) {
		b.WriteByte(consonants[m.IntN(len(consonants))])
		b.WriteByte(vowels[m.IntN(len(vowels))])
	}
	return b.String()
}

func capital(word string) string {
	r := []rune(word)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// Any is a submission of any kind that is answered: ordinary, disguised, with papers, odd.
func (m *Maker) Any() *assayv1.Submission {
	s := m.Ordinary()
	for range m.IntN(3) {
		oddities[m.IntN(len(oddities))](m, s)
	}
	return s
}

// oddities are what is done to a submission so that it is no longer ordinary.
var oddities = []func(*Maker, *assayv1.Submission){
	func(m *Maker, s *assayv1.Submission) {
		s.Product.Title = m.disguised() + " " + s.GetProduct().GetTitle()
	},
	func(m *Maker, s *assayv1.Submission) {
		s.Product.Description += " Replica of " + m.disguised() + ", AAA quality."
	},
	func(m *Maker, s *assayv1.Submission) {
		s.Product.Title += " compatible with " + m.Marks[m.IntN(len(m.Marks))]
	},
	func(m *Maker, s *assayv1.Submission) {
		s.Documents = nil
		for i := range 1 + m.IntN(5) {
			s.Documents = append(s.Documents, m.paper(i, s))
		}
	},
	func(m *Maker, s *assayv1.Submission) {
		s.Product.Title = m.Words[m.IntN(len(m.Words))] + " " + m.Words[m.IntN(len(m.Words))] + s.GetProduct().GetTitle()
	},
	func(m *Maker, s *assayv1.Submission) {
		s.Product.Price = []*money.Money{nil, {}, {CurrencyCode: "EUR", Units: -1}, {CurrencyCode: "???", Units: 1 << 62, Nanos: -5},
			{CurrencyCode: "JPY", Nanos: 500_000_000}, {CurrencyCode: "USD", Units: 1}, {CurrencyCode: "USD", Units: 1e6}}[m.IntN(7)]
	},
	func(m *Maker, s *assayv1.Submission) {
		s.Product.Title = strings.Repeat([]string{"A\u0301\u0302\u0303", "\u202eekiN ", "👟", "\u200b", "ﬁ ", "\x00", "а́"}[m.IntN(7)], 1+m.IntN(200)) + s.GetProduct().GetTitle()
	},
	func(m *Maker, s *assayv1.Submission) {
		s.Product.Gtin, s.Product.UnitCodes = "4006381333931", []string{"(01)04006381333931(21)" + m.model(), m.model()}
	},
	func(m *Maker, s *assayv1.Submission) { s.Markets = slices.Clone(markets[:1+m.IntN(len(markets))]) },
	func(m *Maker, s *assayv1.Submission) {
		s.Annotations = map[string]string{"a": m.text(1, 9), "b": m.text(1, 9), "c": m.coined()}
	},
	func(m *Maker, s *assayv1.Submission) { s.Merchant, s.AsOf = nil, timestamppb.New(day) },
}

// Bad is a submission that is refused.
func (m *Maker) Bad() *assayv1.Submission {
	s := m.Ordinary()
	switch m.IntN(6) {
	case 0:
		s.Product = nil
	case 1:
		s.Markets = nil
	case 2:
		s.Product.Condition, s.Markets = 99, []string{"XX", "US", "US"}
	case 3:
		s.Documents = []*assayv1.Document{{DocumentId: "twice"}, {DocumentId: "twice"}}
	case 4:
		s.SubmissionId = strings.Repeat("x", 2000)
	case 5:
		s.Product.Title = strings.Repeat("long ", 20_000)
	}
	return s
}

// disguised is a mark's name as somebody writes it who hides it, or means it.
func (m *Maker) disguised() string {
	name := m.Marks[m.IntN(len(m.Marks))]
	switch runes := []rune(name); m.IntN(8) {
	case 0:
		return strings.NewReplacer("o", "0", "i", "1", "e", "3", "a", "4", "s", "5").Replace(name)
	case 1:
		return strings.NewReplacer("a", "а", "e", "е", "o", "о", "p", "р", "c", "с").Replace(name)
	case 2:
		return strings.Join(strings.Split(name, ""), ".")
	case 3:
		return strings.Join(strings.Split(name, ""), "\u200b")
	case 4:
		i := m.IntN(len(runes))
		return string(slices.Insert(runes, i, runes[i], runes[i]))
	case 5:
		i := m.IntN(len(runes))
		return string(slices.Delete(runes, i, i+1))
	case 6:
		return strings.ToUpper(name)
	}
	return name
}
