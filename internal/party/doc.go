// Package party tells whether two names are one person or company.
//
// A legal name is folded (case, width, accents, traditional Han) and split into its core and its legal form, which may stand
// at the end or at the beginning, in many languages. Letters keep their alphabet: a name that only looks like another is
// [Similar] to it, as is one without its legal form, with a form that is used as a translation of the other's, with its words
// in another order, or with a slip of the pen for each ten letters. Other forms are other legal persons.
//
// [Equal] is said of names that are the same after that, and [Literal] of the same letters. Nothing is looked up.
package party
