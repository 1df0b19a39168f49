package trademark

import (
	"fmt"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// meantAt decides for one sighting of a weak sign whether the mark is meant. What the listing states comes first, then
// what touches the word, then the kind of goods, then how it is written; without any sign of the mark it is the word.
func (j *judgement) meantAt(f *found, s *sighting) (meant, person bool, why string) {
	switch {
	case s.transforms.Disguise():
		return true, false, "an ordinary word would not be hidden"
	case s.around&registered != 0:
		return true, false, "it carries the sign of a mark"
	case s.around&lineBeside != 0:
		return true, false, "a product line of the mark is named"
	case s.plain == surelyPlain:
		return false, false, fmt.Sprintf("beside %q it is an ordinary word", j.surface(s.field, s.plainFrom, s.plainTo))
	case s.around&compatible != 0 && s.around&modelBeside != 0:
		return true, false, "named with a model as what the product is made for"
	case j.away(f.sign):
		return false, f.PersonalName, fmt.Sprintf("an ordinary word or name: the mark is not known for %s", j.category.Path)
	case s.around&smallInside != 0:
		return false, false, "in small letters among capitals it is an ordinary word"
	case s.plain == maybePlain && !(j.atHome(f.sign) && s.around&leads != 0):
		return false, f.PersonalName, fmt.Sprintf("%q speaks for an ordinary word or name", j.surface(s.field, s.plainFrom, s.plainTo))
	case f.DictionaryWord || f.PersonalName || utf8.RuneCountInString(f.key) > fewLetters:
		return j.meantWord(f, s)
	}
	return j.meantLetters(f, s)
}

// meantWord decides for ordinary words and names that nothing beside them explains.
func (j *judgement) meantWord(f *found, s *sighting) (meant, person bool, why string) {
	home := j.atHome(f.sign)
	switch {
	case home && s.around&(leads|compatible|capitalInside) != 0:
		return true, false, "in a place for a brand, on goods the mark is known for"
	case j.brand.state == brandNamed:
		return false, f.PersonalName, fmt.Sprintf("an ordinary word or name: the brand field says %q", j.brand.text)
	}
	return false, f.PersonalName, "an ordinary word or name, and nothing beside it points to the mark"
}

// meantLetters decides for names of a few letters, which are abbreviations of many things.
func (j *judgement) meantLetters(f *found, s *sighting) (meant, person bool, why string) {
	place := s.around&(leads|modelBeside) != 0
	switch {
	case s.around&leads != 0 && s.around&modelBeside != 0, j.atHome(f.sign) && place:
		return true, false, "in the place of a brand"
	case s.pattern != text.Lower && s.around&smallInside == 0 && (place || utf8.RuneCountInString(f.key) == fewLetters):
		return true, false, "written as the mark is"
	}
	return false, false, "a few letters, and nothing beside them points to the mark"
}
