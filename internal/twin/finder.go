package twin

import (
	"cmp"
	"math/bits"
	"slices"
)

// Bounds of a finder.
const (
	Window   = 1 << 16 // listings a finder keeps for a batch
	MaxTwins = 4       // told of one listing

	bands = 10 // keys of a title
	rows  = 4  // minima in a key
	ways  = 8  // listings in a bucket
)

// A Finder compares each listing to those before it. It is for one goroutine at a time.
type Finder struct {
	kept   []Sketch // a ring; the listing of number n is at n % window
	window uint64
	n      uint64 // listings so far
	held   uint64 // of them, those that are kept
	titles [bands]table
	images table
	near   []uint32 // room for candidates
}

// NewFinder makes a finder that keeps the last window listings, at least one.
func NewFinder(window int) *Finder {
	window = max(window, 1)
	f := &Finder{window: uint64(window), images: newTable(window / 2)}
	for i := range f.titles {
		f.titles[i] = newTable(window / 4)
	}
	return f
}

// Add compares a listing to those kept, then keeps it. Nil: it has no twin.
func (f *Finder) Add(k *Sketch) *Found {
	keys := k.Title.bandKeys()
	twins := f.twins(k, &keys)
	f.keep(k, &keys)
	if len(twins) == 0 {
		return nil
	}
	return &Found{k.ref(), twins}
}

// minTitle is how few words a title is looked up by.
const minTitle = 2

// keep puts a listing in the place of the oldest.
func (f *Finder) keep(k *Sketch, keys *[bands]uint64) {
	number, at := uint32(f.n), int(f.n%f.window)
	for at >= len(f.kept) {
		f.kept = append(f.kept, Sketch{})
	}
	f.kept[at] = *k
	f.n++
	f.held = min(f.held+1, f.window)
	owner := k.owner()
	if k.Title.Size >= minTitle {
		for b, key := range keys {
			f.titles[b].put(key, owner, number)
		}
	}
	for _, key := range k.Images {
		f.images.put(key, owner, number)
	}
}

// owner tells whose listings stand for each other in a bucket.
func (k *Sketch) owner() uint16 {
	h := hash(k.Merchant) ^ bits.RotateLeft64(hash(k.brand), 1)
	if k.Rejected {
		h++
	}
	return uint16(mix(h))
}

// at is the listing of a number; nil once it is forgotten.
func (f *Finder) at(number uint32) *Sketch {
	age := uint64(uint32(f.n) - number)
	if age == 0 || age > f.held {
		return nil
	}
	return &f.kept[(f.n-age)%f.window]
}

// twins are those of a listing that is not kept yet.
func (f *Finder) twins(k *Sketch, keys *[bands]uint64) []Twin {
	f.near = f.near[:0]
	if k.Title.Size >= minTitle {
		for b, key := range keys {
			f.near = f.titles[b].get(key, f.near)
		}
	}
	pictures := slices.DeleteFunc(slices.Clone(k.Images), f.isStock)
	for _, key := range pictures {
		f.near = f.images.get(key, f.near)
	}
	slices.Sort(f.near)
	f.near = slices.Compact(f.near)
	var found []pair
	for _, number := range f.near {
		if o := f.at(number); o != nil {
			if p := compare(k, o, pictures); p.kind != 0 {
				found = append(found, p)
			}
		}
	}
	slices.SortFunc(found, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(b.like, a.like), cmp.Compare(b.images, a.images), cmp.Compare(b.of.Position, a.of.Position))
	})
	var twins []Twin
	for _, p := range found[:min(len(found), MaxTwins)] {
		twins = append(twins, Twin{Kind: p.kind, Ref: p.of.ref(), Like: p.like, Margin: p.margin, Images: p.images, Shared: shared(k.Words, p.of.Words)})
	}
	return twins
}

// stockBrands is under how many brands a picture is no one's: "no image available", a size chart, a seal.
const stockBrands = 6

// isStock reports whether a picture stands under so many brands that it says nothing.
func (f *Finder) isStock(key uint64) bool {
	var brands []string
	for _, number := range f.images.get(key, nil) {
		if o := f.at(number); o != nil && slices.Contains(o.Images, key) && !slices.Contains(brands, o.brand) {
			brands = append(brands, o.brand)
		}
	}
	return len(brands) >= stockBrands
}
