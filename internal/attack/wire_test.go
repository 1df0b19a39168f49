package attack

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

const maxMessage = 1 << 20 // bytes, as the contract says

var wireAttacks = []attack{
	{id: "W01", what: "requests of nothing; in every closed choice a number that it has not", must: "INVALID_ARGUMENT that names the field", run: nothings},
	{id: "W02", what: "for every method: one byte too many, a length of 4 GiB, gzip, br, and a compressed bomb", must: "RESOURCE_EXHAUSTED or UNIMPLEMENTED, at once", run: oversize},
	{id: "W03", what: "groups in groups, 100 to 200,000 deep; the contract itself for messages that hold themselves", must: "refused or passed over; the contract has none", run: depths},
	{id: "W04", what: "sound requests of every method with random bytes changed, taken away, repeated and mixed", must: "an answer or an error of the caller's, never silence", run: mutations},
	{id: "W05", what: "200 KiB of unknown fields at every depth", must: "the verdict that the request has without them", run: unknownFields},
	{id: "W06", what: "too many, too long and ill-formed headers", must: "the call or its connection is refused; others go on", run: headers},
	{id: "W07", what: "paths that are none, and headers that gRPC does not know, twice or not at all", must: "no verdict", run: paths},
	{id: "W08", what: "random batches with bad submissions and ids given twice", must: "a result each, in order; sound ones as if asked alone", run: batches},
	{id: "W20", what: "1 MiB of the smallest elements for every list and map of every request, 64 at once", must: "peak at most 768 MiB", run: amplified, whole: true,
		flags: []string{"--gc-percent", "400", "--memory-limit", "858993459"}},
	{id: "W21", what: "fields given twice, messages in parts, keys of maps repeated", must: "the verdict on what protobuf makes of it", run: repeatedFields},
	{id: "W22", what: "gRPC frames that are not: flags, lengths, halves, several in one call, none", must: "no verdict but where one whole message came", run: framings},
	{id: "W23", what: "time limits that are not, or that never end", must: "answered or refused at once", run: timeLimits},
	{id: "W24", what: "sound requests with every text and list at its limit, 16 at once", must: "answered, each within the call's 5 s", run: fullest, whole: true},
	{id: "W25", what: "assessments out of order: no merchant, two, none but submissions, 10,001 of them, silence", must: "the contract's error; nothing is held", run: assessments},
	{id: "W26", what: "messages of 1 MiB of which the last byte never comes, as many as may be under way", must: "peak at most 768 MiB", run: unended, whole: true,
		flags: []string{"--gc-percent", "400", "--memory-limit", "751619276", "--stream-age", "6s"}},
}

// methods are those of the service: the full name, a sound request, and whether it is of one message.
func methods() map[string]proto.Message {
	merchant := &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{MerchantId: "m", LegalName: "Ahorn Handel GmbH", Country: "DE"}, Markets: []string{"DE"}, Submissions: []*assayv1.Submission{chair()}}
	return map[string]proto.Message{
		assayv1.ComplianceService_CheckSubmission_FullMethodName:       asking(),
		assayv1.ComplianceService_BatchCheckSubmissions_FullMethodName: &assayv1.BatchCheckSubmissionsRequest{Submissions: []*assayv1.Submission{chair(), chained()}},
		assayv1.ComplianceService_AssessMerchant_FullMethodName:        merchant,
		assayv1.ComplianceService_ListCheckers_FullMethodName:          &assayv1.ListCheckersRequest{},
		assayv1.ComplianceService_GetRulebook_FullMethodName:           &assayv1.GetRulebookRequest{},
	}
}

// streams are the methods that take many messages.
func streams() map[string]proto.Message {
	return map[string]proto.Message{
		assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName: &assayv1.StreamCheckSubmissionsRequest{Submission: chair()},
		assayv1.ComplianceService_AssessAssortment_FullMethodName: &assayv1.AssessAssortmentRequest{Part: &assayv1.AssessAssortmentRequest_Merchant{
			Merchant: methods()[assayv1.ComplianceService_AssessMerchant_FullMethodName].(*assayv1.AssessMerchantRequest)}},
	}
}

func nothings(f *field) string {
	refused := 0
	for method := range methods() {
		_, err := f.send(method, nil)
		wanted := grpccodes.InvalidArgument
		if strings.Contains(method, "List") || strings.Contains(method, "Get") {
			wanted = grpccodes.OK
		}
		if status.Code(err) != wanted {
			f.Errorf("%s of nothing: %v", method, err)
		}
	}
	choice := func(d protoreflect.FieldDescriptor) bool { return d.Kind() == protoreflect.EnumKind }
	for _, w := range ways((&assayv1.CheckSubmissionRequest{}).ProtoReflect().Descriptor(), choice) {
		for _, n := range []protoreflect.EnumNumber{9999, -1, 1<<31 - 1, -1 << 31} {
			m := asking()
			w.at(m.ProtoReflect(), func(in protoreflect.Message, d protoreflect.FieldDescriptor) { put(in, d, protoreflect.ValueOfEnum(n)) })
			_, err := f.send(assayv1.ComplianceService_CheckSubmission_FullMethodName, encoded(m))
			if e := status.Convert(err); e.Code() != grpccodes.InvalidArgument || !strings.Contains(e.Message(), string(w[len(w)-1].Name())) {
				f.Errorf("%v = %d: %v", w, n, err)
			}
			refused++
		}
	}
	return fmt.Sprintf("%d choices refused", refused)
}

func oversize(f *field) string {
	slowest := time.Duration(0)
	timed := func(what string, call func() answer, wanted ...string) {
		begin := time.Now()
		a := call()
		slowest = max(slowest, time.Since(begin))
		if !slices.Contains(wanted, a.grpc) && a.reset == "" {
			f.Errorf("%s: %v %s", what, &a, a.text)
		}
	}
	bomb := compressed(bytes.Repeat([]byte{0}, size(64<<20, 1<<30)))
	for _, method := range slices.Collect(maps.Keys(union(methods(), streams()))) {
		p := f.peer(f, false)
		timed(method+" with a byte too many", func() answer { return p.asks(usualHeaders(method), framed(0, make([]byte, maxMessage+1))) }, "8", "13")
		timed(method+" of 4 GiB", func() answer { return p.asks(usualHeaders(method), []byte{0, 255, 255, 255, 255, 1, 2, 3}) }, "8", "13")
		for _, coding := range []string{"gzip", "br", "deflate", "snappy", "zstd", "identity, gzip", "\x7f"} {
			timed(method+" in "+coding, func() answer {
				return p.asks(append(usualHeaders(method), "grpc-encoding", coding), framed(1, bomb))
			}, "12", "8", "13", "3")
		}
		p.Close()
	}
	if slowest > 5*time.Second {
		f.Errorf("a refusal took %v", slowest)
	}
	return fmt.Sprintf("slowest refusal %.1f ms, of a bomb of %d MiB in %d KiB too", slowest.Seconds()*1000, size(64, 1024), len(bomb)>>10)
}

func union(a, b map[string]proto.Message) map[string]proto.Message {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func compressed(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

func depths(f *field) string {
	for method, m := range union(methods(), streams()) {
		holdsNoItself(f, method, m.ProtoReflect().Descriptor(), nil)
	}
	for _, depth := range []int{100, 9_990, 10_010, 200_000} {
		for _, end := range []bool{true, false} {
			deep := bytes.Repeat(protowire.AppendTag(nil, 1000, protowire.StartGroupType), depth)
			if end {
				deep = append(deep, bytes.Repeat(protowire.AppendTag(nil, 1000, protowire.EndGroupType), depth)...)
			}
			_, err := f.send(assayv1.ComplianceService_CheckSubmission_FullMethodName, append(encoded(asking()), deep...))
			if code := status.Code(err); code != grpccodes.OK && code != grpccodes.Internal {
				f.Errorf("%d groups, ended %v: %v", depth, end, err)
			}
			nested := encoded(asking())
			for range min(depth, 2000) {
				nested = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), nested)
			}
			if _, err := f.send(assayv1.ComplianceService_CheckSubmission_FullMethodName, nested); status.Code(err) == grpccodes.Unavailable {
				f.Errorf("%d messages: %v", depth, err)
			}
		}
	}
	return "up to 200,000 deep"
}

// holdsNoItself fails for a message that can hold itself.
func holdsNoItself(f *field, method string, d protoreflect.MessageDescriptor, above []protoreflect.FullName) {
	if slices.Contains(above, d.FullName()) {
		f.Errorf("%s: %s holds itself", method, d.FullName())
		return
	}
	for i := range d.Fields().Len() {
		if below := d.Fields().Get(i).Message(); below != nil {
			holdsNoItself(f, method, below, append(above, d.FullName()))
		}
	}
}

// mutated changes bytes of a message as a fuzzer would.
func mutated(f *field, b, other []byte) []byte {
	b = slices.Clone(b)
	for range 1 + f.rng.IntN(4) {
		if len(b) == 0 {
			b = append(b, byte(f.rng.Uint32()))
		}
		at, to := f.rng.IntN(len(b)), f.rng.IntN(len(b))
		at, to = min(at, to), max(at, to)
		switch f.rng.IntN(7) {
		case 0:
			b[at] = byte(f.rng.Uint32())
		case 1:
			b[at] ^= 1 << f.rng.IntN(8)
		case 2:
			b = slices.Delete(b, at, to)
		case 3:
			b = slices.Insert(b, at, b[at:to]...)
		case 4:
			b = b[:to]
		case 5:
			b = slices.Insert(b, at, []byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1}...)
		case 6:
			if len(other) > 0 {
				b = append(b[:at], other[f.rng.IntN(len(other)):]...)
			}
		}
	}
	return b[:min(len(b), maxMessage)]
}

func mutations(f *field) string {
	all := union(methods(), streams())
	seen := tally{}
	for range size(200, 5_000) {
		for method, m := range all {
			b := mutated(f, encoded(m), encoded(chained()))
			_, err := f.send(method, b)
			switch seen.add(status.Code(err)) {
			case grpccodes.OK, grpccodes.InvalidArgument, grpccodes.Internal, grpccodes.FailedPrecondition, grpccodes.ResourceExhausted:
			default:
				f.Errorf("%s of %x: %v", method, b, err)
			}
			wellSpoken(f, err)
		}
	}
	return fmt.Sprintf("%v", &seen)
}

func unknownFields(f *field) string {
	plain, err := f.check(chair())
	if err != nil {
		f.Fatal(err)
	}
	want := encoded(plain.GetVerdict())
	junk := protowire.AppendBytes(protowire.AppendTag(nil, 536_870_911, protowire.BytesType), make([]byte, 200<<10))
	small := bytes.Repeat(protowire.AppendVarint(protowire.AppendTag(nil, 12_345, protowire.VarintType), 7), 50_000)
	tried := 0
	for _, extra := range [][]byte{junk, small} {
		for _, in := range []func(*assayv1.CheckSubmissionRequest) protoreflect.Message{
			func(r *assayv1.CheckSubmissionRequest) protoreflect.Message { return r.ProtoReflect() },
			func(r *assayv1.CheckSubmissionRequest) protoreflect.Message { return r.Submission.ProtoReflect() },
			func(r *assayv1.CheckSubmissionRequest) protoreflect.Message {
				return r.Submission.Product.ProtoReflect()
			},
			func(r *assayv1.CheckSubmissionRequest) protoreflect.Message {
				r.Submission.Merchant = &assayv1.Merchant{}
				return r.Submission.Merchant.ProtoReflect()
			},
		} {
			r := asking()
			in(r).SetUnknown(extra)
			answer, err := f.send(assayv1.ComplianceService_CheckSubmission_FullMethodName, encoded(r))
			got := &assayv1.CheckSubmissionResponse{}
			if err != nil || proto.Unmarshal(answer, got) != nil || !bytes.Equal(encoded(got.GetVerdict()), want) {
				f.Errorf("with unknown fields: %v, %v", got.GetVerdict(), err)
			}
			tried++
		}
	}
	return fmt.Sprintf("%d requests, the same verdict", tried)
}

func headers(f *field) string {
	loads := map[string]metadata.MD{
		"one of 17 KiB":         metadata.Pairs("x-long", strings.Repeat("x", 17<<10)),
		"one of 1 MiB":          metadata.Pairs("x-long", strings.Repeat("x", 1<<20)),
		"2,000 short ones":      {},
		"a binary one of 1 MiB": metadata.Pairs("x-long-bin", strings.Repeat("\x00", 1<<20)),
		"one name 5,000 times":  {"x": slices.Repeat([]string{"y"}, 5000)},
	}
	for i := range 2000 {
		loads["2,000 short ones"].Set(fmt.Sprintf("x-%d", i), "y")
	}
	for name, md := range loads {
		conn := f.dial(f)
		ctx, cancel := f.call()
		_, err := assayv1.NewComplianceServiceClient(conn).CheckSubmission(metadata.NewOutgoingContext(ctx, md), asking())
		cancel()
		conn.Close()
		if err == nil {
			f.Errorf("%s is taken", name)
		}
	}
	const method = assayv1.ComplianceService_CheckSubmission_FullMethodName
	raw := [][]string{
		{"X-Upper", "case"}, {":late", "pseudo"}, {"connection", "close"}, {"transfer-encoding", "chunked"}, {"x-nul", "a\x00b"}, {"x-line", "a\r\nb: c"},
		{"content-length", "-1"}, {"content-length", "18446744073709551616"}, {"x-not-base64-bin", "%%%"}, {"grpc-tags-bin", "%%%"}, {"grpc-trace-bin", "AAAA"},
		{"host", "a", "host", "b"}, {"x-request-id", strings.Repeat("x", 15<<10)}, {"x-request-id", "\x1b[2J\"}\n"}, {"cookie", strings.Repeat("a=b; ", 3000)},
	}
	for _, extra := range raw {
		p := f.peer(f, false)
		a := p.asks(append(usualHeaders(method), extra...), framed(0, encoded(asking())))
		goaway, closed := "", false
		if !a.over {
			goaway, closed = p.closed(time.Second)
		}
		if !a.over && !closed {
			f.Errorf("%.40q: neither answered nor refused (%s)", extra, goaway)
		}
		p.Close()
	}
	return fmt.Sprintf("%d loads refused, %d odd headers answered or refused", len(loads), len(raw))
}

func paths(f *field) string {
	const method = assayv1.ComplianceService_CheckSubmission_FullMethodName
	message := framed(0, encoded(asking()))
	odd := map[string][]string{}
	for _, path := range []string{"", "/", "//", "*", method[1:], "/" + method, method + "/", strings.ToLower(method), strings.ToUpper(method), strings.Replace(method, "/Check", "//Check", 1),
		"/assay.v1.ComplianceService", "/assay.v1.ComplianceService/", "/../" + method, method + "?x=y", method + "%00", method + "\x00", "/assay.v1.ComplianceService/NoSuchMethod",
		"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "/grpc.channelz.v1.Channelz/GetServers",
		"/debug/pprof/", "/metrics", "/assay.v1.CheckerService/RunChecker", "/" + strings.Repeat("x", 15<<10) + "/x"} {
		h := usualHeaders(method)
		h[5] = path
		odd["path "+path] = h
	}
	for i, name := range []string{"method", "scheme", "path", "authority", "content type", "te"} {
		odd["no "+name] = slices.Delete(slices.Clone(usualHeaders(method)), 2*i, 2*i+2)
	}
	set := func(i int, v string) []string { h := usualHeaders(method); h[2*i+1] = v; return h }
	for name, h := range map[string][]string{
		"GET": set(0, "GET"), "PUT": set(0, "PUT"), "CONNECT": set(0, "CONNECT"), "no such method": set(0, "\x00"), "JSON": set(4, "application/json"), "gRPC-Web": set(4, "application/grpc-web"),
		"gRPC with another codec": set(4, "application/grpc+json"), "almost gRPC": set(4, "application/grpcx"), "two paths": append(usualHeaders(method), ":path", "/x"),
		"two content types": append(usualHeaders(method), "content-type", "text/html"),
	} {
		odd[name] = h
	}
	mayPass := []string{"no authority", "no te", "no scheme", "two content types", "gRPC with another codec"} // RFC 9113 asks for the first; a server need not
	for name, h := range odd {
		p := f.peer(f, false)
		a := p.asks(h, message)
		if a.grpc == "0" && !slices.Contains(mayPass, name) {
			f.Errorf("%.60q: answered", name)
		}
		if len(a.text) > 512 {
			f.Errorf("%.60q: the error has %d bytes", name, len(a.text))
		}
		p.Close()
	}
	return fmt.Sprintf("%d calls", len(odd))
}

func batches(f *field) string {
	bad := []func(*assayv1.Submission){
		func(s *assayv1.Submission) { s.SubmissionId = "" }, func(s *assayv1.Submission) { s.Markets = nil }, func(s *assayv1.Submission) { s.Product = nil },
		func(s *assayv1.Submission) { s.Markets = []string{"de"} }, func(s *assayv1.Submission) { s.AsOf.Seconds = -1 },
		func(s *assayv1.Submission) { s.Product.Title = strings.Repeat("x", 65537) }, func(s *assayv1.Submission) { s.Product.Condition = 77 },
	}
	good := []*assayv1.Submission{chair(), chained(), shoes("N1ke runners"), shoes("Gucci"), shoes(""), priced(nil)}
	alone := make([][]byte, len(good))
	for i, s := range good {
		r, err := f.check(s)
		if err != nil {
			f.Fatal(err)
		}
		alone[i] = encoded(r.GetVerdict())
	}
	total := 0
	for range size(20, 1000) {
		kinds := make([]int, 1+f.rng.IntN(100))
		m := &assayv1.BatchCheckSubmissionsRequest{}
		for i := range kinds {
			kinds[i] = f.rng.IntN(len(good) + len(bad))
			s := chair()
			if k := kinds[i]; k < len(good) {
				s = good[k]
			} else {
				bad[k-len(good)](s)
			}
			m.Submissions = append(m.Submissions, s)
		}
		total += len(kinds)
		r, err := f.batch(m.Submissions)
		if err != nil || len(r.GetResults()) != len(kinds) {
			f.Errorf("a batch of %d: %d results, %v", len(kinds), len(r.GetResults()), err)
			continue
		}
		for i, result := range r.GetResults() {
			k, ok := kinds[i], true
			if k < len(good) {
				ok = bytes.Equal(encoded(result.GetVerdict()), alone[k])
			} else {
				ok = result.GetError().GetCode() == int32(grpccodes.InvalidArgument)
			}
			if !ok || result.GetPosition() != int64(i) || result.GetSubmissionId() != m.Submissions[i].GetSubmissionId() {
				f.Errorf("result %d of kind %d is %v", i, k, result)
			}
		}
	}
	for _, n := range []int{0, 101, 1000} {
		_, err := f.api.BatchCheckSubmissions(f.Context(), &assayv1.BatchCheckSubmissionsRequest{Submissions: slices.Repeat([]*assayv1.Submission{chair()}, n)})
		if status.Code(err) != grpccodes.InvalidArgument {
			f.Errorf("a batch of %d: %v", n, err)
		}
	}
	return fmt.Sprintf("%d submissions", total)
}

// amplified sends for each list and each map a message as long as the contract allows, of elements as small as they can be.
func amplified(f *field) string {
	lists := func(d protoreflect.FieldDescriptor) bool { return d.IsList() || d.IsMap() }
	type load struct {
		name, method string
		message      []byte
	}
	var loads []load
	for method, m := range union(methods(), streams()) {
		for _, w := range ways(m.ProtoReflect().Descriptor(), lists) {
			loads = append(loads, load{fmt.Sprintf("%v of %s", w, method), method, stuffed(w)})
		}
	}
	seen, slots := tally{}, make(chan struct{}, 64)
	var wait sync.WaitGroup
	conns := []*grpc.ClientConn{f.dial(f), f.dial(f), f.dial(f)}
	step := size(20, 1)
	for i := f.rng.IntN(step); i < len(loads); i += step {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			ctx, cancel := f.call()
			defer cancel()
			var answer []byte
			err := conns[i%len(conns)].Invoke(ctx, loads[i].method, loads[i].message, &answer, grpc.ForceCodecV2(rawBytes{}))
			switch seen.add(status.Code(err)) {
			case grpccodes.OK, grpccodes.InvalidArgument, grpccodes.ResourceExhausted, grpccodes.DeadlineExceeded:
			default:
				f.Errorf("%s: %v", loads[i].name, err)
			}
		})
	}
	wait.Wait()
	for _, c := range conns {
		c.Close()
	}
	if peak := f.peak(f); peak > 768<<20 {
		f.Errorf("peak is %d MiB", peak>>20)
	}
	return fmt.Sprintf("%v", &seen)
}

// stuffed is the way to a list, and then empty elements of it up to the limit.
func stuffed(w way) []byte {
	last := w[len(w)-1]
	element := protowire.AppendTag(nil, last.Number(), protowire.BytesType)
	element = append(element, 0)
	if last.IsPacked() {
		element = append(protowire.AppendTag(nil, last.Number(), protowire.BytesType), 1, 0)
	}
	b := bytes.Repeat(element, (maxMessage-64*len(w))/len(element))
	for i := len(w) - 2; i >= 0; i-- {
		b = protowire.AppendBytes(protowire.AppendTag(nil, w[i].Number(), protowire.BytesType), b)
	}
	return b
}

// repeatedFields sends a request whose parts come twice, and what protobuf makes of it, and compares.
func repeatedFields(f *field) string {
	parts := [][]byte{encoded(asking()), encoded(&assayv1.CheckSubmissionRequest{Submission: chained()}), encoded(&assayv1.CheckSubmissionRequest{Submission: shoes("N1ke")}),
		encoded(&assayv1.CheckSubmissionRequest{Submission: shoes("clean")})}
	tried := 0
	for range size(50, 1000) {
		var both []byte
		for range 2 + f.rng.IntN(2) {
			both = append(both, parts[f.rng.IntN(len(parts))]...)
		}
		merged := &assayv1.CheckSubmissionRequest{}
		if err := proto.Unmarshal(both, merged); err != nil {
			f.Fatal(err)
		}
		a, errA := f.send(assayv1.ComplianceService_CheckSubmission_FullMethodName, both)
		b, errB := f.send(assayv1.ComplianceService_CheckSubmission_FullMethodName, encoded(merged))
		if status.Code(errA) != status.Code(errB) || !bytes.Equal(verdictOf(a), verdictOf(b)) {
			f.Errorf("%x: %v, %v", both, errA, errB)
		}
		tried++
	}
	return fmt.Sprintf("%d requests", tried)
}

// verdictOf is the verdict in the bytes of an answer: what is measured is not part of it.
func verdictOf(answer []byte) []byte {
	r := &assayv1.CheckSubmissionResponse{}
	if err := proto.Unmarshal(answer, r); err != nil {
		return nil
	}
	return encoded(r.GetVerdict())
}

func framings(f *field) string {
	const method = assayv1.ComplianceService_CheckSubmission_FullMethodName
	one := framed(0, encoded(asking()))
	odd := map[string][]byte{
		"nothing": {}, "a flag": {0}, "a half length": {0, 0, 0}, "a length alone": one[:5], "half a message": one[:len(one)/2], "a byte is missing": one[:len(one)-1],
		"two messages": append(slices.Clone(one), one...), "a message and a half": append(slices.Clone(one), one[:9]...), "a hundred empty ones": bytes.Repeat(framed(0, nil), 100),
		"compressed by nobody": framed(1, encoded(asking())), "a text": []byte("GET / HTTP/1.1\r\n\r\n"), "all ones": bytes.Repeat([]byte{255}, 1000),
	}
	for flag := range 254 {
		odd[fmt.Sprintf("flag %d", flag+2)] = framed(byte(flag+2), encoded(asking()))
	}
	p := f.peer(f, false)
	for name, data := range odd {
		if a := p.asks(usualHeaders(method), data); a.grpc == "0" || !a.over {
			f.Errorf("%s: %v", name, &a)
		}
	}
	stream := assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName
	empty := bytes.Repeat(framed(0, nil), size(10_000, 200_000))
	begin := time.Now()
	if a := p.asks(usualHeaders(stream), empty); a.grpc != "0" && a.reset == "" && a.grpc != "8" && a.over {
		f.Errorf("empty messages: %v", &a)
	}
	return fmt.Sprintf("%d frames; %d empty messages in a stream in %.1f s", len(odd), len(empty)/5, time.Since(begin).Seconds())
}

func timeLimits(f *field) string {
	const method = assayv1.ComplianceService_CheckSubmission_FullMethodName
	message := framed(0, encoded(asking()))
	limits := []string{"", "0n", "1n", "99999999H", "999999999H", "-1S", "1", "S", "1x", "1 S", "+1S", "0x1S", "1e9S", "00000000S", "99999999n", "１S", strings.Repeat("9", 10_000) + "S", "5S", "1M"}
	p := f.peer(f, false)
	seen := map[string]int{}
	for _, limit := range limits {
		a := p.asks(append(usualHeaders(method), "grpc-timeout", limit), message)
		seen["gRPC "+a.grpc+a.reset]++
		if !a.over {
			if _, closed := p.closed(time.Second); !closed {
				f.Errorf("%.20q: no answer", limit)
			}
			p.Close()
			p = f.peer(f, false)
		}
	}
	return fmt.Sprintf("%d limits: %v", len(limits), seen)
}

// fullest are requests as large as they can be and still be sound.
func fullest(f *field) string {
	texts := []string{"Nike ", "n1ke nіke ", "soft and light ", "耐克鞋 ", "ﷺ½ "}
	text := func(n int) string {
		unit := texts[f.rng.IntN(len(texts))]
		return strings.Repeat(unit, n/len(unit))
	}
	var submissions []*assayv1.Submission
	for range size(16, 64) {
		s := chained()
		p := s.Product
		p.Title, p.Description, p.Brand = text(65536), text(262144), text(1024)
		p.Attributes, s.Annotations = map[string]string{}, map[string]string{}
		for i := range 100 {
			p.Keywords = append(p.Keywords, text(1024))
			p.Attributes[fmt.Sprint("key ", i)] = text(1024)
			if i < 50 {
				p.Bullets = append(p.Bullets, text(4096))
			}
			if i < 32 {
				s.Annotations[fmt.Sprint(i)] = text(512)
			}
		}
		for i := range 62 {
			d := proto.CloneOf(s.Documents[i%2])
			d.DocumentId = fmt.Sprint("copy ", i)
			s.Documents = append(s.Documents, d)
		}
		if n := proto.Size(s); n > maxMessage {
			f.Fatalf("%d bytes", n)
		}
		submissions = append(submissions, s)
	}
	var slowest atomic.Int64
	var wait sync.WaitGroup
	slots := make(chan struct{}, 16)
	shed := atomic.Int64{}
	for _, s := range submissions {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			begin := time.Now()
			_, err := f.check(s)
			if status.Code(err) == grpccodes.ResourceExhausted {
				shed.Add(1)
			} else if err != nil {
				f.Errorf("the fullest: %v", err)
			}
			for took := time.Since(begin).Milliseconds(); ; {
				if old := slowest.Load(); old >= took || slowest.CompareAndSwap(old, took) {
					return
				}
			}
		})
	}
	wait.Wait()
	return fmt.Sprintf("%d of about %d KiB, %d shed, the slowest %d ms", len(submissions), proto.Size(submissions[0])>>10, shed.Load(), slowest.Load())
}

func assessments(f *field) string {
	merchant := streams()[assayv1.ComplianceService_AssessAssortment_FullMethodName].(*assayv1.AssessAssortmentRequest)
	one := &assayv1.AssessAssortmentRequest{Part: &assayv1.AssessAssortmentRequest_Submission{Submission: chair()}}
	none := &assayv1.AssessAssortmentRequest{}
	sequences := map[string]struct {
		parts []*assayv1.AssessAssortmentRequest
		want  grpccodes.Code
	}{
		"nothing": {nil, grpccodes.InvalidArgument}, "an empty part": {[]*assayv1.AssessAssortmentRequest{none}, grpccodes.InvalidArgument},
		"submissions alone": {[]*assayv1.AssessAssortmentRequest{one, one}, grpccodes.InvalidArgument}, "two merchants": {[]*assayv1.AssessAssortmentRequest{merchant, one, merchant}, grpccodes.InvalidArgument},
		"10,001":      {append([]*assayv1.AssessAssortmentRequest{merchant}, slices.Repeat([]*assayv1.AssessAssortmentRequest{one}, 10_000)...), grpccodes.InvalidArgument},
		"empty parts": {append([]*assayv1.AssessAssortmentRequest{merchant}, slices.Repeat([]*assayv1.AssessAssortmentRequest{none}, 1000)...), grpccodes.OK},
	}
	for name, s := range sequences {
		ctx, cancel := f.call()
		stream, err := f.api.AssessAssortment(ctx)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range s.parts {
			if stream.Send(part) != nil {
				break
			}
		}
		_, err = stream.CloseAndRecv()
		cancel()
		if status.Code(err) != s.want {
			f.Errorf("%s: %v", name, err)
		}
		wellSpoken(f, err)
	}
	return fmt.Sprintf("%d sequences", len(sequences))
}

// unended sends all but the last byte, on every method that takes a message, on as many streams as there may be.
func unended(f *field) string {
	message := framed(0, make([]byte, maxMessage))
	message = message[:len(message)-1]
	paths := slices.Sorted(maps.Keys(union(methods(), streams())))
	var wait sync.WaitGroup
	var ended atomic.Int64
	conns, each := size(2, 12), 50
	for c := range conns {
		p := f.peer(f, false)
		wait.Go(func() {
			var ids []uint32
			_ = p.write(func() {
				for i := range each {
					s := p.open(usualHeaders(paths[(c+i)%len(paths)])...)
					_ = p.WriteData(s, false, message[:5])
					ids = append(ids, s)
				}
			})
			time.Sleep(time.Second) // it gives room for the length that it has read
			for at := 5; at < len(message); at += 16384 {
				if p.write(func() {
					for _, s := range ids {
						if !p.answer(s).over {
							_ = p.WriteData(s, false, message[at:min(at+16384, len(message))])
						}
					}
				}) != nil {
					break
				}
			}
			for _, s := range ids {
				if p.await(s, time.Minute).over {
					ended.Add(1)
				}
			}
			p.Close()
		})
	}
	wait.Wait()
	if peak := f.peak(f); peak > 768<<20 {
		f.Errorf("peak is %d MiB", peak>>20)
	}
	return fmt.Sprintf("%d of %d calls ended", ended.Load(), conns*each)
}
