package conformance

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// marketOf is a market that the checker judges.
func marketOf(markets []string) []string {
	if len(markets) > 0 {
		return markets[:1]
	}
	return []string{"DE"}
}

var titles = []string{
	"Oak dining chair, set of 4", "Laufschuhe für Damen, Größe 39", "Чехол для телефона, чёрный", "厨房不锈钢刀具五件套",
	"حقيبة ظهر للمدرسة مقاومة للماء", "無線マウス 静音 USB充電式", "กระเป๋าสะพายข้างผู้หญิง", "블루투스 이어폰 노이즈 캔슬링",
}

// ordinarySubmissions are some listings in many scripts, with every common field filled in.
func ordinarySubmissions(markets []string) []*assayv1.Submission {
	all := make([]*assayv1.Submission, len(titles))
	for i, title := range titles {
		all[i] = &assayv1.Submission{
			SubmissionId: fmt.Sprintf("ordinary-%d", i+1),
			Markets:      marketOf(markets),
			AsOf:         asOf,
			Merchant:     &assayv1.Merchant{MerchantId: "m-1", LegalName: "Hillside Trading Ltd", ShopName: "Hillside", Country: "GB"},
			Product: &assayv1.Product{Title: title, Description: title + ". New, in its box.", Bullets: []string{title, "Two years of warranty"},
				Keywords: []string{"home", "new"}, Brand: "Hillside", Category: "Home & Garden", Condition: assayv1.Condition_CONDITION_NEW,
				Price: &money.Money{CurrencyCode: "EUR", Units: int64(19 + i), Nanos: 990_000_000}, Gtin: "4006381333931", OriginCountry: "CN"},
			Documents: []*assayv1.Document{{DocumentId: "d-1", Type: assayv1.DocumentType_DOCUMENT_TYPE_PURCHASE_INVOICE, Number: "2026-1"}},
		}
	}
	return all
}

// asOf is when everything is asked, so that answers can be compared.
var asOf = &timestamppb.Timestamp{Seconds: 1_793_491_200} // 2026-11-01

const unknownFields = "fields of a later contract"

// hostileSubmissions are what merchants write to break whoever reads it.
func hostileSubmissions(markets []string) map[string]*assayv1.Submission {
	with := func(change func(*assayv1.Submission)) *assayv1.Submission {
		s := ordinarySubmissions(markets)[0]
		change(s)
		return s
	}
	titled := func(text string) *assayv1.Submission {
		return with(func(s *assayv1.Submission) { s.Product.Title, s.Product.Description = text, text })
	}
	return map[string]*assayv1.Submission{
		"nothing but an id":           {SubmissionId: "empty", Markets: marketOf(markets)},
		"an empty product":            with(func(s *assayv1.Submission) { s.Product = &assayv1.Product{} }),
		"a very long id":              with(func(s *assayv1.Submission) { s.SubmissionId = repeated("x", 128) }),
		"long texts":                  titled(repeated("word ", 60<<10)),
		"one long word":               titled(repeated("a", 60<<10)),
		"signs alone":                 titled(repeated("$^.*+?()[]{}|\\", 2<<10)),
		"nested brackets":             titled(repeated("(", 8<<10)),
		"a thousand marks on letters": titled(repeated("a"+repeated("\u0301", 2000), 20<<10)),
		"text in both directions":     titled(repeated("\u202eabc\u202c \u2067שלום\u2069 ", 4<<10)),
		"characters nobody sees":      titled(repeated("b\u200ba\u2060n\u00adn\ufeffe\u034fd ", 4<<10)),
		"emoji of many parts":         titled(repeated("👩🏽‍🚀👨‍👩‍👧‍👦", 4<<10)),
		"control characters":          titled("a\x00b\x1b[31mc\x07\r\nd"),
		"characters of no script":     titled(repeated("\U0010fffd\ufffd\U000e0041", 4<<10)),
		"markup and commands":         titled(`"><script>alert(1)</script>'; DROP TABLE x;-- ${jndi:ldap://x} {{7*7}} %s%n $(id)`),
		"an impossible price": with(func(s *assayv1.Submission) {
			s.Product.Price = &money.Money{CurrencyCode: "???", Units: -1 << 63, Nanos: -1 << 31}
		}),
		"hundreds of everything": with(func(s *assayv1.Submission) {
			for i := range 48 {
				s.Product.Bullets = append(s.Product.Bullets, fmt.Sprint("bullet ", i))
				s.Product.Keywords = append(s.Product.Keywords, fmt.Sprint("keyword ", i))
			}
			for i := range 60 {
				s.Documents = append(s.Documents, &assayv1.Document{DocumentId: fmt.Sprint("more-", i)})
			}
		}),
		unknownFields: with(func(*assayv1.Submission) {}),
	}
}

// hostileMentions claim marks in the title.
func hostileMentions(s *assayv1.Submission) []*assayv1.Mention {
	if s.GetProduct().GetTitle() == "" {
		return nil
	}
	first, size := utf8.DecodeRuneInString(s.GetProduct().GetTitle())
	span := &assayv1.TextSpan{Field: "title", End: int32(size), Surface: string(first), Canonical: "Mark", MarkId: "mark"}
	return []*assayv1.Mention{{MarkId: "mark", Canonical: "Mark", Spans: []*assayv1.TextSpan{span}, Role: assayv1.Role_ROLE_UNCLEAR}}
}

// addUnknown puts a field into a request that this version of the contract does not have.
func addUnknown(m *assayv1.RunCheckerRequest) {
	unknown := protowire.AppendString(protowire.AppendTag(nil, 15_000, protowire.BytesType), "new")
	m.ProtoReflect().SetUnknown(unknown)
	m.Submission = proto.Clone(m.GetSubmission()).(*assayv1.Submission)
	m.Submission.ProtoReflect().SetUnknown(unknown)
}
