package orders

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// ordinary is a listing as most are.
var ordinary = listing.Submission{ID: "s", Markets: []listing.Market{"US"}, AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
	Merchant: listing.Merchant{ID: "m", LegalName: "Maple Street Trading LLC"},
	Product: listing.Product{Title: "Hillside Trail Running Shoes Men Lightweight Breathable Mesh Sneakers Size 10", Brand: "Hillside",
		Manufacturer: "Hillside Sports Ltd", GTIN: "4006381333931", Category: "Apparel & Accessories > Shoes",
		Description: "Light shoes for trails and roads. The upper is breathable mesh, the sole grips wet stone. Machine washable, five colours."}}

// madeUp is a list of orders: mostly recalls, of brands and models nobody has heard of, of goods that many listings name.
func madeUp(n int) []rulebook.Order {
	rng := rand.New(rand.NewPCG(3, 4))
	goods := []string{"stroller", "helmet", "heater", "table lamp", "shoes", "sneakers", "power bank", "crib", "ladder", "scooter"}
	word := func() string {
		b := make([]byte, 6+rng.IntN(5))
		for i := range b {
			b[i] = "abcdefghijklmnoprstuvw"[rng.IntN(22)]
		}
		return string(b)
	}
	orders := make([]rulebook.Order, n)
	issued := listing.Date{Year: 2024, Month: 1, Day: 2}
	for i := range orders {
		o := rulebook.Order{ID: fmt.Sprintf("o%06d", i), Authority: "A", Number: fmt.Sprint(i), Territories: []string{"US"}, Issued: issued,
			Products: []rulebook.OrderedProduct{{Goods: []string{goods[rng.IntN(len(goods))]}}}}
		switch {
		case i%100 == 0:
			o.Kind, o.Exclusion = rulebook.GeneralExclusion, &rulebook.Exclusion{}
			o.Products = []rulebook.OrderedProduct{{Goods: []string{word() + " " + goods[rng.IntN(len(goods))]}, With: [][]string{{word()}}}}
		case i%100 == 1:
			o.Kind, o.Exclusion, o.Categories = rulebook.LimitedExclusion, &rulebook.Exclusion{Respondents: []string{word() + " Co., Ltd."}}, []string{"Electronics"}
			o.Products[0].Goods = []string{word() + " device"}
		default:
			o.Kind = rulebook.ProductRecall
			o.Recall = &rulebook.Recall{GTINs: []string{fmt.Sprintf("%014d", rng.Int64N(1e13))}, Brands: []string{word()}, Models: []string{fmt.Sprintf("%s-%d", word(), rng.IntN(1000))}}
		}
		orders[i] = o
	}
	return orders
}

// BenchmarkListing compares what the checker costs with folding all texts of the listing once.
func BenchmarkListing(b *testing.B) {
	b.Run("fold", func(b *testing.B) {
		b.ReportAllocs()
		var f text.Folded
		for b.Loop() {
			for _, raw := range ordinary.Texts() {
				f.Fold(raw)
			}
		}
	})
	book := *bookOf(b, `{"id":"x","kind":"recall","authority":"A","territories":["US"],"issued":"2026-01-01","gtins":["4006381333924"]}`)
	for _, n := range []int{0, 30, 1000, 100_000} {
		b.Run(fmt.Sprintf("orders=%d", n), func(b *testing.B) {
			book := book
			book.Orders = madeUp(n)
			plan := alone(b, &book)
			b.ReportAllocs()
			for b.Loop() {
				plan.Run(b.Context(), &ordinary, nil)
			}
		})
	}
}

// alone is the checker of a book without the work of the stage that it requires.
func alone(b *testing.B, book *rulebook.Book) *check.Plan[*listing.Submission] {
	nothing := new(trademark.Result)
	marks := check.NewStage(check.Checker[*listing.Submission]{Name: trademark.Name},
		func(context.Context, *pass) (*trademark.Result, error) { return nothing, nil })
	stage, err := New(book, marks)
	if err != nil {
		b.Fatal(err)
	}
	plan, err := check.NewPlan(marks.Checker, stage.Checker)
	if err != nil {
		b.Fatal(err)
	}
	return plan
}

// BenchmarkLoad is what a list of 100,000 orders costs to read and to compile.
func BenchmarkLoad(b *testing.B) {
	var list strings.Builder
	for _, o := range madeUp(100_000) {
		if o.Recall != nil {
			fmt.Fprintf(&list, `{"id":"%s","kind":"recall","authority":"CPSC","number":"%s","title":"%s","territories":["US"],"issued":"2024-01-02","brands":["%s"],"models":["%s"],"products":[{"lang":"en","goods":["%s"]}],"citation":"CPSA 15 U.S.C. 2064"}`+"\n",
				o.ID, o.Number, o.Recall.Brands[0]+" "+o.Recall.Models[0], o.Recall.Brands[0], o.Recall.Models[0], o.Products[0].Goods[0])
		}
	}
	b.Run("none", func(b *testing.B) {
		for b.Loop() {
			hold(b, bookOf(b, `{"id":"x","kind":"recall","authority":"A","territories":["US"],"issued":"2026-01-01","gtins":["4006381333924"]}`))
		}
	})
	b.Run("many", func(b *testing.B) {
		b.SetBytes(int64(list.Len()))
		for b.Loop() {
			hold(b, bookOf(b, list.String()))
		}
	})
}
