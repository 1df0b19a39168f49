// Package term finds a large list of terms in folded text, in plain or disguised spelling.
//
// An Index is built once from terms and a list of ordinary words, and is never changed. Scanning
// looks at windows of pieces (see package text), whose hashes cost nothing to compute, and asks
// a hash table: the letters decide, separators do not, so joined, hyphenated, spelled-out and split
// forms are found by the same probe, and told apart afterwards by comparing where the words of
// the term and of the text begin.
//
// Words that no plain hit covers and that are no ordinary words are suspects. For them alone the
// index tries what costs more: which words of the terms they look like (look-alikes, leet,
// repeated letters, a blotted-out letter), and which are one edit away. A word found this way may
// take the suspect's place in the windows around it, together with others found so: the words of
// a term may be disguised one by one (L0uis Vu1tton).
//
// Of terms with Policy Loose, of which there should be few, the words are known as one word too, so
// that a suspect without spaces, or one spelled letter by letter, may be all of them (P.a.w P.4.t.r.o.l).
// They are looked for upside down, and inside longer words whose rest is an ordinary word (nikeshoes).
//
// In scripts without spaces, and in Hangul, a name of Policy Loose may stand anywhere in a run of letters, and what a letter
// more or less makes of a short one is another word. There the index lists the slips that leave a name to be known (a letter
// doubled, one taken for another that looks or sounds like it, two swapped, one missing of five or more) and asks each
// window of a run whether it is one of them; letters that are blotted out or repeated are looked for in windows around
// them. Kana and Thai words of less than seven letters must begin where other letters end.
//
// The more ordinary words the index knows, the fewer false alarms it raises and the faster it is:
// every word that it does not know is a suspect, and an ordinary word one letter from a term
// (salmon, Salomon) is told from a misspelling by the list alone.
//
// # Which hits are reported
//
// A hit begins and ends where a word does, or at an edge that honest spelling has: before a
// possessive s, after an Arabic article, before a Hangul particle, where a capital begins a new
// part (NikeShoes), between letters and digits (iPhone15), or where an ordinary word begins or
// ends. In scripts without spaces it may begin and end anywhere, except that a term of one letter
// must not touch its own script.
//
// Terms of one or two letters must stand in capitals or in their own letter case (LV, 3M), and
// terms of three are not looked for in disguise. Digits alone are never read as letters, and two
// letters of ASCII are what they are, unless one is an i or an l. How far a spelling may be from a
// term is the caller's choice (see [Policy]); what [Loose] adds is meant for callers that judge each
// hit by its neighbours.
//
// Overlap: a hit that lies inside a longer plain hit is dropped (Apple in Apple Watch); a disguised
// hit that lies inside a longer hit, or has the bytes of a plain one, is dropped as well. Hits that
// only overlap, and equal terms, are all reported. Plain means no transform that
// text.Transforms.Disguise or Fuzzy stands for.
//
// # Bounds
//
// The windows, candidates and hits of one text are capped; Scratch.Capped says when a cap was
// reached, and the verdict must then say that the text was not read to the end.
package term
