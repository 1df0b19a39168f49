package party

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/text"
)

func TestMatchParties(t *testing.T) {
	tests := []struct {
		a, b string
		want Closeness
	}{
		{"B GmbH", "B GmbH", Literal},
		{"B GmbH", "b gmbh", Equal},
		{"B GmbH", "B  G.m.b.H.", Equal},
		{"Beispiel GmbH", "Beispiel Gesellschaft mit beschränkter Haftung", Equal},
		{"Nova Trading Ltd", "NOVA TRADING LIMITED", Equal},
		{"Nova Trading Co., Ltd.", "Nova Trading Company Limited", Equal},
		{"Nova Trading Ltd", "Nova Trading Co Ltd", Equal},
		{"Müller & Söhne KG", "Muller and Sohne KG", Equal},
		{"Atelier Nord S.A.R.L.", "Atelier Nord SARL", Equal},
		{"Atelier Nord S.à r.l.", "ATELIER NORD SARL", Equal},
		{"Azienda Blu S.p.A.", "AZIENDA BLU SPA", Equal},
		{"Blauw B.V.", "Blauw BV", Equal},
		{"Koti Oy", "KOTI OY", Equal},
		{"Hus AB", "Hus Aktiebolag", Equal},
		{"Kookaburra Pty Ltd", "Kookaburra PTY. LIMITED", Equal},
		{"Harimau Sdn Bhd", "Harimau SDN. BHD.", Equal},
		{"Ananas Inc", "Ananas, Incorporated", Equal},
		{"Ananas Corp.", "Ananas Corporation", Equal},
		{"Ananas L.L.C.", "Ananas LLC", Equal},
		{"深圳市蓝海贸易有限公司", "深圳市蓝海贸易有限责任公司", Equal},
		{"深圳市蓝海贸易有限公司", "深圳市 蓝海贸易 有限公司", Equal},
		{"深圳市蓝海贸易股份有限公司", "深圳市蓝海贸易有限公司", Similar},
		{"株式会社青空", "青空株式会社", Equal},
		{"(株)青空", "株式会社 青空", Equal},
		{"㈜한빛", "주식회사 한빛", Equal},
		{"ООО «Ромашка»", "Общество с ограниченной ответственностью Ромашка", Equal},
		{"PT Merapi", "Merapi, PT", Equal},
		{"Muster GmbH & Co. KG", "MUSTER GMBH & CO KG", Equal},
		{"Muster GmbH & Co. KG", "Muster GmbH", Different},
		{"B GmbH", "B Ltd", Different},
		{"B GmbH", "C GmbH", Different},
		{"Nova Trading Ltd", "Nova Trading", Similar},
		{"Nova Tradng Ltd", "Nova Trading Ltd", Similar},
		{"Nova Tradign Ltd", "Nova Trading Ltd", Similar},
		{"Trading Nova Ltd", "Nova Trading Ltd", Similar},
		{"Nova Trading Ltd", "Nova Trading Europe Ltd", Different},
		{"Nova Trading Ltd", "Terra Trading Ltd", Different},
		{"蓝海有限公司", "红海有限公司", Different},
		{"Nova Inc", "Nova Corp", Similar},
		{"Limited", "Limited", Literal},
		{"ИП Иванов И. И.", "Индивидуальный предприниматель Иванов И.И.", Equal},
		{"OOO Romashka", "ООО Romashka", Equal},
		{"ИВАН ООО", "ПВАН ООО", Similar},
		{"Nova Trading Ltd", "Nоvа Trаding Ltd", Similar}, // three letters Cyrillic
		{"臺灣遠東貿易有限公司", "台湾远东贸易有限公司", Equal},
		{"廣州藍海體育用品股份有限公司", "广州蓝海体育用品股份有限公司", Equal},
		{"廣州藍海體育用品有限公司", "广州红海体育用品有限公司", Similar},
		{"SIA Baltic Wholesale", "Baltic Wholesale, SIA", Equal},
		{"Baltic Wholesale OÜ", "Osaühing Baltic Wholesale", Equal},
		{"UAB Vilnius Trade", "Vilnius Trade UAB", Equal},
		{"Công ty TNHH Sao Mai", "CÔNG TY TRÁCH NHIỆM HỮU HẠN SAO MAI", Equal},
		{"Công ty TNHH Sao Mai", "Sao Mai Co., Ltd.", Similar},
		{"Công ty Cổ phần Sao Mai", "CTCP Sao Mai", Equal},
		{"บริษัท สยามเทรด จำกัด", "สยามเทรด จำกัด", Equal},
		{"บริษัทสยามเทรดจำกัด", "บริษัท สยามเทรด จำกัด", Equal},
		{"شركة النور ذ.م.م", "النور ذ م م", Equal},
		{"אור סחר בע\"מ", "אור סחר בעמ", Equal},
		{"Loja Azul Ltda.", "LOJA AZUL LTDA ME", Equal},
		{"Loja Azul Unipessoal Lda", "Loja Azul, Lda.", Equal},
		{"Modrá hvězda a.s.", "Modra hvezda, akciová společnost", Equal},
		{"Синя зірка ООД", "Синя зірка ЕООД", Equal},
		{"Γαλάζιο Ε.Π.Ε.", "ΓΑΛΑΖΙΟ ΕΠΕ", Equal},
		{"Kék Csillag Kft.", "Kék Csillag Korlátolt Felelősségű Társaság", Equal},
		{"Kék Csillag Kft.", "Kék Csillag Zrt.", Different},
		{"Blue Star (Pty) Ltd", "Blue Star Proprietary Limited", Equal},
		{"Blue Star (Private) Limited", "Blue Star Pvt. Ltd.", Equal},
		{"Estrella Azul S.A. de C.V.", "Estrella Azul SA de CV", Equal},
		{"Estrella Azul S.A.C.", "Estrella Azul S.A.", Different},
		{"Étoile Bleue Ltée", "Etoile Bleue Limitée", Equal},
		{"ТОВ «Зоря»", "Товариство з обмеженою відповідальністю Зоря", Equal},
		{"Stella Blu S.r.l.", "Stella Blu Società a responsabilità limitata", Equal},
		{"...", "Nova", Unstated},
		{"", "", Unstated},
	}
	for _, tt := range tests {
		a, b := New(tt.a, nil, "", ""), New(tt.b, nil, "", "")
		if got := Match(&a, &b); got != tt.want {
			t.Errorf("match(%q, %q) = %d, want %d: %+v, %+v", tt.a, tt.b, got, tt.want, a.names, b.names)
		}
		if there, back := Match(&a, &b), Match(&b, &a); there != back {
			t.Errorf("match(%q, %q) = %d, the other way round %d", tt.a, tt.b, there, back)
		}
	}
}

func TestMatchAliasesAndNumbers(t *testing.T) {
	shop := New("Nova Trading Ltd", []string{"Nova Outdoor Ltd"}, "GB", "01234567")
	tests := map[string]struct {
		other Party
		want  Closeness
	}{
		"an alias of the merchant":         {New("Nova Outdoor Limited", nil, "", ""), Equal},
		"an alias of the other":            {New("Nova Group", []string{"NOVA TRADING LTD."}, "", ""), Equal},
		"a near alias is not enough":       {New("Nova Outdor Ltd", nil, "", ""), Different},
		"the same number under a new name": {New("Gale Ltd", nil, "GB", "0123-4567"), Similar},
		"the same number elsewhere":        {New("Gale Ltd", nil, "IE", "01234567"), Different},
		"only an alias":                    {New("", []string{"Nova Trading Ltd"}, "", ""), Equal},
	}
	for what, tt := range tests {
		if got := Match(&shop, &tt.other); got != tt.want {
			t.Errorf("%s: match = %d, want %d", what, got, tt.want)
		}
	}
}

// A spelling of a legal form belongs to one family, or what a name means would be chance.
func TestLegalFormsAreDistinct(t *testing.T) {
	families := make(map[string]string)
	for family, names := range legalFormNames {
		for _, n := range names {
			key := strings.Join(Words(n), "")
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
