package term

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// Names in scripts without spaces, and in Hangul, are not looked for word by word: a run of such letters may hold a name
// anywhere. Their letters say so much that few slips leave a name that a reader still knows. So the slips of a name are
// listed when the index is built (see eachSlip), and a scan asks one question of each window of a run: is it one of them?

// Lengths of a name, in letters, from which a slip leaves it to be known.
const (
	leastSlip    = 3  // a letter doubled, or taken for one that looks or sounds like it
	leastSwap    = 4  // two letters swapped
	leastMissing = 5  // a letter missing
	leastCut     = 6  // the last letter missing
	leastInside  = 7  // any of these, inside a longer word
	maxName      = 16 // longer names are looked for as they are
)

// Work bounds of the runs of one text.
const (
	maxOddWindows = 4096 // that blots or repeated letters are in
	maxBlots      = 4    // in one place
	maxRunWindow  = 48   // letters and blots
)

// An element of a run is a letter, or a sign that blots one out. A piece of the text has one letter or, in scripts whose
// vowels are marks, several.
type element struct {
	letter       rune // 0: blotted out
	piece        int32
	from, to     int32 // raw bytes of the piece
	starts, ends bool  // the piece
}

// firstRunByte is the first byte in UTF-8 of the first letter of these scripts. Most texts have none.
const firstRunByte = 0xE0

// isRunLetter reports whether r is of a script whose names are looked for in runs.
func isRunLetter(r rune) bool { return isDense(r) || isSpaceless(r) }

// isRunWord reports whether a word is a name to look for in runs.
func isRunWord(letters []rune) bool {
	n := len(letters)
	return n >= leastSlip && n <= maxName && !slices.ContainsFunc(letters, func(r rune) bool { return !isRunLetter(r) })
}

// runs looks for disguised names in the runs of the text.
func (c *scan) runs() {
	last, raw := len(c.pieces)-1, c.f.Raw()
	for p := 0; p < last; {
		if raw[c.pieces[p].Start] < firstRunByte {
			p++
			continue
		}
		next := c.collectRun(p)
		if len(c.s.run) >= leastSlip {
			c.readRun()
		}
		p = max(next, p+1)
	}
}

// collectRun collects the run that begins with piece p, and returns where it ends.
func (c *scan) collectRun(p int) int {
	c.s.run = c.s.run[:0]
	for ; p < len(c.pieces)-1; p++ {
		piece := &c.pieces[p]
		if n := len(c.s.run); n > 0 && !c.appendBlots(c.s.run[n-1].to, piece.Start) {
			break
		}
		letters := c.f.Between(p, p+1)
		switch {
		case !slices.ContainsFunc(letters, func(r rune) bool { return !isRunLetter(r) || r == '〇' }):
			c.appendPiece(p, letters)
		case len(letters) == 1 && len(c.s.run) > 0 && (letters[0] == 'x' || letters[0] == '〇'):
			c.s.run = append(c.s.run, element{piece: int32(p), from: piece.Start, to: piece.End})
		default:
			return p
		}
	}
	return p
}

// appendPiece appends the letters of piece p to the run.
func (c *scan) appendPiece(p int, letters []rune) {
	piece := &c.pieces[p]
	to := piece.End
	if tok := c.f.TokenAt(int(piece.Token)); tok.Class == text.SouthEast {
		to = tok.End // with its marks
	}
	for i, r := range letters {
		c.s.run = append(c.s.run, element{r, int32(p), piece.Start, to, i == 0, i == len(letters)-1})
	}
}

// appendBlots appends the signs of the gap between two bytes. It reports false where something else stands there. A mark
// that has lost its letter to a sign is still there.
func (c *scan) appendBlots(from, to int32) bool {
	gap := c.f.Raw()[from:max(from, to)]
	if utf8.RuneCountInString(gap) > maxBlots {
		return false
	}
	for _, r := range gap {
		switch {
		case isBlot(r):
			c.s.run = append(c.s.run, element{from: to, to: to})
		case isSpaceless(r):
			c.s.run = append(c.s.run, element{letter: r, from: to, to: to})
		default:
			return false
		}
	}
	return true
}

// isBlot reports whether r is used to blot out a letter of these scripts.
func isBlot(r rune) bool {
	return isMask(r) || strings.ContainsRune("○◯●◎×✕✖□■△▲★♡", r)
}

// readRun asks about the windows of the run at hand.
func (c *scan) readRun() {
	for i, e := range c.s.run {
		if h := spread(text.LetterHash(e.letter)); e.starts && yes(c.x.near.word(h), h, isInitial) {
			c.windowsFrom(i)
		}
	}
}

// windowsFrom asks about the windows that begin with element i.
func (c *scan) windowsFrom(i int) {
	run := c.s.run
	h, blots, same, odd, n := uint64(0), 0, 0, false, 0
	for j := i; j < len(run) && j-i < maxRunWindow && n <= maxName; j++ {
		e := &run[j]
		if e.letter == 0 {
			blots, odd = blots+1, true
			continue
		}
		if same++; j == i || run[j-1].letter != e.letter {
			same = 1
		}
		if same <= 2 {
			n++
		}
		odd = odd || same > 2
		h = text.Extend(h, text.LetterHash(e.letter))
		switch {
		case n+blots < leastSlip, !e.ends:
		case odd:
			c.oddWindow(i, j)
		default:
			c.window(i, j, spread(h))
		}
	}
}

// window looks for the names of which the elements i to j, whose spread hash is h, are a slip.
func (c *scan) window(i, j int, h uint64) {
	if !yes(c.x.near.word(h), h, isNear) {
		return
	}
	letters := c.s.window[:0]
	for _, e := range c.s.run[i : j+1] {
		letters = append(letters, e.letter)
	}
	c.s.window = letters
	if c.known.facts(h) != 0 || c.innocent.contain(h) || c.runCovered(i, j) {
		return
	}
	for cur := c.x.deletes.find(h); ; {
		w, ok := c.x.deletes.next(&cur)
		if !ok || c.tooMany() {
			return
		}
		c.load(w)
		if tr := slip(letters, c.s.letters); tr != 0 && isRunWord(c.s.letters) && c.apart(i, j, len(c.s.letters)) {
			c.try(c.inRun(i, j), tr)
		}
	}
}

// apart reports whether the elements i to j stand apart from letters of their own script, as far as a slip of a name of so
// many letters must: other words hold a slip of a short one (プラダ, フラダンス). In Han words are as long as names, and
// nothing shows where they begin; Hangul has spaces, which are judged with the edges of the hit.
func (c *scan) apart(i, j, letters int) bool {
	run := c.s.run
	joined := func(a, b int) bool {
		if a < 0 || b == len(run) || run[a].letter == 0 || run[b].letter == 0 || run[a].to != run[b].from {
			return false
		}
		return isKana(run[a].letter) && isKana(run[b].letter) || isSpaceless(run[a].letter) && isSpaceless(run[b].letter)
	}
	return letters >= leastInside || !joined(i-1, i) && (letters >= leastMissing || !joined(j, j+1))
}

// oddWindow looks for the names of which the elements i to j are all letters, with some blotted out or repeated.
func (c *scan) oddWindow(i, j int) {
	if c.s.odd++; c.s.odd > maxOddWindows {
		c.s.capped = true
	}
	at := c.inRun(i, j)
	if c.s.capped || at.to-at.from > maxRegionBytes || c.runCovered(i, j) {
		return
	}
	shapes := c.s.shapes[:0]
	for _, e := range c.s.run[i : j+1] {
		if e.letter == 0 {
			shapes = append(shapes, shape{source: masked})
			continue
		}
		shapes = append(shapes, shape{class: classOf(lookOf(e.letter)), letter: e.letter})
	}
	c.s.shapes = shapes
	c.match(at, shapes, 0)
}

// inRun is the suspect of elements i to j.
func (c *scan) inRun(i, j int) suspect {
	first, last := c.s.run[i], c.s.run[j]
	return suspect{first: int(first.piece), end: int(last.piece) + 1, from: first.from, to: last.to, inside: true, pieces: true}
}

// runCovered reports whether a plain hit covers either end of the elements i to j.
func (c *scan) runCovered(i, j int) bool {
	first, last := c.s.run[i].piece, c.s.run[j].piece
	return c.s.covered[c.pieces[first].Token] || c.s.covered[c.pieces[last].Token]
}

// slip is what was done to a name to make it the letters of a window; 0: nothing that leaves it to be known.
func slip(letters, name []rune) text.Transforms {
	i := 0
	for i < min(len(letters), len(name)) && letters[i] == name[i] {
		i++
	}
	n := len(name)
	switch len(letters) - n {
	case 1:
		if i > 0 && n >= leastSlip && letters[i] == letters[i-1] && slices.Equal(letters[i+1:], name[i:]) {
			return text.Edit
		}
	case -1:
		if n >= leastMissing && i > 0 && (i < n-1 || n >= leastCut) && slices.Equal(letters[i:], name[i+1:]) {
			return text.Edit
		}
	case 0:
		switch {
		case i == n:
		case n >= leastSlip && slices.Equal(letters[i+1:], name[i+1:]):
			return stands(letters[i], name[i])
		case n >= leastSwap && i > 0 && i+1 < n && letters[i] == name[i+1] && letters[i+1] == name[i] && slices.Equal(letters[i+2:], name[i+2:]):
			return text.Edit
		}
	}
	return 0
}

// eachSlip calls add with the spread hashes of the slips of a name, other than those with a letter missing.
func eachSlip(name []rune, add func(h uint64)) {
	changed := make([]rune, 0, maxName+1)
	for i, r := range name {
		add(spread(text.HashLetters(append(append(append(changed, name[:i]...), r), name[i:]...))))
		for _, s := range standIns(r) {
			changed = append(changed[:0], name...)
			changed[i] = s
			add(spread(text.HashLetters(changed)))
		}
		if len(name) >= leastSwap && i > 0 && i+1 < len(name) {
			changed = append(changed[:0], name...)
			changed[i], changed[i+1] = name[i+1], r
			add(spread(text.HashLetters(changed)))
		}
		changed = changed[:0]
	}
}

// lookAlikes are letters of these scripts that the eye takes for one another; soundAlikes are those that the ear does, or a
// hasty hand.
var (
	lookAlikes = families("シツ", "ソンリ", "ノメ", "クワケ", "カ力", "ロ口", "ニ二", "エ工", "タ夕", "ト卜", "ハ八", "ー一", "ミ三", "チ千",
		"亮壳", "师帅", "傅博", "斯期", "碧壁", "奥粤", "大太犬", "未末", "土士", "干千", "天夭", "己已巳", "迪油", "阿啊", "香杳", "奈柰",
		"普晋", "古占", "苹萍", "巴吧", "耐酎", "迪廸", "驰弛", "蔻寇", "博搏", "威咸", "娜那", "特持", "纳呐", "拉垃", "尼泥", "维唯", "劳捞", "兰蘭",
		"ฑท", "ณน", "ไใโ")
	soundAlikes = families("ァア", "ィイ", "ゥウ", "ェエ", "ォオ", "ッツ", "ャヤ", "ュユ", "ョヨ", "カガ", "キギ", "クグ", "ケゲ", "コゴ", "サザ",
		"シジ", "スズ", "セゼ", "ソゾ", "タダ", "チヂ", "ツヅ", "テデ", "トド", "ハバパ", "ヒビピ", "フブプ", "ヘベペ", "ホボポ", "ヴブ",
		"ซสศษ", "ทธ", "พภ", "คข", "ยญ")
)

// families lists for each letter those that stand beside it in one of the groups.
func families(groups ...string) map[rune]string {
	m := make(map[rune]string)
	for _, g := range groups {
		for _, r := range g {
			m[r] += strings.ReplaceAll(g, string(r), "")
		}
	}
	return m
}

// stands is what makes one letter stand for another; 0: nothing.
func stands(r, another rune) text.Transforms {
	switch {
	case strings.ContainsRune(lookAlikes[another], r):
		return text.LookAlike
	case slices.Contains(standIns(another), r):
		return text.Edit
	}
	return 0
}

// standIns are the letters that may stand for r.
func standIns(r rune) []rune {
	if r >= firstSyllable && r <= lastSyllable {
		return syllables(r)
	}
	return []rune(lookAlikes[r] + soundAlikes[r])
}

// Hangul syllables are numbered by their consonant, their vowel and what closes them.
const (
	firstSyllable, lastSyllable = '가', '힣'
	vowels, closings            = 21, 28
)

// Numbers of consonants and of vowels that sound alike.
var (
	alikeConsonants = [][]rune{{0, 1, 15}, {3, 4, 16}, {7, 8, 17}, {9, 10}, {12, 13, 14}}
	alikeVowels     = [][]rune{{1, 5}, {3, 7}, {10, 11, 15}, {13, 18}}
)

// syllables are the syllables that differ from s in a consonant or a vowel that sounds like its own.
func syllables(s rune) []rune {
	var out []rune
	at := s - firstSyllable
	consonant, vowel := at/(vowels*closings), at/closings%vowels
	for _, o := range others(alikeConsonants, consonant) {
		out = append(out, s+(o-consonant)*vowels*closings)
	}
	for _, o := range others(alikeVowels, vowel) {
		out = append(out, s+(o-vowel)*closings)
	}
	return out
}

// others are the numbers in the group of n.
func others(groups [][]rune, n rune) []rune {
	for _, g := range groups {
		if slices.Contains(g, n) {
			return slices.DeleteFunc(slices.Clone(g), func(o rune) bool { return o == n })
		}
	}
	return nil
}
