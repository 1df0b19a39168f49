package term

import (
	"encoding/binary"
	"unsafe"
)

// A number is what the arrays of an index hold.
type number interface{ ~uint32 | ~uint64 }

// inPlace says that this machine has numbers in memory as the file has them. Then a table of a hundred
// megabytes need not be copied.
var inPlace = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// numbersIn are the little-endian numbers in b: b itself where the machine allows it.
func numbersIn[T number](b []byte) []T {
	var t T
	size := int(unsafe.Sizeof(t))
	at := unsafe.Pointer(unsafe.SliceData(b))
	if inPlace && uintptr(at)%uintptr(size) == 0 {
		return unsafe.Slice((*T)(at), len(b)/size)
	}
	out := make([]T, len(b)/size)
	for i := range out {
		if size == 4 {
			out[i] = T(binary.LittleEndian.Uint32(b[4*i:]))
		} else {
			out[i] = T(binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	return out
}

// rawBytes are numbers as the file has them: their own bytes where the machine allows it.
func rawBytes[T number](v []T) []byte {
	var t T
	size := int(unsafe.Sizeof(t))
	if inPlace {
		return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), size*len(v))
	}
	out := make([]byte, 0, size*len(v))
	for _, n := range v {
		if size == 4 {
			out = binary.LittleEndian.AppendUint32(out, uint32(n))
		} else {
			out = binary.LittleEndian.AppendUint64(out, uint64(n))
		}
	}
	return out
}
