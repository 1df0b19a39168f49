// Package identity checks what a product says it is against its own codes: the GTIN and the codes of single units.
//
// Codes are read as GS1 writes them (General Specifications 23, sections 1.4 and 7.9; Digital Link URI Syntax 1.5; EPC Tag
// Data Standard 2.1), and in the form of Amazon Transparency. What is compared is a GTIN of 14 digits, so that GTIN-8,
// -12, -13 and -14 of one product are equal.
//
// A prefix tells which office of GS1 issued a code. It tells nothing of where goods come from, and nothing is concluded
// from it. Whose prefix it is, is known only where the rulebook says so (company_prefixes of a mark).
//
// Nothing is looked up and nothing remembered: whether a unit was offered before, by somebody else, is a question to an
// assortment. Traces (EPCIS events) are not part of the contract, so ID_TRACE_BROKEN is never reported here.
package identity
