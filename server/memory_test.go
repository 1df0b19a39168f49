package server_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/metrics"
)

// empties is a request of so many bytes in which a field of messages repeats with nothing in each.
func empties(size int, path ...protowire.Number) []byte {
	last := protowire.AppendVarint(protowire.AppendTag(nil, path[len(path)-1], protowire.BytesType), 0)
	b := bytes.Repeat(last, size/len(last))
	for i := len(path) - 2; i >= 0; i-- {
		b = protowire.AppendBytes(protowire.AppendTag(nil, path[i], protowire.BytesType), b)
	}
	return b
}

type rawRequest struct {
	method  string
	message []byte
}

// amplifying are requests of a megabyte that would take tens of megabytes.
var amplifying = map[string]rawRequest{
	"submissions of a batch":  {assayv1.ComplianceService_BatchCheckSubmissions_FullMethodName, empties(1<<20-100, 1)},
	"documents":               {checkMethod, empties(1<<20-100, 1, 5)},
	"variants":                {checkMethod, empties(1<<20-100, 1, 3, 19)},
	"keywords":                {checkMethod, empties(1<<20-100, 1, 3, 4)},
	"annotations":             {checkMethod, empties(1<<20-100, 1, 7)},
	"documents of a merchant": {assayv1.ComplianceService_AssessMerchant_FullMethodName, empties(1<<20-100, 2)},
}

// TestAMessageTakesNoMoreThanItMay sends messages that are small on the wire and large in memory.
func TestAMessageTakesNoMoreThanItMay(t *testing.T) {
	m := metrics.New()
	s := server.New(server.Config{Metrics: m})
	s.Use(newEngine(t, "test"))
	conn := start(t, s, loopback(t))
	for name, test := range amplifying {
		var answer []byte
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := conn.Invoke(background(t), test.method, test.message, &answer, grpc.ForceCodecV2(rawBytes{}))
		runtime.ReadMemStats(&after)
		if why := reason(t, wantCode(t, err, codes.ResourceExhausted)); why != "MESSAGE_TOO_HEAVY" {
			t.Errorf("%s: it is refused as %s", name, why)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
			t.Errorf("%s: %d MB are allocated", name, n>>20)
		}
	}
	stream, err := conn.NewStream(background(t), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, streamMethod, grpc.ForceCodecV2(rawBytes{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.SendMsg(amplifying["documents"].message); err != nil {
		t.Fatal(err)
	}
	var answer []byte
	wantCode(t, stream.RecvMsg(&answer), codes.ResourceExhausted)
	becomes(t, func(name string) string { return scrape(t, m)[name] }, `assay_held_bytes{what="requests"}`, "0")
}

// worst are requests of nearly a megabyte that cost as much as any that is answered.
func worst(t *testing.T) map[string]rawRequest {
	marshal := func(m proto.Message) []byte {
		b, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 1<<20 {
			t.Fatalf("%d bytes are too many", len(b))
		}
		return b
	}
	mentions := &assayv1.BatchCheckSubmissionsRequest{}
	for i := range 100 {
		s := submission(fmt.Sprint("s", i))
		s.Product.Title = strings.Repeat("Nіke Rоlex ", 60)
		s.Product.Description = strings.Repeat("replica Nіke N.I.K.E, Louis Vuitton 1:1; ", 200)
		mentions.Submissions = append(mentions.Submissions, s)
	}
	expanding := submission("s")
	expanding.Product.Title, expanding.Product.Description = strings.Repeat("\ufdfa", 20_000), strings.Repeat("\ufdfa", 80_000)
	const batch = assayv1.ComplianceService_BatchCheckSubmissions_FullMethodName
	return map[string]rawRequest{
		"in memory":    {checkMethod, empties(140_000, 1, 3, 19)}, // as many variants as may be decoded
		"in work":      {batch, marshal(mentions)},
		"in expansion": {checkMethod, marshal(&assayv1.CheckSubmissionRequest{Submission: expanding})},
		"refused":      amplifying["documents"],
	}
}

// TestTheWorstRequestsFitIntoMemory sends 64 of the worst requests at once to a process of which a gigabyte would be the end.
func TestTheWorstRequestsFitIntoMemory(t *testing.T) {
	if testing.Short() || raceDetected {
		t.Skip("it keeps the machine busy for seconds, and the race detector takes several times the memory")
	}
	for name, request := range worst(t) {
		t.Run(name, func(t *testing.T) {
			address, memory := serveElsewhere(t, "GOMEMLIMIT=716MiB") // as assayd sets it where a container has a gigabyte
			conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			calm := memory("VmRSS")
			var ended sync.Map
			var calls sync.WaitGroup
			for range 64 {
				calls.Go(func() {
					var answer []byte
					err := conn.Invoke(background(t), request.method, request.message, &answer, grpc.ForceCodecV2(rawBytes{}))
					n, _ := ended.LoadOrStore(status.Code(err), new(atomic.Int64))
					n.(*atomic.Int64).Add(1)
				})
			}
			calls.Wait()
			ended.Range(func(code, n any) bool {
				t.Logf("%v: %d", code, n.(*atomic.Int64).Load())
				return true
			})
			most := memory("VmHWM")
			t.Logf("%d MB before, %d MB at most", calm>>20, most>>20)
			if most > 768<<20 {
				t.Errorf("it takes %d MB", most>>20)
			}
			if _, err := assayv1.NewComplianceServiceClient(conn).CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: submission("s1")}); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestHalfMessagesFitIntoMemory has calls, as many as are let in, whose messages of a megabyte come whole but for their end.
func TestHalfMessagesFitIntoMemory(t *testing.T) {
	if testing.Short() || raceDetected {
		t.Skip("it keeps the machine busy for seconds, and the race detector takes several times the memory")
	}
	address, memory := serveElsewhere(t, "GOMEMLIMIT=716MiB")
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	half := framed(make([]byte, 1<<20-10))[:1<<20-100]
	calm := memory("VmRSS")
	var calls sync.WaitGroup
	for range 600 {
		calls.Go(func() {
			reading, writing := io.Pipe()
			r, err := http.NewRequestWithContext(background(t), http.MethodPost, "http://"+address+checkMethod, io.MultiReader(bytes.NewReader(half), reading))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/grpc")
			if answer, err := transport.RoundTrip(r); err == nil {
				_, _ = io.Copy(io.Discard, answer.Body) // until the call's time is up
				answer.Body.Close()
			}
			writing.Close()
		})
	}
	calls.Wait()
	most := memory("VmHWM")
	t.Logf("%d MB before, %d MB at most", calm>>20, most>>20)
	if most > 768<<20 {
		t.Errorf("it takes %d MB", most>>20)
	}
}
