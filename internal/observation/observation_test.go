package observation

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/assay-project/assay/internal/listing"
)

// written is a file of that name with that text.
func written(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func readAll(path string) (all []Observation, tally Tally, err error) {
	err = Read(path, &tally, func(o *Observation) error {
		all = append(all, *o)
		return nil
	})
	return all, tally, err
}

var seen = []Observation{
	{Price: listing.Money{Units: 69, Nanos: 990_000_000, Currency: "EUR"}, Brand: "Acme, Inc", Category: "Shoes", Market: "DE",
		Condition: listing.ConditionNew, Merchant: "m1", GTIN: "4006381333931", Title: "A \"shoe\"",
		Date: listing.Date{Year: 2026, Month: 4, Day: 13}, Approved: Approved, Pack: 2},
	{Price: listing.Money{Units: 1200, Currency: "JPY"}},
}

func TestReadsTheSameFromEveryFormat(t *testing.T) {
	csv := written(t, "a.csv", "id,price,shipping,currency,brand,category,market,condition,seller,gtin,title,date,approved,pack_quantity\n"+
		"1,65,4.99,eur,\"Acme, Inc\",Shoes,DE,CONDITION_NEW,m1,4006381333931,\"A \"\"shoe\"\"\",2026-04-13T10:00:00Z,yes,2\n"+
		"2,1200,,JPY,,,,,,,,,,\n")
	jsonl := written(t, "a.jsonl", `{"id":1,"price":65.0,"shipping":"4.99","currency":"EUR","brand":"Acme, Inc","category":"Shoes","market":"DE",`+
		`"condition":"new","merchant":"m1","gtin":4006381333931,"title":"A \"shoe\"","date":"2026-04-13","approved":true,"pack_quantity":2.0,"extra":{"a":1}}`+
		"\n\n"+`{"price":1.2e3,"currency":"JPY","brand":null}`)
	type row struct {
		ID       int64   `parquet:"id"`
		Price    float64 `parquet:"price"`
		Shipping *int64  `parquet:"shipping,optional,decimal(2:18)"`
		Currency string  `parquet:"currency"`
		Brand    *string `parquet:"brand,optional"`
		Category string  `parquet:"category"`
		Market   string  `parquet:"market"`
		Cond     string  `parquet:"condition"`
		Merchant string  `parquet:"merchant"`
		GTIN     int64   `parquet:"gtin"`
		Title    string  `parquet:"title"`
		Date     *int32  `parquet:"date,optional,date"`
		Approved *bool   `parquet:"approved,optional"`
		Pack     int32   `parquet:"pack_quantity"`
	}
	shipping, brand, day, yes := int64(499), "Acme, Inc", int32(20556), true
	columns := filepath.Join(t.TempDir(), "a.parquet")
	if err := parquet.WriteFile(columns, []row{
		{1, 65, &shipping, "EUR", &brand, "Shoes", "DE", "used, good", "m1", 4006381333931, "A \"shoe\"", &day, &yes, 2},
		{Price: 1200, Currency: "JPY"}}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{csv, jsonl, columns} {
		got, tally, err := readAll(path)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		want := append([]Observation(nil), seen...)
		if path == columns {
			want[0].Condition = listing.ConditionUsedGood
		}
		if diff := cmp.Diff(want, got); diff != "" || tally.Rows != 2 || len(tally.Refused) != 0 {
			t.Errorf("%s: tally %+v (-want +got):\n%s", filepath.Base(path), tally, diff)
		}
	}
}

func TestRefusesRowsOneByOne(t *testing.T) {
	_, tally, err := readAll(written(t, "a.csv", "price,currency,market,condition,date,approved,pack_quantity\n"+
		"1,EUR,DE,new,2026-01-31,true,1\n"+
		",EUR,,,,,\n0,EUR,,,,,\n-1,EUR,,,,,\nNaN,EUR,,,,,\n1,ZZZ,,,,,\n1,EUR,Germany,,,,\n1,EUR,,shiny,,,\n1,EUR,,,2026-02-30,,\n"+
		"1,EUR,,,,perhaps,\n1,EUR,,,,,-3\n1,EUR\n99999999999999999999,EUR,,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{errNoPrice.Error(): 1, errPrice.Error(): 4, errCurrency.Error(): 1, errMarket.Error(): 1,
		errCondition.Error(): 1, errDate.Error(): 1, errApproved.Error(): 1, errPack.Error(): 1, errRow.Error(): 1}
	if diff := cmp.Diff(want, tally.Refused); diff != "" || tally.Rows != 13 {
		t.Errorf("%d rows, refused (-want +got):\n%s", tally.Rows, diff)
	}
	if at := tally.First[errCurrency.Error()]; !strings.HasSuffix(at, "a.csv:7") {
		t.Errorf("the first unknown currency is at %s, want line 7", at)
	}
}

func TestRefusesFiles(t *testing.T) {
	for name, text := range map[string]string{
		"no header.csv":    "",
		"no price.csv":     "cost,currency\n1,EUR\n",
		"two prices.csv":   "price,price,currency\n1,2,EUR\n",
		"no end.csv":       "price,currency\n\"" + strings.Repeat("1", 3*maxRecord),
		"long line.jsonl":  `{"price":1,"currency":"EUR","title":"` + strings.Repeat("x", maxRecord) + `"}`,
		"not that.parquet": "price,currency\n1,EUR\n",
		"what.txt":         "price,currency\n1,EUR\n",
	} {
		if _, _, err := readAll(written(t, name, text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, _, err := readAll("there is none.csv"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want that there is no such file", err)
	}
}

func TestStopsWhenToldTo(t *testing.T) {
	enough := errors.New("enough")
	var tally Tally
	err := Read(written(t, "a.jsonl", "{\"price\":1,\"currency\":\"EUR\"}\n{\"price\":1,\"currency\":\"EUR\"}\n"), &tally,
		func(*Observation) error { return enough })
	if !errors.Is(err, enough) || tally.Rows != 1 {
		t.Errorf("error %v after %d rows, want %v after 1", err, tally.Rows, enough)
	}
}

func TestAmount(t *testing.T) {
	for text, want := range map[string]listing.Money{
		"12": {Units: 12}, "12.5": {Units: 12, Nanos: 500_000_000}, "0.000000001": {Nanos: 1}, "19.990000000000002": {Units: 19, Nanos: 990_000_000},
		"1.25e3": {Units: 1250}, "15E-1": {Units: 1, Nanos: 500_000_000}, "0.9999999999": {Units: 1}, "5.": {Units: 5},
		"2e-12": {}, "4611686018427387904": {Units: 1 << 62},
	} {
		if got, ok := Amount(text, ""); !ok || got != want {
			t.Errorf("Amount(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", ".", "-1", "+1", "1,5", "0x1", "1e31", "1e", "e5", "1.2.3", "NaN", "Inf", "١", "1 ", "4611686018427387905", "1_0",
		strings.Repeat("1", 65)} {
		if got, ok := Amount(text, ""); ok {
			t.Errorf("Amount(%q) = %v, want none", text, got)
		}
	}
}

// No bytes make a reader fail but with an error.
func FuzzRead(f *testing.F) {
	f.Add(0, []byte("price,currency,brand\n1.5,EUR,\"a\nb\"\n\"x\n"))
	f.Add(1, []byte("{\"price\":\"1\",\"currency\":\"EUR\",\"gtin\":1e99}\n[]\n{\"price\":{}}"))
	f.Add(2, []byte("PAR1"))
	f.Fuzz(func(t *testing.T, kind int, data []byte) {
		names := [...]string{"a.csv", "a.jsonl", "a.parquet"}
		all, _, err := readAll(written(t, names[(kind%3+3)%3], string(data)))
		for _, o := range all {
			if o.Price.Sign() <= 0 || o.Price.Nanos < 0 || o.Price.Nanos > 999_999_999 {
				t.Fatalf("the price is %v (%v)", o.Price, err)
			}
		}
	})
}
