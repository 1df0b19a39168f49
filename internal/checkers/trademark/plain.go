package trademark

import (
	"fmt"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// meantAt decides for one sighting whether the mark is meant. What the listing states comes first, then what touches the
// word, then the kind of goods, then how it is written; without any sign of the mark a weak name is the word.
func (j *judgement) meantAt(f *found, s *sighting) (meant, person bool, why string) {
	weak := j.naming[s.naming].weak
	switch {
	case weak == distinctive && j.naming[s.naming].how < byFullLine:
		return true, false, ""
	case s.around&lineBeside != 0:
		return true, false, "a product line of the mark is named"
	case s.transforms.Disguise():
		return true, false, "an ordinary word would not be hidden"
	case s.transforms&(text.Edit|text.Split) != 0:
		return true, false, "an ordinary word would not be spelled so"
	case s.around&registered != 0:
		return true, false, "it carries the sign of a mark"
	case s.plain == surelyPlain:
		return false, false, fmt.Sprintf("beside %q it is an ordinary word", j.plainWords(s))
	case s.around&houseBeside != 0:
		return true, false, "it stands beside another mark of its house"
	case s.around&compatible != 0 && s.around&(modelBeside|innerOfMarks) != 0:
		return true, false, "named with a model or among other marks as what the product is made for"
	case s.around&leads != 0 && s.around&codeBeside != 0:
		return true, false, "it leads, and a model number follows"
	}
	if j.naming[s.naming].kind == rulebook.Coded {
		return true, false, "on goods the mark is known for it stands for the mark"
	}
	switch weak {
	case aPerson:
		return j.meantPerson(f, s)
	case letters:
		return j.meantLetters(f, s)
	}
	return j.meantWord(f, s)
}

// plainWords are the words that make a sighting plain.
func (j *judgement) plainWords(s *sighting) string { return j.surface(s.field, s.plainFrom, s.plainTo) }

// meantPerson decides for the names of persons: the mark, unless it stands where a person's name does.
func (j *judgement) meantPerson(f *found, s *sighting) (meant, person bool, why string) {
	switch {
	case s.plain != notPlain && !j.home(f.sign):
		return false, true, fmt.Sprintf("after %q it is the name of a person", j.plainWords(s))
	case j.away(f.sign) && s.around&firstName != 0 && s.first == s.last:
		return false, true, fmt.Sprintf("a family name after a first name, and the mark is not known for %s", j.category.Path)
	}
	return true, false, ""
}

// meantWord decides for ordinary words.
func (j *judgement) meantWord(f *found, s *sighting) (meant, person bool, why string) {
	home := j.home(f.sign)
	switch {
	case j.away(f.sign):
		return false, false, j.shared.wordAway(j)
	case s.around&smallInside != 0:
		return false, false, "in small letters among capitals it is an ordinary word"
	case s.plain == maybePlain && !(home && s.around&leads != 0), s.plain == slotOfName && !home:
		return false, false, fmt.Sprintf("%q beside it speaks for an ordinary word", j.plainWords(s))
	case home && s.around&(leads|compatible|capitalInside) != 0, home && s.plain == slotOfName:
		return true, false, "in a place for a brand, on goods the mark is known for"
	case j.brand.state == brandNamed:
		return false, false, j.shared.wordBeside(j)
	}
	return false, false, "an ordinary word, and nothing beside it points to the mark"
}

// meantLetters decides for names of a few letters, which are abbreviations of many things.
func (j *judgement) meantLetters(f *found, s *sighting) (meant, person bool, why string) {
	first := s.around&leads != 0
	model := s.around&modelBeside != 0
	capitals := s.pattern != text.Lower && s.around&smallInside == 0
	three := utf8.RuneCountInString(j.fields[s.field].raw[s.start:s.end]) >= fewLetters
	switch {
	case j.home(f.sign) && (first || model || capitals || three):
		return true, false, "a few letters, on goods the mark is known for"
	case j.away(f.sign):
		return false, false, fmt.Sprintf("a few letters: the mark is not known for %s", j.category.Path)
	case first && (model || capitals), capitals && three:
		return true, false, "written as the mark is"
	}
	return false, false, "a few letters, and nothing beside them points to the mark"
}
