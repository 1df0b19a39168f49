package listing

// IsGTIN reports whether a number has the length and the check digit of a GTIN: from the right, digits weigh 1 and 3 in
// turn, and the sum is a multiple of ten (GS1 General Specifications, 7.9).
func IsGTIN(number string) bool {
	switch len(number) {
	case 8, 12, 13, 14:
	default:
		return false
	}
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i]) - '0'
		if digit < 0 || digit > 9 {
			return false
		}
		sum += digit * (1 + i%2*2)
	}
	return sum%10 == 0
}
