package authorization

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/text"
)

// legalFormNames are ways to write each family of legal forms. Forms of one family are the same word in other spellings
// or, for 有限公司, in the language of its usual translation.
var legalFormNames = map[string][]string{
	"ltd": {"Ltd", "Limited", "Co Ltd", "Co Limited", "Company Ltd", "Company Limited", "有限公司", "有限责任公司",
		"有限責任公司", "(有限责任公司)"},
	"co":      {"Co", "Company"},
	"plc":     {"PLC", "Public Limited Company"},
	"llp":     {"LLP"},
	"lp":      {"LP"},
	"inc":     {"Inc", "Incorporated"},
	"corp":    {"Corp", "Corporation"},
	"llc":     {"LLC", "L.L.C", "Limited Liability Company"},
	"pte":     {"Pte Ltd", "Private Limited", "Pte Limited", "Pvt Ltd", "Pvt Limited", "(P) Ltd"},
	"pty":     {"Pty Ltd", "Pty Limited", "Proprietary Limited"},
	"sdn":     {"Sdn Bhd", "Sendirian Berhad"},
	"bhd":     {"Bhd", "Berhad"},
	"pt":      {"PT", "Perseroan Terbatas", "PT Tbk"},
	"gmbh":    {"GmbH", "Gesellschaft mit beschränkter Haftung", "Ges.m.b.H"},
	"ug":      {"UG", "UG haftungsbeschränkt", "UG (haftungsbeschränkt)"},
	"ag":      {"AG", "Aktiengesellschaft"},
	"kg":      {"KG", "Kommanditgesellschaft"},
	"ohg":     {"OHG"},
	"ek":      {"e.K.", "e.Kfm."},
	"gmbhk":   {"GmbH & Co. KG", "GmbH Co KG", "GmbH & Co. KGaA"},
	"kgaa":    {"KGaA"},
	"se":      {"SE"},
	"sa":      {"S.A.", "Société Anonyme", "Sociedad Anónima"},
	"sas":     {"S.A.S.", "SASU"},
	"sarl":    {"S.A.R.L.", "SARL", "S.à r.l.", "Société à responsabilité limitée", "EURL"},
	"sl":      {"S.L.", "S.L.U.", "Sociedad Limitada"},
	"sadecv":  {"S.A. de C.V.", "S. de R.L. de C.V."},
	"ltda":    {"Ltda", "Limitada"},
	"spa":     {"S.p.A.", "Società per Azioni"},
	"srl":     {"S.r.l.", "SRLS", "Società a responsabilità limitata"},
	"snc":     {"S.n.c."},
	"bv":      {"B.V.", "BVBA", "Besloten Vennootschap"},
	"nv":      {"N.V.", "Naamloze Vennootschap"},
	"oy":      {"Oy", "Oyj", "Ab Oy", "Oy Ab"},
	"ab":      {"AB", "Aktiebolag"},
	"as":      {"A/S", "AS", "ASA"},
	"aps":     {"ApS"},
	"spzoo":   {"Sp. z o.o.", "Spółka z ograniczoną odpowiedzialnością"},
	"sro":     {"s.r.o.", "spol. s r.o."},
	"kft":     {"Kft", "Zrt"},
	"doo":     {"d.o.o."},
	"ticaret": {"Ltd Şti", "Limited Şirketi"},
	"anonim":  {"A.Ş.", "Anonim Şirketi"},
	"ooo":     {"ООО", "Общество с ограниченной ответственностью", "ТОВ"},
	"ao":      {"АО", "ЗАО", "ОАО", "ПАО"},
	"ip":      {"ИП"},
	"jsc":     {"JSC", "Joint Stock Company"},
	"fze":     {"FZE", "FZ-LLC", "FZCO"},
	"stock":   {"股份有限公司", "股份公司"},
	"kk":      {"株式会社", "(株)", "K.K.", "Kabushiki Kaisha"},
	"yk":      {"有限会社", "(有)"},
	"gk":      {"合同会社"},
	"jusik":   {"주식회사", "(주)"},
	"yuhan":   {"유한회사", "(유)"},
}

// translatedForms are families whose names are often translated into each other's, so that two of them do not tell two
// companies apart.
var translatedForms = map[string]bool{"ltd": true, "co": true, "inc": true, "corp": true, "stock": true, "kk": true,
	"yk": true, "gk": true, "jusik": true, "yuhan": true, "llc": true}

// leadingFamilies are written before the name.
var leadingFamilies = []string{"ooo", "ao", "ip", "pt", "kk", "yk", "gk", "jusik", "yuhan"}

// gluedFamilies are written without a space.
var gluedFamilies = []string{"ltd", "stock", "kk", "yk", "gk", "jusik", "yuhan"}

// legalForms and leadingForms are the families by the folded words of a form.
var (
	legalForms   = formsOf(nil)
	leadingForms = formsOf(leadingFamilies)
	gluedForms   = longestFirst(gluedFamilies)
)

func formsOf(families []string) map[string]string {
	forms := make(map[string]string)
	for family, names := range legalFormNames {
		if families != nil && !slices.Contains(families, family) {
			continue
		}
		for _, n := range names {
			forms[strings.Join(nameWords(n), "")] = family
		}
	}
	return forms
}

type gluedForm struct{ text, family string }

// longestFirst are the forms in scripts without spaces of at least two letters, so that 股份有限公司 is not taken for 有限公司.
func longestFirst(families []string) []gluedForm {
	var forms []gluedForm
	for _, family := range families {
		for _, n := range legalFormNames[family] {
			if key := text.Key(n); n[0] >= 0x80 && len(key) > 3 {
				forms = append(forms, gluedForm{key, family})
			}
		}
	}
	slices.SortFunc(forms, func(a, b gluedForm) int {
		if len(a.text) != len(b.text) {
			return len(b.text) - len(a.text)
		}
		return strings.Compare(a.text, b.text)
	})
	return forms
}
