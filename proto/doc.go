// Package proto holds the public contract: assay/v1 is what callers and outside checkers speak, assay/rulebook/v1 is
// the schema of a rulebook's files, third_party holds the schemas of others that these import.
//
// One command regenerates everything, with tools pinned in this module and in internal/tools/buf.mod:
//
//	go generate ./proto
package proto

//go:generate go run ../internal/tools/protovendor third_party
//go:generate sh -c "cd .. && go tool -modfile=internal/tools/buf.mod buf generate --template proto/buf.gen.yaml"
