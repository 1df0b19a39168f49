package listing

import "testing"

func TestIsGTIN(t *testing.T) {
	for number, want := range map[string]bool{
		"4006381333931": true, "4006381333932": false, "96385074": true, "036000291452": true, "10614141000415": true,
		"": false, "12345": false, "400638133393": false, "400638133393X": false,
	} {
		if got := IsGTIN(number); got != want {
			t.Errorf("%q: %v, want %v", number, got, want)
		}
	}
}
