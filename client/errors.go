package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// An Error says why a question could not be answered. Every error that a [Client] returns from a call holds one;
// take it out with [errors.As]. An Error whose code is Canceled or DeadlineExceeded is also context.Canceled or
// context.DeadlineExceeded to [errors.Is].
type Error struct {
	// Code is the gRPC status code.
	Code codes.Code
	// Message is the server's, in English.
	Message string
	// Reason is the server's UPPER_SNAKE name for the cause; empty when it gave none.
	Reason string
	// Violations are all fields that the server refuses.
	Violations []Violation
	// RetryAfter is how long the server asks to wait before another try; 0: not at all, or it does not ask for one.
	RetryAfter time.Duration

	comeBack bool // the server asks for another try
	status   *status.Status
}

// A Violation is one field that the server refuses.
type Violation struct {
	Field       string // path in the request: "submission.product.title"
	Description string // what is wrong with it, in English
}

// Error gives the code, the message and every violation that the message does not name. It can hold words of the
// submission: escape it before it goes to a terminal.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", code.Code(e.Code), e.Message)
	for _, v := range e.Violations {
		if !strings.Contains(e.Message, v.Field) {
			fmt.Fprintf(&b, "; %s %s", v.Field, v.Description)
		}
	}
	return b.String()
}

// GRPCStatus returns the status as the server sent it, with all details.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// Is tells that an Error is the context error which its code stands for.
func (e *Error) Is(target error) bool {
	switch e.Code {
	case codes.Canceled:
		return target == context.Canceled
	case codes.DeadlineExceeded:
		return target == context.DeadlineExceeded
	default:
		return false
	}
}

// ResultError returns why a result holds no verdict, or nil when it holds one.
func ResultError(r *assayv1.CheckResult) error {
	if r.GetVerdict() != nil {
		return nil
	}
	if r.GetError() == nil {
		return newError(status.New(codes.Internal, "the result holds neither a verdict nor an error"))
	}
	return newError(status.FromProto(r.GetError()))
}

// toError turns what a gRPC call or an input returned into an Error.
func toError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return newError(status.FromContextError(err))
	}
	return newError(status.Convert(err))
}

func newError(s *status.Status) *Error {
	e := &Error{Code: s.Code(), Message: s.Message(), status: s}
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				e.Violations = append(e.Violations, Violation{Field: v.GetField(), Description: v.GetDescription()})
			}
		case *errdetails.ErrorInfo:
			e.Reason = d.GetReason()
		case *errdetails.RetryInfo:
			e.comeBack = true
			if d.GetRetryDelay().IsValid() {
				e.RetryAfter = max(0, d.GetRetryDelay().AsDuration())
			}
		}
	}
	return e
}
