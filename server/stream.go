package server

import (
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

type checkStream = grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]

const (
	// streamCheckers is how many goroutines read and check for one stream. One more sends.
	streamCheckers = 2
	// streamAhead is how many results may wait to be sent: enough that checkers and sender seldom wait for each other, few
	// because each is held in memory.
	streamAhead = 8
	// Where checks wait for outside checkers, so many are under way at once: they cost memory and hardly any work.
	waitingCheckers = 32
	waitingAhead    = 32
)

// StreamCheckSubmissions answers each message in order. A stream ends with OK when the caller has closed it and
// everything is answered, when it reaches its age limit, and when the server drains; what was received is
// answered first.
func (c *compliance) StreamCheckSubmissions(stream checkStream) error {
	checkers, ahead := streamCheckers, streamAhead
	if now := c.current.Load(); now != nil && now.waits() {
		checkers, ahead = waitingCheckers, waitingAhead
	}
	s := &checking{compliance: c, stream: stream, answers: make(chan *answer, ahead), returned: make(chan struct{})}
	defer close(s.returned)
	for range checkers {
		c.receivers.Go(s.receive)
	}
	age := time.NewTimer(c.config.StreamAge)
	defer age.Stop()
	for {
		select {
		case a := <-s.answers:
			if err := s.send(a); err != nil {
				return endOf(err)
			}
		case <-age.C:
			return s.finish()
		case <-c.draining.Done():
			return s.finish()
		}
	}
}

// checking is one stream. Its checkers take turns to read a message, give it a place in the row of answers, and then check it
// while the next one reads; the handler sends the row in order. They are goroutines of their own so that the handler can
// end a stream whose caller is silent; they end with the call, after the handler has returned, and the server
// waits for them when it shuts down.
type checking struct {
	*compliance
	stream   checkStream
	answers  chan *answer
	returned chan struct{} // closed when the handler returns

	turn     sync.Mutex // guards reading, and what follows
	asked    question
	position int64
	ended    bool
}

// An answer is one in the row: first a place, then, once ready, a result or why the stream ends.
type answer struct {
	result *assayv1.CheckResult
	err    error
	ready  chan struct{}
}

// receive reads and checks until the stream ends.
func (s *checking) receive() {
	for s.next() {
	}
}

// next reads one message and checks it. It reports whether there may be more.
func (s *checking) next() (more bool) {
	a := &answer{ready: make(chan struct{})}
	defer close(a.ready)
	defer func() {
		if cause := recover(); cause != nil {
			a.err, more = s.caught(s.stream.Context(), cause), false
		}
	}()
	m, position := s.read(a)
	if m == nil {
		return false
	}
	a.result = s.result(s.stream.Context(), s.asked, m.GetSubmission(), position)
	letGo(s.stream.Context(), m)
	return true
}

// read takes the turn: the next message and its place in the row. Nil: there is none, and a says why.
func (s *checking) read(a *answer) (*assayv1.StreamCheckSubmissionsRequest, int64) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.ended {
		return nil, 0
	}
	m, err := s.stream.Recv()
	if err == nil && s.asked.inForce == nil {
		s.asked, err = s.ask(m.GetOptions())
	}
	if err != nil {
		m, a.err, s.ended = nil, err, true
	}
	select {
	case s.answers <- a:
	case <-s.returned:
		m, s.ended = nil, true
	}
	s.position++
	return m, s.position - 1
}

// send sends an answer when it is ready.
func (s *checking) send(a *answer) error {
	<-a.ready
	if a.err != nil {
		return a.err
	}
	return s.stream.Send(&assayv1.StreamCheckSubmissionsResponse{Result: a.result})
}

// finish answers what has been received by now and takes no more, however fast the caller sends.
func (s *checking) finish() error {
	for range len(s.answers) {
		if err := s.send(<-s.answers); err != nil {
			return endOf(err)
		}
	}
	return nil
}

// endOf is how a stream ends: with OK when the caller has closed it.
func endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
