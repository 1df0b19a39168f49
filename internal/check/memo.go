package check

// A Memo is a value that several checkers of a run need and none of them owns. It is made when it is first asked for, once
// in a run, and leaves no row: a run in which nobody asks does not pay for it. It is for checkers that compute in the
// caller's goroutine, one after the other.
type Memo[S, T any] struct{ make func(*Pass[S]) T }

// NewMemo says how the value is made. make sees the pass of the checker that asks first, so it may not depend on which that
// is: it uses the subject, and results of stages that every checker who asks requires.
func NewMemo[S, T any](make func(*Pass[S]) T) *Memo[S, T] { return &Memo[S, T]{make} }

// In is the value in the run of p.
func (m *Memo[S, T]) In(p *Pass[S]) T {
	for _, known := range p.report.memos {
		if known.of == m {
			return known.value.(T)
		}
	}
	value := m.make(p)
	p.report.memos = append(p.report.memos, memo{m, value})
	return value
}

// A memo is a value that was made, and whose it is.
type memo struct{ of, value any }
