package internal

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/assay-project/assay/"

// The house. A room may import rooms of the floors below its own, and what its door says besides; nothing else of
// ours. A room that is not here does not exist: add it, and with it the reason it has to be.
var house = map[string]struct {
	floor   int
	besides []string // same-floor imports allowed
	not     []string // lower rooms it must not see
}{
	"proto":                   {floor: 0},
	"proto/assay/v1":          {floor: 0},
	"proto/assay/rulebook/v1": {floor: 0, besides: []string{"proto/assay/v1"}},
	"internal/listing":        {floor: 0},
	"internal/text/foldtable": {floor: 0}, // the layout of text's table, shared with the program that makes it
	"internal/pack":           {floor: 0}, // titles are read so by the price checker and by who builds its baselines
	"internal/text":           {floor: 0, besides: []string{"internal/text/foldtable"}},
	"internal/check":          {floor: 0, besides: []string{"internal/listing"}},

	"internal/catalogue":         {floor: 1, not: []string{"proto/assay/rulebook/v1"}}, // files of submissions, for both programs
	"internal/columnar":          {floor: 0},                                           // Parquet as rows of text: submissions and prices come in it
	"internal/observation":       {floor: 1, not: protos},                              // prices in files of others, kept out of the room that counts them
	"internal/verdict":           {floor: 1, not: protos},
	"internal/twin":              {floor: 1, not: protos},                                                         // listings that copy others, for batches and assortments
	"internal/assessment":        {floor: 1, besides: []string{"internal/verdict", "internal/twin"}, not: protos}, // what is kept of many listings, for checkers that see them together
	"internal/term":              {floor: 1, not: protos},
	"internal/rulebook":          {floor: 1, besides: []string{"internal/verdict", "internal/outside", "internal/term"}}, // marks by the million are indexed in their file
	"internal/party":             {floor: 1, not: protos},                                                                // who is meant by a legal name: papers name parties, and so do orders
	"internal/outside/faulty":    {floor: 1},                                                                             // checkers that break that contract, for the tests of all who must stand them
	"internal/rulebook/embedded": {floor: 1, not: protos},
	"internal/rulebook/madeup":   {floor: 0},                                                                                   // registers for benchmarks and tests: a list of real marks is too short for them
	"internal/wire/madeup":       {floor: 1, besides: []string{"internal/rulebook"}, not: []string{"proto/assay/rulebook/v1"}}, // submissions for benchmarks and tests that must not ask one text again and again
	"internal/wire":              {floor: 1, besides: []string{"internal/verdict"}, not: []string{"proto/assay/rulebook/v1"}},

	"internal/outside": {floor: 1, not: []string{"proto/assay/rulebook/v1"}}, // the contract with outside checkers: who calls them, who writes and who tests them keep the same one

	"internal/report": {floor: 2, not: []string{"proto/assay/rulebook/v1"}}, // the page that people read of a run's results

	"internal/baseline":               {floor: 2, not: protos}, // rows of a rulebook are counted here, offline; checkers only read them
	"internal/checkers/trademark":     {floor: 2, not: protos},
	"internal/checkers/price":         {floor: 2, besides: []string{"internal/checkers/trademark"}, not: protos},
	"internal/checkers/remote":        {floor: 2, besides: []string{"internal/checkers/trademark"}},
	"internal/checkers/identity":      {floor: 2, besides: []string{"internal/checkers/trademark"}, not: protos},
	"internal/checkers/authorization": {floor: 2, besides: []string{"internal/checkers/trademark"}, not: protos},

	// papers mean the same to both checkers of them, and codes to all
	"internal/checkers/qualification": {floor: 2, besides: []string{"internal/checkers/identity", "internal/checkers/authorization"}, not: protos},
	// codes are read by those who know how
	"internal/checkers/orders": {floor: 2, besides: []string{"internal/checkers/trademark", "internal/checkers/identity"}, not: protos},

	"internal/checkers/merchant": {floor: 2, not: protos},
	// codes and papers are read by those who know how
	"internal/checkers/assortment": {floor: 2, besides: []string{"internal/checkers/identity", "internal/checkers/authorization"}, not: protos},

	"internal/checkers/rule": {floor: 2, not: []string{"proto/assay/rulebook/v1"}}, // expressions read the public messages

	"internal/engine": {floor: 3, not: protos},

	"internal/compare": {floor: 4, not: protos}, // two engines side by side, offline

	"server/peers":         {floor: 0}, // what the other ends of connections may hold
	"server/admission":     {floor: 0}, // what may be worked on; it knows calls, and neither listings nor verdicts
	"server/follow":        {floor: 0}, // credentials and certificates are files that change under us, for both who may call and how
	"server/auth":          {floor: 1, not: []string{"proto/assay/rulebook/v1"}},
	"server/auth/authtest": {floor: 0}, // credentials, good and bad, for the tests of all who take them
	"server/quiet":         {floor: 0}, // logs that cannot do harm, for the server and those who may call it
	"server/metrics":       {floor: 2, not: protos},
	"server":               {floor: 4},
	"client":               {floor: 4, not: []string{"internal/engine", "internal/rulebook", "internal/verdict"}},

	"internal/conformance":               {floor: 2, not: []string{"proto/assay/rulebook/v1"}},                                  // puts outside checkers to the test, for the command line
	"client/checker":                     {floor: 4, not: []string{"internal/engine", "internal/rulebook", "internal/verdict"}}, // for authors of outside checkers
	"client/checker/examples/blockwords": {floor: 5},

	"internal/attack": {floor: 0}, // nothing but tests: they attack the programs from outside

	"server/cmd/assayd": {floor: 5},
	"client/cmd/assay":  {floor: 5},
}

var protos = []string{"proto/assay/v1", "proto/assay/rulebook/v1"}

// workshop holds generators and tools: they may import anything, and nothing may import them.
const workshop = "internal/tools/"

// TestHouse asks the go command who imports whom and holds it against the plan.
func TestHouse(t *testing.T) {
	rooms := listRooms(t)
	for room, imports := range rooms {
		if strings.HasPrefix(room, workshop) || room == "internal" {
			continue
		}
		if _, ok := house[room]; !ok {
			t.Errorf("%s is not a room of the house", room)
			continue
		}
		for _, imported := range imports {
			if why := forbidden(room, imported); why != "" {
				t.Errorf("%s imports %s: %s", room, imported, why)
			}
		}
	}
	for room := range house {
		if _, ok := rooms[room]; !ok {
			t.Errorf("the plan has a room %s that is not there", room)
		}
	}
}

// forbidden says why room must not import imported; "" if it may.
func forbidden(room, imported string) string {
	to, ok := house[imported]
	from := house[room]
	switch {
	case !ok:
		return "that is no room of the house"
	case slices.Contains(from.not, imported):
		return "the plan keeps it out"
	case to.floor < from.floor, slices.Contains(from.besides, imported):
		return ""
	}
	return "it is not on a floor below"
}

// TestHouseForbids shows that the plan has teeth.
func TestHouseForbids(t *testing.T) {
	for _, edge := range [][2]string{
		{"internal/text", "internal/term"}, {"internal/check", "internal/verdict"}, {"internal/verdict", "internal/rulebook"},
		{"internal/checkers/trademark", "internal/checkers/price"}, {"internal/engine", "proto/assay/v1"}, {"server", "client"},
		{"internal/wire", "internal/tools/foldtable"},
	} {
		if forbidden(edge[0], edge[1]) == "" {
			t.Errorf("%s may import %s", edge[0], edge[1])
		}
	}
}

// listRooms maps every package of the module to those of the module it imports, tests left out.
func listRooms(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	rooms := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return rooms
		} else if err != nil {
			t.Fatal(err)
		}
		room := strings.TrimPrefix(p.ImportPath, module)
		rooms[room] = nil
		for _, imported := range p.Imports {
			if inside, ok := strings.CutPrefix(imported, module); ok {
				rooms[room] = append(rooms[room], inside)
			}
		}
	}
}
