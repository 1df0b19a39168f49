package rulebook

import (
	"fmt"
	"math/big"
	"regexp"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// TestIsMarket asks of every two letters whether the contract takes them for a market, too.
func TestIsMarket(t *testing.T) {
	field := (&assayv1.Submission{}).ProtoReflect().Descriptor().Fields().ByName("markets")
	rules := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	contract := regexp.MustCompile(rules.GetRepeated().GetItems().GetString().GetPattern())
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if got, want := isMarket(code), contract.MatchString(code); got != want {
				t.Errorf("%s: %v, in the contract %v", code, got, want)
			}
		}
	}
	for _, code := range []string{"", "us", "USA", "EU", "UK", "WORLD"} {
		if isMarket(code) {
			t.Errorf("%q is taken for a market", code)
		}
	}
}

func TestParseDecimalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{1,18}(\.[0-9]{1,9})?`).Draw(t, "decimal")
		units, nanos, ok := parseDecimal(text)
		want, _ := new(big.Rat).SetString(text)
		got := new(big.Rat).SetFrac64(int64(nanos), 1_000_000_000)
		got.Add(got, new(big.Rat).SetInt64(units))
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("%q: %d units and %d nanos, %v", text, units, nanos, ok)
		}
	})
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, text := range []string{"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "0x1", "1 ", "1.0000000000", "1234567890123456789", "١"} {
		if units, nanos, ok := parseDecimal(text); ok {
			t.Errorf("%q is taken for %d units and %d nanos", text, units, nanos)
		}
	}
}

func TestIsLanguage(t *testing.T) {
	for tag, want := range map[string]bool{"en": true, "und": true, "zh-Hant": true, "pt-BR": true, "sr-Latn-RS": true,
		"": false, "e": false, "english": false, "EN": false, "en-": false, "en_US": false, "en-überall": false} {
		if got := isLanguage(tag); got != want {
			t.Errorf("%q: %v, want %v", tag, got, want)
		}
	}
}

// TestLoadIsDeterministic loads the same book many times: nothing of a book depends on which file is parsed first.
func TestLoadIsDeterministic(t *testing.T) {
	want := fmt.Sprintf("%+v", load(t, book(t)).Marks)
	for range 20 {
		if got := fmt.Sprintf("%+v", load(t, book(t)).Marks); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
	broken := book(t)
	delete(broken, "packs.yaml")
	broken["marks.jsonl"].Data = append(broken["marks.jsonl"].Data, "{}\n{\n"...)
	_, err := Load(broken)
	for range 20 {
		if _, again := Load(broken); again.Error() != err.Error() {
			t.Fatalf("got\n%v\nwant\n%v", again, err)
		}
	}
}
