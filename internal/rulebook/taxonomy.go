package rulebook

import (
	"strconv"
	"strings"
)

// parseCategories reads categories.csv.
func parseCategories(s *source) part {
	t := openTable(s, "category", "nice_classes", "compatible_ok", "gated_hint")
	var rows []CategoryRow
	for t.next() {
		rows = append(rows, t.category())
	}
	return func(d *draft) {
		for _, r := range rows {
			d.define(categoryName, r.Path, r.At)
		}
		d.categories = rows
	}
}

func (t *table) category() CategoryRow {
	r := CategoryRow{At: t.at(), Path: t.row[0], CompatibleOK: t.known(2)}
	t.known(3) // gated_hint is for people who write gates; here it must only be well formed
	if !isPath(r.Path) {
		t.wrong(0, `a path, root first, joined by " > "`)
	}
	for class := range strings.SplitSeq(t.row[1], "|") {
		if t.row[1] == "" {
			break
		}
		n, err := strconv.Atoi(class)
		if err != nil {
			t.wrong(1, "Nice classes, separated by |")
			break
		}
		r.NiceClasses = append(r.NiceClasses, n)
	}
	t.classes(t.line, r.NiceClasses)
	return r
}

func isPath(path string) bool {
	if path == "" || len(path) > 1024 {
		return false
	}
	for part := range strings.SplitSeq(path, pathSeparator) {
		if part == "" || strings.TrimSpace(part) != part || strings.Contains(part, ">") || foldsAway(part) {
			return false
		}
	}
	return true
}

// known is a cell that holds yes or no, or is empty.
func (t *table) known(column int) Known {
	switch t.row[column] {
	case "":
		return Inherited
	case "yes", "true":
		return Yes
	case "no", "false":
		return No
	}
	t.wrong(column, "yes, no or nothing")
	return Inherited
}

// parseCategoryAliases reads category_aliases.csv.
func parseCategoryAliases(s *source) part {
	t := openTable(s, "alias", "category")
	aliases := make(map[string]string)
	lines := make(map[string]int)
	var references []reference
	for t.next() {
		alias := t.row[0]
		if foldsAway(alias) {
			t.wrong(0, "a name")
		}
		if first := lines[alias]; first > 0 {
			t.refuse(t.line, 0, "the alias %q is already given in line %d", alias, first)
		}
		lines[alias], aliases[alias] = t.line, t.row[1]
		references = append(references, reference{t.at(), categoryName, t.row[1]})
	}
	return func(d *draft) {
		d.aliases = aliases
		d.references = append(d.references, references...)
	}
}
