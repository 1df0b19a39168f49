// Package rulebook reads policy: a directory of files becomes a [Book], or everything that is wrong with it.
//
// A rulebook is all policy data of one version: what each finding code means (the decision table), the marks, the wording
// that shows how a mark is used, which marks need which papers, price baselines and thresholds, the taxonomy of products,
// and the book's own tests. Checkers are built from a book and hold no policy themselves.
//
// # The directory
//
//	rulebook.yaml          label, failure policies of checkers, time zones of markets
//	decisions.yaml         what every code, and variant of one, means; what findings mean together
//	wording.yaml           phrases, by kind and language
//	gates.yaml             which marks need papers, where
//	packs.yaml             which papers satisfy a gate
//	prices.yaml            when a price stands out; currencies of markets
//	tests/*.yaml           submissions and what must come of them
//	marks.jsonl            one mark per line
//	words.tsv              ordinary words and how often they were seen
//	categories.csv         the taxonomy, with Nice classes
//	category_aliases.csv   other platforms' names of categories
//	baselines.csv          what products usually cost
//	baselines.bin          the same in the form it is looked up in, for many; beside baselines.csv or in its place
//	rates.csv              what a euro was worth in other currencies, by day; need not be there
//	rules.yaml             rules as data; need not be there
//
// The schema of the YAML files, with their limits, is proto/assay/rulebook/v1; marks.go, table.go, taxonomy.go and
// baselines.go have the fields of the others. All other files are needed, none may be empty; README.md and LICENSE* may be
// there. Any other name is refused, for a misspelt gates.yaml would otherwise gate nothing. Names that begin with a dot
// are left to other programs (.git), and Go files to a package that embeds the directory.
//
// Absence never means "allowed". An empty list is an error, as it says neither "none" nor "all"; so is a field without a
// value. What is not known of a mark is left out, and what is not known is not held against anybody.
//
// # Trust
//
// Somebody edits these files by hand, late, before a holiday. So everything is strict: fields given twice, anchors, tags,
// second documents, unknown fields, names that nothing defines, codes without a base row, packs that extend each other in
// circles, tiers that contradict themselves or that nothing reaches, markets that are no country. And everything is told at once: [Load]'s error is a
// list of [Problem], each with file and line. Where a file cannot be read, what refers to its names is left in peace.
//
// The files may also be somebody's attack. Sizes, counts, depths and lengths of lines are bounded, links and other
// special files in the directory are not followed, and no content decides how much work is done, but for its length. The
// directory itself may be a link, or hold the link ..data by which Kubernetes swaps a mounted volume: [OpenDir] holds on
// to what it leads to, so that a swap while files are read mixes nothing.
//
// Text is UTF-8 without byte order mark; lines end with LF or CRLF.
//
// # Identity
//
// [Book.Digest] is the SHA-256 over all files, documentation too: two books with one digest are the same bytes, whatever
// the order of the directory and the times of the files. It is what `sha256sum` prints for its own output over the
// sorted file names, so anybody can check it; [Book.Lists] has the parts. Every verdict names it.
//
// A book is immutable. To change policy, load another and swap it whole.
package rulebook
