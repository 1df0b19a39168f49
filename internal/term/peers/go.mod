module github.com/assay-project/assay/internal/term/peers

go 1.26.0

require (
	github.com/anknown/ahocorasick v0.0.0-20190904063843-d75dbd5169c0
	github.com/assay-project/assay v0.0.0
	golang.org/x/text v0.43.0
)

require github.com/anknown/darts v0.0.0-20151216065714-83ff685239e6 // indirect

replace github.com/assay-project/assay => ../../..
