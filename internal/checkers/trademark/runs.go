package trademark

import (
	"cmp"
	"slices"

	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// Scripts without spaces run words together, and the letters of a mark come about inside other words: BMW (宝马) in a baby's
// potty (宝宝马桶). Where ordinary words explain the letters around a mark better than the mark does, it is no mark.
//
// Better is what costs less. The costs are those of a reader who takes the longest words that he knows: a letter that is in
// no known word is the dearest, and a mark is a little dearer than a known word, since it is rarer.
const (
	costWord   = 4
	costMark   = 5
	costLetter = 5 // known to stand alone
	costOrphan = 6
	runReach   = 5 // tokens looked at on both sides of a mark
)

// A run is a piece of text without spaces around a name, as token numbers.
type run struct{ from, to int } // to: after the last

// loadRuns reads the ordinary words of the scripts without spaces, once per field.
func (r *reading) loadRuns() {
	if r.runsRead {
		return
	}
	r.runsRead = true
	r.words = r.lexicon.runs.Append(r.words[:0], &r.folded, &r.scratch)
}

// insideWords reports whether a mark's name of letters without spaces is better explained by ordinary words.
func (r *reading) insideWords(s term.Hit) bool {
	if r.lexicon.runs == nil || r.folded.Token(int(s.FirstToken)).Class != text.Ideograph {
		return false
	}
	r.loadRuns()
	if s.Transforms&(text.Edit|text.LookAlike) != 0 && r.isWord(s) {
		return true
	}
	if !r.crossed(s) {
		return false
	}
	around := r.runAround(s)
	withMark := r.cost(run{around.from, int(s.FirstToken)}) + costMark + r.cost(run{int(s.LastToken) + 1, around.to})
	return r.cost(around) < withMark
}

// isWord reports whether the letters of a name are an ordinary word.
func (r *reading) isWord(s term.Hit) bool {
	return slices.ContainsFunc(r.words, func(w term.Hit) bool { return w.FirstToken == s.FirstToken && w.LastToken == s.LastToken })
}

// crossed reports whether an ordinary word holds a name and more, or begins or ends within it.
func (r *reading) crossed(s term.Hit) bool {
	for _, w := range r.wordsFrom(s.FirstToken - longestPhrase) {
		if w.FirstToken > s.LastToken {
			return false
		}
		if w.LastToken >= s.FirstToken && (w.FirstToken < s.FirstToken || w.LastToken > s.LastToken) {
			return true
		}
	}
	return false
}

// wordsFrom are the ordinary words from token k on.
func (r *reading) wordsFrom(k int32) []term.Hit {
	i, _ := slices.BinarySearchFunc(r.words, k, func(h term.Hit, k int32) int { return cmp.Compare(h.FirstToken, k) })
	return r.words[i:]
}

// runAround is what stands around a name without a gap, as far as one looks.
func (r *reading) runAround(s term.Hit) run {
	around := run{int(s.FirstToken), int(s.LastToken) + 1}
	for around.from > max(0, int(s.FirstToken)-runReach) && r.joinsNext(around.from-1) {
		around.from--
	}
	for around.to < min(r.folded.NumTokens(), int(s.LastToken)+1+runReach) && r.joinsNext(around.to-1) {
		around.to++
	}
	return around
}

// joinsNext reports whether the tokens k and k+1 are letters without a space between them.
func (r *reading) joinsNext(k int) bool {
	t, next := r.folded.Token(k), r.folded.Token(k+1)
	return t.Class == text.Ideograph && next.Class == text.Ideograph && t.End == next.Start
}

// cost is that of the cheapest way to read a run as words.
func (r *reading) cost(of run) int {
	var best [longestRun + 1]int // by the number of tokens read
	n := min(of.to-of.from, longestRun)
	for i := range best {
		best[i] = i * costOrphan // no more
	}
	words := r.wordsFrom(int32(of.from))
	for read := range n {
		best[read+1] = min(best[read+1], best[read]+r.costOf(of.from+read))
		for len(words) > 0 && int(words[0].FirstToken) == of.from+read {
			if to := int(words[0].LastToken) + 1 - of.from; to <= n {
				best[to] = min(best[to], best[read]+costWord)
			}
			words = words[1:]
		}
	}
	return best[n]
}

// longestRun bounds a run: a mark of ten letters and what is looked at around it.
const longestRun = 10 + 2*runReach

// costOf is that of a letter by itself.
func (r *reading) costOf(token int) int {
	if r.alone[string(r.folded.Letters(token))] {
		return costLetter
	}
	return costOrphan
}
