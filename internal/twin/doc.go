// Package twin finds listings that are near copies of others, in one pass and in bounded memory.
//
// A catalogue is full of listings that look alike for honest reasons: the colours and sizes of one product, and the
// manufacturer's own words under the same brand in twenty shops. What is told is what those reasons do not explain: the same
// words under another brand, the same picture with another merchant under another brand or code, and a near copy of a
// listing that was rejected ([Kind]).
//
// # How
//
// A title is folded to its words; those that vary from one honest listing to the next are left out: the brand, the marks that the
// text mentions, numbers and whatever holds digits, units, sizes, colours, and words that say nothing. Of scripts
// without spaces, pairs of letters are the words. What is left is a set: order, letter case, look-alike letters, emoji and the
// way numbers are written do not change it. How alike two listings are is the share of words that both have of all that
// either has (Jaccard's index).
//
// A [Sketch] keeps the [setSize] smallest hashes of a set. Of sets no larger the index is exact; of larger ones it is an
// estimate, whose margin [Set.Like] tells (95 %, by Wilson). The words of description and bullets are a second set, which
// counts where a title is short: a few words in common are no template.
//
// To whom a listing is compared is found by locality-sensitive hashing (Indyk and Motwani 1998; Broder 1997): ten hashes, each of
// four minima of the title's words, and one of each picture. Of two titles with an index of 0.8 one of the ten is the same
// in 99.5 % of cases, of two with 0.9 in all but one of thirty thousand.
//
// # What is kept
//
// A [Finder] keeps the last so many listings, and forgets the oldest first: two that stand farther apart are not compared. A
// bucket holds eight, of each merchant and brand the last one, so a listing is compared to 80 by its words and to 8 by each
// picture at most, whatever is listed. A window of 65,536 usual listings takes 45 MiB, one of listings that meet every bound 75
// (TestMemoryOfAFinder), whatever came before. What is found depends on the listings in that window and their order, and on nothing
// else: a run that goes on elsewhere is given them again, and finds the same ([Journal]).
//
// Copies whose title is written anew are not found, nor those whose title has fewer than a handful of words and whose
// description differs. Letters swapped for digits make a word one that is left out: up to one word in ten may be so.
package twin
