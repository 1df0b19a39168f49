package server

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/assay-project/assay/internal/wire"
	"github.com/assay-project/assay/server/admission"
	"github.com/assay-project/assay/server/auth"
)

// domain is the ErrorInfo domain of every status that this server makes.
const domain = "assay"

// Bounds of what a status says. It travels in the trailers of a call, and some clients take 8 KiB of them and no more.
const (
	maxStatusText    = 512  // bytes
	maxStatusDetails = 4096 // bytes of violations, before base64
	maxViolation     = 256  // bytes of a field's path, and of what is wrong with it
)

// errNoRulebook is the answer while no engine is in force.
var errNoRulebook = errors.New("no rulebook is in force yet")

// errTooLarge is the answer for an item whose verdict does not fit into the response any more.
var errTooLarge = errors.New("the results before this one fill the response")

// A mismatchError says that the caller asked for another rulebook than the one in force.
type mismatchError struct{ asked, inForce string }

func (e *mismatchError) Error() string {
	return fmt.Sprintf("rulebook %s is in force, not %s", e.inForce, e.asked)
}

// statusOf makes a status of any error: the only place where one is made. What it does not know is INTERNAL without
// a word, because the text of an unknown error may hold anything.
func statusOf(err error) *status.Status {
	var invalid *wire.Invalid
	var mismatch *mismatchError
	var refusal *auth.Refusal
	var shed *admission.Refusal
	switch {
	case errors.As(err, &shed):
		return shedStatuses[shed.Reason]
	case errors.As(err, &refusal):
		return refused(refusal)
	case errors.As(err, &invalid):
		return invalidArgument(invalid)
	case errors.As(err, &mismatch):
		return detailed(codes.FailedPrecondition, err.Error(), info("RULEBOOK_MISMATCH", "rulebook_sha256", mismatch.inForce))
	case errors.Is(err, errNoRulebook):
		return detailed(codes.Unavailable, err.Error(), info("NO_RULEBOOK"), retryAfter(time.Second))
	case errors.Is(err, errTooLarge):
		return detailed(codes.ResourceExhausted, err.Error(), info("RESPONSE_TOO_LARGE"), retryAfter(0))
	case errors.Is(err, errMemory):
		return detailed(codes.ResourceExhausted, err.Error(), info("OVERLOADED", "limit", "memory"), retryAfter(time.Second))
	case errors.Is(err, errUnread):
		return detailed(codes.ResourceExhausted, err.Error(), info("OVERLOADED", "limit", "unread"), retryAfter(time.Second))
	case errors.Is(err, errHeavy), errors.Is(err, errPieces):
		return detailed(codes.ResourceExhausted, err.Error(), info("MESSAGE_TOO_HEAVY"))
	case errors.Is(err, context.DeadlineExceeded):
		return detailed(codes.DeadlineExceeded, "the call ran out of time", info("DEADLINE_EXCEEDED"))
	case errors.Is(err, context.Canceled):
		return detailed(codes.Canceled, "the call was cancelled", info("CANCELLED"))
	}
	if already, ok := status.FromError(err); ok {
		return already
	}
	return detailed(codes.Internal, "internal error", info("INTERNAL"))
}

// shedStatuses are made once: they are sent when there is no time for anything.
var shedStatuses = func() (made []*status.Status) {
	for _, r := range admission.Refusals() {
		made = append(made, detailed(codes.ResourceExhausted, r.Error(), info("OVERLOADED", "limit", r.Name), retryAfter(r.After)))
	}
	return made
}()

// invalidArgument names every violation, as far as they fit into a trailer; the ErrorInfo counts those that do not.
func invalidArgument(invalid *wire.Invalid) *status.Status {
	request := &errdetails.BadRequest{}
	text, size := strings.Builder{}, 0
	text.WriteString("the request breaks the contract")
	separator := ": "
	for _, v := range invalid.Violations {
		field := &errdetails.BadRequest_FieldViolation{Field: clip(v.Field, maxViolation), Description: clip(v.Description, maxViolation)}
		if size += proto.Size(field) + 3; size > maxStatusDetails {
			break
		}
		request.FieldViolations = append(request.FieldViolations, field)
		text.WriteString(separator + field.Field + " " + field.Description)
		separator = "; "
	}
	reason := info("INVALID_REQUEST")
	if left := len(invalid.Violations) - len(request.FieldViolations); left > 0 {
		reason.Metadata = map[string]string{"violations_left_out": strconv.Itoa(left)}
	}
	return detailed(codes.InvalidArgument, text.String(), request, reason)
}

// info is the machine's reason of a status, with pairs of metadata.
func info(reason string, pairs ...string) *errdetails.ErrorInfo {
	e := &errdetails.ErrorInfo{Reason: reason, Domain: domain}
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Metadata = map[string]string{pairs[i]: pairs[i+1]}
	}
	return e
}

func retryAfter(d time.Duration) *errdetails.RetryInfo {
	return &errdetails.RetryInfo{RetryDelay: durationpb.New(d)}
}

func detailed(code codes.Code, text string, details ...protoadapt.MessageV1) *status.Status {
	plain := status.New(code, clip(text, maxStatusText))
	if full, err := plain.WithDetails(details...); err == nil {
		return full
	}
	return plain
}

// clip cuts a text to a number of bytes, at a character's edge.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const ellipsis = " ..."
	cut := limit - len(ellipsis)
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + ellipsis
}

// violation is a broken rule of the contract that only the server can tell.
func violation(field, description string) error {
	return &wire.Invalid{Violations: []wire.Violation{{Field: field, Description: description}}}
}

// under puts the fields of an *wire.Invalid under the field that holds the message.
func under(field string, err error) error {
	var invalid *wire.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	moved := make([]wire.Violation, len(invalid.Violations))
	for i, v := range invalid.Violations {
		moved[i] = wire.Violation{Field: strings.TrimSuffix(field+"."+v.Field, "."), Description: v.Description}
	}
	return &wire.Invalid{Violations: moved}
}

// merged is every violation of both, or the one error that is something else.
func merged(a, b error) error {
	var first, second *wire.Invalid
	switch {
	case errors.As(a, &first) && errors.As(b, &second):
		return &wire.Invalid{Violations: append(first.Violations, second.Violations...)}
	case a == nil:
		return b
	}
	return a
}
