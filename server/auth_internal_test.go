package server

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/assay-project/assay/server/auth"
)

// withKey is a configuration whose one API key has both roles, and that key.
func withKey(t *testing.T) (Config, string) {
	t.Helper()
	secret, row, err := auth.NewKey("all", "a", []string{"check", "admin"}, "")
	if err != nil {
		t.Fatal(err)
	}
	line, err := row.Line()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(auth.Config{Keys: path})
	if err != nil {
		t.Fatal(err)
	}
	return Config{Auth: a, Dev: true}, secret
}

// uncovered are the methods of a server without an entry in the table.
func uncovered(s *Server) (names []string) {
	for service, info := range s.grpc.GetServiceInfo() {
		for _, m := range info.Methods {
			if name := "/" + service + "/" + m.Name; !auth.Covers(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// forgotten is a service that somebody registers and forgets to name in the table.
func forgotten(s *Server) {
	handle := func(_ any, ctx context.Context, decode func(any) error, chain grpc.UnaryServerInterceptor) (any, error) {
		if err := decode(&emptypb.Empty{}); err != nil {
			return nil, err
		}
		call := &grpc.UnaryServerInfo{FullMethod: "/assay.v1.Forgotten/Do"}
		return chain(ctx, nil, call, func(context.Context, any) (any, error) { return &emptypb.Empty{}, nil })
	}
	s.grpc.RegisterService(&grpc.ServiceDesc{ServiceName: "assay.v1.Forgotten", HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Do", Handler: handle}}}, s)
}

// TestEveryMethodHasAnEntry: the table names all that is served, and what is not in it is refused to all.
func TestEveryMethodHasAnEntry(t *testing.T) {
	config, key := withKey(t)
	s := New(config)
	if names := uncovered(s); len(names) > 0 {
		t.Errorf("without an entry in the table: %q", names)
	}
	forgotten(s)
	if names := uncovered(s); len(names) != 1 {
		t.Errorf("a service that was forgotten goes unnoticed: %q", names)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+key)
	err = conn.Invoke(ctx, "/assay.v1.Forgotten/Do", &emptypb.Empty{}, &emptypb.Empty{})
	if status.Code(err) != codes.PermissionDenied {
		t.Errorf("a method without an entry answers %v", err)
	}
	conn.Close()
	s.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
