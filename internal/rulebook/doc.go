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
//	marks.bin              marks by the million, as assayd marks build makes it; beside marks.jsonl or in its place
//	words.tsv              ordinary words and how often they were seen
//	dictionary.txt         more words that are never taken for misspelt marks, sorted; need not be there
//	categories.csv         the taxonomy, with Nice classes
//	category_aliases.csv   other platforms' names of categories
//	baselines.csv          what products usually cost
//	baselines.bin          the same in the form it is looked up in, for many; beside baselines.csv or in its place
//	rates.csv              what a euro was worth in other currencies, by day; need not be there
//	rules.yaml             rules as data; need not be there
//	orders.jsonl           import bans and recalls, one per line; need not be there
//	merchants.yaml         what is asked of merchants, and what about them stands out; need not be there
//	requirements.yaml      papers that kinds of goods need by market, whatever their brand; need not be there
//
// The schema of the YAML files, with their limits, is proto/assay/rulebook/v1; marks.go, table.go, taxonomy.go and
// baselines.go have the fields of the others. All other files are needed, none may be empty; README.md and LICENSE* may be
// there. Any other name is refused, for a misspelt gates.yaml would otherwise gate nothing. Names that begin with a dot
// are left to other programs (.git), and Go files to a package that embeds the directory.
//
// # Marks by the million
//
// marks.bin is a register of marks, [Register]: records and a ready index of their names. marks.jsonl lies over it: a row with
// the id of a mark there replaces it, and one with the status "withdrawn" (and nothing else but the id) takes it out, so that a
// correction does not need the register to be built again. Nobody can see in a verdict which marks stand in which file.
//
// The register knows nothing of the rest of the book: words.tsv, gates.yaml and wording.yaml take part when the book is loaded,
// and may change without it. Marks that a gate names, and famous ones, are indexed with marks.jsonl at that time, which costs some
// microseconds each: a few thousand are no matter, a million are.
//
// A list for assayd marks build has the fields of marks.jsonl, as JSON Lines or as CSV with a header (any order, id and text
// needed; items of a list between bars, an empty cell is not known; UTF-8, a row of at most 1 MiB):
//
//	id                   at most 1,024 bytes, each once
//	text                 at most 256 bytes; something of it must be left when it is folded
//	aliases              kind:language:text with a kind of transliteration, abbreviation, spelling, nickname and a language or
//	                     script (BCP 47: zh, sr-Latn, und-Cyrl) or nothing; with models at most 256
//	models               product lines that stand for the mark
//	holder, office, registration_number, sources   at most 1,024 bytes each
//	holder_country       ISO 3166-1, two letters
//	territories          the same, or EU, or WORLD; none: everywhere
//	nice_classes         1 to 45; none: all goods
//	status               registered, pending, dead; none counts as registered
//	registered_on        first day of protection, YYYY-MM-DD, as days are counted in the market
//	expires_on           the last one: from the day after, the mark is TM_MARK_NOT_LIVE; none: it does not expire
//	dictionary_word, personal_name, famous   true or false; none: false
//	home_categories      paths of categories.csv
//	company_prefixes     GS1, 4 to 12 digits
//	policy               exact, disguised, fuzzy; none: fuzzy
//
// # Orders
//
// orders.jsonl holds import bans and recalls, 100,000 if need be. Each row is an object; what is not known is left out and limits
// nothing:
//
//	id, authority        needed; an id once
//	kind                 general_exclusion, limited_exclusion, cease_and_desist, recall, withdrawal, seizure
//	number, title        as published
//	territories          needed: ISO codes, EU, WORLD
//	issued               needed, YYYY-MM-DD, as days are counted in the market, like all that follow
//	begins, expires      the first day in force (none: issued) and the last (none: for ever)
//	rescinded            from this day on it does nothing
//	suspended_from, suspended_until   both inclusive; no end: until further notice
//	products             by which words goods are known, any of them: {"lang", "goods": [...], "with": [[...], ...]}. One of goods must
//	                     stand in the title and one of each list of with in any text
//	categories           paths of categories.csv; goods of another known category are not meant
//	citation, sources    what a person would look up
//
// Exclusion orders and orders to cease and desist have products, and may have rights ({"kind", "number", "office"}; kinds: patent,
// design_patent, trademark, copyright, trade_secret, unfair_competition), holders, own_marks (ids of marks.jsonl: goods that bear them are
// the holder's), nice_classes, hts; limited ones and those to cease and desist have respondents. Recalls, withdrawals and
// seizures have gtins, or brands with models or products, and may have batches and serials ({"from", "to"}; one without "to" is a single
// number) and made_from and made_until.
//
// No row of decisions.yaml and no escalation may have codes that begin with REG_ITC_ reject by themselves: what a right covers cannot be told
// from the words of a listing.
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
