package trademark

import (
	"strings"
	"testing"
)

func TestHides(t *testing.T) {
	for tag, want := range map[string]bool{
		`p`:                                              false,
		`p hidden`:                                       true,
		`p hidden="until-found"`:                         true,
		`img alt="the hidden gem"`:                       false,
		`hidden`:                                         false,
		`/p hidden`:                                      false,
		`span style="display:none"`:                      true,
		`SPAN STYLE='Display : None'`:                    true,
		`span style=display:none`:                        true,
		`p style="display:block"`:                        false,
		`p style="visibility: hidden"`:                   true,
		`p style="font-size: 0.9em"`:                     false,
		`p style="font-size:0.0px !important"`:           true,
		`p style="opacity:0"`:                            true,
		`p style="max-height:0"`:                         false,
		`p style="max-height:0;overflow:hidden"`:         true,
		`p style="text-indent:-9999px"`:                  true,
		`p style="color:#FFFFFF;background-color:white"`: true,
		`p style="color:rgb(0, 0, 0); background:#000"`:  true,
		`p style="color:white"`:                          false,
		`p style="background:white"`:                     false,
		`p style="color:transparent"`:                    true,
		``:                                               false,
		`!-- style="display:none" --`:                    false,
	} {
		if got := hides(tag); got != want {
			t.Errorf("<%s>: %v", tag, got)
		}
	}
}

// Angle brackets without end cost no more than any other text.
func TestHiddenIsBounded(t *testing.T) {
	var r reading
	for _, raw := range []string{
		strings.Repeat("<", 1<<16), strings.Repeat("<p hidden>x", 1<<12), "<" + strings.Repeat("a", 1<<16), "<p hidden>", "<",
	} {
		r.controls = r.controls[:0]
		r.readHidden(0, raw)
		if len(r.controls) > mostHidden {
			t.Errorf("%.20q: %d places", raw, len(r.controls))
		}
	}
}
