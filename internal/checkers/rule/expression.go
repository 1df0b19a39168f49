package rule

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"github.com/assay-project/assay/internal/rulebook"
)

// Bounds on cost, in CEL's units.
const (
	maxWorst   = 1_000_000_000 // of an expression at worst, or it is refused
	costLimit  = 500_000       // of one evaluation
	totalLimit = 10_000_000    // of all rules on one submission
	checkEvery = 100           // steps of a loop after which the time is looked at
)

// An expression is compiled and may be evaluated concurrently.
type expression struct {
	program                             cel.Program
	ast                                 *cel.Ast
	usesMarket, usesMentions, usesPrice bool
	asksPrice                           bool // whether there is one
	loops                               bool // and so may be interrupted
}

// A piece is a part of a text that the file says more about than the part's own words.
type piece struct {
	from   rulebook.Expression
	offset int // characters before it
	text   string
}

func whole(e rulebook.Expression) piece { return piece{from: e, text: e.Text} }

// compile compiles an expression that must have one of the types, or says everything that is wrong with it.
func (l *language) compile(p piece, want ...*cel.Type) (*expression, rulebook.Problems) {
	checked, issues := l.env.Compile(p.text)
	if len(issues.Errors()) > 0 {
		return nil, p.problems(issues)
	}
	if !slices.ContainsFunc(want, checked.OutputType().IsExactType) {
		return nil, p.refuse(0, "the expression is a %s, and must be %s", checked.OutputType(), names(want))
	}
	e := &expression{ast: checked}
	l.read(e, checked.NativeRep())
	worst, err := l.env.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, p.refuse(0, "its cost cannot be told: %v", err)
	}
	if worst.Max > maxWorst {
		return nil, p.refuse(0, "it may cost %s at worst, where %d are allowed: make its loops fewer, or what they read shorter",
			costName(worst.Max), maxWorst)
	}
	e.program, err = l.env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit),
		cel.CostTrackerOptions(cost.WithSizingStrategy(byteSizes{cost.DefaultSizingStrategy()})), cel.InterruptCheckFrequency(checkEvery))
	if err != nil {
		return nil, p.refuse(0, "%v", err)
	}
	return e, nil
}

func costName(worst uint64) string {
	if worst == math.MaxUint64 {
		return "more than can be counted"
	}
	return fmt.Sprint(worst)
}

func names(of []*cel.Type) string {
	texts := make([]string, len(of))
	for i, t := range of {
		texts[i] = t.String()
	}
	return strings.Join(texts, " or ")
}

// read takes down what an expression reads and writes out.
func (l *language) read(e *expression, a *ast.AST) {
	visit(a, func(n ast.Expr) {
		switch n.Kind() {
		case ast.IdentKind:
			e.usesMarket = e.usesMarket || n.AsIdent() == marketVar
			e.usesMentions = e.usesMentions || n.AsIdent() == mentionsVar
			e.usesPrice = e.usesPrice || n.AsIdent() == priceVar
		case ast.SelectKind:
			of := n.AsSelect().Operand()
			e.asksPrice = e.asksPrice || n.AsSelect().IsTestOnly() && of.Kind() == ast.IdentKind && of.AsIdent() == priceVar
		case ast.ComprehensionKind:
			e.loops = true
		case ast.CallKind:
			l.learn(n.AsCall())
		}
	})
}

// learn takes down the words, amounts and patterns of a call.
func (l *language) learn(call ast.CallExpr) {
	if !written[call.FunctionName()] {
		return
	}
	text, ok := literal(call.Args()[len(call.Args())-1])
	if !ok {
		return
	}
	switch call.FunctionName() {
	case overloads.Matches:
		l.learnPattern(text)
	case containsFolded, findFolded:
		l.words[text] = newWords(text)
	default:
		l.amounts[text], _ = parseAmount(text)
	}
}

// problems are the compiler's, at their places in the file.
func (p piece) problems(issues *cel.Issues) rulebook.Problems {
	var problems rulebook.Problems
	for _, issue := range issues.Errors() {
		problems = append(problems, p.refuse(p.lineStart(issue.Location.Line())+issue.Location.Column(), "%s", issue.Message)...)
	}
	return problems
}

// lineStart is how many characters stand before a line of the piece, counted from 1.
func (p piece) lineStart(line int) int {
	rest, n := p.text, 0
	for ; line > 1; line-- {
		before, after, _ := strings.Cut(rest, "\n")
		n += utf8.RuneCountInString(before) + 1
		rest = after
	}
	return n
}

// refuse makes a problem at a character of the piece.
func (p piece) refuse(offset int, format string, args ...any) rulebook.Problems {
	return rulebook.Problems{rulebook.NewProblem(p.from.At(p.offset+max(offset, 0)), format, args...)}
}

// What it may cost to find rules that can never fire: each time one is asked, and in a whole book, with what asking costs by itself.
const (
	fireLimit  = 10_000
	firesLimit = 10_000_000
	fireCost   = 500
)

// fires reports whether the expression can be true, with the market known or ("") not. Where telling would cost too much, it can.
func (l *language) fires(e *expression, market string) bool {
	if l.spent > firesLimit {
		return true
	}
	program, err := l.env.Program(e.ast, cel.EvalOptions(cel.OptPartialEval, cel.OptTrackCost), cel.CostLimit(fireLimit))
	if err != nil {
		return true
	}
	known, unknown := map[string]any{}, []*cel.AttributePatternType{}
	for _, name := range []string{submissionVar, mentionsVar, priceVar, nowVar, marketVar} {
		if name == marketVar && market != "" {
			known[name] = market
			continue
		}
		unknown = append(unknown, cel.AttributePattern(name))
	}
	vars, err := cel.PartialVars(known, unknown...)
	if err != nil {
		return true
	}
	out, details, _ := program.Eval(vars)
	l.spent += fireCost
	if spent := details.ActualCost(); spent != nil {
		l.spent += *spent
	}
	return out != types.False
}
