package server

import (
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

type checkStream = grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]

// streamAhead is how many messages of a stream are decoded ahead of the one that is checked: enough that the reader and
// the checker seldom wait for each other, few because a message of 1 MiB may be 70 MiB when decoded.
const streamAhead = 4

// StreamCheckSubmissions answers each message in order. A stream ends with OK when the caller has closed it and
// everything is answered, when it reaches its age limit, and when the server drains; what was received is
// answered first.
func (c *compliance) StreamCheckSubmissions(stream checkStream) error {
	returned := make(chan struct{})
	defer close(returned)
	received := c.receive(stream, returned)
	age := time.NewTimer(c.config.StreamAge)
	defer age.Stop()
	s := answers{compliance: c, stream: stream}
	for {
		select {
		case item := <-received:
			if err := s.answer(item); err != nil {
				return endOf(err)
			}
		case <-age.C:
			return s.finish(received)
		case <-c.draining.Done():
			return s.finish(received)
		}
	}
}

// received is a message of a stream, or why there are no more.
type received struct {
	request *assayv1.StreamCheckSubmissionsRequest
	err     error
}

// receive reads and decodes in a goroutine, so that the handler can end a stream whose caller is silent. The goroutine
// ends with the call, after the handler has returned; the server waits for it when it shuts down.
func (c *compliance) receive(stream checkStream, returned <-chan struct{}) <-chan received {
	items := make(chan received, streamAhead)
	hand := func(item received) bool {
		select {
		case items <- item:
			return item.err == nil
		case <-returned:
			return false
		}
	}
	c.receivers.Go(func() {
		defer func() {
			if cause := recover(); cause != nil {
				hand(received{err: c.caught(stream.Context(), cause)})
			}
		}()
		for {
			request, err := stream.Recv()
			if !hand(received{request, err}) {
				return
			}
		}
	})
	return items
}

// answers is the answering side of a stream.
type answers struct {
	*compliance
	stream   checkStream
	asked    question
	position int64
}

func (s *answers) answer(item received) error {
	if item.err != nil {
		return item.err
	}
	if s.asked.inForce == nil {
		var err error
		if s.asked, err = s.ask(item.request.GetOptions()); err != nil {
			return err
		}
	}
	result := s.result(s.stream.Context(), s.asked, item.request.GetSubmission(), s.position)
	s.position++
	return s.stream.Send(&assayv1.StreamCheckSubmissionsResponse{Result: result})
}

// finish answers what has been received by now and takes no more, however fast the caller sends.
func (s *answers) finish(items <-chan received) error {
	for range len(items) {
		if err := s.answer(<-items); err != nil {
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
