package auth

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRecentKeepsTheLatest: never more than its size, always the latest half of what was put or asked, and nothing that was not put.
func TestRecentKeepsTheLatest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(2, 12).Draw(rt, "size")
		r := newRecent[int, int](size)
		put := map[int]int{}
		var used []int // latest last, each once
		use := func(key int) {
			for i, k := range used {
				if k == key {
					used = append(used[:i], used[i+1:]...)
					break
				}
			}
			used = append(used, key)
		}
		for i := range rapid.IntRange(0, 60).Draw(rt, "steps") {
			key := rapid.IntRange(0, 20).Draw(rt, "key")
			if rapid.Bool().Draw(rt, "put") {
				r.put(key, i)
				put[key] = i
				use(key)
			} else if got, ok := r.get(key); ok {
				if want, was := put[key]; !was || got != want {
					rt.Fatalf("%d is %d, put was %d (%v)", key, got, want, was)
				}
				use(key)
			}
			if n := len(r.younger) + len(r.older); n > 2*max(size/2, 1) {
				rt.Fatalf("%d values in %d places", n, size)
			}
		}
		for i := len(used) - 1; i >= 0 && i >= len(used)-size/2; i-- {
			if _, ok := r.get(used[i]); !ok {
				rt.Fatalf("%d was used %d before the last and is gone", used[i], len(used)-1-i)
			}
		}
	})
}
