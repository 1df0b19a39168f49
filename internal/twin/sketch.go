package twin

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/text"
)

// Bounds of what is read of a listing.
const (
	maxTitle  = 2 << 10 // bytes
	maxBody   = 8 << 10 // bytes, of all its texts
	maxImages = 8       // the first ones
	maxModels = 4       // likewise
	maxShown  = 96      // bytes of a title's words that are kept to be shown
	maxBrand  = 40      // bytes
)

// A Sketch is what is kept of a listing.
type Sketch struct {
	Position         int64
	File             string
	Line             int
	ID, Merchant     string
	Brand            string // empty: not known, or said to be none
	Listed, Rejected bool
	GTIN             uint64 // 0: none, or none that is valid
	Title, Body      Set
	Models           []uint32 // hashes of the codes in the title that look like those of models
	Images           []uint64
	Words            string // the first words of the title that count, folded, between spaces

	brand string // the keys of the brand's words, between spaces
}

// IsEmpty reports whether a listing is like none, as there is too little to compare.
func (k *Sketch) IsEmpty() bool { return k.Title.Size < minTitle && len(k.Images) == 0 }

// A Sketcher makes sketches. It is for one goroutine at a time; the zero value is ready.
type Sketcher struct {
	folded text.Folded
	brand  [][]byte // keys of the words of the brand at hand
	key    []byte
	words  []word
	hashes []uint32
	shown  strings.Builder
}

// A word is a token of the text at hand.
type word struct {
	key   []byte
	class text.Class
	out   bool // left out
}

// Sketch makes the sketch of a listing. It keeps no more of its strings than a sketch has.
func (s *Sketcher) Sketch(l *Listing) Sketch {
	k := Sketch{Position: l.Position, File: l.File, Line: l.Line, ID: l.ID, Merchant: l.Merchant, Listed: l.Listed, Rejected: l.Rejected,
		GTIN: gtin(l.GTIN), Images: images(l.Images)}
	s.nameBrand(&k, l.Brand)
	s.hashes = s.hashes[:0]
	s.shown.Reset()
	s.read(Text{cut(l.Title.Words, maxTitle), l.Title.Marks}, true)
	k.Title, k.Words, k.Models = newSet(s.hashes), s.shown.String(), s.models()
	s.hashes = s.hashes[:0]
	left := maxBody
	for _, t := range l.Body {
		if left == 0 {
			break
		}
		t.Words = cut(t.Words, left)
		left -= len(t.Words)
		s.read(t, false)
	}
	k.Body = newSet(s.hashes)
	return k
}

// nameBrand notes the brand, unless it says that there is none, and its words, which are then left out of texts.
func (s *Sketcher) nameBrand(k *Sketch, brand string) {
	s.brand = s.brand[:0]
	brand = cut(brand, maxBrand)
	if whole := text.Key(brand); whole == "" || noBrands[whole] {
		return
	}
	s.folded.Fold(brand)
	var words []string
	for i := range s.folded.NumTokens() {
		key := text.Key(s.folded.Surface(i))
		words = append(words, key)
		s.brand = append(s.brand, []byte(key))
	}
	k.Brand, k.brand = strings.Clone(brand), strings.Join(words, " ")
}

// read adds the words of a text that count.
func (s *Sketcher) read(t Text, show bool) {
	s.tokens(t)
	s.leaveBrandOut()
	for i := range s.words {
		w := &s.words[i]
		switch {
		case w.out:
		case w.class == text.Ideograph || w.class == text.SouthEast:
			if i+1 < len(s.words) && s.words[i+1].class == w.class && !s.words[i+1].out && s.folded.Token(i).After == 0 {
				s.add(slices.Concat(w.key, s.words[i+1].key), show)
			}
		case utf8.RuneCount(w.key) > 2:
			s.add(w.key, show)
		}
	}
}

// tokens reads the words of a text. Those with digits, and those that stand in a mark, are left out.
func (s *Sketcher) tokens(t Text) {
	s.folded.Fold(t.Words)
	marks := slices.Clone(t.Marks)
	slices.SortFunc(marks, func(a, b Span) int { return a.Start - b.Start })
	s.key, s.words = s.key[:0], s.words[:0]
	reach, next := 0, 0 // how far marks that begin before the token go
	for i := range s.folded.NumTokens() {
		token := s.folded.TokenAt(i)
		for ; next < len(marks) && marks[next].Start < int(token.End); next++ {
			reach = max(reach, marks[next].End)
		}
		from := len(s.key)
		s.key = text.AppendKey(s.key, s.folded.Surface(i))
		key := s.key[from:len(s.key):len(s.key)]
		s.words = append(s.words, word{key: key, class: token.Class,
			out: int(token.Start) < reach || len(key) == 0 || token.Class == text.Number || token.Class == text.Mixed})
	}
}

// leaveBrandOut leaves out the words of the brand, where they stand in its order.
func (s *Sketcher) leaveBrandOut() {
	n := len(s.brand)
	for i := 0; n > 0 && i+n <= len(s.words); i++ {
		same := 0
		for same < n && string(s.words[i+same].key) == string(s.brand[same]) {
			same++
		}
		for j := range same {
			if same == n {
				s.words[i+j].out = true
			}
		}
	}
}

// add adds a word to the set at hand, unless it is one of those that vary.
func (s *Sketcher) add(key []byte, show bool) {
	if variable[string(key)] {
		return
	}
	s.hashes = append(s.hashes, uint32(hash(key)))
	if show && s.shown.Len()+1+len(key) <= maxShown {
		if s.shown.Len() > 0 {
			s.shown.WriteByte(' ')
		}
		s.shown.Write(key)
	}
}

// models are those of the title at hand.
func (s *Sketcher) models() (all []uint32) {
	for i := range s.words {
		if w := &s.words[i]; w.class == text.Mixed && len(all) < maxModels && isModel(w.key) {
			all = append(all, uint32(hash(w.key)))
		}
	}
	return all
}

// minModel is how few letters and digits a code of a model has.
const minModel = 5

// isModel reports whether a word of letters and digits may be the code of a model, and not a number with a unit or two numbers
// with an x between them: it has digits between letters, or two after them, or two letters between digits.
func isModel(key []byte) bool {
	digits, letters, inside := 0, 0, 0 // letters: in a row; inside: the most in a row before a digit
	for _, c := range key {
		if c < '0' || c > '9' {
			letters++
			continue
		}
		digits++
		inside, letters = max(inside, letters), 0
	}
	begins := key[0] < '0' || key[0] > '9'
	return len(key) >= minModel && (begins && (digits >= 2 || letters > 0) || inside >= 2 && digits >= 2)
}

// hash is a hash of bytes that is the same in every process (FNV-1a, mixed).
func hash[T string | []byte](b T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(b) {
		h = (h ^ uint64(b[i])) * 1099511628211
	}
	return mix(h)
}

// mix spreads a hash over all its bits (the finalizer of MurmurHash3, in the public domain).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// images are the hashes of the first different pictures.
func images(digests []string) []uint64 {
	var all []uint64
	for _, digest := range digests {
		if digest == "" {
			continue
		}
		if one := hash(digest); !slices.Contains(all, one) {
			all = append(all, one)
		}
		if len(all) == maxImages {
			break
		}
	}
	return all
}

// gtin is the number of a valid product code; 0 of any other.
func gtin(code string) uint64 {
	code = strings.TrimSpace(code)
	if !listing.IsGTIN(code) {
		return 0
	}
	n := uint64(0)
	for _, digit := range code {
		n = 10*n + uint64(digit-'0')
	}
	return n
}

// company is what stands for the company in a product code: a code of 13 digits begins with 7 to 10 of its company.
func company(gtin uint64) uint64 { return gtin % 1e13 / 1e6 }

// cut is at most n bytes of a text, whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// seeds make one hash into many.
var seeds = func() (all [bands * rows]uint64) {
	for i := range all {
		all[i] = mix(uint64(i+1) * 0x9e3779b97f4a7c15)
	}
	return all
}()

// bandKeys are the keys by which titles that are alike are found: each of the least of several orders of the words.
func (s Set) bandKeys() (keys [bands]uint64) {
	for b := range keys {
		for r := range rows {
			least := ^uint64(0)
			for _, h := range s.Least {
				least = min(least, mix(uint64(h)^seeds[b*rows+r]))
			}
			keys[b] = bits.RotateLeft64(keys[b], 23) ^ least
		}
	}
	return keys
}
