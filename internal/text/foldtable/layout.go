// Package foldtable is the layout of the table that says what one code point folds to.
//
// The generator in internal/tools/foldtable writes the table, package text reads it, and
// this package is what both must agree on. A table has one 64-bit Entry per code point,
// held in blocks of 64 entries so that equal blocks (all of the Han ideographs, all that is
// unassigned) are stored once.
package foldtable

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Version is raised whenever the meaning of an entry changes.
const Version = 1

// Transform bits of an entry. Package text gives them their public names.
const (
	Case = 1 << iota
	Width
	Diacritic
	Ligature
	Joined
	Glued
	Split
	Separator
	Invisible
	LookAlike
	Enclosed
	Leet
	Masked
	Repeat
	Edit
	Overlay
)

// Kind says what a code point is to a word. Kinds up to LastWord are letters of a word.
type Kind uint8

// The kinds. The order matters: text tests ranges.
const (
	Latin      Kind = iota // Latin letter
	Digit                  // decimal digit of any script
	Greek                  // Greek, and the other alphabets whose letters pass for Latin ones:
	Cyrillic               //
	Armenian               //
	Georgian               //
	Cherokee               //
	OtherAlpha             // Coptic, Lisu, Deseret, ...: capitals drawn like Latin ones
	Arabic                 // clitics may be glued to the front of a word
	Letter                 // any other script written with spaces
	Hangul                 // a precomposed syllable; particles may follow a word
	Ideograph              // Han, kana, Bopomofo, Yi: written without spaces
	SouthEast              // Thai, Lao, Khmer, Myanmar, ...: written without spaces
	KeptMark               // a combining mark that is part of the spelling (Indic, Thai, ...)
	Jamo                   // a conjoining Hangul letter, composed while folding
	KanaMark               // combining (half-)voiced sound mark, composed while folding
	Tag                    // tag character: invisible letter
	DropMark               // a combining mark that folding removes
	Ignorable              // default-ignorable: removed
	Joiner                 // ZWJ, ZWNJ: removed; a matter of spelling in some scripts
	Bidi                   // bidirectional control: removed
	Blank                  // looks like nothing or like a box, but is not ignorable: separates
	Gap                    // separates words; Entry.Gap says what it is
)

// LastWord is the last kind that adds a letter to a word.
const LastWord = KeptMark

// Gap classes of separators.
const (
	Symbol = iota
	Space
	Newline
	Hyphen
	Apostrophe
	Period
	Stop // a full stop that needs no space after it: 。
	Comma
	Semicolon
	Question
	Exclamation
	Open
	Close
	Quote
	Slash
	Sign // ™ ® © ℠
)

// An Entry is what one code point folds to:
//
//	bits  0..20  the folded rune; 0: the code point itself; with Multi: index of a sequence
//	bit   21     Multi
//	bits 22..26  Kind
//	bits 27..42  transforms that folding undoes
//	bits 43..49  the ASCII letter or digit that it looks like, 0: none
//	bits 50..56  the same, chosen so that upper and lower case agree
//	bits 57..60  gap class
type Entry uint64

// New packs an entry.
func New(r rune, multi bool, k Kind, transforms uint16, look, keyLook byte, gap uint8) Entry {
	e := Entry(r) | Entry(k)<<22 | Entry(transforms)<<27 | Entry(look&0x7f)<<43 | Entry(keyLook&0x7f)<<50 | Entry(gap)<<57
	if multi {
		e |= 1 << 21
	}
	return e
}

// Rune is the folded rune, 0 for the code point itself; the sequence's index if Multi.
func (e Entry) Rune() rune { return rune(e & 0x1fffff) }

// Multi reports whether the entry folds to a sequence.
func (e Entry) Multi() bool { return e&(1<<21) != 0 }

// Kind is the kind of the folded rune.
func (e Entry) Kind() Kind { return Kind(e >> 22 & 31) }

// Transforms are the bits of what folding undoes.
func (e Entry) Transforms() uint16 { return uint16(e >> 27) }

// Look is the lower-case ASCII letter or the digit that the code point is drawn like, or 0.
func (e Entry) Look() byte { return byte(e >> 43 & 0x7f) }

// KeyLook is like Look, but the same for both cases of a letter.
func (e Entry) KeyLook() byte { return byte(e >> 50 & 0x7f) }

// Gap is the gap class of a separator.
func (e Entry) Gap() uint8 { return uint8(e >> 57 & 15) }

const (
	blockBits = 6
	blockSize = 1 << blockBits
	maxRune   = 0x10ffff
	numIndex  = (maxRune + 1) / blockSize
	headerLen = 16
)

var magic = [8]byte{'f', 'o', 'l', 'd', 't', 'b', 'l', Version}

// A Table is the fold table in memory. It is not changed after Decode.
type Table struct {
	index  []uint16
	blocks []Entry
	multi  []rune // sequences, each preceded by its length
}

// At returns the entry of r, which must be in [0, 0x10FFFF].
func (t *Table) At(r rune) Entry {
	return t.blocks[int(t.index[uint32(r)>>blockBits])<<blockBits|int(r)&(blockSize-1)]
}

// Sequence returns the runes that a Multi entry folds to.
func (t *Table) Sequence(e Entry) []rune {
	i := int(e.Rune())
	return t.multi[i+1 : i+1+int(t.multi[i])]
}

// Encode writes the table of entry, with the sequences that its Multi entries point to.
func Encode(entry func(rune) Entry, multi []rune) []byte {
	var index []uint16
	var blocks []Entry
	seen := map[[blockSize]Entry]uint16{}
	for base := rune(0); base <= maxRune; base += blockSize {
		var b [blockSize]Entry
		for i := range b {
			b[i] = entry(base + rune(i))
		}
		n, ok := seen[b]
		if !ok {
			n = uint16(len(blocks) / blockSize)
			seen[b] = n
			blocks = append(blocks, b[:]...)
		}
		index = append(index, n)
	}
	out := append([]byte(nil), magic[:]...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(blocks)/blockSize))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(multi)))
	for _, v := range index {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	for _, v := range blocks {
		out = binary.LittleEndian.AppendUint64(out, uint64(v))
	}
	for _, v := range multi {
		out = binary.LittleEndian.AppendUint32(out, uint32(v))
	}
	return out
}

// Decode reads what Encode wrote.
func Decode(data string) (*Table, error) {
	if len(data) < headerLen || data[:len(magic)] != string(magic[:]) {
		return nil, errors.New("fold table: wrong magic or version")
	}
	b := []byte(data)
	numBlocks := int(binary.LittleEndian.Uint32(b[8:]))
	numMulti := int(binary.LittleEndian.Uint32(b[12:]))
	if want := headerLen + 2*numIndex + 8*blockSize*numBlocks + 4*numMulti; len(b) != want {
		return nil, fmt.Errorf("fold table: %d bytes, want %d", len(b), want)
	}
	b = b[headerLen:]
	t := &Table{
		index:  make([]uint16, numIndex),
		blocks: make([]Entry, numBlocks*blockSize),
		multi:  make([]rune, numMulti),
	}
	for i := range t.index {
		t.index[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	b = b[2*numIndex:]
	for i := range t.blocks {
		t.blocks[i] = Entry(binary.LittleEndian.Uint64(b[8*i:]))
	}
	b = b[8*len(t.blocks):]
	for i := range t.multi {
		t.multi[i] = rune(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return t, nil
}
