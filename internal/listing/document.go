package listing

import (
	"fmt"
	"time"
)

// A Document is a paper given as proof: what the caller extracted from it. Empty fields are "not extracted".
type Document struct {
	ID             string
	Type           DocumentType
	SHA256         string
	Issuer         Party // who grants, certifies or sells
	Subject        Party // to whom
	Effective      Validity
	Language       string
	TranslationOf  string
	Dispute        *Dispute
	IssuedOn       Bound
	Territories    []string
	NiceClasses    []int32
	Categories     []string
	GTINs          []string
	Brands         []BrandGrant
	Channels       []string
	Exclusivity    Exclusivity
	MaySublicense  Known
	Signatures     []Signature
	Number         string
	Lines          []InvoiceLine
	Total          Price
	Status         DocumentStatus
	Confidence     map[string]float32 // extraction confidence in [0,1] by field; not named: sure
	Tax, Charges   Price              // within Total; absent: not extracted
	Discount       Price              // taken off before Total
	MediaType      string
	File           FileHistory
	Schemes        []string // standards and schemes it reports on
	Accreditations []Accreditation
	Outcome        ReportOutcome
	Models         []string
}

// An Accreditation is what entitles the issuer of a document to issue it.
type Accreditation struct{ Body, Number string }

// ReportOutcome is what a test, an inspection or a review came to.
type ReportOutcome uint8

// Outcomes, numbered as in the contract.
const (
	OutcomeUnknown ReportOutcome = iota
	Passed
	PassedOnConditions
	NotPassed
)

// FileHistory is what a file says of its own making. Zero times are not known.
type FileHistory struct {
	Producer          string
	Created, Modified time.Time
}

// DocumentType is the kind of paper.
type DocumentType uint8

// Document types, numbered as in the contract.
const (
	DocumentTypeUnknown DocumentType = iota
	TrademarkCertificate
	TrademarkApplication
	TrademarkRenewal
	Assignment
	AffiliationProof
	LetterOfAuthorization
	SubAuthorization
	DistributionAgreement
	LicenseAgreement
	PurchaseInvoice
	SalesReceipt
	CustomsDeclaration
	BusinessLicense
	IdentityDocument
	RepresentativeStatement
	Translation
	Notarization
	TestReport
	NonInfringementDeclaration
	InspectionReport
	QualificationReview
	ProFormaInvoice
	Quote
	OrderConfirmation
	SelfIssued
	OtherDocument
	DeclarationOfConformity
	ConformityCertificate
	ProductRegistration
	OperatingLicense
	FactoryAudit
	ManagementCertificate
	ImportCertificate
	SafetyDataSheet
)

var documentTypeNames = [...]string{"document", "trademark certificate", "trademark application", "trademark renewal or change",
	"assignment", "affiliation proof", "letter of authorization", "sub-authorization", "distribution agreement",
	"license agreement", "purchase invoice", "sales receipt", "customs declaration", "business license",
	"identity document", "representative statement", "translation", "notarization", "test report",
	"declaration of non-infringement", "inspection report", "qualification review", "pro forma invoice", "quote",
	"order confirmation", "self-issued paper", "other document", "declaration of conformity", "conformity certificate",
	"product registration", "operating license", "factory audit", "management system certificate", "import certificate",
	"safety data sheet"}

// String is the type in words.
func (t DocumentType) String() string {
	if int(t) < len(documentTypeNames) {
		return documentTypeNames[t]
	}
	return fmt.Sprintf("document type %d", t)
}

// Validity says when a document holds. A bound that is absent is not known, but for the end of a perpetual one.
type Validity struct {
	Start, End Bound
	Perpetual  bool
}

// A Bound is an instant or a calendar date, as a document states it.
type Bound struct {
	State BoundState
	Time  time.Time // of an Instant, UTC
	Date  Date      // of a Day
	Raw   string    // of an Impossible one: what was given
}

// BoundState is what a bound holds.
type BoundState uint8

// What a bound may hold.
const (
	Absent BoundState = iota
	Instant
	Day
	Impossible
)

// A Date is a day of the Gregorian calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Exists reports whether the calendar has the day, in years 1 to 9999.
func (d Date) Exists() bool {
	if d.Year < 1 || d.Year > 9999 {
		return false
	}
	y, m, day := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Date()
	return y == d.Year && m == d.Month && day == d.Day
}

// Start is the first instant of the day in a zone.
func (d Date) Start(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// After is the first instant after the day in a zone.
func (d Date) After(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, zone)
}

// String is the date as ISO 8601 has it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// A Dispute is the state of a complaint about a document or mark. Zero times did not happen, as far as known.
type Dispute struct {
	NoticeID, Complainant string
	Received, Countered   time.Time
	Forwarded, Closed     time.Time
	State                 DisputeState
}

// DisputeState is how a dispute stands.
type DisputeState uint8

// Dispute states, numbered as in the contract.
const (
	DisputeUnknown DisputeState = iota
	DisputeOpen
	DisputeCountered
	DisputeWithdrawn
	DisputeRejected
	DisputeUpheld
)

// Open reports whether the complaint still stands; an unknown state counts as open.
func (d *Dispute) Open() bool {
	return d != nil && d.State != DisputeWithdrawn && d.State != DisputeRejected
}

// A BrandGrant names one mark in a document.
type BrandGrant struct{ Text, RegistrationNumber, Office string }

// Exclusivity of a grant.
type Exclusivity uint8

// Kinds of exclusivity, numbered as in the contract.
const (
	ExclusivityUnknown Exclusivity = iota
	NonExclusive
	Sole
	Exclusive
)

// A Signature or seal.
type Signature struct {
	Party      string
	Kind       SignatureKind
	SignerName string
	Title      string
	SignedOn   Bound
}

// SignatureKind is how somebody signed.
type SignatureKind uint8

// Signature kinds, numbered as in the contract.
const (
	SignatureKindUnknown SignatureKind = iota
	ByHand
	BySeal
	Electronic
)

// An InvoiceLine is one line of an invoice. Quantity -1 is "not extracted".
type InvoiceLine struct {
	Description, Brand, GTIN string
	Quantity                 int64
	UnitPrice                Price
}

// DocumentStatus is how far the caller got.
type DocumentStatus uint8

// Document states, numbered as in the contract.
const (
	DocumentStatusUnknown DocumentStatus = iota
	Uploaded
	Extracted
	Verified
	Refused
	Revoked
)
