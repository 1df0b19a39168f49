package rulebook

import (
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

// A Book is all policy data of one version, valid and immutable.
type Book struct {
	Label  string
	Digest string // SHA-256 over the names and bytes of all files, 64 lower-case hex digits
	Lists  []List // one per file, by name

	Marks        []Mark       // by id; those of marks.jsonl
	Register     *Register    // of marks.bin; nil: none
	Superseded   map[int]bool // marks of Register that marks.jsonl replaces or withdraws
	Words        []string     // known ordinary words
	Dictionary   []string     // more words, of which is known only that they are no misspelt marks
	Wording      []Wording
	Categories   *Categories
	Gates        []Gate
	Packs        []Pack
	Papers       Papers
	Baselines    []Baseline // of baselines.csv
	Cohorts      *Cohorts   // of baselines.bin; nil: none
	Prices       Prices
	Rates        *Rates // nil: none
	Decisions    *verdict.Table
	CodesAt      map[string]Position // of the table's rows, by CODE or CODE/variant
	Rules        []Rule
	Policies     map[string]Policy // by checker; not named: enforced, and its failure means REVIEW
	Zones        listing.Zones
	Remotes      []Remote
	Merchants    Merchants
	Requirements []Requirement // empty: none
	Orders       []Order       // empty: none
	Tests        []Test
}

// A List is one file of a book.
type List struct {
	Name   string
	Digest string // SHA-256 of its bytes, 64 lower-case hex digits
	Rows   int
}

// A Policy says how a checker counts.
type Policy struct {
	At      Position
	Failure verdict.FailurePolicy // FailureUnknown: not given
	Shadow  bool                  // what it finds stands apart and counts for nothing
}

// A Position is where a row stands, or something wrong with it. Its zero fields are not known.
type Position struct {
	File   string
	Line   int // from 1
	Column int // from 1, of characters in YAML files and of bytes in the others
}

// A Mark is a protected sign. Empty fields are not known, and what is not known is not held against the mark: one
// without territories is taken to be protected everywhere, one without classes for all goods, one without a day on which
// it expires for ever.
type Mark struct {
	At                 Position
	ID                 string
	Text               string
	Aliases            []Alias
	Holder             string
	HolderCountry      string
	Office             string
	RegistrationNumber string
	Territories        []string // ISO codes, "EU", "WORLD"
	NiceClasses        []int
	Status             MarkStatus
	RegisteredOn       listing.Date // the first day of protection
	ExpiresOn          listing.Date // the last
	DictionaryWord     bool
	PersonalName       bool
	Famous             bool     // protected for all goods
	HomeCategories     []string // where it is at home: a product fact, not law
	Models             []string // names of product lines that stand for it
	CompanyPrefixes    []string // GS1 prefixes of its holder's product codes: 4 to 12 digits
	Policy             MatchPolicy
	Sources            []string // where the facts come from
}

// An Alias is another spelling or name of a mark.
type Alias struct {
	Text     string
	Language string
	Kind     AliasKind
}

// AliasKind is what kind of other name an alias is.
type AliasKind string

// Kinds of alias.
const (
	Transliteration AliasKind = "transliteration"
	Abbreviation    AliasKind = "abbreviation"
	Spelling        AliasKind = "spelling"
	Nickname        AliasKind = "nickname"
	Coded           AliasKind = "coded" // words or initials that stand for the mark on its goods, and for other things elsewhere
)

// MarkStatus is how a mark stands.
type MarkStatus string

// States of a mark. The empty one is not known and counts as registered.
const (
	MarkRegistered MarkStatus = "registered"
	MarkPending    MarkStatus = "pending"
	MarkDead       MarkStatus = "dead"

	// MarkWithdrawn takes a mark of marks.bin out of the book. It stands in rows of marks.jsonl, never in a Book.
	MarkWithdrawn MarkStatus = "withdrawn"
)

// MatchPolicy says which disguises of a mark are looked through.
type MatchPolicy string

// Match policies. The empty one is MatchFuzzy.
const (
	MatchExact     MatchPolicy = "exact"
	MatchDisguised MatchPolicy = "disguised"
	MatchFuzzy     MatchPolicy = "fuzzy"
)

// Wording is a list of phrases that tell how a mark is used.
type Wording struct {
	At       Position
	Kind     WordingKind
	Language string
	Position CuePosition
	Phrases  []string
	Exempts  []string // of Exempt: codes excused
	Marks    []string // of PlainContext: ids of marks; empty: every dictionary-word mark
	Doc      string
	Citation string
}

// WordingKind is what a phrase shows.
type WordingKind uint8

// Kinds of wording, numbered as in the schema.
const (
	WordingUnknown WordingKind = iota
	CounterfeitExplicit
	CounterfeitGrade
	SourceClaim
	DupeInspired
	Disclaimer
	OffPlatform
	Exempt
	Compatibility
	ComparisonCue
	AffiliationClaim
	Flagship
	GenericBrand
	PlainContext
	Accessory
	Whole
)

// CuePosition is where a cue stands, seen from the mark.
type CuePosition uint8

// Positions, numbered as in the schema; the zero value counts as Before.
const (
	PositionUnknown CuePosition = iota
	Before
	After
	Either
)

// A Gate makes marks need papers. Empty lists mean all.
type Gate struct {
	At         Position
	Marks      []string
	Markets    []listing.Market
	Categories []string
	Conditions []listing.Condition
	ShopTypes  []listing.ShopType
	Pack       string
	Citation   string
}

// A Pack is a set of requirements; any one alternative satisfies it. What a pack extends is in it already.
type Pack struct {
	At                    Position
	Name, Doc             string
	Extends               string // the pack it was made from
	Alternatives          []Alternative
	MaxLevels             int // 0: no limit
	MinRemainingDays      int
	MinRemainingMandatory bool
	MinTermDays           int                 // of a grant, from its first day to its last
	Channel               string              // "ONLINE", "OFFLINE", "MARKETPLACE:name"; empty: ONLINE
	Exclusivity           listing.Exclusivity // every grant's, at least; unknown: any
	LiteralNames          bool                // names that are equal only after normalisation are told
	ClassesStated         bool                // certificates and grants must state Nice classes
	PendingMarks          bool                // an application counts as a registration
	SignatureMandatory    bool                // a grant without signature stands in the way
	Countersigned         bool                // the one who is granted must have signed too
	Languages             []string            // read without translation; empty: any
	DisputeDays           int                 // after which an idle complaint no longer suspends; 0: never
	Citation              string
}

// An Alternative is a set of papers that together satisfy a pack.
type Alternative struct {
	Name       string
	Proof      Proof
	Types      []listing.DocumentType
	MaxAgeDays int   // of ProofInvoice; 0: any
	MinUnits   int64 // of ProofInvoice, however few are in stock
}

// Papers is what is asked of every paper, whatever the pack.
type Papers struct {
	MinConfidence float32  // of an extracted field; less counts as not extracted
	SealCountries []string // whose companies sign by seal
	MaxTaxPercent int      // of the lines of an invoice, where it does not state the tax
	Formats       []string // media types taken, in lower case; empty: any
	ImageEditors  []string // words, in lower case, of programs that edit pictures
}

// Proof is how papers prove that a merchant may sell.
type Proof uint8

// Proofs, numbered as in the schema.
const (
	ProofUnknown Proof = iota
	ProofOwner
	ProofChain
	ProofInvoice
)

// A Baseline is what a product usually costs in a cohort. Empty keys are "any".
type Baseline struct {
	At           Position
	Kind         BaselineKind
	GTIN         string
	Brand        string
	Category     string
	Market       listing.Market
	Currency     string
	Condition    listing.Condition
	Merchants    int64 // -1: not known
	Observations int64
	Median       listing.Money
	Low, High    listing.Money // 5th and 95th percentile
	Least, Most  listing.Money // the range seen; zero: not known
	SpreadUp     float64       // upper-side MAD of ln price, not clamped
	PerUnit      bool          // prices were divided by the units of their packs
	State        BaselineState
	AsOf         listing.Date // zero: not known
	Source       string
}

// BaselineState is what is to be known of a baseline before it is believed.
type BaselineState string

// States of a baseline. The empty one is sound.
const (
	Contaminated BaselineState = "contaminated" // a cluster of far lower prices was set aside
	Frozen       BaselineState = "frozen"       // the median moved faster than it may, and the older figures stand
)

// BaselineKind is where a baseline comes from.
type BaselineKind string

// Kinds of baseline.
const (
	Observed BaselineKind = "observed"
	MSRP     BaselineKind = "msrp"
	Floor    BaselineKind = "floor"
	MAP      BaselineKind = "map" // a minimum advertised price; see Prices.MAPUnlawful
)

// Prices say when a price stands out.
type Prices struct {
	Tiers                []Tier
	MinSpread, MaxSpread float64
	HighRatio, HighZ     float64
	DoubleRatio          float64
	Currencies           map[listing.Market][]string // a market not named: any
	MaxRateAgeDays       int
	MAPUnlawful          []listing.Market
	MAPNotices           bool
	InflatedRatio        float64 // 0: never
	MultipackRatio       float64 // 0: never
	ShippingRatio        float64 // 0: never
	ConvertedMargin      float64 // 0: none
	PriorPrice           []listing.Market
	Emergencies          []Emergency
}

// An Emergency is a price cap that is in force for some time; see the schema.
type Emergency struct {
	At          Position
	Name        string
	Market      listing.Market
	Categories  []string     // paths of the taxonomy; empty: all
	From, Until listing.Date // both inclusive, in the market's zone
	Ratio       float64
}

// A Tier says from which ratio on a price below its reference is reported; see the schema.
type Tier struct {
	At                            Position
	Reference                     check.PriceReference
	Levels                        []string // empty: all
	MinMerchants, MinObservations int64
	SoftRatio, SoftZ              float64
	OutlierRatio                  float64
	OutlierRatioWithZ, OutlierZ   float64
	ExtremeRatio                  float64
	LeastRatio, ExtremeLeastRatio float64
	TightRatio, MostRatio         float64
	DoubleRatio                   float64 // 0: that of Prices
}

// A Test is a submission and what must come of it.
type Test struct {
	At         Position
	Name       string
	Submission *assayv1.Submission
	Decision   verdict.Decision // NoDecision: any
	Codes      []string         // CODE or CODE/variant that must be found and not excused
	Absent     []string         // that must not
	Shadow     []string         // CODE or CODE/variant that checkers in shadow must find
	Mentions   []ExpectedMention
}

// An ExpectedMention is a mention that must be there, in a role or (RoleUnknown) in any.
type ExpectedMention struct {
	MarkID string
	Role   check.Role
}
