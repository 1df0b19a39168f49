package identity

import "strings"

// gtinSize is the length of a code in its longest form, to which shorter ones are filled up.
const gtinSize = 14

// spacing is what people put between the digits of a code.
var spacing = strings.NewReplacer(" ", "", "-", "")

// gtin14 reads a GTIN-8, -12, -13 or -14, with spaces and hyphens as people copy them, and fills it up to 14 digits. It is
// not one when its length or check digit is wrong, or when all digits are zero.
func gtin14(text string) (code string, ok bool) {
	digits := spacing.Replace(text)
	switch len(digits) {
	case 8, 12, 13, gtinSize:
	default:
		return "", false
	}
	if strings.Trim(digits, "0123456789") != "" || strings.Trim(digits, "0") == "" {
		return "", false
	}
	return strings.Repeat("0", gtinSize-len(digits)) + digits, checkDigit(digits[:len(digits)-1]) == digits[len(digits)-1]
}

// checkDigit is the last digit of a code whose other digits are given: weights 3 and 1 from the right, up to the next ten.
func checkDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		weight := 1
		if (len(digits)-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(digits[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

// A reserved range is one that no product of trade may bear, but for those of a kind.
type reserved struct {
	prefixes []string // of a code of 13 digits
	what     string
	fits     []string // categories, as paths of the taxonomy; none: nothing fits
}

// reservedRanges are those of the General Specifications, section 1.4.
var reservedRanges = []reserved{
	{prefixes: []string{"02", "04", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29"}, what: "use inside one company"},
	{prefixes: []string{"05", "981", "982", "983", "984", "99"}, what: "coupons"},
	{prefixes: []string{"980"}, what: "refund receipts"},
	{prefixes: []string{"977"}, what: "serial publications", fits: []string{"Media"}},
	{prefixes: []string{"978", "979"}, what: "books and sheet music", fits: []string{"Media"}},
}

// reservedFor is what a code's range is kept for, where that does not fit the category; "" where it does, or the range is
// an ordinary one. A category that is not known is not held against a book.
func reservedFor(code, category string) string {
	if strings.HasPrefix(code, "000000") { // GTIN-8: 0 and 2 are kept for use inside one company
		if c := code[gtinSize-8]; c == '0' || c == '2' {
			return reservedRanges[0].what
		}
		return ""
	}
	for _, r := range reservedRanges {
		if !hasPrefix(code[1:], r.prefixes) {
			continue
		}
		for _, root := range r.fits {
			if category == "" || category == root || strings.HasPrefix(category, root+" > ") {
				return ""
			}
		}
		return r.what
	}
	return ""
}

func hasPrefix(code string, prefixes []string) bool {
	for _, p := range prefixes {
		if p != "" && strings.HasPrefix(code, p) {
			return true
		}
	}
	return false
}
