package identity

import (
	"net/url"
	"strings"
)

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

// Elements are what a GS1 element string or Digital Link says, by application identifier: 01 the GTIN, 10 the batch, 11 the day
// of production (YYMMDD), 21 the serial. A code of another scheme has none.
func Elements(text string) map[string]string {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"):
		return linked(text)
	case strings.HasPrefix(text, "]") && len(text) > 3:
		text = text[3:]
	}
	if strings.HasPrefix(text, "(") {
		found, _ := inBrackets(text)
		return found
	}
	if !beginsWithGTIN(text) {
		return nil
	}
	found, _ := elements(text)
	return found
}

// linked are the elements in the path of a Digital Link.
func linked(text string) map[string]string {
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	found := map[string]string{}
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i := 0; i+1 < len(parts); i++ {
		switch parts[i] {
		case "01", "10", "11", "21":
			if value, err := url.PathUnescape(parts[i+1]); err == nil {
				found[parts[i]] = value
			}
			i++
		}
	}
	return found
}
