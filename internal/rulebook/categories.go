package rulebook

import (
	"slices"
	"strings"
)

// Categories is the taxonomy of products: paths joined by " > ", root first. It is immutable.
type Categories struct {
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
	c := &Categories{rows: make(map[string]CategoryRow, len(rows)), aliases: make(map[string]string, len(aliases)), fold: fold}
	for _, r := range rows {
		c.rows[foldPath(r.Path, fold)] = r
	}
	for alias, path := range aliases {
		c.aliases[fold(alias)] = path
	}
	return c
}

func foldPath(path string, fold func(string) string) string {
	parts := strings.Split(path, ">")
	for i, part := range parts {
		parts[i] = fold(part)
	}
	return strings.Join(parts, pathSeparator)
}

// Find is the place of a category as a submission names it: a path of the taxonomy or of below it, or another
// platform's name. What the book does not know keeps its path where its root is known, else it is not known.
func (c *Categories) Find(name string) Category {
	if name == "" {
		return Category{}
	}
	if path, ok := c.aliases[c.fold(name)]; ok {
		name = path
	}
	return c.inherit(foldPath(name, c.fold))
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
