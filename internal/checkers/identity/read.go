package identity

// ReadGTIN reads a GTIN of any length, with spaces and hyphens as people copy them, as one of 14 digits. It is not one when
// its length or check digit is wrong.
func ReadGTIN(text string) (code string, ok bool) { return gtin14(text) }

// ReadUnit reads the code of a single unit, in whichever scheme, as a key that is equal for equal units. One that is global names
// the unit in the world; any other is a bare serial, which different makers may use.
func ReadUnit(text string) (key string, global, ok bool) {
	u, ok := unitOf(text)
	global = u.gtin != "" || transparency.MatchString(u.serial)
	return u.gtin + " " + u.serial, global, ok
}
