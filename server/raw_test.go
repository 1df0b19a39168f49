package server_test

import (
	"bytes"
	"encoding/binary"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A rawConn speaks HTTP/2 frame by frame: what a client library would not send can be sent, and a call costs a generator of load
// next to nothing.
type rawConn struct {
	net.Conn
	framer *http2.Framer // for the test to write
	own    *http2.Framer // for read, which answers on its own

	writing sync.Mutex // guards what follows, and the framer where several write
	next    uint32
	block   bytes.Buffer
	encoder *hpack.Encoder
}

// dialRaw connects and says hello, with settings of its own.
func dialRaw(t testing.TB, address string, settings ...http2.Setting) *rawConn {
	t.Helper()
	return dialRawFrom(t, "127.0.0.1", address, settings...)
}

// dialRawFrom is dialRaw from another address of this machine.
func dialRawFrom(t testing.TB, from, address string, settings ...http2.Setting) *rawConn {
	t.Helper()
	conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &rawConn{Conn: conn, framer: http2.NewFramer(conn, nil), own: http2.NewFramer(conn, conn), next: 1}
	c.encoder = hpack.NewEncoder(&c.block)
	c.own.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	c.framer.AllowIllegalWrites = true
	if _, err := conn.Write([]byte(http2.ClientPreface)); err != nil {
		t.Fatal(err)
	}
	if err := c.framer.WriteSettings(settings...); err != nil {
		t.Fatal(err)
	}
	return c
}

// headers begins a call and returns the number of its stream.
func (c *rawConn) headers(method string, ended bool, more ...hpack.HeaderField) (uint32, error) {
	c.block.Reset()
	for _, f := range append([]hpack.HeaderField{
		{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "http"}, {Name: ":path", Value: method}, {Name: ":authority", Value: "test"},
		{Name: "content-type", Value: "application/grpc"}, {Name: "te", Value: "trailers"}}, more...) {
		if err := c.encoder.WriteField(f); err != nil {
			return 0, err
		}
	}
	id := c.next
	c.next += 2
	return id, c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: c.block.Bytes(), EndHeaders: true, EndStream: ended})
}

// call makes a whole unary call of a message.
func (c *rawConn) call(method string, message []byte, more ...hpack.HeaderField) (uint32, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	id, err := c.headers(method, false, more...)
	if err != nil {
		return 0, err
	}
	return id, c.framer.WriteData(id, true, framed(message))
}

// framed is a message as it stands in a call's data.
func framed(message []byte) []byte {
	b := make([]byte, 5, 5+len(message))
	binary.BigEndian.PutUint32(b[1:], uint32(len(message)))
	return append(b, message...)
}

// An ended call.
type endedCall struct {
	stream uint32
	code   int // of its status; -1: it was reset
	at     time.Time
}

// read answers the connection's own frames and tells of calls that have ended, until the connection does.
func (c *rawConn) read(tell func(endedCall)) error {
	for {
		frame, err := c.own.ReadFrame()
		if err != nil {
			return err
		}
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			if !f.StreamEnded() {
				continue
			}
			for _, h := range f.Fields {
				if h.Name == "grpc-status" {
					code, _ := strconv.Atoi(h.Value)
					tell(endedCall{f.StreamID, code, time.Now()})
				}
			}
		case *http2.RSTStreamFrame:
			if f.ErrCode != http2.ErrCodeNo { // which only says that the rest of a call that is answered is not read
				tell(endedCall{f.StreamID, -1, time.Now()})
			}
		case *http2.SettingsFrame:
			if !f.IsAck() {
				err = c.own.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !f.IsAck() {
				err = c.own.WritePing(true, f.Data)
			}
		case *http2.DataFrame:
			if n := uint32(len(f.Data())); n > 0 {
				err = c.own.WriteWindowUpdate(0, n)
			}
		}
		if err != nil {
			return err
		}
	}
}

// checkBytes is a request to check a submission.
func checkBytes(t testing.TB, s *assayv1.Submission) []byte {
	t.Helper()
	b, err := proto.Marshal(&assayv1.CheckSubmissionRequest{Submission: s})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
