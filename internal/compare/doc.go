// Package compare runs two rulebooks over the same submissions and counts where their verdicts part.
//
// Both see each submission at the same instant. What is counted are flips (the decision is another), and, for each, which
// findings came or went: by code, by mark, by market and by merchant. A listing whose decision stayed but whose findings
// did not is counted apart. The report depends on the submissions and their order alone, not on how many cores ran.
package compare
