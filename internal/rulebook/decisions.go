package rulebook

import (
	"slices"
	"strings"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"

	"github.com/assay-project/assay/internal/verdict"
)

// parseDecisions reads decisions.yaml.
func (v *validator) parseDecisions(s *source) part {
	var f rulebookv1.DecisionsFile
	doc := v.decode(s, &f)
	rows := make([]verdict.Row, len(f.Codes))
	bases := make(map[string]bool)
	for i, c := range f.Codes {
		rows[i] = doc.row(c, f.ProofMessage)
		bases[c.Code] = bases[c.Code] || c.Variant == ""
	}
	for _, c := range f.Codes {
		if !bases[c.Code] {
			doc.refuseAt(doc.field(c, "variant"), "%s has no row without variant, which any other variant falls back to", c.Code)
		}
	}
	for language, message := range f.ProofMessage {
		doc.judgeMessage(doc.entry(&f, "proof_message", language), language, message, proofPlaceholders)
	}
	escalations := make([]verdict.Escalation, len(f.Escalations))
	for i, e := range f.Escalations {
		escalations[i] = verdict.Escalation{Severity: verdict.Severity(e.Severity), Count: int(e.Count),
			DistinctCheckers: e.DistinctCheckers, Effect: verdict.Decision(e.Effect), Doc: e.Doc}
	}
	doc.patentsNeverReject(&f)
	s.rows = len(rows)
	return func(d *draft) {
		for _, c := range f.Codes {
			d.define(codeName, codeOf(c.Code, c.Variant), doc.at(c))
		}
		d.rows, d.escalations = rows, escalations
	}
}

func codeOf(code, variant string) string {
	if variant == "" {
		return code
	}
	return code + "/" + variant
}

// proofPlaceholder stands for the book's message on the paper that would do.
const proofPlaceholder = "{proof}"

func (d *document) row(c *rulebookv1.CodeRow, proof map[string]string) verdict.Row {
	messages := make(map[string]string, len(c.MerchantMessage))
	for language, message := range c.MerchantMessage {
		messages[language] = strings.ReplaceAll(message, proofPlaceholder, proof[language])
		if strings.Contains(message, proofPlaceholder) && proof[language] == "" {
			d.refuseAt(d.entry(c, "merchant_message", language), "message %q: {proof}, of which proof_message says nothing in that language", language)
		}
		d.judgeMessage(d.entry(c, "merchant_message", language), language, strings.ReplaceAll(message, proofPlaceholder, ""), placeholders)
	}
	if len(c.MerchantMessage) > 0 && c.MerchantMessage["en"] == "" {
		d.refuseAt(d.field(c, "merchant_message"), `no message in "en", which others fall back to`)
	}
	return verdict.Row{Code: c.Code, Variant: c.Variant, Severity: verdict.Severity(c.Severity), Effect: verdict.Decision(c.Effect),
		Fixability: verdict.Fixability(c.Fixability), Title: c.Title, Doc: c.Doc, Remedy: c.Remedy, Merchant: messages,
		DSACategory: c.DsaCategory, DSAKeyword: c.DsaKeyword, Citation: c.Citation}
}

// placeholders are what a message for merchants may hold.
var placeholders = []string{"{words}", "{mark}", "{field}", "{market}", "{document}", "{has}", "{needs}", "{from}", "{to}", "{until}",
	"{requirement}", "{issuer}", "{category}"}

// proofPlaceholders are what the message on the paper that would do may hold besides.
var proofPlaceholders = append([]string{"{owner}", "{onward}", "{buyer}", "{units}", "{days}", "{registrant}"}, placeholders...)

// unevenBrackets reports whether the parts of a message in square brackets, which are left out where a value is missing, do not
// begin and end in turns.
func unevenBrackets(message string) bool {
	open := false
	for _, r := range message {
		switch {
		case r == '[' && open, r == ']' && !open:
			return true
		case r == '[', r == ']':
			open = !open
		}
	}
	return open
}

// judgeMessage refuses what nothing is put in for, and brackets that do not pair.
func (d *document) judgeMessage(at Position, language, message string, known []string) {
	if unevenBrackets(message) {
		d.refuseAt(at, "message %q: square brackets begin and end in turns", language)
	}
	for _, p := range unknownPlaceholders(message, known) {
		d.refuseAt(at, "message %q: no placeholder %s; there are %s", language, p, strings.Join(known, " "))
	}
}

// unknownPlaceholders are the parts of a message in braces that nothing is put in for.
func unknownPlaceholders(message string, known []string) []string {
	var unknown []string
	for {
		_, after, ok := strings.Cut(message, "{")
		if !ok {
			return unknown
		}
		name, rest, _ := strings.Cut(after, "}")
		if name = "{" + name + "}"; !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
		message = rest
	}
}
