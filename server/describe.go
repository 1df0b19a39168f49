package server

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/wire"
	"github.com/assay-project/assay/server/metrics"
)

// inForce is an engine with what is told about it, made once.
type inForce struct {
	engine   *engine.Engine
	encoder  *wire.Encoder
	listless *wire.Encoder // for who wants no lists
	rulebook *assayv1.GetRulebookResponse
	shadow   *engine.Engine // nil: none
	counts   *shadowCounts
	meter    *metrics.Book // nil: none
}

func describe(e *engine.Engine, now time.Time, counting *metrics.Metrics) *inForce {
	book := e.Book()
	f := &inForce{
		engine:   e,
		encoder:  wire.NewEncoder(e.Checkers(), e.Rulebook(), true),
		listless: wire.NewEncoder(e.Checkers(), e.Rulebook(), false),
		counts:   new(shadowCounts),
		rulebook: &assayv1.GetRulebookResponse{
			Rulebook: wire.Rulebook(e.Rulebook()),
			Lists:    listsOf(book),
			LoadedAt: timestamppb.New(now),
			Codes:    codesOf(book),
		},
	}
	if counting != nil {
		f.meter = counting.For(book.Decisions.Rows(), e.Checkers())
		counting.Rulebook(metrics.InForce, e.Rulebook(), now)
	}
	return f
}

func listsOf(book *rulebook.Book) []*assayv1.RulebookList {
	lists := make([]*assayv1.RulebookList, len(book.Lists))
	for i, l := range book.Lists {
		lists[i] = &assayv1.RulebookList{List: &assayv1.ListRef{List: l.Name, Sha256: l.Digest}, Rows: int64(l.Rows)}
	}
	return lists
}

func codesOf(book *rulebook.Book) []*assayv1.CodeInfo {
	rows := book.Decisions.Rows()
	codes := make([]*assayv1.CodeInfo, len(rows))
	for i := range rows {
		codes[i] = wire.Code(&rows[i])
	}
	return codes
}

func checkersOf(e *engine.Engine) *assayv1.ListCheckersResponse {
	response := &assayv1.ListCheckersResponse{}
	rows := e.Describe()
	for i := range rows {
		response.Checkers = append(response.Checkers, wire.Checker(&rows[i], assayv1.CheckerSubject_CHECKER_SUBJECT_SUBMISSION))
	}
	rows = e.MerchantCheckers()
	for i := range rows {
		response.Checkers = append(response.Checkers, wire.Checker(&rows[i], assayv1.CheckerSubject_CHECKER_SUBJECT_MERCHANT))
	}
	return response
}
