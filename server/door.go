package server

import (
	"context"
	"runtime"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server/admission"
	"github.com/assay-project/assay/server/peers"
)

// What every method of ours takes; see kindOf.
var methodKinds = map[string]admission.Kind{
	assayv1.ComplianceService_CheckSubmission_FullMethodName:        admission.Single,
	assayv1.ComplianceService_BatchCheckSubmissions_FullMethodName:  admission.Bulk,
	assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName: admission.Stream,
	assayv1.ComplianceService_AssessMerchant_FullMethodName:         admission.Bulk,
	assayv1.ComplianceService_AssessAssortment_FullMethodName:       admission.Stream,
	assayv1.ComplianceService_ListCheckers_FullMethodName:           admission.Single,
	assayv1.ComplianceService_GetRulebook_FullMethodName:            admission.Single,
}

// kindOf is what a method takes: those of the health service are probes. Methods that nobody serves get the transport's own answer and
// take nothing, and so does reflection, which is served to developers only.
func kindOf(method string) admission.Kind {
	if strings.HasPrefix(method, "/"+grpc_health_v1.Health_ServiceDesc.ServiceName+"/") {
		return admission.Probe
	}
	return methodKinds[method]
}

func (s *Server) newGate() *admission.Gate {
	config := admission.Config{
		KindOf:     kindOf,
		MaxCalls:   s.config.MaxInFlight,
		MaxStreams: s.config.MaxOpenStreams,
		MaxChecks:  runtime.GOMAXPROCS(0),
		Wait:       s.config.MaxWait,
	}
	if s.config.Auth != nil {
		config.Tenant = s.config.Auth.Tenant
	}
	return admission.New(config)
}

// newPeers watches over connections until the server drains.
func (s *Server) newPeers() *peers.Peers {
	p := peers.New(peers.Limits{
		Connections: s.config.MaxConnections,
		PerHost:     s.config.MaxPerHost,
		Owed:        answerMemory,
		OwedEach:    2 * int64(s.config.MaxResponseBytes),
		Stall:       s.config.StreamGrace,
	})
	s.receivers.Go(func() { p.Watch(s.draining) })
	return p
}

// door is where the headers of a call arrive, before anything of it is read or decoded: it is let in, with a deadline, or refused, for who
// makes it or for what is under way already. It runs on the connection's reader: it must not block.
func (s *Server) door(ctx context.Context, call *tap.Info) (context.Context, error) {
	life := s.config.lifeOf(call.FullMethodName)
	if s.config.Auth != nil {
		known, err := s.config.Auth.AtTheDoor(ctx, call.FullMethodName, call.Header)
		if err != nil {
			return admission.Refuse(ctx, statusOf(err).Err(), life)
		}
		ctx = known
	}
	if s.peers.Owes(ctx) {
		return admission.Refuse(ctx, statusOf(errUnread).Err(), life)
	}
	ctx, err := s.gate.Enter(ctx, call.FullMethodName, call.Header, life)
	if err != nil {
		return admission.Refuse(ctx, statusOf(err).Err(), life)
	}
	return ctx, nil
}

// errNoMethod is the answer to a call of a method that nobody serves. The transport's own would hold what the caller wrote for a method,
// however long that is.
var errNoMethod = status.Error(codes.Unimplemented, "there is no such method")

// nobody answers calls of methods that nobody serves.
func nobody(any, grpc.ServerStream) error { return errNoMethod }

// guarded is a service whose calls, if they were refused only inside, are answered before a message of theirs is read, whose messages
// take no more memory than there is for them, and whose answers are counted until they are sent.
func (s *Server) guarded(service *grpc.ServiceDesc) *grpc.ServiceDesc {
	copied := *service
	copied.Methods = make([]grpc.MethodDesc, len(service.Methods))
	for i, m := range service.Methods {
		copied.Methods[i] = grpc.MethodDesc{MethodName: m.MethodName, Handler: s.guardedUnary(m.Handler)}
	}
	copied.Streams = make([]grpc.StreamDesc, len(service.Streams))
	for i, m := range service.Streams {
		m.Handler = s.guardedStream(m.Handler)
		copied.Streams[i] = m
	}
	return &copied
}

func (s *Server) guardedUnary(handle grpc.MethodHandler) grpc.MethodHandler {
	return func(service any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		if err := admission.Refused(ctx); err != nil {
			return nil, err
		}
		in := incoming{memory: &s.memory}
		defer in.release()
		response, err := handle(service, ctx, func(m any) error {
			in.message = m
			if err := decode(&in); err != nil || in.err == nil {
				return err
			}
			return statusOf(in.err).Err()
		}, intercept)
		if err != nil {
			return nil, err
		}
		return &outgoing{response, ctx, s.peers}, nil
	}
}

func (s *Server) guardedStream(handle grpc.StreamHandler) grpc.StreamHandler {
	return func(service any, stream grpc.ServerStream) error {
		if err := admission.Refused(stream.Context()); err != nil {
			return err
		}
		messages := newMessages(stream, &s.memory, s.peers)
		defer messages.letAllGo()
		return handle(service, messages)
	}
}
