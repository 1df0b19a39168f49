package outside

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// Version is the version of the contract that assay speaks.
const Version = "v1"

// Limits of the contract, as annotated there.
const (
	MaxAnswerBytes = 256 << 10 // of an answer on the wire
	MaxFindings    = 64
	MaxEvidence    = 16 // of one finding
	MaxMessage     = 1024
	maxName        = 128
	maxCodes       = 256
	maxFields      = 64
	maxLimits      = 300 // markets or languages
	maxDoc         = 8192
	maxCode        = 64
)

// Problems is everything found wrong with a message, for its author. The texts quote the message, in bounds and escaped.
type Problems []string

// maxProblems bounds what a hostile message can make us write.
const maxProblems = 20

// Error is the problems on one line.
func (p Problems) Error() string { return strings.Join(p, "; ") }

func (p *Problems) add(format string, args ...any) {
	if len(*p) < maxProblems {
		*p = append(*p, fmt.Sprintf(format, args...))
	}
}

func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// A Description is what a checker says of itself, held to the contract. It is immutable.
type Description struct {
	Name, Version, Doc string
	Codes              []string // without prefix
	Fields             []string
	Markets            []string // sorted; empty: all
	Languages          []string // empty: all
	TypicalCost        time.Duration

	mask    mask
	scripts scripts
}

// Describe makes a description of a message. The error is Problems.
func Describe(m *assayv1.DescribeCheckerResponse) (*Description, error) {
	var wrong Problems
	d := &Description{Name: m.GetName(), Version: m.GetVersion(), Doc: m.GetDoc(), Codes: m.GetCodes(), Fields: m.GetFields(),
		Markets: slices.Sorted(slices.Values(m.GetMarkets())), Languages: m.GetLanguages(), mask: mask{}}
	wrong.text("name", d.Name, 1, maxName)
	wrong.text("version", d.Version, 0, maxName)
	wrong.text("doc", d.Doc, 0, maxDoc)
	if !slices.Contains(m.GetContractVersions(), Version) {
		wrong.add("contract_versions: %q is not among them", Version)
	}
	if cost := m.GetTypicalCost(); cost != nil {
		if d.TypicalCost = cost.AsDuration(); cost.CheckValid() != nil || d.TypicalCost < 0 {
			wrong.add("typical_cost: not a duration of 0 or more")
		}
	}
	d.limits(&wrong)
	for i, path := range d.Fields[:min(len(d.Fields), maxFields)] {
		if err := d.mask.add(submissionFields, path); err != nil {
			wrong.add("fields[%d]: %v", i, err)
		}
	}
	return d, wrong.err()
}

// limits checks the lists.
func (d *Description) limits(wrong *Problems) {
	wrong.count("codes", len(d.Codes), maxCodes)
	wrong.count("fields", len(d.Fields), maxFields)
	wrong.count("markets", len(d.Markets), maxLimits)
	wrong.count("languages", len(d.Languages), maxLimits)
	for i, code := range d.Codes[:min(len(d.Codes), maxCodes)] {
		if !isCode(code) {
			wrong.add("codes[%d]: %.70q is not UPPER_SNAKE of at most %d bytes", i, code, maxCode)
		} else if slices.Contains(d.Codes[:i], code) {
			wrong.add("codes[%d]: %s is given twice", i, code)
		}
	}
	for _, market := range d.Markets[:min(len(d.Markets), maxLimits)] {
		if len(market) != 2 || strings.Trim(market, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			wrong.add("markets: %.8q is not a country code of ISO 3166-1 alpha-2", market)
		}
	}
	tags := make([]language.Tag, 0, len(d.Languages))
	for i, name := range d.Languages[:min(len(d.Languages), maxLimits)] {
		tag, err := language.Parse(name)
		if err != nil {
			wrong.add("languages[%d]: %.40q is not a language tag of BCP 47", i, name)
		}
		tags = append(tags, tag)
	}
	d.scripts = scriptsOf(tags)
}

func (p *Problems) count(field string, n, most int) {
	if n > most {
		p.add("%s: %d items, where %d are allowed", field, n, most)
	}
}

func (p *Problems) text(field, text string, least, most int) {
	if len(text) < least || len(text) > most {
		p.add("%s: %d bytes, where %d to %d are allowed", field, len(text), least, most)
	}
	if !utf8.ValidString(text) {
		p.add("%s: not valid UTF-8", field)
	}
}

// isCode reports whether a code is UPPER_SNAKE and no longer than the contract allows.
func isCode(code string) bool {
	if code == "" || len(code) > maxCode || code[0] < 'A' || code[0] > 'Z' {
		return false
	}
	return strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// Prefix is what a rulebook's name for a checker puts before its codes: LOGO_MATCH_ for "logo-match".
func Prefix(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "_" }

// Fits says which codes are too long with a prefix before them. The error is Problems.
func (d *Description) Fits(prefix string) error {
	var wrong Problems
	for i, code := range d.Codes {
		if len(prefix)+len(code) > maxCode {
			wrong.add("codes[%d]: %s%s is longer than %d bytes", i, prefix, code, maxCode)
		}
	}
	return wrong.err()
}
