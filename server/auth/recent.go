package auth

import "sync"

// A recent remembers the latest values it was given, at least half of and at most as many as its size: when the younger half
// is full the older half goes. It is safe for concurrent use.
type recent[K comparable, V any] struct {
	half int

	mu             sync.RWMutex
	younger, older map[K]V
}

func newRecent[K comparable, V any](size int) *recent[K, V] {
	return &recent[K, V]{half: max(size/2, 1), younger: map[K]V{}}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	r.mu.RLock()
	value, young := r.younger[key]
	old := false
	if !young {
		value, old = r.older[key]
	}
	r.mu.RUnlock()
	if old {
		r.put(key, value) // what is in use stays
	}
	return value, young || old
}

func (r *recent[K, V]) put(key K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.younger) >= r.half {
		r.younger, r.older = make(map[K]V, r.half), r.younger
	}
	r.younger[key] = value
}
