package main

import (
	"bufio"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// titles are ours: a file for each slice, a title a line: language | title | brand | category | mark ROLE, mark ROLE.
// What stands last is what the title names; any other mark must not be found in it, or found harmless.
//
//go:embed titles/*.txt
var titles embed.FS

// A row is one listing.
type row struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Brand    string `json:"brand"`
	Market   string `json:"market"`
	Category string `json:"category"`
}

func (r row) submission() *listing.Submission {
	s := &listing.Submission{ID: r.ID, Product: listing.Product{Title: r.Title, Brand: r.Brand, Category: r.Category}}
	if r.Market != "" {
		s.Markets = []listing.Market{listing.Market(r.Market)}
	}
	return s
}

// A labelled is a title with the marks that it names.
type labelled struct {
	row
	lang  string
	wants []want
}

// A want is a mark that a title names, and its role.
type want struct {
	mark string
	role check.Role
}

// marketOf is where titles of a language are offered.
var marketOf = map[string]string{"en": "US", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "pt": "PT", "nl": "NL", "pl": "PL",
	"ru": "KZ", "tr": "TR", "ar": "AE", "zh": "CN", "zh-Hant": "TW", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "id": "ID",
	"sv": "SE", "cs": "CZ"}

// readTitles reads the titles of every slice.
func readTitles(files fs.FS) (map[string][]labelled, error) {
	names, err := fs.Glob(files, "titles/*.txt")
	if err != nil {
		return nil, err
	}
	all := make(map[string][]labelled)
	for _, name := range names {
		slice := strings.TrimSuffix(path.Base(name), ".txt")
		if all[slice], err = readSlice(files, name, slice); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readSlice(files fs.FS, name, slice string) ([]labelled, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []labelled
	scan := bufio.NewScanner(f)
	for line := 1; scan.Scan(); line++ {
		if text := scan.Text(); text != "" && !strings.HasPrefix(text, "#") {
			l, err := parseTitle(text)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, line, err)
			}
			l.ID = fmt.Sprintf("%s:%d", slice, line)
			all = append(all, l)
		}
	}
	return all, scan.Err()
}

func parseTitle(line string) (labelled, error) {
	cells := strings.Split(line, " | ")
	if len(cells) < 2 || len(cells) > 5 || marketOf[cells[0]] == "" {
		return labelled{}, fmt.Errorf("%q: want language | title | brand | category | marks", line)
	}
	cells = append(cells, "", "", "")
	l := labelled{lang: cells[0], row: row{Market: marketOf[cells[0]], Title: cells[1], Brand: cells[2], Category: cells[3]}}
	for w := range strings.SplitSeq(cells[4], ", ") {
		if w == "" {
			break
		}
		mark, role, _ := strings.Cut(w, " ")
		r, ok := roleOf(role)
		if !ok {
			return labelled{}, fmt.Errorf("%q: no role is called %q", line, role)
		}
		l.wants = append(l.wants, want{mark, r})
	}
	return l, nil
}

func roleOf(name string) (check.Role, bool) {
	for role, n := range roleNames {
		if n == name {
			return role, true
		}
	}
	return 0, false
}

// own runs the stage over the titles of this package.
func (b *board) own(ctx context.Context) error {
	all, err := readTitles(titles)
	if err != nil {
		return err
	}
	for _, slice := range slices.Sorted(maps.Keys(all)) {
		for _, l := range all[slice] {
			for _, w := range l.wants {
				if !b.marks[w.mark] {
					return fmt.Errorf("%s: the rulebook has no mark %q", l.ID, w.mark)
				}
			}
			report := b.run(ctx, l.row)
			b.judge(slice, l, report)
			if slice == "ordinary" && len(b.stage.In(report).Mentions) == 0 {
				b.unmarked = append(b.unmarked, l.Title)
			}
		}
	}
	return nil
}

// judge counts a title of a slice.
func (b *board) judge(slice string, l labelled, report *check.Report) {
	s := b.slice(slice)
	s.ours = true
	s.rows++
	for _, w := range l.wants {
		s.wanted++
		if got, found := b.roleIn(report, w.mark); found && got == w.role {
			s.found++
		} else {
			b.worst.add(missedRow, slice, l.row, fmt.Sprintf("%s should be %s, is %s", w.mark, roleNames[w.role], said(got, found)))
		}
	}
	wrong := b.wrong(report, l.wants)
	if len(wrong) > 0 {
		s.named++
		b.worst.add(namedRow, slice, l.row, strings.Join(wrong, "; "))
	}
	if len(l.wants) == 0 && b.asksForPerson(report) {
		s.stopped++
		b.worst.add(stoppedRow, slice, l.row, strings.Join(codesOf(report), " "))
	}
}

func said(role check.Role, found bool) string {
	if !found {
		return "not mentioned"
	}
	return roleNames[role]
}

// wrong are the marks that a title is held to name and does not.
func (b *board) wrong(report *check.Report, wants []want) []string {
	var wrong []string
	for _, m := range b.stage.In(report).Mentions {
		if !harmless(m.Role) && !slices.ContainsFunc(wants, func(w want) bool { return w.mark == m.MarkID }) {
			wrong = append(wrong, m.MarkID+" "+roleNames[m.Role]+" "+m.Reason)
		}
	}
	return wrong
}

// harmless reports whether a role says that no mark is meant here.
func harmless(r check.Role) bool {
	return r == check.Descriptive || r == check.OtherClass || r == check.OtherTerritory
}

func (b *board) roleIn(report *check.Report, mark string) (check.Role, bool) {
	for _, m := range b.stage.In(report).Mentions {
		if m.MarkID == mark {
			return m.Role, true
		}
	}
	return 0, false
}
