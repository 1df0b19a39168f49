package term

import (
	"slices"
	"strings"
	"testing"
)

// surfaces scans with terms of one policy and returns surface=term for each hit.
func surfaces(t *testing.T, policy Policy, terms, words, in string) []string {
	t.Helper()
	names := strings.Split(terms, ",")
	list := make([]Term, len(names))
	for i, n := range names {
		list[i] = Term{n, policy}
	}
	s := newScanner(t, list, strings.Fields(words))
	var out []string
	for _, h := range s.hits(in) {
		out = append(out, in[h.Start:h.End]+"="+names[h.Term])
	}
	return out
}

func TestOverlapRule(t *testing.T) {
	for _, tt := range []struct{ name, terms, in, want string }{
		{"inside a longer plain hit", "Apple,Apple Watch,Watch", "Apple Watch", "Apple Watch=Apple Watch"},
		{"outside of it as well", "Apple,Apple Watch", "Apple Watch, Apple", "Apple Watch=Apple Watch|Apple=Apple"},
		{"only overlapping", "Coca Cola,Cola Zero", "Coca Cola Zero", "Coca Cola=Coca Cola|Cola Zero=Cola Zero"},
		{"plain inside disguised", "Louis,Louis Vuitton", "Louis Vu1tton", "Louis Vu1tton=Louis Vuitton|Louis=Louis"},
		{"disguised inside disguised", "Vuitton,Louis Vuitton", "L0uis Vu1tton", "L0uis Vu1tton=Louis Vuitton"},
		{"disguised inside plain", "Nikon Pro,Nikkon", "Nikon Pro", "Nikon Pro=Nikon Pro"},
		{"disguised beside plain, same bytes", "Adidas,Adidaz", "Adidas", "Adidas=Adidas"},
		{"without spaces", "月亮,蓝月亮", "买蓝月亮", "蓝月亮=蓝月亮"},
		{"equal terms", "Delta,DELTA", "Delta", "Delta=Delta|Delta=DELTA"},
	} {
		if got := strings.Join(surfaces(t, Fuzzy, tt.terms, "", tt.in), "|"); got != tt.want {
			t.Errorf("%s: %q: %s, want %s", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestPolicies(t *testing.T) {
	for _, tt := range []struct {
		in   string
		from Policy // the first that finds it
	}{
		{"ADIDAS", Exact}, {"ａｄｉｄａｓ", Exact}, {"ádidas", Exact}, {"Adidas's", Exact},
		{"adi\u200bdas", Disguised}, {"аdidas", Disguised}, {"a.d.i.d.a.s", Disguised}, {"adi das", Disguised},
		{"4didas", Disguised}, {"adiiiidas", Disguised}, {"adid*s", Disguised}, {"ⓐⓓⓘⓓⓐⓢ", Disguised}, {"a̶d̶i̶das", Disguised},
		{"addidas", Fuzzy}, {"adidsa", Fuzzy}, {"adids", Fuzzy}, {"adidaz", Fuzzy},
		{"adds", Fuzzy + 1}, {"adidasnike", Fuzzy + 1}, {"candidas", Fuzzy + 1},
	} {
		for p := Exact; p <= Fuzzy; p++ {
			found := len(surfaces(t, p, "Adidas", "", "new "+tt.in+" bag")) > 0
			if found != (p >= tt.from) {
				t.Errorf("%q with policy %d: found %v", tt.in, p, found)
			}
		}
	}
}

func TestLoose(t *testing.T) {
	const terms, words = "Nike,Gucci,Tom Ford,Pop Mart,La Mer", "for form mark nine"
	for _, tt := range []struct{ in, loose, fuzzy string }{
		{"Nkie shoes", "Nkie=Nike", ""},
		{"Nke shoes", "Nke=Nike", ""},
		{"Nikke shoes", "Nikke=Nike", ""},
		{"Niek shoes", "Niek=Nike", ""},
		{"ike, bike, anike", "", ""}, // another first letter
		{"nine shoes", "", ""},       // an ordinary word
		{"Guci bag", "Guci=Gucci", "Guci=Gucci"},
		{"Tmo Ford suit", "Tmo Ford=Tom Ford", ""},
		{"Tom Frod suit", "Tom Frod=Tom Ford", ""},
		{"Tom Form suit", "", ""},
		{"Pop Mrat toy", "Pop Mrat=Pop Mart", ""},
		{"La Mre cream", "", ""}, // five letters in all
		{"G**ci bag", "G**ci=Gucci", ""},
		{"G*c*i bag", "G*c*i=Gucci", ""},
		{"G***i bag", "", ""},
		{"N**e shoes", "", ""}, // two letters left
		{"T*m Ford suit", "T*m Ford=Tom Ford", ""},
	} {
		for policy, want := range map[Policy]string{Loose: tt.loose, Fuzzy: tt.fuzzy} {
			if got := strings.Join(surfaces(t, policy, terms, words, tt.in), "|"); got != want {
				t.Errorf("%q with policy %d: %q, want %q", tt.in, policy, got, want)
			}
		}
	}
}

// Names that are found as a whole, in parts of longer words, and upside down.
func TestWholeNames(t *testing.T) {
	const terms, words = "Nike,Adidas,Oral-B,L'Oreal,Paw Patrol,Harry Potter,La Mer,Minecraft", "shoes bag shop mine craft wall"
	for in, want := range map[string]string{
		"N 1 k e":                          "N 1 k e=Nike",
		"N ! k e shoes":                    "N ! k e=Nike",
		"A.d.i.d.a.$ bag":                  "A.d.i.d.a.$=Adidas",
		"@ d i d a s":                      "@ d i d a s=Adidas",
		"P.a.w P.4.t.r.o.l":                "P.a.w P.4.t.r.o.l=Paw Patrol",
		"n.i.k.e D.O. wine":                "n.i.k.e=Nike",
		"x n i k e":                        "",
		"\u041erаl-\u0412":                 "\u041erаl-\u0412=Oral-B",
		"\u216c'Oreаl":                     "\u216c'Oreаl=L'Oreal",
		"P@wPatrol":                        "P@wPatrol=Paw Patrol",
		"PawPatrl":                         "PawPatrl=Paw Patrol",
		"lager":                            "",
		"Mine*craft":                       "Mine*craft=Minecraft",
		"Mine/craft":                       "",
		"nikeshoes, shopnike":              "nike=Nike|nike=Nike",
		"adidasbag":                        "adidas=Adidas",
		"nikebag":                          "", // a short mark with a short word
		"nikless, adidass, unadidas":       "adidass=Adidas",
		"adidasqqq":                        "",
		"pawpatrolshop":                    "pawpatrol=Paw Patrol",
		"\u0279\u01dd\u0287\u0287od ʎɹɹɐɥ": "\u0279\u01dd\u0287\u0287od ʎɹɹɐɥ=Harry Potter",
		"s\u0250p\u1d09p\u0250":            "s\u0250p\u1d09p\u0250=Adidas",
		"\u0250bc":                         "",
	} {
		if got := strings.Join(surfaces(t, Loose, terms, words, in), "|"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestOrdinaryWordsAreNoMisspellings(t *testing.T) {
	for _, in := range []string{"salmon", "carrier", "Salmon", "good year", "gold 5alm0n"} {
		if got := surfaces(t, Fuzzy, "Salomon,Cartier,Goodyear", "salmon carrier good year gold", in); got != nil {
			t.Errorf("%q: %v", in, got)
		}
	}
	if got := surfaces(t, Fuzzy, "Apple", "apple", "apple"); !slices.Equal(got, []string{"apple=Apple"}) {
		t.Errorf("an ordinary word that is a term is found as such: %v", got)
	}
}

func TestShortTerms(t *testing.T) {
	for in, want := range map[string]string{
		"LV bag, HP ink, 3M tape": "LV=LV|HP=HP|3M=3M",
		"lv, hp, 3m, l v, l.v.":   "",
		"Lv Hp":                   "",
		"UGG U.G.G ugg Ugg uğg":   "UGG=UGG|ugg=UGG|Ugg=UGG|uğg=UGG",
		"U6G UGGG":                "",
	} {
		if got := strings.Join(surfaces(t, Fuzzy, "LV,HP,3M,UGG", "", in), "|"); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
