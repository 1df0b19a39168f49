package main

import (
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"
)

// A glyph is one character of a painted text.
type glyph struct {
	char  rune
	width int    // columns
	paint string // the escape sequence in force; "": none
}

// wrap breaks the lines of a painted text at spaces and between characters of two columns, and a word that is wider than
// a line anywhere. Colours end with each line and begin again on the next, so that columns beside it stay as they are.
func wrap(painted string, width int) string {
	var out []string
	for line := range strings.SplitSeq(painted, "\n") {
		glyphs := parsePaint(line)
		for {
			end, next := lineBreak(glyphs, width)
			out = append(out, paintGlyphs(glyphs[:end]))
			if glyphs = glyphs[next:]; len(glyphs) == 0 {
				break
			}
		}
	}
	return strings.Join(out, "\n")
}

// parsePaint splits a line into glyphs. The only escape sequences in it are those of a painter.
func parsePaint(line string) []glyph {
	glyphs := make([]glyph, 0, len(line))
	paint := ""
	for len(line) > 0 {
		if end := strings.IndexByte(line, 'm'); line[0] == '\x1b' && end > 0 {
			if paint = line[:end+1]; paint == paintEnd {
				paint = ""
			}
			line = line[end+1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(line)
		glyphs = append(glyphs, glyph{r, text.RuneWidth(r), paint})
		line = line[size:]
	}
	return glyphs
}

// lineBreak returns where the first line of glyphs ends and where the next begins.
func lineBreak(glyphs []glyph, width int) (end, next int) {
	used, end, next := 0, 0, 0
	for i, g := range glyphs {
		if used += g.width; used > width && g.char != ' ' {
			if next == 0 { // no place to break: in the word, or at least after one character
				return max(i, 1), max(i, 1)
			}
			return end, next
		}
		switch { // the last place to break so far
		case g.char == ' ':
			if i == 0 || glyphs[i-1].char != ' ' {
				end = i
			}
			next = i + 1
		case g.width == 2 || i+1 < len(glyphs) && glyphs[i+1].width == 2:
			end, next = i+1, i+1
		}
	}
	for end = len(glyphs); end > 0 && glyphs[end-1].char == ' '; {
		end--
	}
	return end, len(glyphs)
}

func paintGlyphs(glyphs []glyph) string {
	var b strings.Builder
	paint := ""
	for _, g := range glyphs {
		if g.paint != paint {
			if paint != "" {
				b.WriteString(paintEnd)
			}
			b.WriteString(g.paint)
			paint = g.paint
		}
		b.WriteRune(g.char)
	}
	if paint != "" {
		b.WriteString(paintEnd)
	}
	return b.String()
}
