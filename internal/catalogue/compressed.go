package catalogue

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// maxWindow is how far back compressed text may reach, in bytes: the memory that a hostile file can claim. The zstd program
// asks before it goes beyond the same.
const maxWindow = 128 << 20

// compressions are the endings of names of compressed files.
var compressions = []string{".gz", ".zst"}

// bareName is a name without the ending that tells of compression, which comes second.
func bareName(file string) (name, compression string) {
	ext := strings.ToLower(filepath.Ext(file))
	for _, c := range compressions {
		if ext == c {
			return file[:len(file)-len(c)], c
		}
	}
	return file, ""
}

// inflate returns the text of what may be compressed, told by its first bytes whatever its name. Memory stays bounded
// however much it inflates to: lines are bounded after it.
func inflate(file string, r io.Reader) (io.Reader, func(), error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(4)
	if len(head) == 0 && !errors.Is(err, io.EOF) { // what stands before a fault is read first
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	}
	nothing := func() {}
	switch _, named := bareName(file); {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		text, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", file, err)
		}
		return text, nothing, nil
	case isZstd(head):
		text, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", file, err)
		}
		return text, text.Close, nil
	case named != "":
		return nil, nil, fmt.Errorf("read %s: the name says %s, the content is something else", file, named)
	default:
		return in, nothing, nil
	}
}

// isZstd tells of the first bytes of a frame, also of one to be skipped.
func isZstd(head []byte) bool {
	return bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) || len(head) == 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:], []byte{0x2a, 0x4d, 0x18})
}
