package trademark_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// testBook is the wording and the decisions of the embedded rulebook over the few marks and categories of testdata/book.
var testBook = sync.OnceValues(func() (*rulebook.Book, error) {
	files := make(fstest.MapFS)
	for _, dir := range []fs.FS{embedded.FS(), os.DirFS("testdata/book")} {
		own := dir != embedded.FS()
		err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !own && !shared(name) {
				return err
			}
			data, err := fs.ReadFile(dir, name)
			if name == "wording.yaml" {
				data = withoutStrangers(data)
			}
			files[name] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return rulebook.Load(files)
})

// withoutStrangers takes the lists of the wording away that speak of marks which the test book does not have.
func withoutStrangers(wording []byte) []byte {
	marks, err := os.ReadFile("testdata/book/marks.jsonl")
	if err != nil {
		return wording
	}
	const listStart = "\n  - kind:"
	lists := strings.Split(string(wording), listStart)
	return []byte(strings.Join(slices.DeleteFunc(lists, func(list string) bool {
		_, ids, speaks := strings.Cut(list, "\n    marks: [")
		ids, _, _ = strings.Cut(ids, "]")
		return speaks && !bytes.Contains(marks, []byte(`"id": "`+ids+`"`))
	}), listStart))
}

// shared reports whether a file of the embedded book is one of the test book: others speak of marks and categories that it has not.
func shared(name string) bool {
	return path.Ext(name) == ".yaml" && !strings.Contains(name, "/") && name != "gates.yaml" && name != "requirements.yaml"
}

type stage = check.Stage[*listing.Submission, *trademark.Result]

func newStage(t testing.TB) *stage {
	t.Helper()
	book, err := testBook()
	if err != nil {
		t.Fatal(err)
	}
	s, err := trademark.New(book)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs the stage alone on a submission.
func run(t testing.TB, s *stage, sub *listing.Submission) (*trademark.Result, *check.Report) {
	t.Helper()
	plan, err := check.NewPlan(s.Checker)
	if err != nil {
		t.Fatal(err)
	}
	report := plan.Run(t.Context(), sub, nil)
	if o := report.Outcomes[0]; o.Err != nil {
		t.Fatal(o.Err)
	}
	return s.In(report), report
}
