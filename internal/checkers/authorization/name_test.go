package authorization

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/text"
)

func TestMatchParties(t *testing.T) {
	tests := []struct {
		a, b string
		want closeness
	}{
		{"B GmbH", "B GmbH", literal},
		{"B GmbH", "b gmbh", equal},
		{"B GmbH", "B  G.m.b.H.", equal},
		{"Beispiel GmbH", "Beispiel Gesellschaft mit beschränkter Haftung", equal},
		{"Nova Trading Ltd", "NOVA TRADING LIMITED", equal},
		{"Nova Trading Co., Ltd.", "Nova Trading Company Limited", equal},
		{"Nova Trading Ltd", "Nova Trading Co Ltd", equal},
		{"Müller & Söhne KG", "Muller and Sohne KG", equal},
		{"Atelier Nord S.A.R.L.", "Atelier Nord SARL", equal},
		{"Atelier Nord S.à r.l.", "ATELIER NORD SARL", equal},
		{"Azienda Blu S.p.A.", "AZIENDA BLU SPA", equal},
		{"Blauw B.V.", "Blauw BV", equal},
		{"Koti Oy", "KOTI OY", equal},
		{"Hus AB", "Hus Aktiebolag", equal},
		{"Kookaburra Pty Ltd", "Kookaburra PTY. LIMITED", equal},
		{"Harimau Sdn Bhd", "Harimau SDN. BHD.", equal},
		{"Ananas Inc", "Ananas, Incorporated", equal},
		{"Ananas Corp.", "Ananas Corporation", equal},
		{"Ananas L.L.C.", "Ananas LLC", equal},
		{"深圳市蓝海贸易有限公司", "深圳市蓝海贸易有限责任公司", equal},
		{"深圳市蓝海贸易有限公司", "深圳市 蓝海贸易 有限公司", equal},
		{"深圳市蓝海贸易股份有限公司", "深圳市蓝海贸易有限公司", similar},
		{"株式会社青空", "青空株式会社", equal},
		{"(株)青空", "株式会社 青空", equal},
		{"㈜한빛", "주식회사 한빛", equal},
		{"ООО «Ромашка»", "Общество с ограниченной ответственностью Ромашка", equal},
		{"PT Merapi", "Merapi, PT", equal},
		{"Muster GmbH & Co. KG", "MUSTER GMBH & CO KG", equal},
		{"Muster GmbH & Co. KG", "Muster GmbH", different},
		{"B GmbH", "B Ltd", different},
		{"B GmbH", "C GmbH", different},
		{"Nova Trading Ltd", "Nova Trading", similar},
		{"Nova Tradng Ltd", "Nova Trading Ltd", similar},
		{"Nova Tradign Ltd", "Nova Trading Ltd", similar},
		{"Trading Nova Ltd", "Nova Trading Ltd", similar},
		{"Nova Trading Ltd", "Nova Trading Europe Ltd", different},
		{"Nova Trading Ltd", "Terra Trading Ltd", different},
		{"蓝海有限公司", "红海有限公司", different},
		{"Nova Inc", "Nova Corp", similar},
		{"Limited", "Limited", literal},
		{"ИП Иванов И. И.", "Индивидуальный предприниматель Иванов И.И.", equal},
		{"OOO Romashka", "ООО Romashka", equal},
		{"ИВАН ООО", "ПВАН ООО", similar},
		{"Nova Trading Ltd", "Nоvа Trаding Ltd", similar}, // three letters Cyrillic
		{"臺灣遠東貿易有限公司", "台湾远东贸易有限公司", equal},
		{"廣州藍海體育用品股份有限公司", "广州蓝海体育用品股份有限公司", equal},
		{"廣州藍海體育用品有限公司", "广州红海体育用品有限公司", similar},
		{"SIA Baltic Wholesale", "Baltic Wholesale, SIA", equal},
		{"Baltic Wholesale OÜ", "Osaühing Baltic Wholesale", equal},
		{"UAB Vilnius Trade", "Vilnius Trade UAB", equal},
		{"Công ty TNHH Sao Mai", "CÔNG TY TRÁCH NHIỆM HỮU HẠN SAO MAI", equal},
		{"Công ty TNHH Sao Mai", "Sao Mai Co., Ltd.", similar},
		{"Công ty Cổ phần Sao Mai", "CTCP Sao Mai", equal},
		{"บริษัท สยามเทรด จำกัด", "สยามเทรด จำกัด", equal},
		{"บริษัทสยามเทรดจำกัด", "บริษัท สยามเทรด จำกัด", equal},
		{"شركة النور ذ.م.م", "النور ذ م م", equal},
		{"אור סחר בע\"מ", "אור סחר בעמ", equal},
		{"Loja Azul Ltda.", "LOJA AZUL LTDA ME", equal},
		{"Loja Azul Unipessoal Lda", "Loja Azul, Lda.", equal},
		{"Modrá hvězda a.s.", "Modra hvezda, akciová společnost", equal},
		{"Синя зірка ООД", "Синя зірка ЕООД", equal},
		{"Γαλάζιο Ε.Π.Ε.", "ΓΑΛΑΖΙΟ ΕΠΕ", equal},
		{"Kék Csillag Kft.", "Kék Csillag Korlátolt Felelősségű Társaság", equal},
		{"Kék Csillag Kft.", "Kék Csillag Zrt.", different},
		{"Blue Star (Pty) Ltd", "Blue Star Proprietary Limited", equal},
		{"Blue Star (Private) Limited", "Blue Star Pvt. Ltd.", equal},
		{"Estrella Azul S.A. de C.V.", "Estrella Azul SA de CV", equal},
		{"Estrella Azul S.A.C.", "Estrella Azul S.A.", different},
		{"Étoile Bleue Ltée", "Etoile Bleue Limitée", equal},
		{"ТОВ «Зоря»", "Товариство з обмеженою відповідальністю Зоря", equal},
		{"Stella Blu S.r.l.", "Stella Blu Società a responsabilità limitata", equal},
		{"...", "Nova", unstated},
		{"", "", unstated},
	}
	for _, tt := range tests {
		a, b := newParty(tt.a, nil, "", ""), newParty(tt.b, nil, "", "")
		if got := match(&a, &b); got != tt.want {
			t.Errorf("match(%q, %q) = %d, want %d: %+v, %+v", tt.a, tt.b, got, tt.want, a.names, b.names)
		}
		if there, back := match(&a, &b), match(&b, &a); there != back {
			t.Errorf("match(%q, %q) = %d, the other way round %d", tt.a, tt.b, there, back)
		}
	}
}

func TestMatchAliasesAndNumbers(t *testing.T) {
	shop := newParty("Nova Trading Ltd", []string{"Nova Outdoor Ltd"}, "GB", "01234567")
	tests := map[string]struct {
		other party
		want  closeness
	}{
		"an alias of the merchant":         {newParty("Nova Outdoor Limited", nil, "", ""), equal},
		"an alias of the other":            {newParty("Nova Group", []string{"NOVA TRADING LTD."}, "", ""), equal},
		"a near alias is not enough":       {newParty("Nova Outdor Ltd", nil, "", ""), different},
		"the same number under a new name": {newParty("Gale Ltd", nil, "GB", "0123-4567"), similar},
		"the same number elsewhere":        {newParty("Gale Ltd", nil, "IE", "01234567"), different},
		"only an alias":                    {newParty("", []string{"Nova Trading Ltd"}, "", ""), equal},
	}
	for what, tt := range tests {
		if got := match(&shop, &tt.other); got != tt.want {
			t.Errorf("%s: match = %d, want %d", what, got, tt.want)
		}
	}
}

// A spelling of a legal form belongs to one family, or what a name means would be chance.
func TestLegalFormsAreDistinct(t *testing.T) {
	families := make(map[string]string)
	for family, names := range legalFormNames {
		for _, n := range names {
			key := strings.Join(nameWords(n), "")
			if key == "" || strings.Count(key, "") > 80 {
				t.Errorf("%s: %q folds to %q", family, n, key)
			}
			if other, taken := families[key]; taken && other != family {
				t.Errorf("%q is of %s and of %s", n, family, other)
			}
			families[key] = family
		}
	}
	if n := len(legalFormNames); n < 80 {
		t.Errorf("%d families of legal forms", n)
	}
}

// The short way to fold a word of ASCII folds it as the long way does.
func TestPlainWordsFoldAlike(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		word := rapid.StringMatching(`[A-Za-z0-9']{1,12}`).Draw(r, "word")
		short, plain := foldPlain(word)
		if long := foldWord(new(text.Folded), word); !plain || short != long {
			r.Fatalf("%q: %q and %q", word, short, long)
		}
	})
}
