package text

import "unicode/utf8"

// minStem is the number of letters that must follow an Arabic clitic.
const minStem = 3

// splitClitics begins a new piece after each article, conjunction and preposition that may be
// glued to the front of the Arabic word just closed.
func (f *Folded) splitClitics() {
	tok := &f.tokens[len(f.tokens)-1]
	if int(tok.piece) != len(f.pieces)-1 {
		return // the word is in pieces for another reason
	}
	letters := f.letters[tok.letters:]
	var cuts [3]int
	n := 0
	for _, c := range cliticCuts(letters, &cuts) {
		if len(letters)-c < minStem {
			break
		}
		n++
	}
	for _, c := range cuts[:n] {
		at := f.rawOffset(int(tok.Start), c)
		first := &f.pieces[len(f.pieces)-1]
		first.End = int32(at)
		h := Concat(f.pieces[tok.piece].Hash, HashLetters(letters[:c]), c)
		f.pieces = append(f.pieces, Piece{
			Hash: h, Letter: tok.letters + int32(c), Start: int32(at), End: tok.End,
			Token: int32(len(f.tokens) - 1), Glue: Clitic,
		})
	}
}

// cliticCuts returns after how many letters clitics end: wa- or fa-, then bi-, ka- or li-, then al-.
func cliticCuts(letters []rune, buf *[3]int) []int {
	cuts, p := buf[:0], 0
	at := func(i int) rune {
		if i < len(letters) {
			return letters[i]
		}
		return 0
	}
	if c := at(p); c == 'و' || c == 'ف' {
		p++
		cuts = append(cuts, p)
	}
	if c := at(p); c == 'ب' || c == 'ك' || c == 'ل' {
		p++
		cuts = append(cuts, p)
	}
	switch {
	case at(p) == 'ا' && at(p+1) == 'ل':
		cuts = append(cuts, p+2)
	case p > 0 && at(p-1) == 'ل' && at(p) == 'ل': // li- swallows the alif of al-
		cuts = append(cuts, p+1)
	}
	return cuts
}

// rawOffset is where the n-th letter after byte start begins in the raw text. Letters of an Arabic
// word fold one to one, apart from presentation forms, inside which it returns their start.
func (f *Folded) rawOffset(start, n int) int {
	i := start
	for i < len(f.raw) {
		r, size := utf8.DecodeRuneInString(f.raw[i:])
		c := lettersOf(r)
		if c > 0 {
			if n < c {
				return i
			}
			n -= c
		}
		i += size
	}
	return i
}
