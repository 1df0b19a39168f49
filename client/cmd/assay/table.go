package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/report"
)

// A tablePrinter prints results for people: the decision, the listing with the words that matter, and why. It prints row by
// row, so that a table of any length needs the memory of one row; the columns are therefore as wide as the screen
// says and not as their content would like.
type tablePrinter struct {
	out     io.Writer
	paint   painter
	titles  map[titleKey]string
	widths  [3]int
	started bool
}

const (
	decisionWidth = len("APPROVE")
	columnGap     = 2
)

func newTablePrinter(out io.Writer, s screen, book *assayv1.GetRulebookResponse) *tablePrinter {
	room := s.width() - decisionWidth - 2*columnGap
	listing := room * 2 / 5
	return &tablePrinter{
		out:    out,
		paint:  painter{s.color},
		titles: findingTitles(book),
		widths: [3]int{decisionWidth, listing, room - listing},
	}
}

func (t *tablePrinter) print(e catalogue.Entry, r *assayv1.CheckResult) error {
	if !t.started {
		t.started = true
		if err := t.row(t.paint.in(bold, "VERDICT"), t.paint.in(bold, "LISTING"), t.paint.in(bold, "WHY, AND WHAT TO DO")); err != nil {
			return err
		}
	}
	if failed := r.GetError(); failed != nil {
		return t.row(t.paint.in(magenta+";1", "ERROR"), t.listing(e, nil), printable(strings.TrimPrefix(failed.GetMessage(), e.Place()+": ")))
	}
	v := r.GetVerdict()
	return t.row(t.paint.in(paintOf(v.GetDecision())+";1", name(v.GetDecision().String(), "DECISION_")), t.listing(e, v), t.why(v))
}

func (t *tablePrinter) end(n *tally) error {
	width := t.widths[0] + t.widths[1] + t.widths[2] + 2*columnGap
	_, err := fmt.Fprintln(t.out, wrap(summary(n, t.paint), width))
	return err
}

// row prints one row and an empty line after it.
func (t *tablePrinter) row(cells ...string) error {
	w := table.NewWriter()
	w.SetStyle(table.Style{Box: table.BoxStyle{PaddingRight: strings.Repeat(" ", columnGap)}})
	w.SuppressTrailingSpaces()
	var configs []table.ColumnConfig
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = wrap(cell, t.widths[i])
		configs = append(configs, table.ColumnConfig{Number: i + 1, WidthMin: t.widths[i], WidthMax: t.widths[i]})
	}
	w.SetColumnConfigs(configs)
	w.AppendRow(row)
	_, err := io.WriteString(t.out, w.Render()+"\n\n")
	return err
}

// listing shows what was submitted: the title with the words that matter, and a line of facts.
func (t *tablePrinter) listing(e catalogue.Entry, v *assayv1.Verdict) string {
	if v == nil {
		return strings.TrimSpace(printable(e.Place()) + "\n" + t.paint.in(dim, printable(short(e.Submission.GetSubmissionId()))))
	}
	p := e.Submission.GetProduct()
	title := t.paint.highlight(p.GetTitle(), titleSpans(v))
	if title == "" {
		title = t.paint.in(dim, "(no title)")
	}
	facts := []string{short(strings.Join(e.Submission.GetMarkets(), " "))}
	if p.GetPrice() != nil {
		facts = append(facts, amount(p.GetPrice()))
	}
	facts = append(facts, short(e.Submission.GetSubmissionId()))
	return title + "\n" + t.paint.in(dim, printable(strings.Join(facts, " · ")))
}

// short cuts a fact to what a line can hold.
func short(s string) string {
	if len(s) <= 64 {
		return s
	}
	return s[:edge(s, 60)] + " …"
}

// why shows the findings: those that led to the decision in full, the others in a line each.
func (t *tablePrinter) why(v *assayv1.Verdict) string {
	var lines []string
	if markets := differing(v); markets != "" {
		lines = append(lines, markets)
	}
	decisive := report.Decisive(v)
	asked := map[string]bool{}
	for _, f := range v.GetFindings() {
		if decisive[f.GetFindingId()] {
			lines = append(lines, t.decisive(f, asked)...)
		}
	}
	for _, f := range v.GetFindings() {
		if decisive[f.GetFindingId()] {
			continue
		}
		lines = append(lines, t.paint.in(dim, t.aside(f)))
		if plot := t.plot(f, cyan); plot != "" && f.GetSeverity() > assayv1.Severity_SEVERITY_INFO {
			lines = append(lines, t.paint.in(dim, printable(f.GetMessage())), plot)
		}
	}
	for _, m := range mentionsAside(v) {
		lines = append(lines, t.paint.in(dim, m))
	}
	if len(lines) == 0 {
		return t.paint.in(dim, "nothing found")
	}
	return strings.Join(lines, "\n")
}

// decisive tells of a finding that stands in the way: what it is, which words, why, and what to do, unless that was asked
// for already.
func (t *tablePrinter) decisive(f *assayv1.Finding, asked map[string]bool) []string {
	how := paintOf(f.GetEffect())
	head := t.paint.in(how+";1", t.title(f))
	if words := words(f); words != "" {
		head += ": " + words
	}
	lines := []string{head}
	if message := printable(f.GetMessage()); message != "" {
		lines = append(lines, message)
	}
	if plot := t.plot(f, how); plot != "" {
		lines = append(lines, plot)
	}
	if todo := printable(todo(f)); todo != "" && !asked[todo] {
		asked[todo] = true
		lines = append(lines, t.paint.in(cyan, "→ "+todo))
	}
	return lines
}

// aside tells of a finding that decides nothing.
func (t *tablePrinter) aside(f *assayv1.Finding) string {
	line := t.title(f)
	if len(f.GetMitigatedBy()) > 0 {
		line = "excused: " + line
	}
	if words := words(f); words != "" {
		line += ": " + words
	}
	return line
}

func (t *tablePrinter) title(f *assayv1.Finding) string {
	for _, key := range []titleKey{{f.GetCode(), f.GetVariant()}, {f.GetCode(), ""}} {
		if title := t.titles[key]; title != "" {
			return printable(title)
		}
	}
	return printable(strings.ToLower(strings.ReplaceAll(f.GetCode(), "_", " ")))
}
