package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
)

func TestObserve(t *testing.T) {
	days := map[string]string{"shop": "2024-04-15"}
	row := offer{Source: "shop", Brand: "Acme", Price: json.Number("12.5"), Currency: "EUR", Market: "ES"}
	want := observation.Observation{Price: listing.Money{Units: 12, Nanos: 500_000_000, Currency: "EUR"}, Brand: "Acme", Market: "ES",
		Date: listing.Date{Year: 2024, Month: 4, Day: 15}}
	if got, ok := observe(&row, days); !ok || !cmp.Equal(got, want) {
		t.Errorf("observe = %+v, %v, want %+v", got, ok, want)
	}
	for _, none := range []offer{{Price: "0", Currency: "EUR", Market: "ES"}, {Currency: "EUR", Market: "ES"},
		{Price: "1", Currency: "XYZ", Market: "ES"}, {Price: "1", Currency: "EUR"}} {
		if got, ok := observe(&none, days); ok {
			t.Errorf("%+v is observed as %+v", none, got)
		}
	}
}
