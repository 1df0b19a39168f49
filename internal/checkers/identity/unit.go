package identity

import (
	"net/url"
	"regexp"
	"strings"
)

// A unit is what the code of a single unit says.
type unit struct {
	gtin   string // 14 digits; "": the scheme has none
	serial string
}

var (
	transparency = regexp.MustCompile(`^(?:AZ|ZA):[A-Z0-9]{26}$`)
	bare         = regexp.MustCompile(`^[A-Za-z0-9]{7,20}$`)
	sgtinURN     = regexp.MustCompile(`^urn:epc:id:sgtin:(\d{6,12})\.(\d)(\d{0,6})\.(.{1,20})$`)
	serialText   = regexp.MustCompile(`^[!-"%-?A-Z_a-z]{1,20}$`) // GS1's character set 82
)

// unitOf reads a unit's code in whichever scheme it is: GS1 element string with or without brackets, GS1 Digital Link, EPC
// URN, Amazon Transparency, or a bare serial of 7 to 20 letters and digits.
func unitOf(text string) (unit, bool) {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "urn:epc:id:sgtin:"):
		return fromURN(text)
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"):
		return fromLink(text)
	case strings.HasPrefix(text, "("), strings.HasPrefix(text, "]"), beginsWithGTIN(text):
		return fromElements(text)
	case transparency.MatchString(text), bare.MatchString(text):
		return unit{serial: text}, true
	}
	return unit{}, false
}

// beginsWithGTIN tells an element string from a bare serial that happens to begin with 01.
func beginsWithGTIN(text string) bool {
	if !strings.HasPrefix(text, "01") || len(text) <= 2+gtinSize {
		return false
	}
	_, ok := gtin14(text[2 : 2+gtinSize])
	return ok && strings.Trim(text[2:2+gtinSize], "0123456789") == ""
}

// checked is the unit when its parts are well formed.
func checked(gtin, serial string) (unit, bool) {
	code, ok := gtin14(gtin)
	return unit{code, serial}, ok && len(gtin) == gtinSize && serialText.MatchString(serial)
}

// fromURN puts the GTIN together again: indicator, company prefix, item reference, check digit.
func fromURN(text string) (unit, bool) {
	m := sgtinURN.FindStringSubmatch(text)
	if m == nil || len(m[1])+len(m[2])+len(m[3]) != gtinSize-1 {
		return unit{}, false
	}
	body := m[2] + m[1] + m[3]
	serial, err := url.PathUnescape(m[4])
	if err != nil {
		return unit{}, false
	}
	return checked(body+string(checkDigit(body)), serial)
}

// fromLink reads .../01/{gtin}/.../21/{serial}, whatever the host.
func fromLink(text string) (unit, bool) {
	u, err := url.Parse(text)
	if err != nil {
		return unit{}, false
	}
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	var gtin, serial string
	for i := 0; i+1 < len(parts); i++ {
		switch parts[i] {
		case "01":
			gtin = parts[i+1]
			i++
		case "21":
			if serial, err = url.PathUnescape(parts[i+1]); err != nil {
				return unit{}, false
			}
			i++
		}
	}
	if n := len(gtin); gtin != "" && n < gtinSize {
		gtin = strings.Repeat("0", gtinSize-n) + gtin
	}
	return checked(gtin, serial)
}

// fixedSizes are the sizes of the elements that may stand beside GTIN and serial without a separator after them.
var fixedSizes = map[string]int{"01": gtinSize, "11": 6, "13": 6, "15": 6, "16": 6, "17": 6}

// separator is GS1's end of an element of no fixed size.
const separator = "\x1d"

// fromElements reads 01{gtin}21{serial}, with dates and lot numbers between and after, and with or without brackets and the
// sign of a symbology before it.
func fromElements(text string) (unit, bool) {
	if strings.HasPrefix(text, "]") && len(text) > 3 {
		text = text[3:]
	}
	if strings.HasPrefix(text, "(") {
		return fromBrackets(text)
	}
	found, ok := elements(text)
	if !ok {
		return unit{}, false
	}
	return checked(found["01"], found["21"])
}

// elements are those of an element string without brackets, by identifier.
func elements(text string) (found map[string]string, ok bool) {
	found = map[string]string{}
	for text = strings.TrimPrefix(text, separator); text != ""; {
		if len(text) < 3 {
			return nil, false
		}
		id, rest := text[:2], text[2:]
		if size, fixed := fixedSizes[id]; fixed {
			if len(rest) < size {
				return nil, false
			}
			found[id], text = rest[:size], strings.TrimPrefix(rest[size:], separator)
			continue
		}
		found[id], text, _ = strings.Cut(rest, separator)
	}
	return found, true
}

var bracketed = regexp.MustCompile(`^\((\d{2,4})\)([^()]{1,90})`)

func fromBrackets(text string) (unit, bool) {
	found, ok := inBrackets(text)
	if !ok {
		return unit{}, false
	}
	return checked(found["01"], found["21"])
}

// inBrackets are the elements of a string with brackets, by identifier.
func inBrackets(text string) (found map[string]string, ok bool) {
	found = map[string]string{}
	for text != "" {
		m := bracketed.FindStringSubmatch(text)
		if m == nil {
			return nil, false
		}
		found[m[1]], text = strings.TrimSpace(m[2]), text[len(m[0]):]
	}
	return found, true
}
