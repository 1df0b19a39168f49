package party

import (
	"slices"
	"strings"
)

// legalFormNames are ways to write each family of legal forms. Forms of one family are the same word in other spellings
// or, for 有限公司, in the language of its usual translation.
var legalFormNames = map[string][]string{
	"ltd": {"Ltd", "Limited", "Co Ltd", "Co Limited", "Company Ltd", "Company Limited", "有限公司", "有限责任公司",
		"有限責任公司", "(有限责任公司)"},
	"co":   {"Co", "Company"},
	"plc":  {"PLC", "Public Limited Company"},
	"dac":  {"DAC", "Designated Activity Company"},
	"ulc":  {"ULC", "Unlimited Liability Company"},
	"ltee": {"Ltée", "Limitée"},
	"llp":  {"LLP", "Limited Liability Partnership"},
	"lllp": {"LLLP"},
	"pllc": {"PLLC"},
	"pc":   {"P.C.", "Professional Corporation"},
	"opc":  {"OPC", "(OPC) Pvt Ltd", "One Person Company"},
	"lp":   {"LP"},
	"inc":  {"Inc", "Incorporated"},
	"corp": {"Corp", "Corporation"},
	"cc":   {"CC", "Close Corporation"},
	"llc":  {"LLC", "L.L.C", "Limited Liability Company"},
	"pte": {"Pte Ltd", "Private Limited", "Pte Limited", "Pvt Ltd", "Pvt Limited", "(P) Ltd", "(Pvt) Ltd",
		"(Private) Limited"},
	"pty":    {"Pty Ltd", "Pty Limited", "(Pty) Ltd", "Proprietary Limited"},
	"sdn":    {"Sdn Bhd", "Sendirian Berhad"},
	"bhd":    {"Bhd", "Berhad"},
	"pt":     {"PT", "Perseroan Terbatas", "PT Tbk"},
	"cvid":   {"CV"},
	"gmbh":   {"GmbH", "Gesellschaft mit beschränkter Haftung", "Ges.m.b.H"},
	"ug":     {"UG", "UG haftungsbeschränkt", "UG (haftungsbeschränkt)"},
	"ag":     {"AG", "Aktiengesellschaft"},
	"kg":     {"KG", "Kommanditgesellschaft"},
	"ohg":    {"OHG", "Offene Handelsgesellschaft"},
	"gbr":    {"GbR", "Gesellschaft bürgerlichen Rechts"},
	"eg":     {"eG"},
	"ek":     {"e.K.", "e.Kfm.", "e.Kfr.", "e.U."},
	"gmbhk":  {"GmbH & Co. KG", "GmbH Co KG", "GmbH & Co. KGaA"},
	"kgaa":   {"KGaA"},
	"se":     {"SE"},
	"sa":     {"S.A.", "S/A", "Société Anonyme", "Sociedad Anónima", "Sociedade Anônima"},
	"sac":    {"S.A.C.", "Sociedad Anónima Cerrada"},
	"eirl":   {"E.I.R.L.", "EIRELI"},
	"sas":    {"S.A.S.", "SASU", "Société par actions simplifiée", "Sociedad por Acciones Simplificada"},
	"sca":    {"S.C.A."},
	"sci":    {"S.C.I."},
	"sarl":   {"S.A.R.L.", "SARL", "S.à r.l.", "Société à responsabilité limitée", "EURL"},
	"sl":     {"S.L.", "S.L.U.", "Sociedad Limitada"},
	"sadecv": {"S.A. de C.V.", "S. de R.L. de C.V."},
	"ltda":   {"Ltda", "Limitada", "Ltda ME", "Ltda EPP"},
	"lda":    {"Lda", "Unipessoal Lda", "Sociedade Unipessoal Lda"},
	"spa":    {"S.p.A.", "Società per Azioni"},
	"srl":    {"S.r.l.", "SRLS", "Società a responsabilità limitata"},
	"snc":    {"S.n.c."},
	"bv":     {"B.V.", "BVBA", "Besloten Vennootschap"},
	"vof":    {"V.O.F.", "Vennootschap onder firma"},
	"nv":     {"N.V.", "Naamloze Vennootschap"},
	"oy":     {"Oy", "Oyj", "Ab Oy", "Oy Ab"},
	"ab":     {"AB", "Aktiebolag", "AB (publ)"},
	"hb":     {"HB", "Handelsbolag"},
	"as": {"A/S", "AS", "ASA", "a.s.", "akciová společnost", "Aksjeselskap", "Aktieselskab", "A.Ş.",
		"Anonim Şirketi"},
	"ehf":     {"ehf", "hf"},
	"ou":      {"OÜ", "Osaühing"},
	"sia":     {"SIA", "Sabiedrība ar ierobežotu atbildību"},
	"uab":     {"UAB", "Uždaroji akcinė bendrovė"},
	"aps":     {"ApS"},
	"spzoo":   {"Sp. z o.o.", "Spółka z ograniczoną odpowiedzialnością"},
	"spj":     {"Sp. j.", "Spółka jawna"},
	"sro":     {"s.r.o.", "spol. s r.o.", "společnost s ručením omezeným", "spoločnosť s ručením obmedzeným"},
	"kft":     {"Kft", "Korlátolt Felelősségű Társaság"},
	"zrt":     {"Zrt", "Nyrt", "Részvénytársaság"},
	"bt":      {"Bt", "Betéti társaság"},
	"doo":     {"d.o.o.", "д.о.о."},
	"dd":      {"d.d."},
	"ood":     {"ООД", "ЕООД", "OOD", "EOOD"},
	"ad":      {"АД", "ЕАД"},
	"epe":     {"Ε.Π.Ε.", "EPE", "E.P.E."},
	"ae":      {"Α.Ε.", "A.E.", "Ανώνυμη Εταιρεία"},
	"ike":     {"Ι.Κ.Ε.", "IKE"},
	"ticaret": {"Ltd Şti", "Limited Şirketi"},
	"ooo":     {"ООО", "OOO", "Общество с ограниченной ответственностью"},
	"tov":     {"ТОВ", "Товариство з обмеженою відповідальністю"},
	"too":     {"ТОО", "Товарищество с ограниченной ответственностью"},
	"ao":      {"АО", "ЗАО", "ОАО", "ПАО", "ZAO", "OAO", "PAO", "Акционерное общество"},
	"ip":      {"ИП", "Индивидуальный предприниматель", "ФОП"},
	"jsc":     {"JSC", "Joint Stock Company"},
	"fze":     {"FZE", "FZ-LLC", "FZCO", "FZ LLC"},
	"wll":     {"W.L.L.", "ذ.م.م", "ش.ذ.م.م", "شركة ذات مسؤولية محدودة"},
	"sal":     {"ش.م.م", "ش.م.ع", "S.A.E."},
	"baam":    {"בע\"מ", "בעמ"},
	"jamkat":  {"จำกัด", "จำกัด (มหาชน)"},
	"tnhh":    {"Công ty TNHH", "Công ty TNHH MTV", "TNHH", "Công ty trách nhiệm hữu hạn", "Công ty trách nhiệm hữu hạn một thành viên"},
	"cophan":  {"Công ty Cổ phần", "Công ty CP", "CTCP"},
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
	"yk": true, "gk": true, "jusik": true, "yuhan": true, "llc": true, "wll": true, "baam": true, "jamkat": true, "tnhh": true,
	"cophan": true, "jsc": true, "ooo": true, "tov": true, "too": true, "sal": true}

// leadingFamilies are written before the name.
var leadingFamilies = []string{"ooo", "tov", "too", "ao", "ip", "pt", "cvid", "kk", "yk", "gk", "jusik", "yuhan", "sia", "uab", "ou", "tnhh", "cophan"}

// companyWords say "company" before a name whose legal form stands behind it.
var companyWords = []string{Words("บริษัท")[0], Words("شركة")[0]}

// gluedFamilies are written without a space.
var gluedFamilies = []string{"ltd", "stock", "kk", "yk", "gk", "jusik", "yuhan", "jamkat"}

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
			forms[strings.Join(Words(n), "")] = family
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
			if key := strings.Join(Words(n), ""); n[0] >= 0x80 && len(key) > 3 {
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
