package twin

// A table is buckets of numbers of listings by a key, the latest first. What of it is not forgotten depends on what was put
// last alone: a bucket is the last ones of different key and owner.
type table struct {
	slots []slot
	mask  uint64
}

// A slot is one number. Key and owner are short, and so there are a few strangers among what is found.
type slot struct {
	number     uint32
	key, owner uint16
}

// newTable makes a table of at least so many buckets.
func newTable(buckets int) table {
	n := 1
	for n < buckets {
		n *= 2
	}
	return table{make([]slot, n*ways), uint64(n - 1)}
}

func (t *table) bucket(key uint64) []slot {
	at := (key >> 32 & t.mask) * ways
	return t.slots[at : at+ways]
}

// put puts a number first, in the place of the one of the same key and owner, or of the oldest.
func (t *table) put(key uint64, owner uint16, number uint32) {
	one, bucket := slot{number, uint16(key), owner}, t.bucket(key)
	for i := range bucket {
		was := bucket[i]
		bucket[i] = one
		if was.key == uint16(key) && was.owner == owner {
			return
		}
		one = was
	}
}

// get appends the numbers of a key.
func (t *table) get(key uint64, to []uint32) []uint32 {
	for _, s := range t.bucket(key) {
		if s.key == uint16(key) {
			to = append(to, s.number)
		}
	}
	return to
}
