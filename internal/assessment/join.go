package assessment

import (
	"cmp"
	"slices"
	"time"

	"github.com/assay-project/assay/internal/listing"
)

// join is the least paper that does where either of two of one form does: for the territories, classes and goods of both,
// from the earlier start to the later end. It does not matter in which order papers are joined.
func join(a, b listing.Document) listing.Document {
	a.Territories = union(a.Territories, b.Territories)
	a.NiceClasses = union(a.NiceClasses, b.NiceClasses)
	a.Categories = union(a.Categories, b.Categories)
	a.GTINs = few(union(a.GTINs, b.GTINs))
	a.Models = few(union(a.Models, b.Models))
	a.Lines = joinLines(a.Lines, b.Lines)
	a.Effective = joinValidity(a.Effective, b.Effective)
	a.IssuedOn = earlier(a.IssuedOn, b.IssuedOn)
	return a
}

// union is both lists, sorted. An empty one says "all", and so does what comes of it.
func union[T cmp.Ordered](a, b []T) []T {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// joinLines has a line for each product, for the greater of the quantities: what one listing has in stock.
func joinLines(a, b []listing.InvoiceLine) []listing.InvoiceLine {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, func(x, y listing.InvoiceLine) int {
		return cmp.Or(cmp.Compare(x.GTIN, y.GTIN), cmp.Compare(x.Brand, y.Brand), cmp.Compare(x.Description, y.Description), cmp.Compare(y.Quantity, x.Quantity))
	})
	return slices.CompactFunc(all, func(x, y listing.InvoiceLine) bool {
		return x.GTIN == y.GTIN && x.Brand == y.Brand && x.Description == y.Description
	})
}

// maxNamed is how many products a paper names at most, by the contract.
const maxNamed = 1_000

func few(sorted []string) []string { return sorted[:min(len(sorted), maxNamed)] }

func joinValidity(a, b listing.Validity) listing.Validity {
	v := listing.Validity{Start: earlier(a.Start, b.Start), Perpetual: a.Perpetual || b.Perpetual}
	if !v.Perpetual {
		v.End = later(a.End, b.End)
	}
	return v
}

// earlier is the earlier of two bounds; one that is absent asks for nothing.
func earlier(a, b listing.Bound) listing.Bound {
	if a.State == listing.Absent || b.State != listing.Absent && compareBounds(b, a) < 0 {
		return b
	}
	return a
}

func later(a, b listing.Bound) listing.Bound {
	if a.State == listing.Absent || b.State != listing.Absent && compareBounds(b, a) > 0 {
		return b
	}
	return a
}

func compareBounds(a, b listing.Bound) int {
	at := func(x listing.Bound) time.Time {
		if x.State == listing.Day {
			return x.Date.Start(time.UTC)
		}
		return x.Time
	}
	return cmp.Or(at(a).Compare(at(b)), cmp.Compare(a.State, b.State))
}
