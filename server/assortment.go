package server

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/assessment"
)

type assortmentStream = grpc.ClientStreamingServer[assayv1.AssessAssortmentRequest, assayv1.AssessAssortmentResponse]

// maxTold is how many results of listings that were not approved are told.
const maxTold = 1000

// AssessAssortment answers on a merchant whose listings come one by one. What is kept of them is bounded; the call's deadline, put
// on it at the door, ends one that does not come to its end.
func (c *compliance) AssessAssortment(stream assortmentStream) error {
	a, inline, err := c.begin(stream)
	if err != nil {
		return err
	}
	told := &tally{room: c.config.MaxResponseBytes / 2}
	if err := a.receive(stream, inline, told); err != nil {
		return err
	}
	response := &told.response
	response.Verdict = a.verdict(stream.Context())
	told.trim(c.config.MaxResponseBytes - proto.Size(response.Verdict) - refusalBytes)
	return stream.SendAndClose(response)
}

// begin reads the first message: the merchant, with the first submissions.
func (c *compliance) begin(stream assortmentStream) (*assessing, []*assayv1.Submission, error) {
	m, err := stream.Recv()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if m.GetMerchant() == nil {
		return nil, nil, violation("merchant", "the first message must hold the merchant")
	}
	a, err := c.assess(m.GetMerchant())
	return a, m.GetMerchant().GetSubmissions(), under("merchant", err)
}

// receive answers the submissions of the first message and those that follow, a few at a time, and returns when all are
// answered.
func (a *assessing) receive(stream assortmentStream, inline []*assayv1.Submission, told *tally) error {
	atOnce := streamCheckers
	if a.asked.waits() {
		atOnce = waitingCheckers
	}
	slots := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	defer wait.Wait()
	position := int64(0)
	for {
		m, err := a.next(stream, &inline, position)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		at := position
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			result := a.guarded(stream.Context(), a.asked, m.GetSubmission(), at, a.result)
			letGo(stream.Context(), m)
			if result.GetError() != nil {
				a.assortment.Miss()
			}
			told.add(result)
		})
		position++
	}
}

// next is the message with the next submission: one for each of the first message, then the further ones; io.EOF after the last.
func (a *assessing) next(stream assortmentStream, inline *[]*assayv1.Submission, position int64) (*assayv1.AssessAssortmentRequest, error) {
	if len(*inline) > 0 {
		m := &assayv1.AssessAssortmentRequest_Submission{Submission: (*inline)[0]}
		*inline = (*inline)[1:]
		return &assayv1.AssessAssortmentRequest{Part: m}, nil
	}
	m, err := stream.Recv()
	switch {
	case err != nil:
		return nil, err
	case m.GetMerchant() != nil:
		return nil, violation("merchant", "only the first message may hold the merchant")
	case position >= assessment.MaxListings:
		return nil, violation("submission", fmt.Sprintf("an assortment is at most %d submissions", assessment.MaxListings))
	}
	return m, nil
}

// A tally counts decisions and keeps the first results that are no approval, as far as there is room.
type tally struct {
	mu       sync.Mutex
	response assayv1.AssessAssortmentResponse
	room     int // bytes of results
	used     int // of it
	isCut    bool
	cut      int64 // where isCut: position of the first result that was left out
}

func (t *tally) add(r *assayv1.CheckResult) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch decision := r.GetVerdict().GetDecision(); {
	case r.GetVerdict() == nil:
		t.response.Errors++
	case decision == assayv1.Decision_DECISION_APPROVE:
		t.response.Approved++
		return
	case decision == assayv1.Decision_DECISION_REJECT:
		t.response.Rejected++
	default:
		t.response.Reviewed++
	}
	if t.isCut && r.GetPosition() >= t.cut {
		return
	}
	at, _ := slices.BinarySearchFunc(t.response.Results, r, func(a, b *assayv1.CheckResult) int { return cmp.Compare(a.GetPosition(), b.GetPosition()) })
	t.response.Results = slices.Insert(t.response.Results, at, r)
	t.used += sizeOf(r)
	t.trim(t.room)
}

// trim leaves the last results out until the others fit. Which those are does not depend on the order in which they were added.
func (t *tally) trim(room int) {
	for n := len(t.response.Results); n > 0 && (n > maxTold || t.used > room); n-- {
		last := t.response.Results[n-1]
		t.isCut, t.cut = true, last.GetPosition()
		t.used -= sizeOf(last)
		t.response.Results = slices.Delete(t.response.Results, n-1, n)
	}
}

// sizeOf is what a result takes in a response, its tag and length included.
func sizeOf(r *assayv1.CheckResult) int { return proto.Size(r) + 16 }
