// Package checker helps to write an outside checker in Go: one function becomes an assay.v1.CheckerService.
//
//	err := checker.Serve(ctx, listener, description, func(ctx context.Context, r *assayv1.RunCheckerRequest) ([]*assayv1.CheckerFinding, error) {
//		…
//	})
//
// The service holds the checker to its contract before anything leaves the process: a description that breaks it does not
// start, and findings that break it become an INTERNAL error that says what is wrong, where assay would only say that the
// answer was refused. Panics become errors too. The submission's id is echoed, and health is served.
//
// See examples/blockwords for a whole checker, examples/node for the same one in another language, and
// proto/assay/v1/checker.proto for the contract. "assay checker test --addr HOST:PORT" puts a running one to the test.
package checker
