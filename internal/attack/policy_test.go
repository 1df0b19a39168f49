package attack

import (
	"fmt"
	"strings"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// policies say what becomes of marks whose letters are apart. This is the table of policy: where the product decides otherwise, the
// product or this table is wrong. Fields are read one by one: a name that only two of them together make is not seen.
var policies = []struct {
	what   string
	passes bool
	write  func(*assayv1.Product)
}{
	{"periods between letters", false, title("N.I.K.E runners")},
	{"spaces between letters", false, title("n i k e runners")},
	{"a digit for a letter", false, title("n1ke runners")},
	{"a mask for a letter", false, title("N*ke runners")},
	{"one hyphen", false, title("ni-ke runners")},
	{"one space", false, title("ni ke runners")},
	{"a letter of a short name twice", true, title("Nikke runners")},
	{"a letter of a longer name twice", false, title("Reebbok runners")},
	{"the brand field disguised", false, func(p *assayv1.Product) { p.Brand = "N1KE" }},
	{"the brand field in another script", false, func(p *assayv1.Product) { p.Brand = "耐克" }},
	{"a title's end and a description's beginning", true, func(p *assayv1.Product) { p.Title, p.Description = "runners Ni", "ke for all" }},
	{"letters over bullets", true, func(p *assayv1.Product) { p.Bullets = []string{"N", "I", "K", "E"} }},
	{"one letter more", false, title("Nikea runners")},
	{"a word that holds the mark", true, title("Unikewell runners")},
	{"letters that are no mark", true, title("runners in sizes S M L XL")},
	{"two words that end and begin with its halves", true, title("mini kettle shoes")},
}

func title(text string) func(*assayv1.Product) { return func(p *assayv1.Product) { p.Title = text } }

func policy(f *field) string {
	var submissions []*assayv1.Submission
	for _, p := range policies {
		s := shoes("runners")
		p.write(s.Product)
		submissions = append(submissions, s)
	}
	for i, r := range f.judged(submissions) {
		v := r.GetVerdict()
		if passes := v.GetDecision() == assayv1.Decision_DECISION_APPROVE; passes != policies[i].passes {
			f.Errorf("%s: %v (%s)", policies[i].what, v.GetDecision(), strings.Join(codes(v), ", "))
		}
	}
	return fmt.Sprintf("%d rows", len(policies))
}
