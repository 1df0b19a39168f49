package twin

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// A Journal keeps what a [Finder] keeps in two files, so that a run that is cut goes on with the same finder. Listings are
// written to one file until it holds a window of them, then to the other from its beginning: what is in the other is then
// forgotten. That is why [Journal.Due] asks for a [Journal.Sync], and its mark for a safe place, before each change of files.
// It is for one goroutine at a time.
type Journal struct {
	path   string
	window uint64
	file   *os.File // holds the current listings; nil before the first
	full   bool     // and the next ones go to the other
	out    *bufio.Writer
	mark   Mark
	synced uint64 // listings in the mark that Sync gave last
	record []byte
}

// A Mark is how far a journal has come.
type Mark struct {
	Listings uint64 `json:"listings"`
	Offset   int64  `json:"offset"` // in the current file
	Sum      uint32 `json:"sum"`    // of what stands before it (CRC-32)
	Before   uint32 `json:"before"` // of the other file
}

// OpenJournal takes up a journal where a mark was made, and the finder of this window as it was then: both new at the zero
// Mark. Files that are not as they were are an error. The files are path.0 and path.1.
func OpenJournal(path string, at Mark, window int) (*Journal, *Finder, error) {
	f := NewFinder(window)
	j := &Journal{path: path, window: f.window, mark: at, synced: at.Listings}
	whole := at.Listings / j.window
	if whole > 0 {
		f.n = (whole - 1) * j.window
		if err := j.replay(f, whole-1, j.window, -1, at.Before); err != nil {
			return nil, nil, err
		}
	}
	if n := at.Listings % j.window; n > 0 {
		if err := j.replay(f, whole, n, at.Offset, at.Sum); err != nil {
			return nil, nil, err
		}
	}
	return j, f, nil
}

func (j *Journal) name(file uint64) string { return fmt.Sprintf("%s.%d", j.path, file%2) }

// replay gives a finder the listings of a file: so many, which take so many bytes where that is not -1.
func (j *Journal) replay(f *Finder, file, n uint64, size int64, sum uint32) error {
	from, err := os.Open(j.name(file))
	if err != nil {
		return fmt.Errorf("open what is known of twins: %w", err)
	}
	defer func() { _ = from.Close() }() // only read
	r := &recordReader{from: bufio.NewReaderSize(from, 1<<16)}
	for range n {
		k, err := r.next()
		if err != nil {
			return fmt.Errorf("read what is known of twins: %s: %w", from.Name(), err)
		}
		keys := k.Title.bandKeys()
		f.keep(&k, &keys)
	}
	if r.sum != sum || size >= 0 && r.read != size {
		return fmt.Errorf("read what is known of twins: %s is not as it was", from.Name())
	}
	return nil
}

// Due reports whether the next listing goes to the other file, so that the journal must be synced, and the mark kept, before.
func (j *Journal) Due() bool { return j.full && j.synced != j.mark.Listings }

// Append writes a listing that a finder was given.
func (j *Journal) Append(k *Sketch) error {
	if j.Due() {
		return errors.New("write what is known of twins: the journal was not synced")
	}
	if j.file == nil || j.full {
		if err := j.begin(); err != nil {
			return fmt.Errorf("write what is known of twins: %w", err)
		}
	}
	j.record = appendRecord(j.record[:0], k)
	if _, err := j.out.Write(j.record); err != nil {
		return fmt.Errorf("write what is known of twins: %w", err)
	}
	j.mark.Listings++
	j.mark.Offset += int64(len(j.record))
	j.mark.Sum = crc32.Update(j.mark.Sum, crc32.IEEETable, j.record)
	if j.mark.Listings%j.window == 0 {
		j.full, j.mark = true, Mark{Listings: j.mark.Listings, Before: j.mark.Sum}
	}
	return nil
}

// begin opens the file that listings go to now, cut where they go on.
func (j *Journal) begin() error {
	if err := j.Close(); err != nil {
		return err
	}
	file, err := os.OpenFile(j.name(j.mark.Listings/j.window), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	if err = file.Truncate(j.mark.Offset); err == nil {
		_, err = file.Seek(j.mark.Offset, io.SeekStart)
	}
	j.file, j.out, j.full = file, bufio.NewWriterSize(file, 1<<16), false
	return err
}

// Sync puts what was appended on the disk, and returns how far that is.
func (j *Journal) Sync() (Mark, error) {
	if j.file != nil {
		if err := errors.Join(j.out.Flush(), j.file.Sync()); err != nil {
			return Mark{}, fmt.Errorf("write what is known of twins: %w", err)
		}
	}
	j.synced = j.mark.Listings
	return j.mark, nil
}

// Close closes the file. What was appended since the last Sync is lost.
func (j *Journal) Close() error {
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}

// maxRecord bounds a listing in a journal, in bytes: ids and names of files are the longest in it.
const maxRecord = 1 << 16

// appendRecord appends a listing, its length before it.
func appendRecord(b []byte, k *Sketch) []byte {
	b = append(b, 0, 0, 0, 0)
	for _, n := range []uint64{uint64(k.Position), uint64(k.Line), uint64(k.flags()), k.GTIN, uint64(k.Title.Size), uint64(k.Body.Size)} {
		b = binary.AppendUvarint(b, n)
	}
	for _, s := range []string{k.File, k.ID, k.Merchant, k.Brand, k.brand, k.Words} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	for _, hashes := range [][]uint32{k.Title.Least, k.Body.Least, k.Models} {
		b = append(b, byte(len(hashes)))
		for _, h := range hashes {
			b = binary.LittleEndian.AppendUint32(b, h)
		}
	}
	b = append(b, byte(len(k.Images)))
	for _, h := range k.Images {
		b = binary.LittleEndian.AppendUint64(b, h)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

const (
	listedFlag = 1 << iota
	rejectedFlag
)

func (k *Sketch) flags() (flags byte) {
	if k.Listed {
		flags |= listedFlag
	}
	if k.Rejected {
		flags |= rejectedFlag
	}
	return flags
}

// Packed is a sketch in few bytes, for those who keep many and compare them later. What names the listing and its merchant is left
// out.
type Packed string

// Pack packs a sketch.
func (k *Sketch) Pack() Packed {
	bare := *k
	bare.ID, bare.Merchant, bare.File, bare.Line, bare.Position = "", "", "", 0, 0
	return Packed(appendRecord(nil, &bare)[4:])
}

// Sketch is what was packed. The error is of a text that [Sketch.Pack] did not make.
func (p Packed) Sketch() (Sketch, error) { return parseRecord([]byte(p)) }

// A recordReader reads listings.
type recordReader struct {
	from *bufio.Reader
	buf  []byte
	read int64
	sum  uint32
}

func (r *recordReader) next() (Sketch, error) {
	r.buf = append(r.buf[:0], 0, 0, 0, 0)
	if _, err := io.ReadFull(r.from, r.buf); err != nil {
		return Sketch{}, err
	}
	n := int(binary.LittleEndian.Uint32(r.buf))
	if n > maxRecord {
		return Sketch{}, errDamaged
	}
	r.buf = append(r.buf, make([]byte, n)...)
	if _, err := io.ReadFull(r.from, r.buf[4:]); err != nil {
		return Sketch{}, err
	}
	r.read += int64(len(r.buf))
	r.sum = crc32.Update(r.sum, crc32.IEEETable, r.buf)
	return parseRecord(r.buf[4:])
}

var errDamaged = errors.New("it is damaged")

// parseRecord reads what appendRecord writes behind the length.
func parseRecord(b []byte) (k Sketch, err error) {
	p := parser{b: b}
	k.Position, k.Line = int64(p.number()), int(p.number())
	flags := p.number()
	k.Listed, k.Rejected = flags&listedFlag != 0, flags&rejectedFlag != 0
	k.GTIN, k.Title.Size, k.Body.Size = p.number(), int32(p.number()), int32(p.number())
	for _, s := range []*string{&k.File, &k.ID, &k.Merchant, &k.Brand, &k.brand, &k.Words} {
		*s = string(p.take(p.number()))
	}
	for _, hashes := range []*[]uint32{&k.Title.Least, &k.Body.Least, &k.Models} {
		for all := p.take(4 * uint64(p.byte())); len(all) > 0; all = all[4:] {
			*hashes = append(*hashes, binary.LittleEndian.Uint32(all))
		}
	}
	for all := p.take(8 * uint64(p.byte())); len(all) > 0; all = all[8:] {
		k.Images = append(k.Images, binary.LittleEndian.Uint64(all))
	}
	if p.bad || len(p.b) > 0 {
		return Sketch{}, errDamaged
	}
	return k, nil
}

// A parser takes bytes as long as there are as many as it should.
type parser struct {
	b   []byte
	bad bool
}

func (p *parser) number() uint64 {
	n, size := binary.Uvarint(p.b)
	if size <= 0 {
		p.bad, p.b = true, nil
		return 0
	}
	p.b = p.b[size:]
	return n
}

func (p *parser) take(n uint64) []byte {
	if n > uint64(len(p.b)) {
		p.bad, p.b = true, nil
		return nil
	}
	taken := p.b[:n]
	p.b = p.b[n:]
	return taken
}

func (p *parser) byte() byte {
	if b := p.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}
