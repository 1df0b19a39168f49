package listing

import "time"

// A Market is a country a product is offered in: ISO 3166-1 alpha-2, upper case.
type Market string

// A Submission is one request to publish a listing.
type Submission struct {
	ID          string
	Merchant    Merchant
	Product     Product
	Markets     []Market // at least one, each once, in the order asked
	Documents   []Document
	AsOf        time.Time         // UTC; the only "now" a checker knows
	Annotations map[string]string // the caller's own notes; never judged
}

// A Product is the content shown to buyers.
type Product struct {
	Title, Description       string
	Bullets, Keywords        []string
	Attributes               []Attribute // ordered by key
	Brand                    string      // an unverified claim
	Manufacturer, Model, MPN string
	GTIN                     string
	Category                 string // as submitted; the rulebook maps it to its taxonomy
	Condition                Condition
	Price, ListPrice         Price
	PreviousPrice, Shipping  Price
	PackQuantity             int32 // 0: not stated
	StockQuantity            int64 // -1: not known
	Variants                 []Variant
	OriginCountry            string
	UnitCodes                []string
	Images                   []Image
	ManufacturerParty        Party
	EUResponsiblePerson      Party
}

// An Attribute is a named property of a product.
type Attribute struct{ Key, Value string }

// A Variant is one choice under a listing. Its price is absent where it is the product's.
type Variant struct {
	Name  string
	Price Price
	GTIN  string
}

// An Image is what the caller knows of a picture.
type Image struct {
	SHA256         string
	Labels         []string
	PerceptualHash string // of what it shows, as the caller makes it
}

// Condition of the goods.
type Condition uint8

// Conditions, numbered as in the contract.
const (
	ConditionUnknown Condition = iota
	ConditionNew
	ConditionOpenBox
	ConditionRefurbished
	ConditionUsedLikeNew
	ConditionUsedVeryGood
	ConditionUsedGood
	ConditionUsedAcceptable
	ConditionUsed
	ConditionCollectible
	ConditionForParts
)

var conditionNames = [...]string{"not stated", "new", "open box", "refurbished", "used, like new", "used, very good",
	"used, good", "used, acceptable", "used", "collectible", "for parts"}

// String is the condition in words.
func (c Condition) String() string {
	if int(c) < len(conditionNames) {
		return conditionNames[c]
	}
	return "unknown condition"
}
