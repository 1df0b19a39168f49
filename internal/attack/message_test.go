package attack

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the usual codec, which rawBytes takes the name of
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// asOf is the time that all submissions are judged at.
var asOf = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// chair is a listing that everybody may sell.
func chair() *assayv1.Submission {
	return &assayv1.Submission{
		SubmissionId: "chair",
		Markets:      []string{"DE"},
		Product:      &assayv1.Product{Title: "Oak chair, oiled"},
		AsOf:         timestamppb.New(asOf),
	}
}

// shoes are a listing in a category where many marks are gated.
func shoes(title string) *assayv1.Submission {
	return &assayv1.Submission{
		SubmissionId: "shoes",
		Markets:      []string{"US"},
		Merchant:     &assayv1.Merchant{MerchantId: "m-1", LegalName: "Maple Street Trading LLC", Country: "US"},
		Product:      &assayv1.Product{Title: title, Category: "Apparel & Accessories > Shoes"},
		AsOf:         timestamppb.New(asOf),
	}
}

// call bounds one call.
func (f *field) call() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 30*time.Second)
}

// patiently calls again, for up to a minute, while the daemon has too much to do, as the SDK does.
func patiently(call func() error) error {
	for end := time.Now().Add(time.Minute); ; time.Sleep(300 * time.Millisecond) {
		if err := call(); status.Code(err) != grpccodes.ResourceExhausted || time.Now().After(end) {
			return err
		}
	}
}

func (f *field) check(s *assayv1.Submission) (r *assayv1.CheckSubmissionResponse, err error) {
	err = patiently(func() error {
		ctx, cancel := f.call()
		defer cancel()
		r, err = f.api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: s})
		return err
	})
	return r, err
}

func (f *field) batch(submissions []*assayv1.Submission) (r *assayv1.BatchCheckSubmissionsResponse, err error) {
	err = patiently(func() error {
		ctx, cancel := f.call()
		defer cancel()
		r, err = f.api.BatchCheckSubmissions(ctx, &assayv1.BatchCheckSubmissionsRequest{Submissions: submissions})
		return err
	})
	return r, err
}

// judged are the results of many, in order, asked in batches, a few at a time. A call that fails fails the test.
func (f *field) judged(submissions []*assayv1.Submission) []*assayv1.CheckResult {
	f.Helper()
	const batch, atOnce = 100, 2
	results := make([]*assayv1.CheckResult, len(submissions))
	slots := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for at := 0; at < len(submissions); at += batch {
		part := submissions[at:min(at+batch, len(submissions))]
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			r, err := f.batch(part)
			if err != nil || len(r.GetResults()) != len(part) {
				f.Errorf("a batch of %d: %d results, %v", len(part), len(r.GetResults()), err)
				return
			}
			copy(results[at:], r.GetResults())
		})
	}
	wait.Wait()
	return results
}

// A spelling is a text that a merchant writes, and what it stands for.
type spelling struct{ text, of string }

// approved are those spellings that a listing with them in its title passes with. What is left out of a batch for its size is asked
// alone.
func (f *field) approved(spellings []spelling) (passed []spelling) {
	f.Helper()
	submissions := make([]*assayv1.Submission, len(spellings))
	for i, s := range spellings {
		submissions[i] = shoes("new " + s.text + " runners, size 42")
	}
	for i, r := range f.judged(submissions) {
		v := r.GetVerdict()
		if v == nil {
			one, err := f.check(submissions[i])
			if err != nil {
				f.Errorf("%q (%s): %v", spellings[i].text, spellings[i].of, err)
				continue
			}
			v = one.GetVerdict()
		}
		if v.GetDecision() == assayv1.Decision_DECISION_APPROVE {
			passed = append(passed, spellings[i])
		}
	}
	return passed
}

// some shows a few of many.
func some(all []spelling) string {
	var b strings.Builder
	for _, s := range all[:min(len(all), 20)] {
		fmt.Fprintf(&b, " %+q (%s)", s.text, s.of)
	}
	return b.String()
}

// codes are the codes of a verdict's findings.
func codes(v *assayv1.Verdict) (found []string) {
	for _, f := range v.GetFindings() {
		found = append(found, f.GetCode())
	}
	return found
}

// rawBytes is a codec that sends a []byte as it is, and takes any answer.
type rawBytes struct{ encoding.CodecV2 }

func (rawBytes) Name() string { return "proto" }

func (rawBytes) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (rawBytes) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// send calls a method with bytes for a message.
func (f *field) send(method string, message []byte, options ...grpc.CallOption) (answer []byte, err error) {
	err = patiently(func() error {
		ctx, cancel := f.call()
		defer cancel()
		return f.conn.Invoke(ctx, method, message, &answer, append(options, grpc.ForceCodecV2(rawBytes{}))...)
	})
	return answer, err
}

// A way leads from a message to a field in it, through fields that hold messages.
type way []protoreflect.FieldDescriptor

func (w way) String() string {
	names := make([]string, len(w))
	for i, f := range w {
		names[i] = string(f.Name())
	}
	return strings.Join(names, ".")
}

// ways are those to all fields that are wanted, lists and maps among them.
func ways(root protoreflect.MessageDescriptor, want func(protoreflect.FieldDescriptor) bool) (found []way) {
	for i := range root.Fields().Len() {
		f := root.Fields().Get(i)
		if want(f) {
			found = append(found, way{f})
		}
		below := f.Message()
		if f.IsMap() {
			below = f.MapValue().Message()
		}
		if below == nil || f.IsMap() {
			continue
		}
		for _, w := range ways(below, want) {
			found = append(found, append(way{f}, w...))
		}
	}
	return found
}

// at walks the way in a message, making what is missing, and lets put do something to its last field.
func (w way) at(m protoreflect.Message, put func(protoreflect.Message, protoreflect.FieldDescriptor)) {
	for _, f := range w[:len(w)-1] {
		switch {
		case !f.IsList():
			m = m.Mutable(f).Message()
		case m.Get(f).List().Len() == 0:
			m = m.Mutable(f).List().AppendMutable().Message()
		default:
			m = m.Mutable(f).List().Get(0).Message()
		}
	}
	put(m, w[len(w)-1])
}

// put sets a field, adds to a list, or adds to a map under a key.
func put(m protoreflect.Message, f protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch {
	case f.IsList():
		m.Mutable(f).List().Append(v)
	case f.IsMap():
		m.Mutable(f).Map().Set(protoreflect.ValueOf("key").MapKey(), v)
	default:
		m.Set(f, v)
	}
}

// asking is a sound request for one verdict.
func asking() *assayv1.CheckSubmissionRequest {
	return &assayv1.CheckSubmissionRequest{Submission: chair()}
}

// encoded is a message's bytes, the same each time.
func encoded(m proto.Message) []byte {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(err) // messages of this package can be encoded
	}
	return b
}

// replaced is a message's bytes with one text in them exchanged for bytes of the same length that no text has.
func replaced(m proto.Message, text string, bad []byte) []byte {
	return bytes.ReplaceAll(encoded(m), []byte(text), slices.Concat(bad, bytes.Repeat([]byte("x"), len(text)-len(bad))))
}

// A tally counts how calls ended.
type tally struct {
	mu    sync.Mutex
	codes map[grpccodes.Code]int
}

// add counts one and returns it.
func (t *tally) add(code grpccodes.Code) grpccodes.Code {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.codes == nil {
		t.codes = map[grpccodes.Code]int{}
	}
	t.codes[code]++
	return code
}

func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(t.codes)) {
		parts = append(parts, fmt.Sprintf("%d %v", t.codes[code], code))
	}
	return strings.Join(parts, ", ")
}
