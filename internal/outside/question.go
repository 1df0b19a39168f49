package outside

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
)

// A Question is one submission as a checker is asked about it.
type Question struct {
	Request *assayv1.RunCheckerRequest

	description *Description
	asked       []string // markets that it judges, of those of the submission
	all         bool     // they are all of the submission's
}

// Ask makes the question about a submission, or says why the checker does not judge it. The request shares values with
// the submission and the mentions.
func (d *Description) Ask(s *assayv1.Submission, mentions []*assayv1.Mention) (q *Question, skipped string) {
	q = &Question{description: d, asked: s.GetMarkets(), all: true}
	if len(d.Markets) > 0 {
		q.asked = slices.DeleteFunc(slices.Clone(q.asked), func(m string) bool { return !slices.Contains(d.Markets, m) })
		q.all = len(q.asked) == len(s.GetMarkets())
	}
	if len(q.asked) == 0 && len(s.GetMarkets()) > 0 {
		return nil, "judges other markets (" + listed(d.Markets) + ")"
	}
	sent := &assayv1.Submission{}
	d.mask.copy(sent.ProtoReflect(), s.ProtoReflect())
	sent.SubmissionId = s.GetSubmissionId()
	if len(sent.Markets) > 0 {
		sent.Markets = q.asked
	}
	if d.scripts != nil && !d.scripts.may(textsOf(sent)) {
		return nil, "judges other languages (" + listed(d.Languages) + ")"
	}
	q.Request = &assayv1.RunCheckerRequest{Submission: sent, Mentions: mentionsIn(sent, mentions)}
	return q, ""
}

// listed is a bounded list for people.
func listed(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// mentionsIn are the mentions that stand in texts which are sent, with those of their spans that do.
func mentionsIn(sent *assayv1.Submission, mentions []*assayv1.Mention) []*assayv1.Mention {
	var shown []*assayv1.Mention
	for _, m := range mentions {
		var spans []*assayv1.TextSpan
		for _, s := range m.GetSpans() {
			if f, ok := fieldAt(s.GetField()); ok && textOf(sent, f) != "" {
				spans = append(spans, s)
			}
		}
		if len(spans) == 0 {
			continue
		}
		if len(spans) < len(m.GetSpans()) {
			m = proto.Clone(m).(*assayv1.Mention)
			m.Spans, m.Reason = spans, "" // the reason may quote what is not sent
		}
		shown = append(shown, m)
	}
	return shown
}

// marketsOf are the markets of a finding: those given, or all that were asked about.
func (q *Question) marketsOf(f *assayv1.CheckerFinding, at string, wrong *Problems) []listing.Market {
	names := f.GetMarkets()
	if len(names) == 0 && !q.all {
		names = q.asked
	}
	var markets []listing.Market
	for i, name := range names {
		switch {
		case !slices.Contains(q.asked, name):
			wrong.add("%s.markets: %.8q was not asked about", at, name)
		case !slices.Contains(names[:i], name):
			markets = append(markets, listing.Market(name))
		}
	}
	return markets
}
