package authorization

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/text"
)

// A Repeat is documents that cannot all be what they say: one file, or one number of one issuer, with data that contradict
// each other.
type Repeat struct {
	Documents [2]*listing.Document // the first two that contradict each other, by id
	Number    string               // as the first states it; empty: it is the file that repeats
	Field     string               // of the contract, in which they differ
	Values    [2]string            // what they say there
}

// maxVersions bounds how many different readings of one file or number are compared with each other.
const maxVersions = 16

// Repeats finds what repeats with other content among documents, of one submission or of many. The same document given
// again is no repeat, nor is a field that only one of two readings has. Certificates share their number with renewals and
// are compared by file alone; papers of different kinds may well be in one file. What comes out does not depend on the order
// of the documents. Its work is bounded by a constant for each document.
func Repeats(documents []*listing.Document) []Repeat {
	sorted := slices.Clone(documents)
	slices.SortStableFunc(sorted, func(a, b *listing.Document) int { return strings.Compare(a.ID, b.ID) })
	versions := make(map[string][]*listing.Document)
	told := make(map[string]bool)
	var found []Repeat
	for _, d := range sorted {
		for _, key := range repeatKeys(d) {
			before := versions[key]
			if r, ok := contradicted(before, d); ok && !told[key] {
				if key[0] == 'n' {
					r.Number = r.Documents[0].Number
				}
				told[key] = true
				found = append(found, r)
			}
			if len(before) < maxVersions {
				versions[key] = append(before, d)
			}
		}
	}
	return found
}

// repeatKeys are what a document may share with another reading of it.
func repeatKeys(d *listing.Document) []string {
	var keys []string
	kind := kindOf(d.Type)
	if d.Status == listing.Refused {
		return nil
	}
	if d.SHA256 != "" {
		keys = append(keys, fmt.Sprintf("file %d %s", kind, d.SHA256))
	}
	issuer := party.Of(&d.Issuer)
	if number := text.Key(d.Number); number != "" && issuer.Stated() && (kind == grant || kind == sale || kind == worthless) {
		keys = append(keys, fmt.Sprintf("number %d %s %s", d.Type, issuer.Core(), number))
	}
	return keys
}

func contradicted(before []*listing.Document, d *listing.Document) (Repeat, bool) {
	for _, b := range before {
		if field, first, second, differ := contradiction(b, d); differ {
			return Repeat{Documents: [2]*listing.Document{b, d}, Field: field, Values: [2]string{first, second}}, true
		}
	}
	return Repeat{}, false
}

// contradiction is the first field in which two readings say different things. A field that one of them lacks says nothing.
func contradiction(a, b *listing.Document) (field, first, second string, differ bool) {
	x, y := contents(a), contents(b)
	for i := range x {
		if x[i].compared != "" && y[i].compared != "" && x[i].compared != y[i].compared {
			return x[i].field, party.Shorten(x[i].shown), party.Shorten(y[i].shown), true
		}
	}
	return "", "", "", false
}

// A content is a field of a document, for comparison and for people.
type content struct{ field, compared, shown string }

// contents are the fields that tell documents apart, in a fixed order; those that are not set are empty.
func contents(d *listing.Document) [14]content {
	issuer, subject := partyContent(&d.Issuer), partyContent(&d.Subject)
	brands := make([]string, len(d.Brands))
	for i := range d.Brands {
		brands[i] = cmp.Or(d.Brands[i].Text, d.Brands[i].RegistrationNumber)
	}
	exclusivity := ""
	if d.Exclusivity != listing.ExclusivityUnknown {
		exclusivity = exclusivityName(d.Exclusivity)
	}
	return [...]content{
		{"type", d.Type.String(), d.Type.String()},
		{"number", text.Key(d.Number), d.Number},
		{"issuer", issuer, d.Issuer.LegalName},
		{"subject", subject, d.Subject.LegalName},
		same("effective", plainBound(d.Effective.Start)),
		same("effective", plainBound(d.Effective.End)),
		same("issued_on", plainBound(d.IssuedOn)),
		setContent("territories", d.Territories),
		setContent("nice_classes", classTexts(d.NiceClasses)),
		setContent("brands", brands),
		setContent("channels", d.Channels),
		same("exclusivity", exclusivity),
		same("total", priceContent(&d.Total)),
		same("lines", linesContent(d.Lines)),
	}
}

func same(field, s string) content { return content{field, s, s} }

func setContent(field string, texts []string) content {
	keys := make([]string, 0, len(texts))
	for _, t := range texts {
		keys = append(keys, text.Key(t))
	}
	slices.Sort(keys)
	return content{field, strings.Join(slices.Compact(keys), " "), list(texts)}
}

func partyContent(p *listing.Party) string {
	by := party.Of(p)
	return by.Core()
}

func priceContent(p *listing.Price) string {
	if p.State != listing.PriceOK {
		return ""
	}
	return p.String()
}

func linesContent(lines []listing.InvoiceLine) string {
	var all []string
	for i := range lines {
		l := &lines[i]
		all = append(all, fmt.Sprintf("%d × %s", l.Quantity, priceContent(&l.UnitPrice)))
	}
	return strings.Join(all, ", ")
}
