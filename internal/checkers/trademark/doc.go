// Package trademark finds the marks that a listing mentions and says how each is used.
//
// It works in three steps. First every text is folded and read once against one index, which holds the marks (names,
// aliases, product lines) and the wording that shows how a mark is used; what is found near a mark is noted with it: a
// [sighting]. Then all sightings of a mark are judged together, with the brand field and the category, and become one
// [Mention] with a role and a reason. Last come the findings, and only those that need no papers: disguises,
// counterfeit wording, comparisons, compatibility wording in the wrong form. Whether this merchant may use a mark is
// the question of the checkers that require this stage.
//
// Of marks that somebody watches the index finds spellings that are often something else: short names with one letter
// wrong, names inside longer words. What stands around decides there, too: the goods, the brand field, other names of
// the same house. Nicknames count anywhere, codes (three stripes) on goods that the mark is known for.
//
// Two ideas keep it quiet about honest listings. A mark that is also an ordinary word, a name or a few letters is taken
// for the mark only where something beside it says so (the brand field, a product line, the kind of goods, the letter
// case). And what a reviewer cannot act on is told by the mention alone: findings that ask for a person are reported
// for marks that somebody watches (gated or famous ones), or where the listing itself shows that it hides something.
//
// A register of all trademarks has marks for most ordinary words, and many for some. That makes no listing suspicious: of
// marks with one text that nobody watches eight are mentioned, those first that may be about the goods and the markets,
// and the mentions say that there are more; where a long text names such marks in more than 512 places, the row of the
// checker says so. Neither takes a place from marks that are watched, and the bound on those asks for a person.
package trademark
