package report

import (
	"slices"
	"strings"
	"unicode"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside"
)

// An example is a listing that stands for others.
type example struct {
	ID       string   `json:"id"`
	Place    string   `json:"at"`
	Outcome  outcome  `json:"o"`
	Risk     float64  `json:"r"`
	Markets  string   `json:"mk,omitempty"`
	Merchant string   `json:"m,omitempty"`
	Called   string   `json:"mn,omitempty"`
	Brand    string   `json:"b,omitempty"`
	Category string   `json:"cat,omitempty"`
	Title    []piece  `json:"t"`
	Field    string   `json:"f,omitempty"` // where else the words stand
	Text     []piece  `json:"ft,omitempty"`
	Words    []word   `json:"w,omitempty"`
	Codes    []string `json:"c,omitempty"`
	Message  string   `json:"msg,omitempty"`
	Todo     string   `json:"do,omitempty"`
}

// A word is a disguised one that a finding rests on: as it stands there, and what was undone to read it.
type word struct {
	Surface string `json:"s"`
	Means   string `json:"c"`
	Undone  string `json:"u"`
	Letters string `json:"l,omitempty"` // characters in it that are not what they look like
}

// Bounds of an example.
const (
	maxWords   = 3
	maxCodes   = 6
	maxLetters = 4
	maxMarkets = 60 // bytes
)

// exampleOf shows an item with the spans in it; message and todo say why.
func (it *item) exampleOf(spans []*assayv1.TextSpan, how int, message, todo string) example {
	key, called := it.merchant()
	e := example{ID: cut(it.id, maxName), Place: cut(it.place, maxName), Outcome: it.outcome, Risk: it.risk(), Merchant: cut(key, maxName),
		Called: cut(called, maxName), Markets: cut(strings.Join(it.in.GetMarkets(), " "), maxMarkets), Message: cut(message, maxMessage), Todo: cut(todo, maxMessage),
		Brand: cut(it.brand(), maxName), Category: cut(it.in.GetProduct().GetCategory(), maxName)}
	if codes := it.codes(); len(codes) > 0 {
		e.Codes = codes[:min(maxCodes, len(codes))]
	}
	e.Title = excerpt(it.in.GetProduct().GetTitle(), spansIn(spans, "title", how))
	if i := slices.IndexFunc(spans, func(s *assayv1.TextSpan) bool { return s.GetField() != "title" }); i >= 0 {
		e.Field = cut(spans[i].GetField(), maxName)
		e.Text = it.elsewhere(spans, spans[i], how)
	}
	e.Words = wordsOf(spans)
	return e
}

// elsewhere is the excerpt of a field that is not the title; of one that cannot be found, the words alone.
func (it *item) elsewhere(spans []*assayv1.TextSpan, s *assayv1.TextSpan, how int) []piece {
	if text := outside.TextAt(it.in, s.GetField()); text != "" {
		return excerpt(text, spansIn(spans, s.GetField(), how))
	}
	return []piece{{cut(s.GetSurface(), maxName), how}}
}

// spansIn are those of one field.
func spansIn(all []*assayv1.TextSpan, field string, how int) (spans []span) {
	for _, s := range all {
		if s.GetField() == field {
			spans = append(spans, span{int(s.GetStart()), int(s.GetEnd()), how})
		}
	}
	return spans
}

// wordsOf are the disguised words of spans, each once.
func wordsOf(spans []*assayv1.TextSpan) (words []word) {
	for _, s := range spans {
		surface := cut(s.GetSurface(), maxName)
		if !disguised(s) || slices.ContainsFunc(words, func(o word) bool { return o.Surface == surface }) {
			continue
		}
		undone := cut(strings.ReplaceAll(strings.Join(s.GetTransforms(), ", "), "_", "-"), maxName)
		words = append(words, word{surface, cut(s.GetCanonical(), maxName), undone, letters(s.GetSurface(), s.GetCanonical())})
		if len(words) == maxWords {
			break
		}
	}
	return words
}

// disguised tells whether more than capitals had to be undone to read words.
func disguised(s *assayv1.TextSpan) bool {
	return s.GetSurface() != "" && s.GetCanonical() != "" && slices.ContainsFunc(s.GetTransforms(), func(t string) bool { return t != "case" })
}

// letters names the characters of words that stand in for others: those beyond ASCII that the plain spelling does not have.
func letters(surface, means string) string {
	var named []string
	for _, r := range surface {
		if r <= unicode.MaxASCII || strings.ContainsRune(means, r) {
			continue
		}
		name := codePoint(r)
		if !slices.Contains(named, name) {
			named = append(named, name)
		}
		if len(named) == maxLetters {
			break
		}
	}
	return strings.Join(named, ", ")
}

// spansOf are the words that findings rest on.
func spansOf(findings ...*assayv1.Finding) (spans []*assayv1.TextSpan) {
	for _, f := range findings {
		for _, e := range f.GetEvidence() {
			if s := e.GetTextSpan(); s != nil {
				spans = append(spans, s)
			}
		}
	}
	return spans
}

// todoOf says what would put a finding right.
func todoOf(f *assayv1.Finding) string {
	if f.GetMerchantMessage() != "" || len(f.GetRemedies()) == 0 {
		return f.GetMerchantMessage()
	}
	return f.GetRemedies()[0].GetText()
}

// keptQueue is how many listings are shown to look at first.
const keptQueue = 150

// addQueue takes a listing that was held: refused ones before others, then by risk.
func (r *Report) addQueue(it *item) {
	rank := float64(it.outcome)*2 + it.risk()
	if it.verdict == nil || !it.outcome.held() || !r.s.Queue.wants(keptQueue, rank) {
		return
	}
	var decisive []*assayv1.Finding
	for _, f := range it.verdict.GetFindings() {
		if it.decisive[f.GetFindingId()] {
			decisive = append(decisive, f)
		}
	}
	var message, todo string
	if len(decisive) > 0 {
		message, todo = decisive[0].GetMessage(), todoOf(decisive[0])
	}
	r.s.Queue.put(keptQueue, rank, it.position, it.exampleOf(spansOf(decisive...), wordsOfConcern, message, todo))
}

// An exampleView is an example with the titles of its codes.
type exampleView struct {
	example
	Why []whyView
}

func (e example) view(titles titles) exampleView {
	v := exampleView{example: e}
	for _, c := range e.Codes {
		v.Why = append(v.Why, whyView{Code: c, Title: titles.of(c)})
	}
	return v
}
