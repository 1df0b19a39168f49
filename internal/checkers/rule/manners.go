package rule

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// manners are what rules may not say although it is CEL.
type manners struct{}

// Name is for the library's lists.
func (manners) Name() string { return "assay.rule.manners" }

// written are the functions whose last argument must be written out where it is a text.
var written = map[string]bool{overloads.Matches: true, containsFolded: true, findFolded: true, below: true, above: true}

// Validate is called with every expression that type-checks.
func (manners) Validate(_ *cel.Env, _ cel.ValidatorConfig, a *ast.AST, issues *cel.Issues) {
	visit(a, func(e ast.Expr) {
		switch e.Kind() {
		case ast.CallKind:
			call := e.AsCall()
			if written[call.FunctionName()] {
				writtenOut(a, call, issues)
			}
			if compares[call.FunctionName()] && !simple(a.GetType(call.Args()[0].ID())) {
				issues.ReportErrorAtID(e.ID(), "only single values are compared: compare what is in them, or size()")
			}
			if call.FunctionName() == operators.Add && a.GetType(e.ID()).Kind() == types.ListKind && !accumulates(call) {
				issues.ReportErrorAtID(e.ID(), "lists cannot be joined in rules")
			}
		case ast.ComprehensionKind:
			over := e.AsComprehension().IterRange()
			if a.GetType(over.ID()).Kind() == types.MapKind {
				issues.ReportErrorAtID(over.ID(), "a map has no order: go through keys(...) or values(...) of it")
			}
		}
	})
}

// compares are the functions that compare values of any type, which may be long work for what is charged.
var compares = map[string]bool{operators.Equals: true, operators.NotEquals: true, operators.In: true}

// simple reports whether values of a type are no messages, lists or maps.
func simple(t *types.Type) bool {
	kind := t.Kind()
	return kind != types.StructKind && kind != types.ListKind && kind != types.MapKind
}

// writtenOut refuses a word, amount or pattern that is computed, and one that says nothing.
func writtenOut(a *ast.AST, call ast.CallExpr, issues *cel.Issues) {
	last := call.Args()[len(call.Args())-1]
	if a.GetType(last.ID()).Kind() != types.StringKind {
		return
	}
	text, ok := literal(last)
	switch call.FunctionName() {
	case overloads.Matches:
		if !ok {
			issues.ReportErrorAtID(last.ID(), "write the pattern out: it is checked when the rulebook is loaded")
		}
	case containsFolded, findFolded:
		if !ok {
			issues.ReportErrorAtID(last.ID(), "write the words out: they are folded when the rulebook is loaded")
		} else if newWords(text) == nil {
			issues.ReportErrorAtID(last.ID(), "%q has no letters once it is folded, or more than %d: it cannot be looked for", text, maxLetters)
		}
	default:
		if _, err := parseAmount(text); !ok || err != nil {
			issues.ReportErrorAtID(last.ID(), `write the amount out, as "5.00 USD"`)
		}
	}
}

// accumulates reports whether a sum of lists is what a macro makes of filter(): the accumulator has a name that nobody can write.
func accumulates(call ast.CallExpr) bool {
	first := call.Args()[0]
	return first.Kind() == ast.IdentKind && first.AsIdent() == "@result"
}

// literal is the text that an expression is, where it is one.
func literal(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().Value().(string)
	return text, ok
}

func visit(a *ast.AST, f func(ast.Expr)) { ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(f)) }
