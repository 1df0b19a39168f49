// Package authorization decides whether papers show that a merchant may use the marks that a listing mentions.
//
// Only gated marks need papers. For each of them, in each market, the pack that the gate names must be satisfied by one
// of its alternatives: ownership, a chain of authorizations, or invoices. The papers form a graph. A [paper] leads from
// its issuer to its subject; papers join where the subject of one is the issuer of the next (package party compares names);
// a chain begins with the holder that the rulebook knows, or with a certificate where it knows none, and ends with the
// merchant. Each paper alone is judged by a table of [rules] (term, territory, goods, ...), what lies between papers by
// the [search], which finds the path that is nearest to a proof and, among proofs, the one that is valid longest.
//
// What is asked of papers is policy, not code: a pack says which papers, through how many levels, for which channel, how
// exclusive, how long, in whose spelling, signed by whom, in which language; [rulebook.Papers] what every paper must be. A pack
// without a channel asks for sale online. A grant for sale online covers every marketplace; one that is limited to a named
// marketplace covers no other, and where the pack names none a person must tell whether it is the one.
//
// A constraint holds, is broken, or is unclear: what the caller did not extract is not known, and what is not known asks
// for a person instead of counting for or against the merchant. The exceptions are limits that a paper may leave out.
// A field that was looked for and is surely not there ([listing.Document.Confidence]) is broken where it is needed.
// A paper without classes, categories, numbers or channels is not limited in them; one that does not say that its
// holder may authorize others does not let them; assignments and proofs of affiliation state facts and end only where
// they say so.
//
// # What is reported
//
// One finding decides, the others explain. Where papers fail, TM_BRAND_UNAUTHORIZED stands on the words of the listing
// and every AUTH_ or DOC_ code beside it says what is wrong with the nearest path; all of them ask for the same paper.
// Where papers are only unclear, the codes of the doubt stand alone. Where the role of the mark itself is unclear the
// stage of marks has asked for a person already: then only the codes about papers are reported. AUTH_REVOKED is said of
// every revoked paper for the mark while nothing else shows the right. Where papers hold, TM_CLEARED_OWNER says so and
// excuses the doubts of the stage of marks, never disguises or counterfeit wording.
//
// Documents are held against each other as well ([Repeats]): one file, or one number of one issuer, with data that contradict
// each other; and a grant to somebody else alone of what the proof grants.
//
// Markets with the same answer share findings. Each market is judged as if it were alone. A paper is proposed only after
// it was tried: with it among the documents the pack is satisfied.
//
// Parties are compared by package party: legal forms are words of families, traditional Han is simplified, letters keep their
// alphabet. Names are the same, similar (a person sees both) or different; a pack may ask for the same letters.
//
// # Bounds
//
// At most 64 papers, 16 levels and 32 markets: a search settles each of 64 x 18 states once and leads from each to 64 others;
// there is one for each market, alternative of the pack and class of the goods' category, which the rulebook sets. At most
// eight papers are tried as a remedy, in each market, and that ends with the context. Papers that repeat each other are
// compared with at most 16 others. BenchmarkAdversarial is the worst of all that under one pack.
//
// More papers that hold never make an answer stricter, and the order in which papers are given changes nothing.
package authorization
