// Package faulty is outside checkers that break the contract in every way we know, on real connections, for tests.
package faulty

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the usual codec
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A Checker is one that is to be served. The zero value keeps the contract: it reports WORD where the title holds "banned".
type Checker struct {
	Describe func(context.Context) (*assayv1.DescribeCheckerResponse, error)
	Run      func(context.Context, *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error)
	Wrap     func(net.Listener) net.Listener
	Options  []grpc.ServerOption
}

// Serve serves the checker on a loopback address until the test ends.
func Serve(t testing.TB, c Checker) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	t.Cleanup(c.serve(l))
	return address
}

// serve serves on a listener until what it returns is called.
func (c Checker) serve(l net.Listener) (stop func()) {
	if c.Wrap != nil {
		l = c.Wrap(l)
	}
	s := grpc.NewServer(append(c.Options, grpc.WaitForHandlers(true))...)
	assayv1.RegisterCheckerServiceServer(s, &service{checker: c})
	served := make(chan struct{})
	go func() { defer close(served); _ = s.Serve(l) }()
	return func() { s.Stop(); <-served }
}

type service struct {
	assayv1.UnimplementedCheckerServiceServer
	checker Checker
}

// DescribeChecker describes.
func (s *service) DescribeChecker(ctx context.Context, _ *assayv1.DescribeCheckerRequest) (*assayv1.DescribeCheckerResponse, error) {
	if s.checker.Describe != nil {
		return s.checker.Describe(ctx)
	}
	return Description(), nil
}

// RunChecker runs.
func (s *service) RunChecker(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
	if s.checker.Run != nil {
		return s.checker.Run(ctx, r)
	}
	return Sound(ctx, r)
}

// Description is that of the checker that keeps the contract.
func Description() *assayv1.DescribeCheckerResponse {
	return &assayv1.DescribeCheckerResponse{Name: "words", Version: "1.2.3", ContractVersions: []string{"v1"}, Codes: []string{"WORD"},
		Fields: []string{"product.title", "markets"}, Doc: "Looks for banned words."}
}

// Sound answers as the contract demands.
func Sound(_ context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
	answer := &assayv1.RunCheckerResponse{SubmissionId: r.GetSubmission().GetSubmissionId()}
	if i := strings.Index(r.GetSubmission().GetProduct().GetTitle(), "banned"); i >= 0 {
		answer.Findings = []*assayv1.CheckerFinding{finding(i, "banned")}
	}
	return answer, nil
}

func finding(at int, surface string) *assayv1.CheckerFinding {
	return &assayv1.CheckerFinding{Code: "WORD", Message: "The word is banned.", Evidence: []*assayv1.Evidence{{
		Kind: &assayv1.Evidence_TextSpan{TextSpan: &assayv1.TextSpan{Field: "title", Start: int32(at), End: int32(at + len(surface)), Surface: surface}}}}}
}

// changed is a checker that answers soundly but for one change.
func changed(change func(*assayv1.RunCheckerRequest, *assayv1.RunCheckerResponse)) Checker {
	return Checker{Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
		answer, err := Sound(ctx, r)
		change(r, answer)
		return answer, err
	}}
}

func saying(f *assayv1.CheckerFinding) Checker {
	return changed(func(_ *assayv1.RunCheckerRequest, a *assayv1.RunCheckerResponse) { a.Findings = append(a.Findings, f) })
}

// Liars are checkers that answer in time, with something that breaks the contract.
func Liars() map[string]Checker {
	return map[string]Checker{
		"another id":       changed(func(_ *assayv1.RunCheckerRequest, a *assayv1.RunCheckerResponse) { a.SubmissionId = "another" }),
		"no id":            changed(func(_ *assayv1.RunCheckerRequest, a *assayv1.RunCheckerResponse) { a.SubmissionId = "" }),
		"65 findings":      changed(many(65)),
		"100,000 findings": changed(many(100_000)),
		"empty findings": changed(func(_ *assayv1.RunCheckerRequest, a *assayv1.RunCheckerResponse) {
			a.Findings = slices.Repeat([]*assayv1.CheckerFinding{{}}, 120_000) // 240 KB on the wire
		}),
		"unknown code":     saying(&assayv1.CheckerFinding{Code: "OTHER"}),
		"our code":         saying(&assayv1.CheckerFinding{Code: "TM_CLEARED_OWNER"}),
		"long message":     saying(&assayv1.CheckerFinding{Code: "WORD", Message: strings.Repeat("x", 2000)}),
		"giant":            saying(&assayv1.CheckerFinding{Code: "WORD", Message: strings.Repeat("x", 5<<20)}),
		"another market":   saying(&assayv1.CheckerFinding{Code: "WORD", Markets: []string{"FR"}}),
		"offsets outside":  saying(finding(10_000, "banned")),
		"another surface":  saying(finding(0, "¤")),
		"unknown enum":     saying(evidence(&assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: &assayv1.PriceEvidence{Reference: 9999}}})),
		"evidence of none": saying(evidence(&assayv1.Evidence{})),
		"17 evidence":      saying(&assayv1.CheckerFinding{Code: "WORD", Evidence: make([]*assayv1.Evidence, 17)}),
		"invalid UTF-8":    {Run: saying(&assayv1.CheckerFinding{Code: "WORD", Message: notUTF8}).Run, Options: []grpc.ServerOption{grpc.ForceServerCodecV2(rawCodec{encoding.GetCodecV2("proto")})}},
		"INTERNAL":         failing(codes.Internal),
		"DATA_LOSS":        failing(codes.DataLoss),
		"UNAUTHENTICATED":  failing(codes.Unauthenticated),
		"panics": {Run: func(context.Context, *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
			return nil, errors.New("<b>panic</b>: " + strings.Repeat("x", 1024))
		}},
		"bad description": {Describe: func(context.Context) (*assayv1.DescribeCheckerResponse, error) {
			d := Description()
			d.Fields = append(d.Fields, "product.titel")
			return d, nil
		}},
		"no description": {Describe: func(context.Context) (*assayv1.DescribeCheckerResponse, error) {
			return nil, status.Error(codes.Unimplemented, "no")
		}},
	}
}

func evidence(e *assayv1.Evidence) *assayv1.CheckerFinding {
	return &assayv1.CheckerFinding{Code: "WORD", Evidence: []*assayv1.Evidence{e}}
}

func many(n int) func(*assayv1.RunCheckerRequest, *assayv1.RunCheckerResponse) {
	return func(_ *assayv1.RunCheckerRequest, a *assayv1.RunCheckerResponse) {
		for range n {
			a.Findings = append(a.Findings, &assayv1.CheckerFinding{Code: "WORD"})
		}
	}
}

func failing(code codes.Code) Checker {
	return Checker{Run: func(context.Context, *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
		return nil, status.Error(code, "what the merchant wrote")
	}}
}

// Stallers are checkers that do not answer in time, each in its own way.
func Stallers() map[string]Checker {
	return map[string]Checker{
		"hangs": {Run: func(ctx context.Context, _ *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		"hangs before it describes itself": {Describe: func(ctx context.Context) (*assayv1.DescribeCheckerResponse, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		"a byte at a time": trickling(),
		"never speaks":     {Wrap: func(l net.Listener) net.Listener { return newMute(l) }},
	}
}

// trickling describes itself as it should and sends the answers a byte at a time.
func trickling() Checker {
	var running atomic.Bool
	return Checker{
		Wrap: func(l net.Listener) net.Listener { return &slow{l, &running} },
		Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
			running.Store(true)
			return Sound(ctx, r)
		},
	}
}

// Swapping answers soundly while it is asked one thing at a time; of two at once, each gets the answer to the other one.
func Swapping() Checker {
	answers := make(chan *assayv1.RunCheckerResponse)
	return Checker{Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
		mine, err := Sound(ctx, r)
		if err != nil {
			return nil, err
		}
		select {
		case answers <- mine:
			return <-answers, nil
		case other := <-answers:
			answers <- mine
			return other, nil
		case <-time.After(20 * time.Millisecond):
			return mine, nil
		}
	}}
}

// GoingAway ends every connection after a few milliseconds, in order.
func GoingAway() Checker {
	return Checker{Options: []grpc.ServerOption{grpc.KeepaliveParams(keepalive.ServerParameters{
		MaxConnectionAge: 5 * time.Millisecond, MaxConnectionAgeGrace: 5 * time.Millisecond})}}
}

// Dying serves a sound checker that dies again and again: it is up for one duration, then gone for the other.
func Dying(t testing.TB, up, gone time.Duration) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	over := make(chan struct{})
	var wait sync.WaitGroup
	t.Cleanup(func() { close(over); wait.Wait() })
	wait.Go(func() {
		for err == nil {
			stop := Checker{}.serve(l)
			ended := pause(over, up)
			stop()
			if ended || pause(over, gone) {
				return
			}
			l, err = net.Listen("tcp", address)
		}
	})
	return address
}

// pause waits and reports whether all is over.
func pause(over <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-over:
		return true
	case <-timer.C:
		return false
	}
}

// notUTF8 is a text that rawCodec replaces with bytes that no text has.
const notUTF8 = "not UTF-8"

// rawCodec is the usual codec, but for notUTF8.
type rawCodec struct{ encoding.CodecV2 }

// Marshal encodes a message and spoils it.
func (c rawCodec) Marshal(m any) (mem.BufferSlice, error) {
	data, err := proto.Marshal(m.(proto.Message))
	spoiled := bytes.ReplaceAll(data, []byte(notUTF8), bytes.Repeat([]byte{0xff}, len(notUTF8)))
	return mem.BufferSlice{mem.SliceBuffer(spoiled)}, err
}

// slow is a listener whose connections write a byte at a time once it is on.
type slow struct {
	net.Listener
	on *atomic.Bool
}

// Accept waits for a connection.
func (l *slow) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &slowConn{Conn: c, on: l.on}, nil
}

type slowConn struct {
	net.Conn
	on     *atomic.Bool
	closed atomic.Bool
}

// Write writes a byte every few milliseconds.
func (c *slowConn) Write(b []byte) (int, error) {
	if !c.on.Load() {
		return c.Conn.Write(b)
	}
	for i := range b {
		if c.closed.Load() {
			return i, net.ErrClosed
		}
		if _, err := c.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return len(b), nil
}

// Close closes the connection and ends a write.
func (c *slowConn) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

// mute is a listener that takes connections and leaves them alone.
type mute struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func newMute(l net.Listener) *mute { return &mute{Listener: l} }

// Accept takes connections and hands none on.
func (l *mute) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		l.conns = append(l.conns, c)
		l.mu.Unlock()
	}
}

// Close closes the listener and what it took.
func (l *mute) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	return l.Listener.Close()
}
