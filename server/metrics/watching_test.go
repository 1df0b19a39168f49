package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/assay-project/assay/server/admission"
	"github.com/assay-project/assay/server/peers"
)

// counted are the names of all that is counted.
func counted(t *testing.T) map[string]bool {
	t.Helper()
	m := New()
	m.Watch(admission.New(admission.Config{}), peers.New(peers.Limits{}), func() int64 { return 0 })
	descriptions := make(chan *prometheus.Desc, 1000)
	m.registry.Describe(descriptions)
	close(descriptions)
	names, name := map[string]bool{}, regexp.MustCompile(`fqName: "([^"]+)"`)
	for d := range descriptions {
		found := name.FindStringSubmatch(d.String())[1]
		for _, suffix := range []string{"", "_bucket", "_count", "_sum"} {
			names[found+suffix] = true
		}
	}
	return names
}

// The dashboard and the alert rules ask for nothing that is not there, and for most of what is.
func TestWhatIsWatchedIsCounted(t *testing.T) {
	names := counted(t)
	mentioned := map[string]bool{}
	word := regexp.MustCompile(`\b(assay|grpc|go|process)_[a-z0-9_]+`)
	for _, file := range []string{"dashboard.json", "alerts.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range word.FindAllString(string(text), -1) {
			mentioned[found] = true
			if label := strings.HasPrefix(found, "grpc_") && !strings.HasPrefix(found, "grpc_server_"); !names[found] && !label {
				t.Errorf("%s: nothing counts %s", file, found)
			}
		}
	}
	for name := range names {
		base, suffixed := strings.CutSuffix(name, "_bucket")
		if suffixed || !strings.HasPrefix(name, "assay_") || !names[name+"_bucket"] {
			continue
		}
		if !mentioned[name] && !mentioned[base+"_bucket"] {
			t.Errorf("nobody watches %s", name)
		}
	}
}

// A dashboard that lost a brace, or shows two panels in one place, is found here and not after its import.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		UID    string
		Panels []struct {
			ID           int
			Type, Title  string
			GridPos      struct{ H, W, X, Y int }
			Targets      []struct{ Expr string }
			Description  string
			Datasource   struct{ UID string }
			FieldConfigs json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	taken, ids := map[[2]int]string{}, map[int]bool{}
	for _, p := range board.Panels {
		if ids[p.ID] || p.Title == "" || p.Type != "row" && (len(p.Targets) == 0 || p.Datasource.UID != "${datasource}") {
			t.Errorf("panel %d, %q: its id is taken, or it has no title, query or data source", p.ID, p.Title)
		}
		ids[p.ID] = true
		for y := range p.GridPos.H {
			for x := range p.GridPos.W {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other, ok := taken[at]; ok || at[0] >= 24 {
					t.Fatalf("%q lies over %q, or beyond the edge", p.Title, other)
				}
				taken[at] = p.Title
			}
		}
	}
}
