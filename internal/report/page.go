package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/twin"
)

//go:embed page
var files embed.FS

// A Run is what the page says of the run besides its results.
type Run struct {
	Files   []string                     // that were read
	Book    *assayv1.GetRulebookResponse // in force
	Version string                       // of this program
	Broken  error                        // why the run ended early; nil: it did not
	Twins   *twin.Summary                // listings that are near copies of others; nil: nobody looked

	// Of an assessment: the merchant, and the verdict on them, which also says what to ask for.
	Merchant *assayv1.Merchant
	Verdict  *assayv1.MerchantVerdict
}

// A page is everything that the template shows.
type page struct {
	Policy               string
	Style                template.CSS
	Charts, Script       template.JS
	Run                  Run
	Files                []string
	FilesMore            int
	Counts, Untold       counts
	Merchant             *merchantView // nil: the run is about listings alone
	Rests                rests
	Book                 book
	Lists                []*assayv1.RulebookList
	Checkers             []checkerView
	Codes                []codeView
	Names                []namesView
	Queue                []exampleView
	Low, High            []priceView
	Judged               int64
	Marks                []markView
	MarksKept            int
	MarksMissed          string
	Papers               papersView
	Twins                *twinsView
	Asks                 []askView
	AsksLeft             int
	AsksMissed           string
	Failures             []failure
	FailureKinds         []reason
	AllMarkets, AllCodes []whyView // that the filters offer
	Limits               limits
}

// limits are the bounds that the page names.
type limits struct{ Names, Shown, Marks, Papers, Asks, Queue, Failures, Prices int }

// maxFiles is how many names of files are shown.
const maxFiles = 12

// Write writes the page. The same results and the same run give the same bytes.
func (r *Report) Write(w io.Writer, run Run) error {
	layout, err := template.New("page.html").Funcs(functions).ParseFS(files, "page/page.html", "page/sections.html")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	p := r.page(run)
	style, script, charts := asset("page.css"), asset("page.js"), asset("chart.umd.min.js")
	p.Style, p.Script, p.Charts = template.CSS(style), template.JS(script), template.JS(charts)
	p.Policy = fmt.Sprintf("default-src 'none'; script-src %s %s; style-src %s; base-uri 'none'; form-action 'none'", digest(charts), digest(script), digest(style))
	var text bytes.Buffer
	if err := layout.Execute(&text, p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = text.WriteTo(w)
	return err
}

// page puts together what the template shows.
func (r *Report) page(run Run) *page {
	s, titles := &r.s, newTitles(run.Book)
	p := &page{Run: run, Counts: s.Counts, Untold: s.Untold, Merchant: merchantOf(run, titles), Rests: s.Rests, Lists: run.Book.GetLists(), Checkers: s.Rests.checkers(), Codes: s.Codes.view(titles),
		Low: pricesView(s.Prices.Low, titles), High: pricesView(s.Prices.High, titles), Judged: s.Prices.Judged,
		Marks: r.marksView(titles), MarksKept: len(s.Marks.least), MarksMissed: s.Marks.bound(shownMarks, "listings"),
		Twins: twinsViewOf(run.Twins, titles), Papers: s.Papers.view(s.Rests.To), AsksMissed: s.Asks.bound(shownAsks, "listings"),
		Failures: s.Failures.First, FailureKinds: s.Failures.kinds(),
		Limits: limits{keptNames, shownNames, keptMarks, keptPapers, keptAsks, keptQueue, keptFailures, keptPrices}}
	p.Book = book{Label: run.Book.GetRulebook().GetLabel(), SHA256: run.Book.GetRulebook().GetSha256()}
	p.Files, p.FilesMore = run.Files[:min(maxFiles, len(run.Files))], max(0, len(run.Files)-maxFiles)
	p.Asks, p.AsksLeft = r.asksView()
	if run.Verdict != nil {
		p.Asks, p.AsksLeft, p.AsksMissed = requestsView(run), int(run.Verdict.GetRequestsLeftOut()), ""
	}
	p.Names = []namesView{
		s.Merchants.view("merchants", "By merchant", "Merchant", titles),
		s.Brands.view("brands", "By brand", "Brand", titles),
		s.Categories.view("categories", "By category", "Category", titles),
		s.Markets.view("markets", "By market", "Market", titles),
	}
	for _, e := range s.Queue {
		p.Queue = append(p.Queue, e.Value.view(titles))
	}
	p.offer()
	return p
}

// offer fills the lists of the filters.
func (p *page) offer() {
	for _, c := range p.Codes {
		if len(c.Examples) > 0 {
			p.AllCodes = append(p.AllCodes, whyView{Code: c.Key, Title: c.Title, N: c.Listings})
		}
	}
	for _, row := range p.Names[len(p.Names)-1].Rows {
		p.AllMarkets = append(p.AllMarkets, whyView{Code: row.Key, N: row.Counts.all()})
	}
}

// asset is a file of the page as it stands between its tags.
func asset(name string) string {
	text, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it was there when this program was built
	}
	code, _, _ := strings.Cut(string(text), "\n//# sourceMappingURL=") // a file that is not here
	return code
}

// digest is how a content security policy names a text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// functions are those of the templates.
var functions = template.FuncMap{
	"visible":  visible,
	"plain":    plain,
	"number":   numberOf,
	"share":    share,
	"of":       func(c counts, o int) int64 { return c[o] },
	"all":      counts.all,
	"held":     counts.held,
	"bar":      bar,
	"permille": permille,
	"day":      func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") },
	"join":     strings.Join,
	"classes": func(classes []int32) string {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(classes), " ", ", "), "[]")
	},
	"outcome": outcome.String,
}

// A segment is a part of a bar, in per cent of it.
type segment struct {
	Outcome     outcome
	Start, Size string
}

// bar are the segments of a bar of counts.
func bar(c counts) (segments []segment) {
	at, all := 0.0, float64(c.all())
	for o, n := range c {
		if n > 0 {
			size := 100 * float64(n) / all
			segments = append(segments, segment{outcome(o), fmt.Sprintf("%.3f", at), fmt.Sprintf("%.3f", size)})
			at += size
		}
	}
	return segments
}

// numberOf is number of whatever a template counts with.
func numberOf(n any) string {
	if i, short := n.(int); short {
		return number(int64(i))
	}
	return number(n.(int64))
}

// permille is the share of held listings, to sort by.
func permille(c counts) int64 { return 1000 * c.held() / max(1, c.all()) }
