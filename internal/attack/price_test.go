package attack

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/money"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var priceAttacks = []attack{
	{id: "P02", what: "amounts that cannot be: negative, beyond 64 bits with their nanos, signs that differ, parts smaller than the currency's", must: "a verdict that is no APPROVE, with PRICE_INVALID", run: impossibleAmounts},
	{id: "P04", what: "currencies that are none: empty, small letters, look-alikes, withdrawn, a kilobyte", must: "no APPROVE, PRICE_CURRENCY_UNKNOWN, never compared as another", run: unknownCurrencies},
	{id: "P05", what: "extremes in every amount of a request; packs and stocks of every size", must: "a verdict, and none for a refused size", run: extremeAmounts},
}

func priced(m *money.Money) *assayv1.Submission {
	s := chair()
	s.Product.Price = m
	return s
}

func impossibleAmounts(f *field) string {
	amounts := []*money.Money{
		{CurrencyCode: "EUR", Units: -1}, {CurrencyCode: "EUR", Nanos: -1}, {CurrencyCode: "EUR", Units: math.MinInt64}, {CurrencyCode: "EUR", Units: 1, Nanos: -1},
		{CurrencyCode: "EUR", Units: -1, Nanos: 1}, {CurrencyCode: "EUR", Units: 1, Nanos: 1_000_000_000}, {CurrencyCode: "EUR", Nanos: math.MaxInt32},
		{CurrencyCode: "EUR", Nanos: math.MinInt32}, {CurrencyCode: "EUR", Units: math.MaxInt64, Nanos: 999_999_999}, {CurrencyCode: "JPY", Units: 1, Nanos: 500_000_000},
		{CurrencyCode: "EUR", Units: 1, Nanos: 1}, {CurrencyCode: "KWD", Units: 1, Nanos: 1}, {CurrencyCode: "EUR", Units: math.MinInt64, Nanos: math.MinInt32},
	}
	for range size(50, 2000) { // signs that differ, and nanos out of bounds
		units := f.rng.Int64() + 1
		amounts = append(amounts, &money.Money{CurrencyCode: "USD", Units: units, Nanos: -1 - f.rng.Int32N(999_999_999)},
			&money.Money{CurrencyCode: "USD", Units: units, Nanos: 1_000_000_000 + f.rng.Int32N(1_000_000_000)}, &money.Money{CurrencyCode: "USD", Units: -units})
	}
	var submissions []*assayv1.Submission
	for _, a := range amounts {
		submissions = append(submissions, priced(a))
	}
	for i, r := range f.judged(submissions) {
		v := r.GetVerdict()
		if v.GetDecision() <= assayv1.Decision_DECISION_APPROVE || !slices.Contains(codes(v), "PRICE_INVALID") {
			f.Errorf("%v: %v, %v", amounts[i], v.GetDecision(), codes(v))
		}
	}
	return fmt.Sprintf("%d amounts", len(amounts))
}

func unknownCurrencies(f *field) string {
	currencies := []string{"", "usd", "Usd", "ZZZ", "US", "USDD", "U5D", "UЅD", "ＵＳＤ", "US D", " USD", "USD ", "USD\x00", "US\u200bD", "$", "€", "XXX", "XTS", "\x1b[31m",
		strings.Repeat("USD", 341), "DEM", "BTC", "840", "EUR,USD", "EUR\nUSD", "null", "NaN"}
	var submissions []*assayv1.Submission
	for _, c := range currencies {
		submissions = append(submissions, priced(&money.Money{CurrencyCode: c, Units: 10}))
	}
	for i, r := range f.judged(submissions) {
		v := r.GetVerdict()
		if v.GetDecision() <= assayv1.Decision_DECISION_APPROVE || !slices.Contains(codes(v), "PRICE_CURRENCY_UNKNOWN") {
			f.Errorf("%.40q: %v, %v", currencies[i], v.GetDecision(), codes(v))
		}
		for _, finding := range v.GetFindings() {
			if len(finding.GetMessage()) > 1024 {
				f.Errorf("%.40q: a message of %d bytes", currencies[i], len(finding.GetMessage()))
			}
		}
	}
	return fmt.Sprintf("%d currencies", len(currencies))
}

// extremeAmounts puts each extreme into each amount, number and time of a request, one at a time.
func extremeAmounts(f *field) string {
	integers := []int64{math.MinInt64, math.MinInt64 + 1, math.MinInt32, -1, 0, 1, math.MaxInt32, math.MaxInt64 - 1, math.MaxInt64, 253402300799, 253402300800, -62135596800, 7258118400}
	number := func(d protoreflect.FieldDescriptor) bool {
		switch d.Kind() {
		case protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.FloatKind, protoreflect.DoubleKind:
			return true
		}
		return d.IsMap() && d.MapValue().Kind() == protoreflect.FloatKind
	}
	answered, refused := 0, 0
	var requests []*assayv1.CheckSubmissionRequest
	var names []string
	for _, w := range ways((&assayv1.CheckSubmissionRequest{}).ProtoReflect().Descriptor(), number) {
		for _, n := range integers {
			r := asking()
			w.at(r.ProtoReflect(), func(m protoreflect.Message, d protoreflect.FieldDescriptor) { put(m, d, numberFor(d, n)) })
			for _, document := range r.GetSubmission().GetDocuments() {
				document.DocumentId, document.Type = "d", assayv1.DocumentType_DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION
			}
			requests, names = append(requests, r), append(names, fmt.Sprintf("%v = %d", w, n))
		}
	}
	for i, r := range requests {
		answer, err := f.check(r.GetSubmission())
		switch code := status.Code(err); {
		case code == grpccodes.InvalidArgument:
			refused++
		case err != nil || answer.GetVerdict().GetDecision() == assayv1.Decision_DECISION_UNSPECIFIED:
			f.Errorf("%s: %v, %v", names[i], answer.GetVerdict().GetDecision(), err)
		default:
			answered++
		}
	}
	return fmt.Sprintf("%d of %d answered, %d refused", answered, len(requests), refused)
}

func numberFor(d protoreflect.FieldDescriptor, n int64) protoreflect.Value {
	if d.IsMap() {
		d = d.MapValue()
	}
	special := map[int64]float64{math.MinInt64: math.Inf(-1), math.MaxInt64: math.Inf(1), math.MinInt32: math.NaN(), math.MaxInt32: math.SmallestNonzeroFloat64}
	float, ok := special[n]
	if !ok {
		float = float64(n)
	}
	switch d.Kind() {
	case protoreflect.Int32Kind:
		return protoreflect.ValueOf(int32(max(min(n, math.MaxInt32), math.MinInt32)))
	case protoreflect.FloatKind:
		return protoreflect.ValueOf(float32(float))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOf(float)
	}
	return protoreflect.ValueOf(n)
}
