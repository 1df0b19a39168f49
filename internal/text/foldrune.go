package text

import (
	"slices"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// foldRune folds the code point at s[i:], which is not ASCII, and returns where it ends.
func (f *Folded) foldRune(s string, i int) int {
	r, size := utf8.DecodeRuneInString(s[i:])
	end := i + size
	e := table.At(r)
	switch k := e.Kind(); k {
	case foldtable.Gap:
		f.closeWord()
		f.addGap(1 << e.Gap())
	case foldtable.Blank:
		f.closeWord()
		f.addGap(Space | Blank)
		f.invisible++
	case foldtable.Ignorable, foldtable.Joiner, foldtable.Bidi:
		f.unseen(r, k, i)
	case foldtable.DropMark:
		f.dropMark(r, end)
	case foldtable.Tag:
		return f.tag(r, s, i, end)
	case foldtable.KanaMark:
		f.voice(r, i, end)
	case foldtable.Jamo:
		syllable, n := composeJamo(s[i:])
		f.word(syllable, foldtable.Hangul, 0, i, i+n)
		return i + n
	default:
		if f.isSign(r, s[end:]) {
			f.closeWord()
			f.addGap(Sign)
			return end
		}
		f.letter(r, e, i, end)
	}
	if room := len(s) - end + spare; cap(f.letters)-len(f.letters) < room {
		f.letters = slices.Grow(f.letters, room)
	}
	return end
}

// letter adds what the code point r with entry e folds to.
func (f *Folded) letter(r rune, e foldtable.Entry, start, end int) {
	t := Transforms(e.Transforms())
	if r >= 0x1F1E6 && r <= 0x1F1FF {
		f.keepApart(flags)
		f.word(e.Rune(), e.Kind(), t, start, end)
		f.w.special = flags
		return
	}
	if !e.Multi() {
		if to := e.Rune(); to != 0 {
			r = to
		}
		f.word(r, e.Kind(), t, start, end)
		return
	}
	seq := table.Sequence(e)
	phrase := slices.ContainsFunc(seq, func(r rune) bool { return table.At(r).Kind() == foldtable.Gap })
	if phrase { // 1½ is not 11/2
		f.closeWord()
	}
	for _, to := range seq {
		te := table.At(to)
		switch {
		case te.Kind() <= foldtable.LastWord:
			f.word(to, te.Kind(), t, start, end)
		case te.Kind() == foldtable.Gap:
			f.closeWord()
			f.addGap(1 << te.Gap())
		}
	}
	if phrase {
		f.closeWord()
	}
}

// word adds a folded letter, where its script wants words to begin.
func (f *Folded) word(r rune, k foldtable.Kind, t Transforms, start, end int) {
	w := &f.w
	standsAlone := k == foldtable.Ideograph || k == foldtable.SouthEast
	if w.open && k != foldtable.KeptMark {
		switch {
		case standsAlone, w.special == single, w.special == tags,
			w.special == flags && t&Enclosed == 0:
			f.closeWord()
		}
	}
	f.addLetter(r, k, t, start, end)
	if standsAlone {
		w.special = single
	}
}

// keepApart closes the open word unless it is of the special sort s, and makes the
// next one of that sort.
func (f *Folded) keepApart(s special) {
	if f.w.open && f.w.special != s {
		f.closeWord()
	}
}

// unseen takes note of a character that shows nothing.
func (f *Folded) unseen(r rune, k foldtable.Kind, at int) {
	w := &f.w
	if k == foldtable.Bidi && (r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069) {
		f.bidi = report(f.bidi, at)
	}
	if k == foldtable.Joiner {
		if !w.open || joins(w.kind) {
			return
		}
	} else if !isVariationSelector(r) && r != 0x0640 && r != 0xFEFF {
		f.invisible++
	}
	if w.open && r != 0x0640 && r != 0x07FA {
		w.hidden = true
	}
}

// joins reports whether joiners and variation selectors are a matter of spelling after a letter of kind k.
func joins(k foldtable.Kind) bool { return k >= foldtable.Arabic }

func isVariationSelector(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF || r >= 0x180B && r <= 0x180F
}

// dropMark folds a combining mark away.
func (f *Folded) dropMark(r rune, end int) {
	w := &f.w
	if !w.open {
		return
	}
	w.marks++
	tok := &f.tokens[len(f.tokens)-1]
	switch {
	case r == 0x20E3: // keycap: 1️⃣
		tok.Transforms |= Enclosed
		w.hidden = false
	case r >= 0x0334 && r <= 0x0338 || r >= 0x20D0 && r <= 0x20F0 || w.marks > 2 && !joins(w.kind):
		tok.Transforms |= Overlay
	default:
		tok.Transforms |= Diacritic
	}
	if w.marks == maxMarks+1 {
		f.floods = report(f.floods, len(f.tokens)-1)
	}
	f.endAt(end)
}

// tag folds a tag character and returns where it ends: nothing in a word that shows or right
// before one, a letter among other tags.
func (f *Folded) tag(r rune, s string, start, end int) int {
	f.invisible++
	if f.w.open && f.w.special != tags {
		f.w.hidden = true
		return end
	}
	if !f.w.open {
		if after := skipTags(s, start); showsLetter(s[after:]) {
			f.invisible += (after-start)/(end-start) - 1
			return after
		}
	}
	e := ascii[r-0xE0000]
	if e.class == classGap {
		f.closeWord()
		f.addGap(e.gap | Blank)
		return end
	}
	f.addLetter(rune(e.rune), asciiKind(e.class), Invisible, start, end)
	f.w.special = tags
	return end
}

// skipTags returns where the run of tag characters at s[i:] ends.
func skipTags(s string, i int) int {
	for {
		r, size := utf8.DecodeRuneInString(s[i:])
		if table.At(r).Kind() != foldtable.Tag {
			return i
		}
		i += size
	}
}

// showsLetter reports whether s begins with a letter of a word.
func showsLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && table.At(r).Kind() <= foldtable.LastWord
}

// voice composes a (half-)voiced sound mark with the kana before it.
func (f *Folded) voice(r rune, start, end int) {
	w := &f.w
	if !w.open || w.kind != foldtable.Ideograph {
		return
	}
	last := len(f.letters) - 1
	if c := composeKana(f.letters[last], r); c != 0 {
		f.letters[last] = c
		w.hash = Extend(f.pieces[len(f.pieces)-1].Hash, LetterHash(c))
	}
	f.endAt(end)
}

// isSign reports whether an enclosed R or C is the sign after a name rather than a letter.
func (f *Folded) isSign(r rune, rest string) bool {
	if !isSignLetter(r) || !f.w.open || f.tokens[len(f.tokens)-1].Transforms&Enclosed != 0 {
		return false
	}
	return !showsLetter(rest)
}

func isSignLetter(r rune) bool {
	return r == 0x24C7 || r == 0x24B8 || r == 0x24E1 || r == 0x24D2 || r == 0x1F12B || r == 0x1F12C || r == 0x1F151 || r == 0x1F161
}
