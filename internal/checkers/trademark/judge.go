package trademark

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// A judgement turns what was read in a submission into mentions.
type judgement struct {
	*reading
	brand   brandClaim
	offer   uint // the root that the title's goods stand under, where the category is not known
	offered bool // whether offer is decided
	shared  shared
}

// A brandClaim is what the brand field says.
type brandClaim struct {
	state brandState
	text  string
	key   string
	signs []int32 // the signs it names
}

type brandState uint8

const (
	brandEmpty   brandState = iota
	brandGeneric            // says that there is none
	brandNamed
)

// A found is one sign with all its sightings, on its way to a mention.
type found struct {
	*sign
	index     int32
	sightings []int32 // into reading.sightings, in the order of fields and offsets
	union     around  // of the facts of its sightings
	inTitle   around  // of those in the title
	titled    bool    // the title names it
	inBrand   bool    // the brand field names it
	meant     bool    // the mark, not the word
	why       string  // of meant
	person    bool    // of not meant: a person's name
	standing
	markets []listing.Market // those that findings on it are about
	live    bool
	role    check.Role
	reason  string
	open    question
}

// A question is what the role of a mark leaves open.
type question uint8

const (
	nothingOpen   question = iota
	otherBrand             // the brand field names another brand
	noBrand                // the brand field says that there is none
	guessed                // "Gucci?"
	fitsNothing            // compatibility wording where nothing fits one brand only
	fitsUnsaid             // compatibility is meant by the kind of goods, and not said
	modelUnsaid            // it is said, without the model
	besideOwn              // the title names the brand field's brand first
	besideAnother          // the title names another mark first
)

// judge decides the role of every mark that was read.
func (j *judgement) judge() {
	j.brand = j.brandClaim()
	j.group()
	for i := range j.founds {
		j.weigh(&j.founds[i])
	}
	for i := range j.founds {
		f := &j.founds[i]
		f.role, f.reason = j.role(f)
		if len(f.NiceClasses) > 0 && len(j.category.NiceClasses) == 0 && !f.harmless() {
			f.reason += "; the class of the goods is not known, so the mark counts in every class"
		}
		if f.union&crowded != 0 && !f.watched {
			f.reason += "; more marks than are listed here have this text"
		}
	}
}

func (j *judgement) brandClaim() brandClaim {
	b := brandClaim{text: strings.TrimSpace(j.subject.Product.Brand)}
	b.text = check.Surface(b.text, 0, len(b.text))
	if b.text == "" {
		return b
	}
	b.key = text.Key(j.subject.Product.Brand)
	if b.key == "" || j.generic[b.key] {
		b.state = brandGeneric
		return b
	}
	b.state = brandNamed
	for i := range j.sightings {
		s := &j.sightings[i]
		if j.fields[s.field].field.Kind == listing.BrandField && j.namesBrand(s) {
			b.signs = append(b.signs, s.sign)
		}
	}
	return b
}

// namesBrand reports whether the brand field, in which s was seen, claims the mark: it says nothing else, or what it
// says is no ordinary word, or a word before a company's suffix on goods that may be the mark's.
func (j *judgement) namesBrand(s *sighting) bool {
	sign := &j.signs[s.sign]
	if s.transforms&text.Edit != 0 || j.naming[s.naming].how == byWeakLine {
		return false
	}
	return s.around&(wholeField|lineBeside) != 0 || j.naming[s.naming].weak <= aPerson || s.around&leads != 0 && !j.away(sign)
}

// group collects the sightings that count by sign, in the order in which the signs first stand in the submission.
func (j *judgement) group() {
	j.order = slices.Grow(j.order, len(j.sightings))
	order := j.order
	for i := range j.sightings {
		if j.counts(&j.sightings[i]) {
			order = append(order, int32(i))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Compare(j.sightings[a].sign, j.sightings[b].sign)
	})
	for len(order) > 0 {
		sign := j.sightings[order[0]].sign
		n := 1
		for n < len(order) && j.sightings[order[n]].sign == sign {
			n++
		}
		j.founds = append(j.founds, found{sign: &j.signs[sign], index: sign, sightings: order[:n:n]})
		order = order[n:]
	}
	slices.SortStableFunc(j.founds, func(a, b found) int { return cmp.Compare(a.sightings[0], b.sightings[0]) })
	j.founds = slices.DeleteFunc(j.founds, func(f found) bool { return j.onlyWeakLines(&f) })
}

// counts reports whether a sighting is one of the mark at all. What is spelled otherwise may be another word, and what is
// only drawn alike or set apart ("le grand") is ordinary more often than not: it is taken for the mark where somebody
// watches the mark and the goods may be its own, or where they surely are.
func (j *judgement) counts(s *sighting) bool {
	sign := &j.signs[s.sign]
	raw := j.fields[s.field].raw[s.start:s.end]
	switch {
	case j.naming[s.naming].kind == rulebook.Coded, s.transforms&text.Glued != 0 && j.naming[s.naming].weak == aWord:
		return j.home(sign) // pumas are animals elsewhere
	case s.transforms&text.Edit != 0, s.transforms&text.Split != 0 && !j.plausible(sign, s):
		return j.misspelt(sign, s)
	case s.transforms&text.Leet != 0 && modelNumber(raw):
		return false
	case s.transforms&text.LookAlike != 0 && isASCII(raw):
		return j.plausible(sign, s)
	case s.transforms.Disguise():
		return sign.watched || sign.weak <= aPerson && !j.ownBrand(s)
	}
	return true
}

// misspelt reports whether a word one letter from a mark is the mark. A long name is, whatever the goods, where somebody
// watches the mark, unless it is the listing's own brand on goods of another kind. Where the name is short, or an ordinary
// word, other words are as near to it: then the mark's goods must speak for it, or the listing must name the mark or one
// of its house elsewhere, and nothing may speak of others.
func (j *judgement) misspelt(sign *sign, s *sighting) bool {
	n := &j.naming[s.naming]
	size := min(int(n.size), int(s.end-s.start))
	aName := size >= fewestMisspelt && n.weak != aWord || size > fewestMisspelt && sign.watched
	unknown := j.category.Path == ""
	switch inBrand := j.fields[s.field].field.Kind == listing.BrandField; {
	case !sign.watched && size >= surelyMisspelt && !inBrand && !j.ownBrand(s):
		return j.home(sign) || unknown
	case !sign.watched, inBrand:
		return aName && j.plausible(sign, s)
	case aName && !j.away(sign):
		return true
	case j.ownBrand(s):
		return false
	case aName, j.houseNamed(s):
		return true
	case size < fewestMisspelt-1:
		return s.around&leads != 0 && s.pattern != text.Lower && j.home(sign)
	}
	return j.home(sign) || unknown && (n.size >= fewestMisspelt || j.slipped(sign, s))
}

// Lengths in characters.
const (
	fewestMisspelt = 5 // from which a name with a wrong letter may be a mark on goods that may be the mark's
	surelyMisspelt = 7 // and even a mark that nobody watches
)

// slipped reports whether a sighting has the letters of its sign's name and no others, one of them twice or two
// swapped. What has other letters is as often a name of its own (Nikea, Sonya).
func (j *judgement) slipped(sign *sign, s *sighting) bool {
	word, name := text.Key(j.fields[s.field].raw[s.start:s.end]), sign.key
	if j.naming[s.naming].how != byName || len(word) < len(name) {
		return false
	}
	for i := 1; i < len(word); i++ {
		if word[i] == word[i-1] && word[:i]+word[i+1:] == name ||
			len(word) == len(name) && word[:i-1]+word[i:i+1]+word[i-1:i]+word[i+1:] == name {
			return true
		}
	}
	return false
}

// houseNamed reports whether the listing names the mark of a misspelt sighting elsewhere, or one of the same house.
func (j *judgement) houseNamed(s *sighting) bool {
	for i := range j.sightings[:min(len(j.sightings), maxKin)] {
		o := &j.sightings[i]
		if o.transforms&(text.Edit|text.Split) == 0 && j.naming[o.naming].weak == distinctive &&
			(o.sign == s.sign || related(&j.signs[o.sign], &j.signs[s.sign])) {
			return true
		}
	}
	return false
}

// maxKin is the number of sightings that are looked at for marks of one house.
const maxKin = 64

// plausible reports whether a sighting that may be another word is the mark. A brand field is a name of its own, and so
// is what it repeats in the title, unless it stands on the mark's own goods.
func (j *judgement) plausible(sign *sign, s *sighting) bool {
	if sign.watched && j.fields[s.field].field.Kind != listing.BrandField {
		return !j.away(sign)
	}
	return j.atHome(sign) && (sign.watched || !j.ownBrand(s))
}

// ownBrand reports whether a sighting has the letters of the brand field.
func (j *judgement) ownBrand(s *sighting) bool {
	return text.Key(j.fields[s.field].raw[s.start:s.end]) == j.brand.key
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// modelNumber reports whether a word ends in more than one digit.
func modelNumber(word string) bool {
	return len(word)-len(strings.TrimRight(word, "0123456789")) > 1
}

// onlyWeakLines reports whether nothing but product lines that are ordinary words was seen of a sign.
func (j *judgement) onlyWeakLines(f *found) bool {
	for _, i := range f.sightings {
		if j.naming[j.sightings[i].naming].how != byWeakLine {
			return false
		}
	}
	return true
}

// atHome reports whether the goods are known to be of the kind the mark is known for; away, whether they are known to
// be of another.
func (j *judgement) atHome(s *sign) bool {
	return j.category.Path != "" && len(s.HomeCategories) > 0 && j.category.Under(s.HomeCategories)
}

func (j *judgement) away(s *sign) bool {
	return j.category.Path != "" && len(s.HomeCategories) > 0 && !j.category.Under(s.HomeCategories)
}

// weigh collects what the sightings of a sign say together.
func (j *judgement) weigh(f *found) {
	f.inBrand = slices.Contains(j.brand.signs, f.index)
	for _, i := range f.sightings {
		s := &j.sightings[i]
		f.union |= s.around
		if j.fields[s.field].field.Kind == listing.TitleField {
			f.titled = true
			f.inTitle |= s.around
		}
	}
	f.standing = j.stands(f.Mark)
	f.live = f.Status != rulebook.MarkDead && len(f.inForce)+len(f.elsewhere) > 0
	if f.markets = f.inForce; !f.live {
		f.markets, f.lapsed = append(f.inForce, f.lapsed...), nil
	}
	f.meant, f.person, f.why = j.meant(f)
}

// meant decides whether a sign stands for the mark rather than for a word, and why.
func (j *judgement) meant(f *found) (meant, person bool, why string) {
	if f.inBrand {
		return true, false, fmt.Sprintf("the brand field says %q", j.brand.text)
	}
	for _, i := range f.sightings {
		var yes bool
		if yes, person, why = j.meantAt(f, &j.sightings[i]); yes {
			return true, false, why
		}
	}
	return false, person, why
}

// role decides how a mark is used. The order of the questions is part of the answer.
func (j *judgement) role(f *found) (check.Role, string) {
	switch {
	case !f.live:
		return check.OtherTerritory, "the mark is no longer in force" + f.expiry()
	case len(f.markets) == 0:
		why := fmt.Sprintf("the mark is known to be in force in %s only", strings.Join(f.Territories, ", "))
		if len(f.lapsed) > 0 {
			why += ", and not any more" + f.expiry()
		}
		return check.OtherTerritory, why
	case !f.Famous && apart(f.NiceClasses, j.category.NiceClasses):
		return check.OtherClass, "the mark is registered for class " + numbers(f.NiceClasses) + j.shared.otherClass(j)
	case !f.meant:
		return check.Descriptive, f.why
	}
	if a := j.alarmNear(f, isReplica); a != nil {
		return check.Replica, fmt.Sprintf("%q stands beside it", j.surface(a.field, a.start, a.end))
	}
	if a := j.alarmNear(f, isClaim); a != nil {
		return check.Affiliation, fmt.Sprintf("%q claims a tie to it", j.surface(a.field, a.start, a.end))
	}
	if f.inBrand {
		return check.OwnBrand, f.why
	}
	return j.roleByContext(f)
}

// roleByContext decides by the wording around a mark that the brand field does not name.
func (j *judgement) roleByContext(f *found) (check.Role, string) {
	said := f.union
	if f.titled {
		said = f.inTitle
	}
	switch {
	case said&compatible != 0 && j.category.CompatibleOK == rulebook.No:
		f.open = fitsNothing
		return check.Unclear, fmt.Sprintf("wording for what it fits, in %s, where nothing fits one brand only", j.category.Path)
	case said&compatible != 0:
		if j.category.CompatibleOK == rulebook.Yes && !j.modelSaid() {
			f.open = modelUnsaid
		}
		return check.Nominative, fmt.Sprintf("%q says that the product is made for it", j.cueOf(f, compatible))
	case f.union&compared != 0:
		return check.Comparison, fmt.Sprintf("%q compares the product with it", j.cueOf(f, compared))
	case f.union&questioned != 0 && j.kin(f) == "":
		f.open = guessed
		return check.Unclear, "named as a guess"
	}
	if kin := j.kin(f); kin != "" {
		return check.OwnBrand, fmt.Sprintf("it belongs to %s, which the brand field names", kin)
	}
	switch {
	case j.besideThing(f):
		if !j.ownFirst(f) {
			f.open = fitsUnsaid
		}
		return check.Nominative, "named beside an accessory, which is made to fit it, without saying so"
	case j.brand.state == brandEmpty:
		return j.roleWithoutBrand(f)
	}
	return j.roleUnderBrand(f)
}

// besideThing reports whether a mark stands beside an accessory, on goods that may be one.
func (j *judgement) besideThing(f *found) bool {
	said := f.union
	if f.titled {
		said = f.inTitle
	}
	return said&accessory != 0 && j.category.CompatibleOK != rulebook.No
}

// modelSaid reports whether a model is named of any of the things that the product is made for.
func (j *judgement) modelSaid() bool {
	return slices.ContainsFunc(j.founds, func(f found) bool { return f.union&compatible != 0 && f.union&modelBeside != 0 })
}

// roleUnderBrand decides where the brand field says something else.
func (j *judgement) roleUnderBrand(f *found) (check.Role, string) {
	ownFirst := j.ownFirst(f)
	accessory := j.category.CompatibleOK == rulebook.Yes && !slices.Contains(f.HomeCategories, j.category.Path)
	switch {
	case accessory && ownFirst:
		return check.Nominative, fmt.Sprintf("named after %q, the brand of the goods, on goods that are made to fit others", j.brand.text)
	case accessory:
		f.open = fitsUnsaid
		return check.Nominative, "an accessory that names what it fits without saying so"
	case ownFirst && j.namesPart(f):
		f.open = besideOwn
		return check.Unclear, fmt.Sprintf("named after %q, the brand of the goods", j.brand.text)
	case j.brand.state == brandGeneric:
		f.open = noBrand
	default:
		f.open = otherBrand
	}
	return check.Unclear, fmt.Sprintf("the brand field says %q", j.brand.text)
}

// namesPart reports whether a mark that the title names after the goods' own brand may be one of a part, a system or a
// licensor: between houses whose goods work together, or where goods are not of a kind that fits nothing else. Where
// they are, a brand that nobody knows before a known one is no such thing.
func (j *judgement) namesPart(f *found) bool {
	if j.category.CompatibleOK == rulebook.No || j.category.Path == "" {
		return f.fitting && len(j.brand.signs) > 0
	}
	return true
}

// ownFirst reports whether the title names the brand field's brand before it names f.
func (j *judgement) ownFirst(f *found) bool {
	if j.brand.state != brandNamed {
		return false
	}
	for _, b := range j.brand.signs {
		for i := range j.founds {
			if o := &j.founds[i]; o.index == b && o.titled && o.sightings[0] < f.sightings[0] {
				return true
			}
		}
	}
	return strings.HasPrefix(text.Key(j.subject.Product.Title), j.brand.key)
}

// cueOf is the wording that shows what a sighting with that fact is about, from the cue to the mark or the other way.
func (j *judgement) cueOf(f *found, fact around) string {
	for _, i := range f.sightings {
		if s := &j.sightings[i]; s.around&fact != 0 {
			if s.cueTo == 0 {
				return j.surface(s.field, s.start, s.end)
			}
			return j.surface(s.field, min(s.start, s.cueFrom), max(s.end, s.cueTo))
		}
	}
	return ""
}

// roleWithoutBrand decides where the brand field is empty: the first mark of the title is the brand of the goods.
func (j *judgement) roleWithoutBrand(f *found) (check.Role, string) {
	first := j.firstInTitle()
	switch {
	case first == nil:
		return check.Unclear, "named in the text, not in the title, and no brand is given"
	case first == f || j.sightings[first.sightings[0]].start == j.sightings[f.sightings[0]].start:
		return check.OwnBrand, cmp.Or(f.why, "the title names it first, and no brand is given")
	case related(first.sign, f.sign):
		return check.OwnBrand, fmt.Sprintf("it belongs to %s, which the title names first", first.Text)
	}
	f.open = besideAnother
	return check.Unclear, fmt.Sprintf("named beside %s, and no brand is given", first.Text)
}

// firstInTitle is the first mark of the title that is meant and that no cue points at.
func (j *judgement) firstInTitle() *found {
	for i := range j.founds {
		f := &j.founds[i]
		if f.titled && f.meant && f.live && f.inTitle&(compatible|compared) == 0 && !j.besideThing(f) {
			return f
		}
	}
	return nil
}

// kin is the mark of the brand field that f belongs to; "" if there is none.
func (j *judgement) kin(f *found) string {
	for _, b := range j.brand.signs {
		if related(&j.signs[b], f.sign) {
			return j.signs[b].Text
		}
	}
	if j.brand.state == brandNamed && len(j.brand.key) > fewLetters && len(f.key) > fewLetters &&
		(strings.Contains(f.key, j.brand.key) || strings.Contains(j.brand.key, f.key) && f.weak <= aPerson) {
		return j.brand.text
	}
	return ""
}

// related reports whether two marks are of one house.
func related(a, b *sign) bool {
	if a.Holder != "" && strings.EqualFold(a.Holder, b.Holder) || namedAfter(a.Holder, b.Text) || namedAfter(b.Holder, a.Text) {
		return true
	}
	short, long := a.key, b.key
	if len(short) > len(long) {
		short, long = long, short
	}
	return len(short) > fewLetters && strings.Contains(long, short)
}

// namedAfter reports whether a company's name begins with a mark: Sony Interactive Entertainment.
func namedAfter(holder, mark string) bool {
	return len(holder) > len(mark) && len(mark) > fewLetters && (holder[len(mark)] == ' ' || holder[len(mark)] == ',') &&
		strings.EqualFold(holder[:len(mark)], mark)
}

// alarmNear is the first alarm of a kind that stands near a found mark and that nothing excuses.
func (j *judgement) alarmNear(f *found, kind func(rulebook.WordingKind) bool) *alarm {
	for i := range j.alarms {
		a := &j.alarms[i]
		if a.excuse != nil || !kind(a.wording.Kind) {
			continue
		}
		for _, n := range a.near[:a.numNear] {
			if s := &j.sightings[n.sighting]; s.sign == f.index && s.transforms&text.Edit == 0 {
				return a
			}
		}
	}
	return nil
}

func isReplica(k rulebook.WordingKind) bool {
	return k == rulebook.CounterfeitExplicit || k == rulebook.CounterfeitGrade || k == rulebook.SourceClaim ||
		k == rulebook.DupeInspired
}

func isClaim(k rulebook.WordingKind) bool {
	return k == rulebook.AffiliationClaim || k == rulebook.Flagship
}

func (j *judgement) surface(field, start, end int32) string {
	return check.Surface(j.fields[field].raw, int(start), int(end))
}

// apart reports whether two sets of classes are both known and have nothing in common.
func apart(a, b []int) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	return !slices.ContainsFunc(a, func(n int) bool { return slices.Contains(b, n) })
}

func numbers(list []int) string {
	var b []byte
	for i, n := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(b)
}

// shared are reasons that many mentions of a submission share, made when the first one needs them.
type shared struct{ class, away, otherBrand string }

// otherClass ends the reason of a mark that is registered for other goods.
func (s *shared) otherClass(j *judgement) string {
	if s.class == "" {
		s.class = fmt.Sprintf(", and %s is class %s", j.category.Path, numbers(j.category.NiceClasses))
	}
	return s.class
}

// wordAway is why a word is no mark on goods that the mark is not known for.
func (s *shared) wordAway(j *judgement) string {
	if s.away == "" {
		s.away = fmt.Sprintf("an ordinary word: the mark is not known for %s", j.category.Path)
	}
	return s.away
}

// wordBeside is why a word is no mark where the brand field names another.
func (s *shared) wordBeside(j *judgement) string {
	if s.otherBrand == "" {
		s.otherBrand = fmt.Sprintf("an ordinary word: the brand field says %q", j.brand.text)
	}
	return s.otherBrand
}
