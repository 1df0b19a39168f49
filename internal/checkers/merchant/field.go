package merchant

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// A want is a field that is missing: where it belongs, and in words.
type want struct{ path, words string }

// A field is something a merchant gives, and whether it is there.
type field struct {
	want
	given func(m *listing.Merchant) bool
}

func stated(s string) bool { return strings.TrimSpace(s) != "" }

// A private person's shop is in no register.
func private(m *listing.Merchant) bool { return m.ShopType == listing.ShopTypeIndividual }

var fields = map[rulebook.MerchantField]field{
	rulebook.FieldLegalName: {want{"merchant.legal_name", "legal name"}, func(m *listing.Merchant) bool { return stated(m.LegalName) }},
	rulebook.FieldRegistrationNumber: {want{"merchant.registration_number", "registration number"},
		func(m *listing.Merchant) bool { return stated(m.RegistrationNumber) || private(m) }},
	rulebook.FieldAddress: {want{"merchant.address", "address"}, hasAddress},
	rulebook.FieldEmail:   {want{"merchant.contact.email", "e-mail address"}, func(m *listing.Merchant) bool { return stated(m.Contact.Email) }},
	rulebook.FieldPhone:   {want{"merchant.contact.phone", "telephone number"}, func(m *listing.Merchant) bool { return stated(m.Contact.Phone) }},
	rulebook.FieldContact: {want{"merchant.contact", "e-mail address or telephone number"},
		func(m *listing.Merchant) bool { return stated(m.Contact.Email) || stated(m.Contact.Phone) }},
	rulebook.FieldTaxID:       {want{"merchant.tax_id_on_file", "tax number"}, func(m *listing.Merchant) bool { return m.TaxID == listing.Yes }},
	rulebook.FieldBankAccount: {want{"merchant.bank_account_on_file", "payment account"}, func(m *listing.Merchant) bool { return m.BankAccount == listing.Yes }},
	rulebook.FieldTradeRegister: {want{"merchant.eu_trader.trade_register", "trade register and number there"},
		func(m *listing.Merchant) bool {
			return stated(m.EUTrader.Register) && stated(m.EUTrader.RegisterNumber) || private(m)
		}},
	rulebook.FieldIdentityDocument: {want{"merchant.eu_trader.identity_document_on_file", "copy of an identity document"},
		func(m *listing.Merchant) bool { return m.EUTrader.IdentityDocument == listing.Yes }},
	rulebook.FieldSelfCertification: {want{"merchant.eu_trader.self_certified", "self-certification"},
		func(m *listing.Merchant) bool { return m.EUTrader.SelfCertified == listing.Yes }},
	rulebook.FieldCountry: {want{"merchant.country", "country of establishment"}, func(m *listing.Merchant) bool { return stated(m.Country) }},
}

func hasAddress(m *listing.Merchant) bool {
	return slices.ContainsFunc(m.Address.Lines, stated) && (stated(m.Address.Country) || stated(m.Country))
}

// gapOf is what is missing of a field in some of the markets; the zero value: nothing. A field that this program does not know
// is missing: it was asked for and nobody looked.
func gapOf(s *subject, f rulebook.MerchantField, markets []listing.Market) want {
	if f == rulebook.FieldLocalAgent {
		named := func(m listing.Market) bool {
			return slices.ContainsFunc(s.Merchant.AgentCountries, func(c string) bool { return strings.EqualFold(c, string(m)) })
		}
		for _, m := range markets {
			if !named(m) {
				return want{"merchant.agent_countries", "agent in " + string(m)}
			}
		}
		return want{}
	}
	known, ok := fields[f]
	switch {
	case !ok:
		return want{"merchant", "a field unknown to this program"}
	case known.given(&s.Merchant):
		return want{}
	}
	return known.want
}
