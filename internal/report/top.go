package report

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"fmt"
	"slices"
)

// A top keeps the keys that matter most of a stream of any length: those with most listings that weigh (names: held ones), and of
// equal ones those with most listings. Up to most different keys every count is exact. Beyond, a new key takes the place of the least
// (Space-Saving of Metwally, Agrawal and El Abbadi, 2005): counts of a key begin when it takes its place, and what it may have had before is
// at most what the least had then. So every key with more than one in most of all listings that weigh is kept.
type top[T any] struct {
	most    int
	least   leastFirst[T]
	byKey   map[string]*kept[T]
	next    int64
	evicted bool
}

// A kept is a key with its counts.
type kept[T any] struct {
	Key   string `json:"k"`
	Weigh int64  `json:"w"`           // listings that weigh
	All   int64  `json:"n"`           // listings
	Miss  int64  `json:"m,omitempty"` // that weigh, before it took its place: at most so many
	Under int64  `json:"u,omitempty"` // listings of what it replaced
	Seq   int64  `json:"s"`
	Value T      `json:"v"`

	at int // in the heap
}

func newTop[T any](most int) *top[T] {
	return &top[T]{most: most, byKey: make(map[string]*kept[T])}
}

// of counts one more listing of a key and returns what is kept of it.
func (t *top[T]) of(key string, weighs bool) *T {
	k := t.byKey[key]
	if k == nil {
		k = t.place(key)
	}
	k.All++
	if weighs {
		k.Weigh++
	}
	heap.Fix(&t.least, k.at)
	return &k.Value
}

// place makes room for a new key.
func (t *top[T]) place(key string) *kept[T] {
	k := &kept[T]{Key: key, Seq: t.next}
	t.next++
	if len(t.byKey) == t.most {
		out := heap.Pop(&t.least).(*kept[T])
		delete(t.byKey, out.Key)
		k.Miss, k.Under = out.Weigh+out.Miss, out.All+out.Under
		t.evicted = true
	}
	t.byKey[key] = k
	heap.Push(&t.least, k)
	return k
}

// first are the keys with most listings that weigh, then with most listings, at most n.
func (t *top[T]) first(n int) []*kept[T] {
	all := slices.Clone([]*kept[T](t.least))
	slices.SortFunc(all, func(a, b *kept[T]) int {
		return cmp.Or(cmp.Compare(b.Weigh, a.Weigh), cmp.Compare(b.All, a.All), cmp.Compare(a.Key, b.Key))
	})
	return all[:min(n, len(all))]
}

// bound says in words what rows of the first keys may lack; nothing where every key is counted.
func (t *top[T]) bound(rows int, what string) string {
	if !t.evicted {
		return ""
	}
	missed, exact := int64(0), true
	for _, k := range t.first(rows) {
		missed, exact = max(missed, k.Miss), exact && k.Seq < int64(t.most)
	}
	text := fmt.Sprintf("More than %s different ones came; those with most %s are counted. ", number(int64(t.most)), what)
	if exact {
		return text + "The rows shown are exact."
	}
	return text + fmt.Sprintf("A row shown may lack up to %s %s, and others from before it was counted.", number(missed), what)
}

// MarshalJSON is for a run that goes on later.
func (t *top[T]) MarshalJSON() ([]byte, error) {
	list := slices.Clone([]*kept[T](t.least))
	slices.SortFunc(list, func(a, b *kept[T]) int { return cmp.Compare(a.Seq, b.Seq) })
	return json.Marshal(topState[T]{t.next, t.evicted, list})
}

// UnmarshalJSON goes on where MarshalJSON was.
func (t *top[T]) UnmarshalJSON(text []byte) error {
	var s topState[T]
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	t.next, t.evicted, t.least, t.byKey = s.Next, s.Evicted, s.Kept, make(map[string]*kept[T], len(s.Kept))
	for i, k := range t.least {
		k.at, t.byKey[k.Key] = i, k
	}
	heap.Init(&t.least)
	return nil
}

type topState[T any] struct {
	Next    int64      `json:"next"`
	Evicted bool       `json:"evicted,omitempty"`
	Kept    []*kept[T] `json:"kept"`
}

// leastFirst is a heap of keys; no two are equal, so that which is the least does not depend on how it was built.
type leastFirst[T any] []*kept[T]

func (l leastFirst[T]) Len() int { return len(l) }

func (l leastFirst[T]) Less(i, j int) bool {
	a, b := l[i], l[j]
	return cmp.Or(cmp.Compare(a.Weigh+a.Miss, b.Weigh+b.Miss), cmp.Compare(a.All+a.Under, b.All+b.Under), cmp.Compare(a.Seq, b.Seq)) < 0
}

func (l leastFirst[T]) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].at, l[j].at = i, j
}

func (l *leastFirst[T]) Push(x any) {
	k := x.(*kept[T])
	k.at = len(*l)
	*l = append(*l, k)
}

func (l *leastFirst[T]) Pop() any {
	old := *l
	k := old[len(old)-1]
	*l = old[:len(old)-1]
	return k
}

// A best keeps the few highest of a stream; of equal ones those that came first.
type best[T any] []scored[T]

type scored[T any] struct {
	Rank     float64 `json:"r"`
	Position int64   `json:"p"`
	Value    T       `json:"v"`
}

// wants tells whether something of this rank would be among the first most.
func (b best[T]) wants(most int, rank float64) bool {
	return len(b) < most || rank > b[len(b)-1].Rank
}

// put takes something, whose position is above those of all before.
func (b *best[T]) put(most int, rank float64, position int64, value T) {
	i, _ := slices.BinarySearchFunc(*b, rank, func(s scored[T], rank float64) int {
		if s.Rank >= rank {
			return -1
		}
		return 1
	})
	*b = slices.Insert(*b, i, scored[T]{rank, position, value})
	*b = (*b)[:min(len(*b), most)]
}
