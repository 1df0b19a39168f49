package listing

import "time"

// A Merchant is who submits. Empty fields are not known.
type Merchant struct {
	ID                 string
	LegalName          string
	Aliases            []string // names of the same legal person that the platform has verified
	ShopName           string   // shown to buyers
	ShopType           ShopType
	Country            string
	RegistrationNumber string
	Address            Address
	Contact            Contact
	VerifiedAt         time.Time // zero: never, as far as known
	TaxID, BankAccount Known     // whether one is on file
	EUTrader           TraderInfo
	History            History
	AgentCountries     []string // where an agent who receives legal papers is named
}

// Known is a fact that may be not known.
type Known uint8

// The three states of a fact.
const (
	NotKnown Known = iota
	Yes
	No
)

// ShopType is the kind of shop, as claimed.
type ShopType uint8

// Shop types, numbered as in the contract.
const (
	ShopTypeUnknown ShopType = iota
	ShopTypeMultiBrand
	ShopTypeBrandStore
	ShopTypeFlagship
	ShopTypeIndividual
)

// An Address is a postal address as written.
type Address struct {
	Lines                                 []string
	PostalCode, Locality, Region, Country string
}

// A Contact says how somebody is reached.
type Contact struct{ Email, Phone, Website, Person string }

// TraderInfo is what EU law makes a platform ask of a trader (Digital Services Act, art. 30).
type TraderInfo struct {
	Register, RegisterNumber        string
	IdentityDocument, SelfCertified Known
}

// History is what the platform knows of the merchant's past; -1 and zero times are not known.
type History struct {
	OpenedAt            time.Time
	Strikes, Complaints int32
	Sales12M            int64
	Gross12M            Price
	Listings7D          int32
}

// A Party is a person or company named in a document. The zero Party is "not extracted".
type Party struct {
	LegalName          string
	Aliases            []string
	Country            string
	RegistrationNumber string
	Address            string
	Contact            Contact
	Kind               PartyKind
}

// PartyKind is what a party is.
type PartyKind uint8

// Party kinds, numbered as in the contract.
const (
	PartyKindUnknown PartyKind = iota
	PartyKindCompany
	PartyKindPerson
)
