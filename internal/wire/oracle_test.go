package wire_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"buf.build/go/protovalidate"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/assay-project/assay/internal/wire"
)

// oracleMessages is how many generated messages are held against the annotations.
const oracleMessages = 100_000

// TestAgreesWithAnnotations holds the hand-written rules against the annotations of the contract, which are what
// callers read: over generated messages both must refuse the same ones and name the same fields.
func TestAgreesWithAnnotations(t *testing.T) {
	validator, err := protovalidate.New(protovalidate.WithMessages(&assayv1.Submission{}))
	if err != nil {
		t.Fatal(err)
	}
	n := oracleMessages
	if testing.Short() {
		n /= 20
	}
	g := generator{rand.New(rand.NewPCG(1, 2))}
	refused := 0
	for range n {
		m := g.submission()
		want := annotated(t, validator, m)
		got := written(t, m)
		if len(want) > 0 {
			refused++
		}
		if i := slices.Index(got, ""); i >= 0 { // more than anybody reads: the rest is counted
			got = slices.Delete(got, i, i+1)
			want = slices.DeleteFunc(want, func(field string) bool { return !slices.Contains(got, field) })
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("fields named by the annotations and by hand differ (-annotations +hand):\n%s\n%s", diff, prototext.Format(m))
		}
	}
	t.Logf("%d messages, %d refused by both", n, refused)
	if refused < n/10 || refused > n*9/10 {
		t.Errorf("%d of %d messages are refused: the generator shows only one side", refused, n)
	}
}

// annotated are the fields that the annotations refuse.
func annotated(t *testing.T, validator protovalidate.Validator, m *assayv1.Submission) []string {
	err := validator.Validate(m)
	var invalid *protovalidate.ValidationError
	if err != nil && !errors.As(err, &invalid) {
		t.Fatalf("validate: %v\n%s", err, prototext.Format(m))
	}
	var fields []string
	if invalid != nil {
		for _, v := range invalid.Violations {
			field := protovalidate.FieldPathString(v.Proto.GetField())
			if v.Proto.GetRuleId() == "submission.documents.unique" {
				field = "documents"
			}
			fields = append(fields, field)
		}
	}
	return distinct(fields)
}

// distinct orders the fields and leaves out the items of lists that are refused as a whole, which nobody need walk.
func distinct(fields []string) []string {
	for i, field := range fields {
		if at := strings.Index(field, `["`); at >= 0 { // a long key is not repeated in full
			fields[i] = field[:min(len(field), at+20)]
		}
	}
	slices.Sort(fields)
	fields = slices.Compact(fields)
	whole := slices.Clone(fields)
	return slices.DeleteFunc(fields, func(field string) bool {
		return slices.ContainsFunc(whole, func(list string) bool { return list != "" && strings.HasPrefix(field, list+"[") })
	})
}

// written are the fields that the hand-written rules refuse.
func written(t *testing.T, m *assayv1.Submission) []string {
	_, err := wire.Submission(m, time.Unix(0, 0))
	var invalid *wire.Invalid
	if err != nil && !errors.As(err, &invalid) {
		t.Fatalf("Submission: %v is no *Invalid", err)
	}
	var fields []string
	if invalid != nil {
		for _, v := range invalid.Violations {
			if v.Description == "" {
				t.Errorf("%s: a violation without description", v.Field)
			}
			fields = append(fields, v.Field)
		}
	}
	return distinct(fields)
}

// A generator draws submissions that are mostly in order and here and there are not, by walking the descriptor, so
// that a field added to the contract is drawn without anybody remembering it.
type generator struct{ *rand.Rand }

func (g generator) submission() *assayv1.Submission {
	m := &assayv1.Submission{}
	g.fill(m.ProtoReflect(), 0)
	if g.IntN(20) > 0 {
		m.SubmissionId = "s"
	}
	if g.IntN(20) > 0 && m.Product == nil {
		m.Product = &assayv1.Product{}
	}
	m.Markets = nil
	for range g.IntN(4) {
		m.Markets = append(m.Markets, []string{"US", "DE", "CN", "FR", "GB", "ZW", "AX", "EU", "us", "", "XX", "USA"}[g.skewed(12)])
	}
	return m
}

// skewed draws from [0,n), low numbers far more often.
func (g generator) skewed(n int) int { return min(g.IntN(n), g.IntN(n), g.IntN(n)) }

// fill sets some of the fields of a message.
func (g generator) fill(m protoreflect.Message, depth int) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if g.IntN(4) != 0 || depth > 4 {
			continue
		}
		switch {
		case f.IsMap():
			for range g.length(f.Name()) {
				m.Mutable(f).Map().Set(g.value(f.MapKey(), depth).MapKey(), g.value(f.MapValue(), depth))
			}
		case f.IsList():
			list := m.Mutable(f).List()
			for range g.length(f.Name()) {
				list.Append(g.item(list, f, depth))
			}
		case f.Message() != nil:
			g.message(m.Mutable(f).Message(), depth)
		default:
			m.Set(f, g.value(f, depth))
		}
	}
}

func (g generator) item(list protoreflect.List, f protoreflect.FieldDescriptor, depth int) protoreflect.Value {
	if f.Message() == nil {
		return g.value(f, depth)
	}
	item := list.NewElement()
	g.message(item.Message(), depth)
	return item
}

func (g generator) message(m protoreflect.Message, depth int) {
	if t, ok := m.Interface().(*timestamppb.Timestamp); ok {
		proto.Merge(t, timestamppb.New(time.Unix([]int64{1.7e9, 0, 7258118399, 7258118400, -1}[g.skewed(5)], 0)))
		return
	}
	g.fill(m, depth+1)
}

// length draws how many items: few, or about the limits that the contract has.
func (g generator) length(name protoreflect.Name) int {
	if g.IntN(60) > 0 {
		return g.IntN(3)
	}
	if name == "unit_codes" || name == "gtins" || name == "lines" || name == "territories" {
		return []int{300, 301, 500, 501, 1000, 1001}[g.IntN(6)]
	}
	return []int{8, 9, 16, 17, 32, 33, 45, 46, 50, 51, 64, 65, 100, 101, 200, 201}[g.IntN(16)]
}

func (g generator) value(f protoreflect.FieldDescriptor, depth int) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(g.text())
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber([]int32{1, 2, 3, 0, 5, 10, 26, 27, 99, -1}[g.skewed(10)]))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(g.IntN(2) == 0)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32([]int32{1, 2, 0, -1}[g.skewed(4)])
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64([]int64{1, 2, 0, -1}[g.skewed(4)])
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32([]float32{0.5, 1, 0, 1.5, -0.1}[g.skewed(5)])
	case protoreflect.MessageKind:
		return protoreflect.ValueOfMessage(nil)
	}
	panic("no value for " + f.FullName())
}

// text draws a text: ordinary ones, hashes, and lengths about the limits that the contract has.
func (g generator) text() string {
	switch g.IntN(40) {
	case 0:
		n := []int{64, 128, 256, 512, 1024, 2048, 8192}[g.IntN(7)]
		return strings.Repeat("é", n/2) + strings.Repeat("x", g.IntN(2))
	case 1:
		return ""
	case 2:
		return strings.Repeat("0123456789abcdef", 4)
	case 3:
		return strings.Repeat("0123456789ABCDEF", 4)
	case 4:
		return strings.Repeat("x", []int{65536, 65537, 262144, 262145}[g.IntN(4)])
	}
	return string([]byte{byte('a' + g.IntN(26)), byte('a' + g.IntN(26))})
}
