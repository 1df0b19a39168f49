// Package assessment keeps what the verdict on a merchant needs of each listing of an assortment.
//
// An [Assortment] takes listings with their verdicts one by one and keeps little of each: its id, the brand it is offered
// under, its codes and papers, and what stands in its way. What is kept is bounded, however much is given: counts and bytes
// have limits, and what went beyond is told ([Subject.LeftOut]), never dropped in silence.
//
// What comes out does not depend on the order in which listings were added, and a listing added twice is one.
//
// What to ask the merchant for is put together here too: twelve listings that each ask for a letter for one brand become
// one request, whose letter has the territories, classes and dates of all twelve.
//
// So are the papers that goods need by kind ([Need]): what any listing's papers show for the merchant, a maker, a brand or a product
// is shown for all listings that need the same.
package assessment
