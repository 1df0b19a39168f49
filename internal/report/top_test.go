package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A top is exact up to its size, and beyond it never tells too much, never more than Miss too little, and never loses a key
// that weighs more than its share. Going through JSON anywhere changes nothing.
func TestTop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 12).Draw(t, "most")
		stream := rapid.SliceOfN(rapid.IntRange(0, 40), 0, 400).Draw(t, "stream")
		cut := rapid.IntRange(0, len(stream)).Draw(t, "cut")
		weighs := func(i int) bool { return i%3 != 0 }
		whole, parted := newTop[int](most), newTop[int](most)
		all, heavy, sum := map[string]int64{}, map[string]int64{}, int64(0)
		for i, n := range stream {
			key := fmt.Sprint("k", n*n/40)
			*whole.of(key, weighs(i))++
			if i == cut {
				parted = through(t, parted, most)
			}
			*parted.of(key, weighs(i))++
			if all[key]++; weighs(i) {
				heavy[key]++
				sum++
			}
		}
		if a, b := mustJSON(t, whole), mustJSON(t, parted); a != b {
			t.Fatalf("another after JSON:\n%s\n%s", a, b)
		}
		for key, n := range heavy {
			k := whole.byKey[key]
			if k == nil && n > sum/int64(most) {
				t.Fatalf("%s weighs %d of %d and is not among %d", key, n, sum, most)
			}
			if k != nil && (k.Weigh > n || k.Weigh+k.Miss < n || k.All > all[key] || int64(k.Value) != k.All) {
				t.Fatalf("%s is %+v; it came %d times, %d weighing", key, k, all[key], n)
			}
			if len(all) <= most && (k.Weigh != n || k.All != all[key] || whole.evicted) {
				t.Fatalf("%s is %+v of %d different ones; it came %d times, %d weighing", key, k, len(all), all[key], n)
			}
		}
		if n := len(whole.byKey); n > most || n != len(whole.least) {
			t.Fatalf("%d kept, of at most %d", n, most)
		}
	})
}

type fataler interface{ Fatalf(string, ...any) }

func mustJSON(t fataler, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(text)
}

func through(t fataler, was *top[int], most int) *top[int] {
	now := newTop[int](most)
	if err := json.Unmarshal([]byte(mustJSON(t, was)), now); err != nil {
		t.Fatalf("%v", err)
	}
	return now
}

func TestBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 6).Draw(t, "most")
		ranks := rapid.SliceOf(rapid.IntRange(0, 5)).Draw(t, "ranks")
		var got best[int]
		var want []scored[int]
		for i, rank := range ranks {
			if got.wants(most, float64(rank)) {
				got.put(most, float64(rank), int64(i), i)
			}
			want = append(want, scored[int]{float64(rank), int64(i), i})
		}
		slices.SortStableFunc(want, func(a, b scored[int]) int { return int(b.Rank - a.Rank) })
		if diff := cmp.Diff(want[:min(most, len(want))], []scored[int](got), cmp.Transformer("list", func(l []scored[int]) string { return fmt.Sprint(l) })); diff != "" {
			t.Fatal(diff)
		}
	})
}
