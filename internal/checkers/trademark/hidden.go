package trademark

import "strings"

const (
	longestTag = 1024 // bytes that are read of one tag
	mostHidden = 16   // places noted in one text
)

// readHidden notes text in HTML that buyers cannot see.
func (r *reading) readHidden(field int32, raw string) {
	found := 0
	for at := strings.IndexByte(raw, '<') + 1; at > 0 && found < mostHidden; {
		tag, ok := tagAt(raw[at:])
		if at += len(tag); ok && hides(tag) {
			at++
			text, _, _ := strings.Cut(raw[at:], "<")
			if shown := strings.TrimSpace(text); shown != "" {
				from := int32(at + strings.Index(text, shown))
				r.controls = append(r.controls, control{hidesText, field, from, from + int32(len(shown))})
				found++
			}
		}
		next := strings.IndexByte(raw[at:], '<')
		if next < 0 {
			return
		}
		at += next + 1
	}
}

// tagAt is what stands before the end of the tag at the beginning of raw, and whether it has one.
func tagAt(raw string) (tag string, ok bool) {
	raw = raw[:min(len(raw), longestTag)]
	end := strings.IndexAny(raw, "<>")
	if end < 0 {
		return raw, false
	}
	return raw[:end], raw[end] == '>'
}

// hides reports whether a tag, without its angle brackets, says that what it holds is not shown.
func hides(tag string) bool {
	if tag == "" || tag[0] == '/' || tag[0] == '!' {
		return false
	}
	tag = strings.ToLower(tag)
	for k, attribute := range strings.Fields(unquoted(tag)) {
		if name, _, _ := strings.Cut(attribute, "="); k > 0 && strings.TrimRight(name, "/") == "hidden" {
			return true
		}
	}
	_, style, ok := strings.Cut(tag, "style")
	if !ok {
		return false
	}
	look := make(map[string]string)
	for declaration := range strings.SplitSeq(strings.TrimLeft(style, "= \"'"), ";") {
		name, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(strings.TrimSpace(value), "!")
		look[strings.TrimSpace(name)] = strings.Trim(value, "\"' /")
	}
	return invisible(look)
}

// unquoted is a tag without the values in quotation marks.
func unquoted(tag string) string {
	var quote rune
	return strings.Map(func(r rune) rune {
		switch {
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
			return '='
		case quote != 0:
			if r == quote {
				quote = 0
				return ' '
			}
			return -1
		}
		return r
	}, tag)
}

// invisible reports whether nothing is seen of a text with the given style.
func invisible(style map[string]string) bool {
	color, back := style["color"], style["background-color"]
	if back == "" {
		back = style["background"]
	}
	switch {
	case style["display"] == "none", style["visibility"] == "hidden", color == "transparent":
		return true
	case isZero(style["font-size"]), isZero(style["opacity"]), isZero(style["max-height"]) && style["overflow"] == "hidden":
		return true
	case strings.HasPrefix(style["text-indent"], "-9"):
		return true
	}
	return color != "" && plainColor(color) == plainColor(back)
}

// isZero reports whether a length or a share is nothing: 0, 0px, 0.0em.
func isZero(value string) bool {
	number := strings.TrimRight(value, "abcdefghijklmnopqrstuvwxyz% ")
	return number != "" && strings.Trim(number, "0.") == ""
}

// plainColor writes the ways to say black and white as one.
func plainColor(color string) string {
	switch strings.ReplaceAll(color, " ", "") {
	case "#fff", "#ffffff", "rgb(255,255,255)":
		return "white"
	case "#000", "#000000", "rgb(0,0,0)":
		return "black"
	}
	return color
}
