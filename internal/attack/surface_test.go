package attack

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/money"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var surfaceAttacks = []attack{
	{id: "C02", what: "assayd built in two directories, each with an empty cache", must: "the same bytes", run: twoBuilds, whole: true},
	{id: "C03", what: "what listens, and what it shows, of a daemon with no flags but its addresses", must: "the service, and metrics where asked for; no reflection, profiles or channels", run: surface},
	{id: "C04", what: "a hundred thousand different merchants, titles, ids, codes and errors", must: "at most 2,000 metric series; no text of theirs among them", run: series},
	{id: "C05", what: "connections for metrics that say nothing, half a request, send without end, read nothing", must: "metrics are shown all the while", run: blindedMetrics},
	{id: "C06", what: "line breaks, escapes and quotes in every header, method and text, with a line logged for every call", must: "each line is one JSON object, with nothing of them in it", run: forgedLines},
}

func twoBuilds(f *field) string {
	sums := map[[32]byte]bool{}
	for range 2 {
		dir, out := copied(f), filepath.Join(f.TempDir(), "assayd")
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", out, "./server/cmd/assayd")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOCACHE="+f.TempDir(), "GOFLAGS=")
		if said, err := cmd.CombinedOutput(); err != nil {
			f.Fatalf("%v\n%s", err, said)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			f.Fatal(err)
		}
		sums[sha256.Sum256(b)] = true
	}
	if len(sums) != 1 {
		f.Errorf("%d different binaries", len(sums))
	}
	return "one binary"
}

// copied is a copy of the module in another directory, without git's own.
func copied(f *field) string {
	dir := filepath.Join(f.TempDir(), "elsewhere")
	out, err := exec.Command("git", "ls-files", "-z", "../..").Output()
	if err != nil {
		f.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		to := filepath.Join(dir, "internal", "attack", name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(to, b, 0o644); err != nil {
			f.Fatal(err)
		}
	}
	return dir
}

func surface(f *field) string {
	addresses := listening(f)
	for _, a := range []string{f.address, f.metrics} {
		if !slices.Contains(addresses, a) {
			f.Errorf("%s is not among what listens: %q", a, addresses)
		}
	}
	if len(addresses) != 2 {
		f.Errorf("it listens on %q", addresses)
	}
	stream, err := grpc_reflection_v1.NewServerReflectionClient(f.conn).ServerReflectionInfo(f.Context())
	if err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != grpccodes.Unimplemented {
		f.Errorf("reflection: %v", err)
	}
	shown := 0
	for _, path := range []string{"/", "/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/healthz", "/metrics/", "//metrics", "/metrics/..", "/../etc/passwd", "/config", "/-/reload", "/-/quit"} {
		r, err := scraper.Get("http://" + f.metrics + path)
		if err != nil {
			f.Error(err)
			continue
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode == http.StatusOK && !bytes.Contains(b, []byte("go_goroutines")) {
			f.Errorf("%s: %s", path, b[:min(len(b), 200)])
		}
		shown++
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "TRACE", "CONNECT"} {
		request, err := http.NewRequest(method, "http://"+f.metrics+"/metrics", strings.NewReader("x"))
		if err != nil {
			f.Fatal(err)
		}
		if r, err := scraper.Do(request); err == nil {
			if r.Body.Close(); r.StatusCode == http.StatusOK {
				f.Errorf("%s of the metrics: %v", method, r.Status)
			}
		}
	}
	return fmt.Sprintf("listens on %d addresses of loopback; %d paths", len(addresses), shown)
}

// listening are the addresses that the process listens on, of IPv4 and IPv6.
func listening(f *field) (addresses []string) {
	own := map[string]bool{}
	entries, err := os.ReadDir(f.proc("fd"))
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		if link, err := os.Readlink(f.proc("fd/" + e.Name())); err == nil {
			own[strings.Trim(strings.TrimPrefix(link, "socket:"), "[]")] = true
		}
	}
	for _, family := range []string{"tcp", "tcp6"} {
		rows, err := os.ReadFile(f.proc("net/" + family))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(rows)) {
			columns := strings.Fields(line)
			if len(columns) < 10 || columns[3] != "0A" || !own[columns[9]] {
				continue
			}
			var ip [4]byte
			var port int
			if _, err := fmt.Sscanf(columns[1], "%02X%02X%02X%02X:%X", &ip[3], &ip[2], &ip[1], &ip[0], &port); err != nil || family == "tcp6" {
				addresses = append(addresses, columns[1])
				continue
			}
			addresses = append(addresses, fmt.Sprintf("%d.%d.%d.%d:%d", ip[0], ip[1], ip[2], ip[3], port))
		}
	}
	return addresses
}

func series(f *field) string {
	count := func() int {
		return len(regexp.MustCompile(`(?m)^[a-z]`).FindAllString(f.rawMetrics(f), -1))
	}
	before, n := count(), size(2_000, 100_000)
	var submissions []*assayv1.Submission
	for i := range n {
		name := fmt.Sprintf("distinct-%d-%x", i, f.rng.Uint64())
		s := shoes(name + " " + honest[i%len(honest)])
		s.SubmissionId, s.Merchant.MerchantId, s.Merchant.LegalName, s.Merchant.ShopName, s.Product.Brand, s.Product.Category = name, name, name, name, name, name
		s.Product.Price = &money.Money{CurrencyCode: name[:3], Units: int64(i)}
		s.Annotations = map[string]string{name: name}
		if i%10 == 0 {
			s.Markets = []string{name}
		}
		submissions = append(submissions, s)
		if len(submissions) == 5000 || i == n-1 {
			f.judged(submissions)
			submissions = nil
		}
	}
	for i := range size(100, 2000) {
		_, _ = f.send(fmt.Sprintf("/assay.v1.ComplianceService/distinct-%d", i), nil)
		_, _ = f.send(fmt.Sprintf("/distinct-%d/Method", i), nil)
	}
	after := count()
	if after > 2000 {
		f.Errorf("%d series", after)
	}
	if strings.Contains(f.rawMetrics(f), "distinct") {
		f.Error("a caller's text is in the metrics")
	}
	return fmt.Sprintf("%d series before, %d after %d submissions", before, after, n)
}

func blindedMetrics(f *field) string {
	request := "GET /metrics HTTP/1.1\r\nHost: assay.test\r\n"
	slowest, n := time.Duration(0), size(200, 1000)
	for _, first := range []string{"", "GET", request, request + "X-Long: ", request + "\r\n", request + "Content-Length: 1000000\r\n\r\n", request + "Transfer-Encoding: chunked\r\n\r\n", strings.Repeat(request+"\r\n", 100), strings.Repeat("x", 1<<16)} {
		var conns []net.Conn
		for range n {
			c, err := net.DialTimeout("tcp", f.metrics, 20*time.Second)
			if err != nil {
				f.Fatal(err)
			}
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = c.Write([]byte(first))
			conns = append(conns, c)
		}
		begin := time.Now()
		if open := int(f.scrape(f)["process_open_fds"]); open > 150 {
			f.Errorf("%.20q: %d descriptors are open", first, open)
		}
		slowest = max(slowest, time.Since(begin))
		for _, c := range conns {
			c.Close()
		}
	}
	return fmt.Sprintf("%d connections of each kind; the slowest scrape %.1f s", n, slowest.Seconds())
}

// forgedLines tries to write into the log.
func forgedLines(f *field) string {
	const mark = "forged"
	d := launch(f, exec.Command(assayd(f), slices.Concat(usualFlags, []string{"--log-level", "debug", "--log-format", "json"})...))
	if err := d.until(`"msg":"serving"`); err != nil {
		f.Fatal(err)
	}
	d.address = regexp.MustCompile(`"msg":"serving","address":"([^"]+)"`).FindStringSubmatch(d.logs(0))[1]
	from := d.lines()
	f = f.on(d)
	defer f.conn.Close()
	texts := []string{mark, mark + "\n{\"level\":\"ERROR\",\"msg\":\"" + mark + "\"}", "\x1b[2J" + mark, mark + "\x00\r\n", "\"" + mark + "\"}", "\u202e" + mark, strings.Repeat(mark, 500), "%s%n${jndi:" + mark + "}", mark + "\xff\xfe"}
	sent := 0
	for _, text := range texts {
		for _, name := range []string{"user-agent", "x-request-id", "traceparent", "tracestate", "baggage", "authorization", "x-forwarded-for", "grpc-trace-bin", "grpc-accept-encoding", "grpc-timeout", "referer", "cookie", "x-" + text} {
			p := f.peer(f, false)
			if a := p.asks(append(usualHeaders(checkPath), name, text), framed(0, encoded(asking()))); !a.over {
				p.closed(time.Second)
			}
			p.Close()
			sent++
		}
		for place, at := range map[string]int{"method": 2, "authority": 3, "scheme": 1} {
			h := usualHeaders(checkPath)
			h[2*at+1] = text
			if place == "method" {
				h[2*at+1] = "/" + text + "/" + text
			}
			p := f.peer(f, false)
			if a := p.asks(h, framed(0, encoded(asking()))); !a.over {
				p.closed(time.Second)
			}
			p.Close()
			sent++
		}
		s := shoes(text)
		s.SubmissionId, s.Merchant.ShopName, s.Product.Brand, s.Markets = text, text, text, []string{text}
		_, _ = f.send(checkPath, encoded(asking())[:3])
		if b, err := (proto.MarshalOptions{AllowPartial: true}).Marshal(&assayv1.CheckSubmissionRequest{Submission: s}); err == nil { // what is no UTF-8 cannot be written
			_, _ = f.send(checkPath, b)
			sent++
		}
	}
	lines := 0
	for line := range strings.Lines(f.logs(from)) {
		var fields struct{ Level, Msg, Method, Code string }
		if err := json.Unmarshal([]byte(line), &fields); err != nil || fields.Msg == "" {
			f.Errorf("a line is %.200q: %v", line, err)
		}
		if sane := strings.ReplaceAll(line, `"request_id":"`+mark+`"`, ""); strings.Contains(sane, mark) { // a sane id is the caller's to choose
			f.Errorf("a line shows %.300q", line)
		}
		lines++
	}
	return fmt.Sprintf("%d tries, %d lines", sent, lines)
}
