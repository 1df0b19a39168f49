// Package assortment checks what shows only when a merchant's listings are seen together: shares and counts over them, the name
// of the shop, product and unit codes that stand on several, papers that contradict each other.
//
// What it finds stands in the verdict on the merchant and never in a listing's own. What may weigh in the decision is told
// from counts, and never from shares: one listing more can only add to a count, while a share can be thinned with
// listings that nobody minds.
package assortment
