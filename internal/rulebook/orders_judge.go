package rulebook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/text"
)

// Bounds on one order.
const (
	maxProducts = 64
	maxPhrases  = 256 // of one product; and of gtins, brands, models, ranges, names: of each
	maxWith     = 8   // lists that must be found together
)

// judgeOrder refuses what an order cannot be.
func (s *source) judgeOrder(o *Order) {
	line := o.At.Line
	if o.ID == "" {
		s.refuse(line, 0, "the order has no id")
	}
	if o.Authority == "" {
		s.refuse(line, 0, "the order has no authority: nobody could look it up")
	}
	s.oneOf(line, "kind", string(o.Kind), string(GeneralExclusion), string(LimitedExclusion), string(CeaseAndDesist),
		string(ProductRecall), string(Withdrawal), string(Seizure))
	for _, f := range [...]struct{ name, text string }{{"id", o.ID}, {"authority", o.Authority}, {"number", o.Number}, {"title", o.Title}, {"citation", o.Citation}} {
		s.fact(line, f.name, f.text)
	}
	s.texts(line, "sources", o.Sources)
	s.texts(line, "categories", o.Categories)
	s.territories(line, o.Territories)
	s.orderDays(o)
	s.orderedProducts(line, o.Products)
	switch {
	case o.Kind.Excludes():
		s.judgeExclusion(o)
	case slices.Contains([]OrderKind{ProductRecall, Withdrawal, Seizure}, o.Kind):
		s.judgeRecall(o)
	}
}

// texts refuses a list of texts that has no bound.
func (s *source) texts(line int, name string, list []string) {
	if len(list) > maxFacts {
		s.refuse(line, 0, "%d %s; %d are allowed", len(list), name, maxFacts)
	}
	for _, t := range list {
		s.fact(line, name, t)
		if t == "" {
			s.refuse(line, 0, "%s: an empty text", name)
		}
	}
}

func (s *source) territories(line int, list []string) {
	if len(list) == 0 || len(list) > maxFacts {
		s.refuse(line, 0, "%d territories: an order says where it is in force", len(list))
	}
	for _, t := range list {
		if t != "EU" && t != "WORLD" && !isMarket(t) {
			s.refuse(line, 0, "territory %q is neither a country code of ISO 3166-1 nor EU nor WORLD", t)
		}
	}
}

// orderDays refuses days that contradict each other.
func (s *source) orderDays(o *Order) {
	if !known(o.Issued) {
		s.refuse(o.At.Line, 0, "the order has no day issued: before it, it was not in force")
	}
	before := func(name string, day listing.Date, otherName string, other listing.Date) {
		if known(day) && known(other) && day.Start(time.UTC).Before(other.Start(time.UTC)) {
			s.refuse(o.At.Line, 0, "%s %s is before %s %s", name, day, otherName, other)
		}
	}
	before("begins", o.Begins, "issued", o.Issued)
	before("expires", o.Expires, "issued", o.Issued)
	before("expires", o.Expires, "begins", o.Begins)
	before("rescinded", o.Rescinded, "issued", o.Issued)
	before("suspended_until", o.SuspendedUntil, "suspended_from", o.SuspendedFrom)
	if known(o.SuspendedUntil) && !known(o.SuspendedFrom) {
		s.refuse(o.At.Line, 0, "suspended_until without suspended_from")
	}
}

func (s *source) orderedProducts(line int, products []OrderedProduct) {
	if len(products) > maxProducts {
		s.refuse(line, 0, "%d products; %d are allowed", len(products), maxProducts)
		return
	}
	for _, p := range products {
		if p.Language != "" && !isLanguage(p.Language) {
			s.refuse(line, 0, "products: %q is not a language tag (BCP 47)", p.Language)
		}
		if len(p.With) > maxWith {
			s.refuse(line, 0, "products: %d lists in with; %d are allowed", len(p.With), maxWith)
		}
		s.phrases(line, "goods", p.Goods)
		for _, phrases := range p.With {
			s.phrases(line, "with", phrases)
		}
	}
}

// phrases refuses a list that has none, and any that could not be found.
func (s *source) phrases(line int, name string, list []string) {
	if len(list) == 0 || len(list) > maxPhrases {
		s.refuse(line, 0, "products: %d phrases in %s; 1 to %d are allowed", len(list), name, maxPhrases)
	}
	for _, phrase := range list {
		s.term(line, "phrase of "+name, phrase)
	}
}

func (s *source) judgeExclusion(o *Order) {
	line := o.At.Line
	if o.Recall != nil {
		s.refuse(line, 0, "an order of the kind %s has no gtins, brands, models, batches, serials and days of making", o.Kind)
	}
	if len(o.Products) == 0 {
		s.refuse(line, 0, "the order has no products: it would be about all goods")
	}
	e := o.exclusion()
	if bound := o.Kind != GeneralExclusion; bound != (len(e.Respondents) > 0) {
		s.refuse(line, 0, "respondents belong to limited_exclusion and cease_and_desist orders, and are needed there")
	}
	s.texts(line, "holders", e.Holders)
	s.texts(line, "own_marks", e.OwnMarks)
	s.texts(line, "hts", e.HTS)
	s.texts(line, "respondents", e.Respondents)
	s.classes(line, e.NiceClasses)
	for _, name := range slices.Concat(e.Respondents, e.Holders) {
		if foldsAway(name) {
			s.refuse(line, 0, "nothing is left of the name %q once it is folded", name)
		}
	}
	for _, r := range e.Rights {
		s.oneOf(line, "kind of right", string(r.Kind), string(Patent), string(DesignPatent), string(Trademark), string(Copyright),
			string(TradeSecret), string(UnfairCompetition))
		s.fact(line, "number of right", r.Number)
		s.fact(line, "office", r.Office)
	}
}

func (s *source) judgeRecall(o *Order) {
	line := o.At.Line
	if o.Exclusion != nil {
		s.refuse(line, 0, "an order of the kind %s has no rights, holders, own_marks, respondents, nice_classes and hts", o.Kind)
	}
	r := o.recall()
	switch {
	case len(r.GTINs)+len(r.Brands) == 0:
		s.refuse(line, 0, "the order has no gtins and no brands: no product would be known by it")
	case len(r.Brands) > 0 && len(r.Models)+len(o.Products) == 0 && len(r.GTINs) == 0:
		s.refuse(line, 0, "the order has brands and no models, products or gtins: it would be about all goods of the brand")
	case len(r.Brands) == 0 && len(r.Models)+len(o.Products) > 0:
		s.refuse(line, 0, "models and products count beside a brand, and the order has no brands")
	}
	s.recalledNames(line, r)
	for i, code := range r.GTINs {
		if !listing.IsGTIN(code) {
			s.refuse(line, 0, "gtin %q: its length or check digit is wrong", code)
		} else {
			r.GTINs[i] = strings.Repeat("0", 14-len(code)) + code
		}
	}
	s.ranges(line, "batches", r.Batches)
	s.ranges(line, "serials", r.Serials)
	if known(r.MadeFrom) && known(r.MadeUntil) && r.MadeUntil.Start(time.UTC).Before(r.MadeFrom.Start(time.UTC)) {
		s.refuse(line, 0, "made_until %s is before made_from %s", r.MadeUntil, r.MadeFrom)
	}
}

func (s *source) recalledNames(line int, r *Recall) {
	for _, list := range [...]struct {
		name  string
		texts []string
	}{{"gtins", r.GTINs}, {"brands", r.Brands}, {"models", r.Models}} {
		if len(list.texts) > maxPhrases {
			s.refuse(line, 0, "%d %s; %d are allowed", len(list.texts), list.name, maxPhrases)
		}
	}
	for _, brand := range r.Brands {
		s.term(line, "brand", brand)
	}
	for _, model := range r.Models {
		s.term(line, "model", model)
	}
}

// ranges refuses those whose ends do not say what lies between them.
func (s *source) ranges(line int, name string, list []UnitRange) {
	if len(list) > maxPhrases {
		s.refuse(line, 0, "%d %s; %d are allowed", len(list), name, maxPhrases)
	}
	for _, r := range list {
		s.fact(line, name, r.From)
		s.fact(line, name, r.To)
		from, to := NewUnitNumber(r.From), NewUnitNumber(r.To)
		order, ok := from.Compare(to)
		switch {
		case from.key == "":
			s.refuse(line, 0, "%s: nothing is left of %q once it is folded", name, r.From)
		case !ok:
			s.refuse(line, 0, "%s: %q and %q differ in more than the digits they end in: what lies between them is not known", name, r.From, r.To)
		case order > 0:
			s.refuse(line, 0, "%s: %q is after %q", name, r.From, r.To)
		}
	}
}

// A UnitNumber is the number of a batch or a single unit, ready for comparison.
type UnitNumber struct {
	key    string // folded
	prefix string // of key: what stands before the digits it ends in
	digits string // without zeros in front
}

// NewUnitNumber folds a number as people type it: case, spaces and signs do not count.
func NewUnitNumber(typed string) UnitNumber {
	key := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z':
			return r
		case r < 0x80:
			return -1
		}
		return r
	}, typed)
	prefix := strings.TrimRight(key, "0123456789")
	return UnitNumber{key, prefix, strings.TrimLeft(key[len(prefix):], "0")}
}

// Compare orders two numbers; false where that cannot be told: they differ in more than the digits they end in.
func (n UnitNumber) Compare(o UnitNumber) (int, bool) {
	switch {
	case n.key == o.key:
		return 0, true
	case n.prefix != o.prefix || len(n.key) == len(n.prefix) || len(o.key) == len(o.prefix):
		return 0, false
	}
	return cmp.Or(cmp.Compare(len(n.digits), len(o.digits)), cmp.Compare(n.digits, o.digits)), true
}

// orderAdvice is what is valid in orders and may still not be meant.
func (b *Book) orderAdvice() Problems {
	var advice Problems
	words := make(map[string]bool, len(b.Words))
	if len(b.Orders) > 0 {
		for _, w := range b.Words {
			words[text.Key(w)] = true
		}
	}
	generic := b.genericBrands()
	first := make(map[string]*Order, len(b.Orders))
	more := 0
	say := func(o *Order, format string, args ...any) {
		if len(advice) == maxAdvice {
			more++
			return
		}
		advice = append(advice, NewProblem(o.At, "%s: "+format, append([]any{o.ID}, args...)...))
	}
	for i := range b.Orders {
		o := &b.Orders[i]
		number := strings.Join([]string{o.Authority, o.Number, string(o.Kind)}, "\x00")
		if other := first[number]; other != nil && o.Number != "" {
			say(o, "%s %s is also the %s of line %d (%s)", o.Authority, o.Number, o.Kind, other.At.Line, other.ID)
		} else {
			first[number] = o
		}
		o.adviseWords(words, generic, say)
	}
	if more > 0 {
		advice = append(advice, NewProblem(Position{File: ordersName}, "and %d pieces of advice more", more))
	}
	return advice
}

// adviseWords advises on words that many honest listings have, and on an end that is missing.
func (o *Order) adviseWords(words, generic map[string]bool, say func(*Order, string, ...any)) {
	if e := o.Exclusion; e != nil {
		for _, p := range o.Products {
			for _, phrase := range p.Goods {
				if len(p.With) == 0 && words[text.Key(phrase)] && !strings.ContainsRune(phrase, ' ') {
					say(o, "%q is an ordinary word (words.tsv) and nothing must stand beside it: each listing whose title has it is stopped", phrase)
				}
			}
		}
		others := slices.ContainsFunc(e.Rights, func(r Right) bool { return r.Kind != Patent && r.Kind != DesignPatent })
		if !known(o.Expires) && len(e.Rights) > 0 && !others {
			say(o, "it protects patents alone and has no day expires: such orders end with the patents")
		}
		return
	}
	for _, brand := range o.Recall.Brands {
		switch key := text.Key(brand); {
		case generic[key]:
			say(o, "the brand %q says that there is none (wording.yaml): it is not looked for", brand)
		case words[key]:
			say(o, "the brand %q is an ordinary word (words.tsv): it counts in the brand field, and in no text", brand)
		}
	}
}

// genericBrands are the keys of brand fields that say that there is no brand.
func (b *Book) genericBrands() map[string]bool {
	generic := make(map[string]bool)
	for _, w := range b.Wording {
		if w.Kind == GenericBrand {
			for _, phrase := range w.Phrases {
				generic[text.Key(phrase)] = true
			}
		}
	}
	return generic
}

// patentsNeverReject refuses a decision table by which exclusion orders alone reject: what a right covers cannot be told from the
// words of a listing.
func (d *document) patentsNeverReject(f *rulebookv1.DecisionsFile) {
	for _, c := range f.Codes {
		if !strings.HasPrefix(c.Code, "REG_ITC_") {
			continue
		}
		if c.Effect == assayv1.Decision_DECISION_REJECT {
			d.refuseAt(d.field(c, "effect"), "%s may not reject: what a right covers cannot be told from the words of a listing, and a person must look", c.Code)
		}
		for _, e := range f.Escalations {
			if e.Effect == assayv1.Decision_DECISION_REJECT && c.Severity >= e.Severity && !e.DistinctCheckers {
				d.refuseAt(d.at(e), "%d findings of %s alone would reject: what a right covers cannot be told from the words of a listing", e.Count, c.Code)
			}
		}
	}
}

// String is the order as people cite it: "337-TA-567 (USITC)".
func (o *Order) String() string {
	number := o.Number
	if number == "" {
		number = "of " + o.Issued.String()
	}
	return fmt.Sprintf("%s (%s)", number, o.Authority)
}
