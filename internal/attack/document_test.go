package attack

import (
	"fmt"
	"math"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var documentAttacks = []attack{
	{id: "D01", what: "a chain of papers that holds, with each link broken: other merchant, brand, territory, goods, no right to pass it on, two breaks at once", must: "the whole chain passes, no broken one does", run: brokenChains},
	{id: "D02", what: "papers whose days end a second ago, begin tomorrow, run backwards, or cannot be (year 10,000, 64-bit extremes)", must: "none passes", run: wrongDays},
	{id: "D03", what: "65 papers; two with one id; no id; ids of 129 bytes", must: "INVALID_ARGUMENT that names the field", run: tooManyPapers},
	{id: "D05", what: "papers with hostile names: paths, NUL, 4 KiB, directions, escapes, in ids and every text", must: "judged or refused; no file is made; nothing raw in the log", run: hostileNames, flags: []string{"--log-level", "debug"}},
}

func day(year, month, day int32) *date.Date { return &date.Date{Year: year, Month: month, Day: day} }

// chained is a listing with a chain of papers that holds.
func chained() *assayv1.Submission {
	signed := func(by string) []*assayv1.Signature {
		return []*assayv1.Signature{{Party: by, Kind: assayv1.SignatureKind_SIGNATURE_KIND_SIGNATURE, SignedOn: day(2025, 6, 1)}}
	}
	paper := func(id string, kind assayv1.DocumentType, from, to *assayv1.Party) *assayv1.Document {
		return &assayv1.Document{DocumentId: id, Type: kind, Issuer: proto.CloneOf(from), Subject: proto.CloneOf(to), IssuedOn: day(2025, 6, 1),
			Effective:   &assayv1.Validity{Start: &assayv1.Validity_StartDate{StartDate: day(2025, 6, 1)}, End: &assayv1.Validity_EndDate{EndDate: day(2027, 12, 31)}},
			Territories: []string{"DE", "AT"}, NiceClasses: []int32{25}, Brands: []*assayv1.BrandGrant{{Text: "Nike"}}, Channels: []string{"ONLINE"},
			Signatures: signed(from.GetLegalName()), Status: assayv1.DocumentStatus_DOCUMENT_STATUS_VERIFIED}
	}
	holder := &assayv1.Party{LegalName: "Nike, Inc.", Country: "US"}
	between := &assayv1.Party{LegalName: "Ostsee Sportvertrieb GmbH", Country: "DE"}
	seller := &assayv1.Party{LegalName: "Ahorn Handel GmbH", Country: "DE"}
	first := paper("first", assayv1.DocumentType_DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION, holder, between)
	first.MaySublicense = proto.Bool(true)
	return &assayv1.Submission{
		SubmissionId: "chained", Markets: []string{"DE"}, AsOf: timestamppb.New(asOf),
		Merchant:  &assayv1.Merchant{MerchantId: "m-2", LegalName: "Ahorn Handel GmbH", Country: "DE", ShopType: assayv1.ShopType_SHOP_TYPE_MULTI_BRAND},
		Product:   &assayv1.Product{Title: "Nike Laufhemd, blau", Brand: "Nike", Category: "Apparel & Accessories > Clothing"},
		Documents: []*assayv1.Document{first, paper("second", assayv1.DocumentType_DOCUMENT_TYPE_SUB_AUTHORIZATION, between, seller)},
	}
}

// breaks are ways to break the chain at one of its papers.
var breaks = map[string]func(*assayv1.Document){
	"another subject":     func(d *assayv1.Document) { d.Subject = &assayv1.Party{LegalName: "Birke Handel GmbH", Country: "DE"} },
	"a subject disguised": func(d *assayv1.Document) { d.Subject.LegalName = "Аhоrn Hаndel & Sons GmbH" },
	"no subject":          func(d *assayv1.Document) { d.Subject = nil },
	"another issuer": func(d *assayv1.Document) {
		d.Issuer = &assayv1.Party{LegalName: "Nikе Global Trading FZE", Country: "AE"}
	},
	"another brand":      func(d *assayv1.Document) { d.Brands = []*assayv1.BrandGrant{{Text: "Puma"}} },
	"another territory":  func(d *assayv1.Document) { d.Territories = []string{"US"} },
	"other goods":        func(d *assayv1.Document) { d.NiceClasses = []int32{9} },
	"another channel":    func(d *assayv1.Document) { d.Channels = []string{"OFFLINE"} },
	"revoked":            func(d *assayv1.Document) { d.Status = assayv1.DocumentStatus_DOCUMENT_STATUS_REVOKED },
	"rejected":           func(d *assayv1.Document) { d.Status = assayv1.DocumentStatus_DOCUMENT_STATUS_REJECTED },
	"made by the seller": func(d *assayv1.Document) { d.Type = assayv1.DocumentType_DOCUMENT_TYPE_SELF_ISSUED },
	"a quote":            func(d *assayv1.Document) { d.Type = assayv1.DocumentType_DOCUMENT_TYPE_QUOTE },
	"a complaint": func(d *assayv1.Document) {
		d.Dispute = &assayv1.Dispute{NoticeId: "n", ReceivedAt: timestamppb.New(asOf.AddDate(0, 0, -1)), State: assayv1.DisputeState_DISPUTE_STATE_OPEN}
	},
}

func brokenChains(f *field) string {
	whole, err := f.check(chained())
	if err != nil || whole.GetVerdict().GetDecision() != assayv1.Decision_DECISION_APPROVE {
		f.Fatalf("the chain that holds is answered %v (%v), %v", whole.GetVerdict().GetDecision(), codes(whole.GetVerdict()), err)
	}
	var submissions []*assayv1.Submission
	var names []string
	add := func(name string, change func(*assayv1.Submission)) {
		s := chained()
		change(s)
		submissions, names = append(submissions, s), append(names, name)
	}
	for a, first := range breaks {
		for i := range 2 {
			add(fmt.Sprintf("%s in paper %d", a, i), func(s *assayv1.Submission) { first(s.Documents[i]) })
		}
		for b, second := range breaks {
			add(a+" and "+b, func(s *assayv1.Submission) { first(s.Documents[0]); second(s.Documents[1]) })
		}
	}
	add("the first paper is missing", func(s *assayv1.Submission) { s.Documents = s.Documents[1:] })
	add("the second paper is missing", func(s *assayv1.Submission) { s.Documents = s.Documents[:1] })
	add("no right to pass it on", func(s *assayv1.Submission) { s.Documents[0].MaySublicense = proto.Bool(false) })
	add("not said whether it may be passed on", func(s *assayv1.Submission) { s.Documents[0].MaySublicense = nil })
	add("another merchant asks", func(s *assayv1.Submission) { s.Merchant.LegalName = "Birke Handel GmbH" })
	add("no merchant", func(s *assayv1.Submission) { s.Merchant = nil })
	add("another market", func(s *assayv1.Submission) { s.Markets = []string{"DE", "US"} })
	add("a circle", func(s *assayv1.Submission) { s.Documents[0].Issuer = s.Documents[1].Subject })
	for i, r := range f.judged(submissions) {
		if d := r.GetVerdict().GetDecision(); d <= assayv1.Decision_DECISION_APPROVE {
			f.Errorf("%s: %v", names[i], d)
		}
	}
	return fmt.Sprintf("%d broken chains", len(submissions))
}

func wrongDays(f *field) string {
	at := func(t time.Time) *timestamppb.Timestamp { return timestamppb.New(t) }
	startTime := func(t *timestamppb.Timestamp) func(*assayv1.Validity) {
		return func(v *assayv1.Validity) { v.Start = &assayv1.Validity_StartTime{StartTime: t} }
	}
	endTime := func(t *timestamppb.Timestamp) func(*assayv1.Validity) {
		return func(v *assayv1.Validity) { v.End = &assayv1.Validity_EndTime{EndTime: t} }
	}
	startDate := func(d *date.Date) func(*assayv1.Validity) {
		return func(v *assayv1.Validity) { v.Start = &assayv1.Validity_StartDate{StartDate: d} }
	}
	endDate := func(d *date.Date) func(*assayv1.Validity) {
		return func(v *assayv1.Validity) { v.End = &assayv1.Validity_EndDate{EndDate: d} }
	}
	wrong := map[string]func(*assayv1.Validity){
		"ended a second ago": endTime(at(asOf.Add(-time.Second))), "ends now": endTime(at(asOf)), "ended yesterday": endDate(day(2026, 10, 30)),
		"begins in a second": startTime(at(asOf.Add(time.Second))), "begins the day after tomorrow": startDate(day(2026, 11, 3)),
		"begins after 2^63 seconds": startTime(&timestamppb.Timestamp{Seconds: math.MaxInt64}), "ends after 2^63 seconds": endTime(&timestamppb.Timestamp{Seconds: math.MaxInt64}),
		"ends before all time": endTime(&timestamppb.Timestamp{Seconds: math.MinInt64}), "nanos out of bounds": endTime(&timestamppb.Timestamp{Seconds: asOf.Unix() + 1e6, Nanos: math.MaxInt32}),
		"negative nanos": endTime(&timestamppb.Timestamp{Seconds: asOf.Unix() + 1e6, Nanos: -1}), "the year 10,000": endDate(day(10000, 1, 1)), "month 13": endDate(day(2027, 13, 1)),
		"30 February": endDate(day(2027, 2, 30)), "29 February of no leap year": endDate(day(2027, 2, 29)), "day 0": endDate(day(2027, 12, 0)), "year 0": endDate(day(0, 12, 31)),
		"negative": endDate(day(-2027, -12, -31)), "extremes": endDate(day(math.MaxInt32, math.MaxInt32, math.MaxInt32)), "nothing is said": func(v *assayv1.Validity) { v.Start, v.End = nil, nil },
		"backwards": func(v *assayv1.Validity) { startDate(day(2027, 12, 31))(v); endDate(day(2025, 1, 1))(v) },
	}
	var submissions []*assayv1.Submission
	var names []string
	for name, change := range wrong {
		for i := range 2 {
			s := chained()
			change(s.Documents[i].Effective)
			submissions, names = append(submissions, s), append(names, fmt.Sprintf("%s, paper %d", name, i))
		}
	}
	for i, r := range f.judged(submissions) {
		if d := r.GetVerdict().GetDecision(); d <= assayv1.Decision_DECISION_APPROVE {
			f.Errorf("%s: %v, %v", names[i], d, r.GetError())
		}
	}
	return fmt.Sprintf("%d periods", len(submissions))
}

func tooManyPapers(f *field) string {
	refused := map[string]struct {
		change func(*assayv1.Submission)
		field  string
	}{
		"65 papers": {func(s *assayv1.Submission) {
			for i := range 65 {
				d := proto.CloneOf(s.Documents[0])
				d.DocumentId = fmt.Sprint(i)
				s.Documents = append(s.Documents, d)
			}
		}, "submission.documents"},
		"one id twice":     {func(s *assayv1.Submission) { s.Documents[1].DocumentId = s.Documents[0].DocumentId }, "documents"},
		"no id":            {func(s *assayv1.Submission) { s.Documents[0].DocumentId = "" }, "document_id"},
		"an id of 129":     {func(s *assayv1.Submission) { s.Documents[0].DocumentId = strings.Repeat("x", 129) }, "document_id"},
		"301 territories":  {func(s *assayv1.Submission) { s.Documents[0].Territories = make([]string, 301) }, "territories"},
		"201 brands":       {func(s *assayv1.Submission) { s.Documents[0].Brands = make([]*assayv1.BrandGrant, 201) }, "brands"},
		"33 signatures":    {func(s *assayv1.Submission) { s.Documents[0].Signatures = make([]*assayv1.Signature, 33) }, "signatures"},
		"501 lines":        {func(s *assayv1.Submission) { s.Documents[0].Lines = make([]*assayv1.InvoiceLine, 501) }, "lines"},
		"a hash of no hex": {func(s *assayv1.Submission) { s.Documents[0].Sha256 = strings.Repeat("z", 64) }, "sha256"},
		"type 9999":        {func(s *assayv1.Submission) { s.Documents[0].Type = 9999 }, "type"},
		"no type":          {func(s *assayv1.Submission) { s.Documents[0].Type = 0 }, "type"},
	}
	for name, r := range refused {
		s := chained()
		r.change(s)
		_, err := f.check(s)
		if e := status.Convert(err); e.Code() != grpccodes.InvalidArgument || !strings.Contains(e.Message(), r.field) {
			f.Errorf("%s: %v", name, err)
		}
		wellSpoken(f, err)
	}
	return fmt.Sprintf("%d refused", len(refused))
}

func hostileNames(f *field) string {
	from := f.lines()
	hostile := []string{"../../etc/passwd", "..\\..\\windows", "a\x00b", strings.Repeat("n", 120), "invoice\u202efdp.exe", "\x1b]0;owned\x07\x1b[2J", "line\nlevel=ERROR msg=forged",
		"{{.Merchant}}", "%s%n%x", "'; drop table marks; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "/proc/self/environ", "\r\nX: y", "${jndi:ldap://x}"}
	for _, name := range hostile {
		s := chained()
		s.SubmissionId = name
		for _, d := range s.GetDocuments() {
			d.DocumentId, d.Number, d.MediaType, d.TranslationOf, d.Language = name+d.GetDocumentId(), name, name, name, name[:min(len(name), 60)]
			d.File = &assayv1.FileHistory{Producer: name}
			d.Subject.Address, d.Signatures[0].SignerName = name, name
		}
		s.Merchant.MerchantId, s.Merchant.ShopName = name, name
		if _, err := f.check(s); err != nil && status.Code(err) != grpccodes.InvalidArgument {
			f.Errorf("%q: %v", name, err)
		}
	}
	said := f.logs(from)
	for _, name := range append(hostile, "forged", "owned", "Ahorn", "Nike") {
		if strings.Contains(said, name) {
			f.Errorf("the log holds %q", name)
		}
	}
	if lines := strings.Count(said, "\n"); strings.Count(said, "level=") != lines {
		f.Errorf("of %d lines of the log not each is one event", lines)
	}
	return fmt.Sprintf("%d names", len(hostile))
}
