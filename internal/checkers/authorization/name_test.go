package authorization

import "testing"

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
