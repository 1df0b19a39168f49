package wire

import (
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
)

func (v *validator) merchant(m *assayv1.Merchant) {
	v.maxBytes("merchant_id", m.GetMerchantId(), maxID)
	v.maxBytes("legal_name", m.GetLegalName(), maxName)
	v.texts("aliases", m.GetAliases(), 16, maxName)
	v.maxBytes("shop_name", m.GetShopName(), maxName)
	v.enum("shop_type", int32(m.GetShopType()), assayv1.ShopType_name, false)
	v.maxBytes("country", m.GetCountry(), 64)
	v.maxBytes("registration_number", m.GetRegistrationNumber(), 128)
	v.address(m.GetAddress())
	v.contact(m.GetContact())
	v.trader(m.GetEuTrader())
	v.history(m.GetHistory())
	v.texts("agent_countries", m.GetAgentCountries(), 32, 64)
}

func (v *validator) address(a *assayv1.PostalAddress) {
	if a == nil {
		return
	}
	v.push("address")
	v.texts("lines", a.GetLines(), 8, 512)
	v.maxBytes("postal_code", a.GetPostalCode(), 64)
	v.maxBytes("locality", a.GetLocality(), 256)
	v.maxBytes("region", a.GetRegion(), 256)
	v.maxBytes("country", a.GetCountry(), 64)
	v.pop()
}

func (v *validator) contact(c *assayv1.Contact) {
	if c == nil {
		return
	}
	v.push("contact")
	v.maxBytes("email", c.GetEmail(), 512)
	v.maxBytes("phone", c.GetPhone(), 512)
	v.maxBytes("website", c.GetWebsite(), 512)
	v.maxBytes("person", c.GetPerson(), 512)
	v.pop()
}

func (v *validator) trader(t *assayv1.TraderInfo) {
	if t == nil {
		return
	}
	v.push("eu_trader")
	v.maxBytes("trade_register", t.GetTradeRegister(), 512)
	v.maxBytes("trade_register_number", t.GetTradeRegisterNumber(), 128)
	v.pop()
}

func (v *validator) history(h *assayv1.MerchantHistory) {
	if h == nil {
		return
	}
	v.push("history")
	for _, f := range []struct {
		name string
		n    *int32
	}{{"strikes", h.Strikes}, {"complaints", h.Complaints}, {"listings_7d", h.Listings_7D}} {
		if f.n != nil {
			v.atLeast(f.name, int64(*f.n), 0)
		}
	}
	if h.Sales_12M != nil {
		v.atLeast("sales_12m", *h.Sales_12M, 0)
	}
	v.pop()
}

func (v *validator) party(field string, p *assayv1.Party) {
	if p == nil {
		return
	}
	v.push(field)
	v.maxBytes("legal_name", p.GetLegalName(), maxName)
	v.texts("aliases", p.GetAliases(), 16, maxName)
	v.maxBytes("country", p.GetCountry(), 64)
	v.maxBytes("registration_number", p.GetRegistrationNumber(), 128)
	v.maxBytes("address", p.GetAddress(), 2048)
	v.contact(p.GetContact())
	v.enum("kind", int32(p.GetKind()), assayv1.PartyKind_name, false)
	v.pop()
}

func merchant(m *assayv1.Merchant) listing.Merchant {
	if m == nil {
		return listing.Merchant{History: history(nil)}
	}
	a, t := m.GetAddress(), m.GetEuTrader()
	return listing.Merchant{
		ID: m.GetMerchantId(), LegalName: m.GetLegalName(), Aliases: m.GetAliases(),
		ShopName: m.GetShopName(), ShopType: listing.ShopType(m.GetShopType()),
		Country: m.GetCountry(), RegistrationNumber: m.GetRegistrationNumber(),
		Address: listing.Address{Lines: a.GetLines(), PostalCode: a.GetPostalCode(), Locality: a.GetLocality(),
			Region: a.GetRegion(), Country: a.GetCountry()},
		Contact:    contact(m.GetContact()),
		VerifiedAt: moment(m.GetVerifiedAt()),
		TaxID:      known(m.TaxIdOnFile), BankAccount: known(m.BankAccountOnFile),
		EUTrader:       trader(t),
		History:        history(m.GetHistory()),
		AgentCountries: m.GetAgentCountries(),
	}
}

func trader(t *assayv1.TraderInfo) listing.TraderInfo {
	if t == nil {
		return listing.TraderInfo{}
	}
	return listing.TraderInfo{Register: t.GetTradeRegister(), RegisterNumber: t.GetTradeRegisterNumber(),
		IdentityDocument: known(t.IdentityDocumentOnFile), SelfCertified: known(t.SelfCertified)}
}

func contact(c *assayv1.Contact) listing.Contact {
	return listing.Contact{Email: c.GetEmail(), Phone: c.GetPhone(), Website: c.GetWebsite(), Person: c.GetPerson()}
}

func history(h *assayv1.MerchantHistory) listing.History {
	to := listing.History{Strikes: -1, Complaints: -1, Sales12M: -1, Listings7D: -1}
	if h == nil {
		return to
	}
	to.OpenedAt, to.Gross12M = moment(h.GetOpenedAt()), price(h.GetGross_12M())
	for _, f := range []struct {
		to   *int32
		from *int32
	}{{&to.Strikes, h.Strikes}, {&to.Complaints, h.Complaints}, {&to.Listings7D, h.Listings_7D}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if h.Sales_12M != nil {
		to.Sales12M = *h.Sales_12M
	}
	return to
}

func party(p *assayv1.Party) listing.Party {
	if p == nil {
		return listing.Party{}
	}
	return listing.Party{LegalName: p.GetLegalName(), Aliases: p.GetAliases(), Country: p.GetCountry(),
		RegistrationNumber: p.GetRegistrationNumber(), Address: p.GetAddress(), Contact: contact(p.GetContact()),
		Kind: listing.PartyKind(p.GetKind())}
}
