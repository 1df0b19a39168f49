package twin

import (
	"math"
	"slices"
)

// setSize is how many hashes of a set are kept.
const setSize = 24

// A Set is a set of words: its least hashes, sorted, and how many it has.
type Set struct {
	Least []uint32
	Size  int32
}

// newSet makes a set of hashes, which it sorts and keeps the least of.
func newSet(hashes []uint32) Set {
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	if len(hashes) == 0 {
		return Set{}
	}
	return Set{slices.Clone(hashes[:min(len(hashes), setSize)]), int32(len(hashes))}
}

// Like is the share of words that two sets have in common of all that either has, from 0 to 1, and within how much of it the
// true share lies, 19 times in 20. Of sets of at most setSize words the share is exact and the margin is 0.
func (s Set) Like(o Set) (share, margin float64) {
	both, all := 0, 0
	exact := s.Size <= setSize && o.Size <= setSize
	for i, j := 0, 0; (i < len(s.Least) || j < len(o.Least)) && (exact || all < setSize); all++ {
		switch {
		case j == len(o.Least) || i < len(s.Least) && s.Least[i] < o.Least[j]:
			i++
		case i == len(s.Least) || o.Least[j] < s.Least[i]:
			j++
		default:
			i, j, both = i+1, j+1, both+1
		}
	}
	if all == 0 {
		return 0, 0
	}
	share = float64(both) / float64(all)
	if exact {
		return share, 0
	}
	return share, wilson(share, float64(all))
}

// wilson is half of the interval of a share seen in n draws (Wilson 1927), at 95 %, measured from the share itself to its
// farther end.
func wilson(p, n float64) float64 {
	const z = 1.96
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(p-(middle-half), middle+half-p)
}
