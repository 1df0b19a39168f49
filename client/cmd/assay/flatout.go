package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// A csvPrinter prints one record per result.
type csvPrinter struct {
	out  *bufio.Writer
	csv  *csv.Writer
	told screen
}

// newCSVPrinter begins with the header, unless that stands there already.
func newCSVPrinter(out io.Writer, stderr screen, begun bool) *csvPrinter {
	buffered := bufio.NewWriterSize(out, 64<<10)
	p := &csvPrinter{buffered, csv.NewWriter(buffered), stderr}
	if !begun {
		_ = p.csv.Write(flatColumns) // a fault comes back with the next write
	}
	return p
}

func (p *csvPrinter) print(e catalogue.Entry, r *assayv1.CheckResult) error {
	return p.csv.Write(flatten(e, r).cells())
}

func (p *csvPrinter) flush() error {
	p.csv.Flush()
	if err := p.csv.Error(); err != nil {
		return err
	}
	return p.out.Flush()
}

func (p *csvPrinter) end(n *tally) error {
	if err := p.flush(); err != nil {
		return err
	}
	return tellSummary(p.told, n)
}

// rowsPerGroup bounds what a Parquet file holds in memory while it is written.
const rowsPerGroup = 20_000

// A parquetPrinter prints one row per result. The file can be read only after its end.
type parquetPrinter struct {
	out  *parquet.GenericWriter[flatResult]
	told screen
}

func newParquetPrinter(out io.Writer, stderr screen) *parquetPrinter {
	return &parquetPrinter{parquet.NewGenericWriter[flatResult](out, parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(rowsPerGroup), parquet.CreatedBy("assay", version(), "")), stderr}
}

func (p *parquetPrinter) print(e catalogue.Entry, r *assayv1.CheckResult) error {
	_, err := p.out.Write([]flatResult{*flatten(e, r)})
	return err
}

func (p *parquetPrinter) end(n *tally) error {
	if err := p.out.Close(); err != nil {
		return err
	}
	return tellSummary(p.told, n)
}

// tellSummary tells the summary to who watches; the output itself holds results and nothing else.
func tellSummary(told screen, n *tally) error {
	if !told.terminal {
		return nil
	}
	_, err := fmt.Fprintln(told, wrap(summary(n, painter{told.color}), told.width()))
	return err
}
