package rulebook

import (
	"iter"
	"slices"
	"strings"
)

// Categories is the taxonomy of products: paths joined by " > ", root first. It is immutable.
type Categories struct {
	exact   map[string]Category    // by path and by other platforms' name, as written in the book
	rows    map[string]CategoryRow // by path, folded
	aliases map[string]string      // other platforms' names, folded, to paths
	fold    func(string) string
}

// A CategoryRow is what the book says of one category. Children inherit what they do not say themselves.
type CategoryRow struct {
	At           Position
	Path         string
	NiceClasses  []int
	CompatibleOK Known
}

// Known is a fact that may be inherited.
type Known uint8

// The three states of such a fact.
const (
	Inherited Known = iota
	Yes
	No
)

// A Category is a product's place in the taxonomy. The zero Category is "not known".
type Category struct {
	Path         string // "" : not known
	NiceClasses  []int  // of the nearest row that says; nil: not known
	CompatibleOK Known  // Inherited: not known
}

const pathSeparator = " > "

// NewCategories builds the taxonomy. fold makes names comparable (letter case, spacing).
func NewCategories(rows []CategoryRow, aliases map[string]string, fold func(string) string) *Categories {
	c := &Categories{exact: make(map[string]Category, len(rows)+len(aliases)), rows: make(map[string]CategoryRow, len(rows)),
		aliases: make(map[string]string, len(aliases)), fold: fold}
	folded := c.foldAll(rows)
	for i, r := range rows {
		c.rows[folded[i]] = r
	}
	for i, r := range rows {
		c.exact[r.Path] = c.inherit(folded[i])
	}
	for alias, path := range aliases {
		c.aliases[fold(alias)] = path
		c.exact[alias] = c.place(path)
	}
	return c
}

// foldAll folds the paths of rows, each part of a path once where rows stand below their parents.
func (c *Categories) foldAll(rows []CategoryRow) []string {
	folded := make([]string, len(rows))
	known := make(map[string]string, len(rows))
	for i, r := range rows {
		above := parent(r.Path)
		if before, ok := known[above]; ok && above != "" {
			folded[i] = before + pathSeparator + c.fold(r.Path[len(above)+len(pathSeparator):])
		} else {
			folded[i] = foldPath(r.Path, c.fold)
		}
		known[r.Path] = folded[i]
	}
	return folded
}

func foldPath(path string, fold func(string) string) string {
	parts := strings.Split(path, ">")
	for i, part := range parts {
		parts[i] = fold(part)
	}
	return strings.Join(parts, pathSeparator)
}

// Find is the place of a category as a submission names it: a path of the taxonomy or of below it, or another
// platform's name. What the book does not know keeps its path where its root is known, else it is not known. Spelled as in
// the book it costs one look-up.
func (c *Categories) Find(name string) Category {
	if found, ok := c.exact[name]; ok || name == "" {
		return found
	}
	if path, ok := c.aliases[c.fold(name)]; ok {
		return c.place(path)
	}
	return c.place(name)
}

// place is the place of a path, which need not be a row.
func (c *Categories) place(path string) Category {
	if found, ok := c.exact[path]; ok {
		return found
	}
	return c.inherit(foldPath(path, c.fold))
}

// inherit collects what path and its ancestors say, nearest first.
func (c *Categories) inherit(path string) Category {
	var found Category
	for rest := path; rest != ""; rest = parent(rest) {
		row, ok := c.rows[rest]
		if !ok {
			continue
		}
		if found.Path == "" {
			found.Path = row.Path + path[len(rest):]
		}
		if found.NiceClasses == nil {
			found.NiceClasses = row.NiceClasses
		}
		if found.CompatibleOK == Inherited {
			found.CompatibleOK = row.CompatibleOK
		}
	}
	return found
}

func parent(path string) string {
	i := strings.LastIndex(path, pathSeparator)
	return path[:max(i, 0)]
}

// Names yields every name that the book gives a category, its own paths and other platforms' names, with the path, in no
// order.
func (c *Categories) Names() iter.Seq2[string, string] {
	return func(yield func(name, path string) bool) {
		for name, category := range c.exact {
			if !yield(name, category.Path) {
				return
			}
		}
	}
}

// Under reports whether the category is one of roots or below one. A category that is not known is under all of them.
func (c Category) Under(roots []string) bool {
	if c.Path == "" || len(roots) == 0 {
		return true
	}
	return slices.ContainsFunc(roots, func(root string) bool {
		return c.Path == root || strings.HasPrefix(c.Path, root+pathSeparator)
	})
}

// Parent is the category above; not known above a root.
func (c Category) Parent() Category {
	return Category{Path: parent(c.Path), NiceClasses: c.NiceClasses, CompatibleOK: c.CompatibleOK}
}
