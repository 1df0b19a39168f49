// Package proto holds the public contract: assay/v1 is what callers and outside checkers speak, assay/rulebook/v1 is
// the schema of a rulebook's files, third_party holds the schemas of others that these import.
//
// assay/v1/checker.binpb is the contract of outside checkers as a compiled descriptor set, for languages that read one
// at run time, where parsers of .proto files often do not know all of the language.
//
// One command regenerates everything, with tools pinned in this module and in internal/tools/buf.mod:
//
//	go generate ./proto
package proto

//go:generate go run ../internal/tools/protovendor third_party
//go:generate sh -c "cd .. && go tool -modfile=internal/tools/buf.mod buf generate --template proto/buf.gen.yaml"
//go:generate sh -c "cd .. && go tool -modfile=internal/tools/buf.mod buf build --path proto/assay/v1/checker.proto --exclude-source-info --as-file-descriptor-set -o proto/assay/v1/checker.binpb"
