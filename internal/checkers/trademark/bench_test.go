package trademark_test

import (
	"testing"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// ordinary is a listing as most are: no mark, no wording, about 700 bytes.
func ordinary() *listing.Submission {
	s := titled("Wooden picture frame for wall or table, 20 x 30 cm, with real glass and passe-partout, oak, set of two pieces")
	s.Product.Brand = "Holzwerk Tannberg"
	s.Product.Category = "Home & Garden"
	s.Product.Description = "A plain frame of solid oak with a glass front. The back opens with four small turning clips, so that a picture is " +
		"changed in a moment. Two hangers let it hang upright or lengthwise, and the folding stand at the back makes it fit for a shelf. " +
		"The wood is oiled and not lacquered; small differences of grain are natural and no fault. Delivered in a padded carton. " +
		"Measures without the rim: twenty by thirty centimetres. Weight with glass: seven hundred grams. Clean with a dry cloth only."
	return s
}

// benchmark runs the stage alone, with the embedded rulebook.
func benchmark(b *testing.B, sub *listing.Submission) {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		b.Fatal(err)
	}
	stage, err := trademark.New(book)
	if err != nil {
		b.Fatal(err)
	}
	plan, err := check.NewPlan(stage.Checker)
	if err != nil {
		b.Fatal(err)
	}
	bytes := 0
	for _, text := range sub.Texts() {
		bytes += len(text)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		plan.Run(b.Context(), sub, nil)
	}
}

func BenchmarkOrdinary(b *testing.B) { benchmark(b, ordinary()) }

func BenchmarkTitleOnly(b *testing.B) {
	benchmark(b, titled("Wooden picture frame for wall or table, 20 x 30 cm, with real glass, oak"))
}

func BenchmarkBranded(b *testing.B) {
	s := ordinary()
	s.Product.Title, s.Product.Brand = "Huawei P30 128 GB smart phone black", "Huawei"
	benchmark(b, s)
}

func BenchmarkFlagged(b *testing.B) {
	benchmark(b, titled("N1ke Air Max replica 1:1 compatible with iPhone 15"))
}

// An empty plan tells what the run itself costs.
func BenchmarkEmptyPlan(b *testing.B) {
	plan, err := check.NewPlan[*listing.Submission]()
	if err != nil {
		b.Fatal(err)
	}
	sub := ordinary()
	b.ReportAllocs()
	for b.Loop() {
		plan.Run(b.Context(), sub, nil)
	}
}
