package report

import "testing"

func BenchmarkAdd(b *testing.B) {
	r, w := New(), newWorld(1, 5000)
	type pair struct{ add func() }
	var made []pair
	for range 4096 {
		e, result := w.next()
		made = append(made, pair{func() { r.Add(e, result) }})
	}
	i := 0
	for b.Loop() {
		made[i%len(made)].add()
		i++
	}
}
