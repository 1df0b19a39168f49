package rule

import (
	"regexp/syntax"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
)

// Bounds on expressions.
const (
	maxChars   = 8192 // of one
	maxNodes   = 2000
	maxDepth   = 48
	maxNesting = 3   // of comprehensions
	maxPattern = 150 // instructions of a compiled pattern
)

// The variables.
const (
	submissionVar = "submission"
	marketVar     = "market"
	mentionsVar   = "mentions"
	priceVar      = "price"
	nowVar        = "now"
)

// A language is CEL as rules have it, with what the expressions of one book write out: folded words, amounts, patterns. It
// grows while they are compiled and is not changed afterwards.
type language struct {
	env      *cel.Env
	words    map[string]*words
	amounts  map[string]listing.Money
	patterns map[string]uint64 // instructions
	spent    uint64            // on finding rules that can never fire
}

func newLanguage() (*language, error) {
	l := &language{words: make(map[string]*words), amounts: make(map[string]listing.Money), patterns: make(map[string]uint64)}
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(library())),
		cel.Container("assay.v1"),
		cel.Types(&assayv1.Submission{}, &assayv1.Mention{}, &assayv1.PriceEvidence{}),
		cel.Variable(submissionVar, cel.ObjectType("assay.v1.Submission")),
		cel.Variable(marketVar, cel.StringType),
		cel.Variable(mentionsVar, cel.ListType(cel.ObjectType("assay.v1.Mention"))),
		cel.Variable(priceVar, cel.ObjectType("assay.v1.PriceEvidence")),
		cel.Variable(nowVar, cel.TimestampType),
		cel.EnableHiddenAccumulatorName(true),
		cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxChars),
		cel.ParserRecursionLimit(maxDepth),
		cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(maxPattern),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(),
			cel.ValidateHomogeneousAggregateLiterals(), cel.ValidateComprehensionNestingLimit(maxNesting), manners{}),
		cel.CostModel(l.costs()...),
	}
	var err error
	l.env, err = cel.NewCustomEnv(append(options, l.functions()...)...)
	return l, err
}

// library is what rules have of CEL's own functions: all but those that make long values of short ones or that read the
// machine's time zones.
func library() *env.LibrarySubset {
	without := func(name string, overloads ...string) *env.Function {
		f := &env.Function{Name: name}
		for _, id := range overloads {
			f.Overloads = append(f.Overloads, &env.Overload{ID: id})
		}
		return f
	}
	return &env.LibrarySubset{
		IncludeMacros: []string{"has", "all", "exists", "exists_one", "filter"},
		ExcludeFunctions: []*env.Function{
			without("_+_", overloads.AddString, overloads.AddBytes),
			without(overloads.TypeConvertDyn), without(overloads.TypeConvertType), without(overloads.TypeConvertBytes),
			without(overloads.TimeGetFullYear, overloads.TimestampToYearWithTz),
			without(overloads.TimeGetMonth, overloads.TimestampToMonthWithTz),
			without(overloads.TimeGetDayOfYear, overloads.TimestampToDayOfYearWithTz),
			without(overloads.TimeGetDayOfMonth, overloads.TimestampToDayOfMonthZeroBasedWithTz),
			without(overloads.TimeGetDate, overloads.TimestampToDayOfMonthOneBasedWithTz),
			without(overloads.TimeGetDayOfWeek, overloads.TimestampToDayOfWeekWithTz),
			without(overloads.TimeGetHours, overloads.TimestampToHoursWithTz),
			without(overloads.TimeGetMinutes, overloads.TimestampToMinutesWithTz),
			without(overloads.TimeGetSeconds, overloads.TimestampToSecondsWithTz),
			without(overloads.TimeGetMilliseconds, overloads.TimestampToMillisecondsWithTz),
		},
	}
}

// byteSizes measures texts by their bytes. Counting their characters, as the library does to charge for them, takes longer
// than most of what is charged for.
type byteSizes struct{ cost.SizingStrategy }

// TrackSize is the size of a value.
func (b byteSizes) TrackSize(ctx cost.TrackContext, value ref.Val) (uint64, bool) {
	if text, ok := value.(types.String); ok {
		return uint64(len(text)), true
	}
	return b.SizingStrategy.TrackSize(ctx, value)
}

// costs are what functions of the library cost that read a whole text and are charged for as if they did not.
func (l *language) costs() []cost.OverloadModel {
	reads := func(what cost.QuantityExpr) cost.OverloadModelOption {
		return cost.EvalCost(cost.Sum(cost.Const(1), cost.Scale(what, 0.1)))
	}
	models := []cost.OverloadModel{
		cost.MemberOverload(overloads.MatchesString, cost.ManualCost(l.estimateMatch, l.trackMatch)),
		cost.Overload(overloads.Matches, cost.ManualCost(l.estimateMatch, l.trackMatch)),
		cost.MemberOverload(overloads.SizeStringInst, reads(cost.Target())),
		cost.Overload(overloads.SizeString, reads(cost.Arg(0))),
	}
	for _, id := range []string{overloads.StringToBool, overloads.StringToInt, overloads.StringToUint, overloads.StringToDouble,
		overloads.StringToTimestamp, overloads.StringToDuration} {
		models = append(models, cost.Overload(id, reads(cost.Arg(0))))
	}
	return models
}

// patternCost is what matching a byte costs for each instruction of a pattern, at worst.
const patternCost = 0.2

func (l *language) estimateMatch(e cost.Estimator, target *cost.AstNode, args []cost.AstNode) *cost.CallEstimate {
	if target != nil {
		args = slices.Concat([]cost.AstNode{*target}, args)
	}
	pattern, _ := literal(args[1].Expr())
	text := cost.EstimateSize(e, args[0])
	return cost.NewCallEstimate(text.MultiplyByCostFactor(patternCost*float64(l.instructions(pattern))), nil)
}

func (l *language) trackMatch(args []ref.Val, _ ref.Val) *uint64 {
	pattern, _ := args[1].Value().(string)
	text, _ := args[0].Value().(string)
	spent := 1 + uint64(float64(len(text)+1)*patternCost*float64(l.instructions(pattern)))
	return &spent
}

// instructions is the length of a pattern as it is run; the bound where the pattern was not written out.
func (l *language) instructions(pattern string) uint64 {
	if n, ok := l.patterns[pattern]; ok {
		return n
	}
	return maxPattern
}

// learnPattern takes down how long a pattern is. One that is no pattern was refused already.
func (l *language) learnPattern(pattern string) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return
	}
	if program, err := syntax.Compile(parsed.Simplify()); err == nil {
		l.patterns[pattern] = uint64(len(program.Inst))
	}
}
