package server

import (
	"google.golang.org/grpc"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// Doorless makes a server that lets every call in, for benchmarks to compare with one that asks at the door.
func Doorless(config Config) *Server {
	s := New(config)
	s.grpc.Stop()
	s.grpc = grpc.NewServer(append(s.config.transport(), s.interceptors()...)...)
	assayv1.RegisterComplianceServiceServer(s.grpc, &compliance{Server: s})
	return s
}

// Weigh estimates what a request to check a submission takes when it is decoded.
func Weigh(b []byte) (int, error) {
	return shapeOf(new(assayv1.CheckSubmissionRequest).ProtoReflect().Descriptor()).weigh(b, 1<<30)
}
