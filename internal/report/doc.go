// Package report gathers the results of a run into one page that people read: which listings were held and why, whose they are,
// how prices stand beside their cohorts, which marks are mentioned, which papers end, and what to ask for.
//
// A [Report] takes results one by one, in the order of the input, and keeps counts and examples of them, never the results. What it
// keeps is bounded however many there are: counts of all listings, decisions and finding codes are exact, names (brands,
// categories, merchants, marks, papers, requests) are exact up to a stated number of different ones and then those that matter most
// with a stated error (type top), and examples are the first few by risk. The same results in the same order give the same page,
// byte for byte, also when the run was cut anywhere and its state went through JSON in between.
//
// The page ([Report.Write]) is one HTML file that asks no network for anything: style, script and the chart library stand in it, and
// its content security policy allows those by their digests and nothing else. All text of listings is a stranger's: it goes through
// html/template, control and direction characters are shown by their code points, and every foreign text is isolated from the
// direction of its surroundings. Without scripts every table and number is there; charts, sorting and filters are what scripts add, and they
// read the tables, so that no number stands in two places.
//
// A section of the page is a value with three things: fields that JSON keeps, add, which takes an item, and a view that the
// template of its name shows. A new one is such a value in [Report], one line in Add, one in Write, and one template in
// page/sections.html.
package report
