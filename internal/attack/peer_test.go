package attack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A peer speaks HTTP/2 frame by frame and keeps no rule that it is not told to keep.
type peer struct {
	net.Conn
	*http2.Framer
	out *bufio.Writer // of the framer: what is written waits for flush

	headers hpack.Encoder
	block   bytes.Buffer
	next    uint32 // stream

	mu      sync.Mutex // guards the framer's writes where the reader answers, and what was heard
	heard   map[uint32]*answer
	goaway  string        // of the server; "": none
	deafTo  bool          // it does not read
	ended   chan struct{} // closed when nothing more can be heard
	credits bool          // it gives back what it reads
}

// An answer is what came back on a stream.
type answer struct {
	status string // of HTTP
	grpc   string // grpc-status
	text   string // grpc-message
	data   int    // bytes
	reset  string // why the server reset the stream; "": it did not
	over   bool
}

func (a *answer) String() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP %s gRPC %s %s", a.status, a.grpc, a.reset))
}

const preface = http2.ClientPreface

// http2NoWindow is the setting of a peer that takes no data on any stream.
var http2NoWindow = http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}

// peer connects. One that is deaf reads nothing; settings are its first.
func (d *daemon) peer(t testing.TB, deaf bool, settings ...http2.Setting) *peer {
	t.Helper()
	p, err := d.tryPeer(deaf, settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func (d *daemon) tryPeer(deaf bool, settings ...http2.Setting) (*peer, error) {
	conn, err := net.DialTimeout("tcp", d.address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	p := &peer{Conn: conn, out: bufio.NewWriterSize(conn, 64<<10), next: 1, heard: map[uint32]*answer{}, ended: make(chan struct{}), deafTo: deaf, credits: true}
	p.Framer = http2.NewFramer(p.out, bufio.NewReaderSize(conn, 64<<10))
	p.AllowIllegalWrites, p.AllowIllegalReads = true, true
	p.SetMaxReadFrameSize(1 << 24)
	p.headers = *hpack.NewEncoder(&p.block)
	if _, err := p.out.WriteString(preface); err != nil {
		return nil, err
	}
	_ = p.WriteSettings(settings...)
	if deaf {
		close(p.ended)
	} else {
		go p.listen()
	}
	return p, p.flush()
}

// flush sends what was written. A server that hangs is not waited for longer than seconds.
func (p *peer) flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return p.out.Flush()
}

// write writes frames and sends them.
func (p *peer) write(frames func()) error {
	p.mu.Lock()
	frames()
	p.mu.Unlock()
	return p.flush()
}

// listen reads to the end, and answers settings and pings.
func (p *peer) listen() {
	defer close(p.ended)
	decoder := hpack.NewDecoder(4096, nil)
	for {
		frame, err := p.ReadFrame()
		if err != nil {
			if _, stream := err.(http2.StreamError); stream {
				continue
			}
			return
		}
		p.mu.Lock()
		p.hear(frame, decoder)
		p.mu.Unlock()
	}
}

func (p *peer) hear(frame http2.Frame, decoder *hpack.Decoder) {
	a := p.answer(frame.Header().StreamID)
	switch f := frame.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			_ = p.WriteSettingsAck()
			_ = p.out.Flush()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			_ = p.WritePing(true, f.Data)
			_ = p.out.Flush()
		}
	case *http2.HeadersFrame:
		decoder.SetEmitFunc(func(h hpack.HeaderField) {
			switch h.Name {
			case ":status":
				a.status = h.Value
			case "grpc-status":
				a.grpc = h.Value
			case "grpc-message":
				a.text = h.Value
			}
		})
		_, _ = decoder.Write(f.HeaderBlockFragment())
		a.over = a.over || f.StreamEnded()
	case *http2.DataFrame:
		a.data += len(f.Data())
		a.over = a.over || f.StreamEnded()
		if n := uint32(len(f.Data())); n > 0 && p.credits {
			_ = p.WriteWindowUpdate(0, n)
			_ = p.WriteWindowUpdate(f.StreamID, n)
			_ = p.out.Flush()
		}
	case *http2.RSTStreamFrame:
		a.reset, a.over = f.ErrCode.String(), true
	case *http2.GoAwayFrame:
		p.goaway = strings.TrimSpace(f.ErrCode.String() + " " + string(f.DebugData()))
	}
}

// answer is what was heard on a stream; the caller holds the lock.
func (p *peer) answer(stream uint32) *answer {
	if p.heard[stream] == nil {
		p.heard[stream] = &answer{}
	}
	return p.heard[stream]
}

// await waits until a stream is over, or for so long.
func (p *peer) await(stream uint32, long time.Duration) answer {
	for end := time.Now().Add(long); ; time.Sleep(2 * time.Millisecond) {
		p.mu.Lock()
		a := *p.answer(stream)
		p.mu.Unlock()
		select {
		case <-p.ended:
			return a
		default:
		}
		if a.over || time.Now().After(end) {
			return a
		}
	}
}

// gone tells whether the server has closed the connection.
func (p *peer) gone() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// closed waits until the server has closed the connection, or for so long, and says what it said.
func (p *peer) closed(long time.Duration) (goaway string, closed bool) {
	select {
	case <-p.ended:
		closed = true
	case <-time.After(long):
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.goaway, closed
}

// usualHeaders are those of a gRPC call.
func usualHeaders(method string) []string {
	return []string{":method", "POST", ":scheme", "http", ":path", method, ":authority", "assay.test", "content-type", "application/grpc", "te", "trailers"}
}

// encode is a block of headers, given as names and values.
func (p *peer) encode(pairs ...string) []byte {
	p.block.Reset()
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = p.headers.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return bytes.Clone(p.block.Bytes())
}

// open writes the headers of a new stream; the caller flushes.
func (p *peer) open(pairs ...string) (stream uint32) {
	stream = p.next
	p.next += 2
	_ = p.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: p.encode(pairs...), EndHeaders: true})
	return stream
}

// asks makes a call of headers and bytes and waits for its end.
func (p *peer) asks(headers []string, data []byte) answer {
	var stream uint32
	_ = p.write(func() {
		stream = p.open(headers...)
		for len(data) > 16384 {
			_ = p.WriteData(stream, false, data[:16384])
			data = data[16384:]
		}
		_ = p.WriteData(stream, true, data)
	})
	return p.await(stream, 10*time.Second)
}

// framed is a message as gRPC sends it.
func framed(flags byte, message []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{flags}, uint32(len(message))), message...)
}
