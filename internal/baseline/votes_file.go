package baseline

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/store"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
)

// A votes file holds what a builder has counted, so that files of different days and places become one: a line that says
// what it is, then a line of JSON for each cohort.
const votesVersion = 1

type votesHeader struct {
	Version int  `json:"assay_votes"`
	PerUnit bool `json:"per_unit"`
}

type savedCohort struct {
	GTIN      string                 `json:"gtin,omitempty"`
	Brand     string                 `json:"brand,omitempty"`
	Category  string                 `json:"category,omitempty"`
	Market    listing.Market         `json:"market,omitempty"`
	Currency  string                 `json:"currency"`
	Condition listing.Condition      `json:"condition"`
	Day       listing.Date           `json:"day"`
	Sources   []string               `json:"sources,omitempty"`
	Seen      int64                  `json:"seen"`
	Anonymous *savedValues           `json:"anonymous,omitempty"`
	Merchants map[string]savedValues `json:"merchants,omitempty"`
}

type savedValues struct {
	Exact  []micro `json:"exact,omitempty"`
	Sketch []byte  `json:"sketch,omitempty"`
	Count  int64   `json:"count"`
	Least  micro   `json:"least"`
	Most   micro   `json:"most"`
}

// Save writes all that was counted, for [Builder.Merge].
func (b *Builder) Save(w io.Writer) error {
	out := json.NewEncoder(w)
	if err := out.Encode(votesHeader{votesVersion, b.options.PerUnit}); err != nil {
		return err
	}
	names := make([]string, len(b.merchants)+1)
	for name, n := range b.merchants {
		names[n] = name
	}
	cohorts := slices.Collect(maps.Keys(b.cohorts))
	slices.SortFunc(cohorts, b.compareCohorts)
	for _, c := range cohorts {
		if err := out.Encode(b.saved(c, names)); err != nil {
			return err
		}
	}
	return nil
}

func (b *Builder) saved(c cohort, names []string) savedCohort {
	at := b.cohorts[c]
	s := savedCohort{GTIN: c.gtin, Brand: mostSeen(b.brandSeen[c.brand]), Category: b.paths[c.place], Market: c.market,
		Currency: c.currency, Condition: c.condition, Day: at.lastDay, Seen: at.seen}
	for i, name := range b.sources {
		if at.sources&(1<<(i+1)) != 0 {
			s.Sources = append(s.Sources, name)
		}
	}
	if at.anonymous.count > 0 {
		v := at.anonymous.saved()
		s.Anonymous = &v
	}
	if len(at.merchants) > 0 {
		s.Merchants = make(map[string]savedValues, len(at.merchants))
		for merchant, v := range at.merchants {
			s.Merchants[names[merchant]] = v.saved()
		}
	}
	return s
}

func (v *values) saved() savedValues {
	s := savedValues{Exact: slices.Sorted(slices.Values(v.exact)), Count: v.count, Least: v.least, Most: v.most}
	if v.sketch != nil {
		v.sketch.Encode(&s.Sketch, false)
	}
	return s
}

const maxSavedLine = 1 << 28

// Merge adds what another builder has saved. It must have been counted on the same basis, whole listings or units.
func (b *Builder) Merge(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxSavedLine)
	var header votesHeader
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &header) != nil || header.Version == 0 {
		return errors.Join(errors.New("read votes: the first line is not that of a votes file"), lines.Err())
	}
	if header.Version != votesVersion || header.PerUnit != b.options.PerUnit {
		return fmt.Errorf("read votes: version %d per unit %v, want version %d per unit %v", header.Version, header.PerUnit,
			votesVersion, b.options.PerUnit)
	}
	for n := 2; lines.Scan(); n++ {
		var s savedCohort
		err := json.Unmarshal(lines.Bytes(), &s)
		if err == nil {
			err = b.mergeCohort(&s)
		}
		if err != nil {
			return fmt.Errorf("read votes: line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func (b *Builder) mergeCohort(s *savedCohort) error {
	if (s.GTIN == "" && s.Brand == "" && s.Category == "") || len(s.Currency) != 3 || s.Seen <= 0 {
		return errors.New("a cohort without key, currency or observations")
	}
	c := cohort{gtin: s.GTIN, brand: b.brand(s.Brand), place: b.settle(s.Category), market: s.Market, currency: s.Currency,
		condition: s.Condition}
	at := b.cohorts[c]
	if at == nil {
		if b.options.MaxCohorts > 0 && len(b.cohorts) >= b.options.MaxCohorts {
			return fmt.Errorf("more than %d cohorts", b.options.MaxCohorts)
		}
		at = new(ballot)
		b.cohorts[c] = at
	}
	at.seen += s.Seen
	if later(s.Day, at.lastDay) {
		at.lastDay = s.Day
	}
	for _, name := range s.Sources {
		at.sources |= 1 << b.sourceNumber(name)
	}
	if s.Anonymous != nil {
		if err := at.anonymous.merge(s.Anonymous, exactVotes); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Merchants)) {
		if at.merchants == nil {
			at.merchants = make(map[uint32]*values)
		}
		merchant := b.merchant(name)
		if at.merchants[merchant] == nil {
			at.merchants[merchant] = new(values)
		}
		v, limit := s.Merchants[name], exactVotes
		if s.GTIN != "" {
			limit = exactPrices
		}
		if err := at.merchants[merchant].merge(&v, limit); err != nil {
			return err
		}
	}
	return nil
}

// merge adds saved values.
func (v *values) merge(s *savedValues, limit int) error {
	for _, price := range s.Exact {
		if price <= 0 || price > mostMicros {
			return fmt.Errorf("price %d", price)
		}
		v.add(price, limit)
	}
	if s.Sketch == nil {
		return nil
	}
	other, err := ddsketch.DecodeDDSketch(s.Sketch, func() store.Store { return store.NewCollapsingLowestDenseStore(2048) }, nil)
	if err != nil {
		return fmt.Errorf("sketch: %w", err)
	}
	if s.Least <= 0 || s.Most < s.Least || s.Most > mostMicros || float64(s.Count) != other.GetCount() {
		return errors.New("a sketch that does not hold what is said of it")
	}
	if v.sketch == nil {
		v.sketch = newSketch()
		for _, old := range v.exact {
			v.put(old, 1)
		}
		v.exact = nil
	}
	if v.count == 0 || s.Least < v.least {
		v.least = s.Least
	}
	v.most, v.count = max(v.most, s.Most), v.count+s.Count
	return v.sketch.MergeWith(other)
}

// compareCohorts orders cohorts by their names.
func (b *Builder) compareCohorts(x, y cohort) int {
	return compare(b.named(x), b.named(y))
}

// Count adds every observation of a file. tally counts its rows.
func (b *Builder) Count(path string, tally *observation.Tally) error {
	return observation.Read(path, tally, b.Add)
}
