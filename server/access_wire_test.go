package server_test

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

// post sends headers as they are, with an empty message, over a connection of its own, and returns the status that comes, if any, and
// whether any message does.
func post(t *testing.T, address string, headers ...hpack.HeaderField) (status string, answered bool) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, h := range headers {
		if err := encoder.WriteField(h); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Write([]byte(http2.ClientPreface)); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	_ = framer.WriteSettings() // what cannot be written ends the reading below
	_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true})
	_ = framer.WriteData(1, true, make([]byte, 5))
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return status, answered
		}
		switch f := frame.(type) {
		case *http2.DataFrame:
			answered = true
		case *http2.MetaHeadersFrame:
			for _, h := range f.Fields {
				if h.Name == "grpc-status" {
					return h.Value, answered
				}
			}
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return "reset", answered
		}
	}
}

// TestOddPathsAndHeadersDoNotOpenTheDoor, written by hand, as no gRPC client would.
func TestOddPathsAndHeadersDoNotOpenTheDoor(t *testing.T) {
	key, line := newKey(t, "lister", "shop", "check")
	a, err := auth.New(auth.Config{Keys: authtest.File(t, "keys.yaml", []byte(line))})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Config{Auth: a, DrainDelay: -1})
	s.Use(newEngine(t, "test"))
	l := loopback(t)
	start(t, s, l)
	const path = assayv1.ComplianceService_GetRulebook_FullMethodName
	ask := func(path string, more ...hpack.HeaderField) (string, bool) {
		headers := []hpack.HeaderField{{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "http"}, {Name: ":path", Value: path},
			{Name: ":authority", Value: "x"}, {Name: "content-type", Value: "application/grpc"}, {Name: "te", Value: "trailers"}}
		return post(t, l.Addr().String(), append(headers, more...)...)
	}
	good := hpack.HeaderField{Name: "authorization", Value: "Bearer " + key}
	if status, answered := ask(path, good); status != "0" || !answered {
		t.Fatalf("with the key it says %q", status)
	}
	for _, odd := range []string{path, path[1:], "/" + path, path + "/", path + "?x=/grpc.health.v1.Health/Check", strings.ToLower(path),
		strings.Replace(path, "/Get", "//Get", 1), strings.Replace(path, "/Get", "%2FGet", 1), path + "\x00", path + " ", "", "*", "/", "//",
		"/grpc.health.v1.Health/../assay.v1.ComplianceService/GetRulebook", "/grpc.health.v1.Health/Check/../.." + path,
		"/grpc.health.v1.Health" + path, "http://x" + path} {
		if status, answered := ask(odd); status == "0" || answered {
			t.Errorf("without a key %q is answered with %q", odd, status)
		}
	}
	for name, headers := range map[string][]hpack.HeaderField{
		"the header twice":          {good, good},
		"a good one and a bad one":  {good, {Name: "authorization", Value: "Bearer x"}},
		"a bad one and a good one":  {{Name: "authorization", Value: "Bearer x"}, good},
		"a capital":                 {{Name: "Authorization", Value: good.Value}},
		"space in the name":         {{Name: "authorization ", Value: good.Value}},
		"a line break in the value": {{Name: "authorization", Value: good.Value + "\r\nx: y"}},
		"a second path":             {good, {Name: ":path", Value: path}},
		"binary":                    {{Name: "authorization-bin", Value: "QmVhcmVyIHg"}},
		"binary beside":             {good, {Name: "authorization-bin", Value: "QmVhcmVyIHg"}},
	} {
		if status, answered := ask(path, headers...); status == "0" || answered {
			t.Errorf("with %s it is answered with %q", name, status)
		}
	}
}
