package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/report"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A pageFile is the report of a run and where it goes. The file is written whole or not at all.
type pageFile struct {
	*report.Report
	next *os.File // becomes the file when the page is complete
	name string
}

// openPage begins a report; nil where none is asked for.
func (c *checkCommand) openPage() (*pageFile, error) {
	if c.Report == "" {
		return nil, nil
	}
	if err := c.keepApart("--report", c.Report); err != nil {
		return nil, err
	}
	next, err := os.Create(c.Report + ".next")
	if err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	return &pageFile{report.New(), next, c.Report}, nil
}

func (p *pageFile) add(e catalogue.Entry, r *assayv1.CheckResult) {
	if p != nil {
		p.Add(e, r)
	}
}

// state is what a checkpoint keeps of the report.
func (p *pageFile) state() (json.RawMessage, error) {
	if p == nil {
		return nil, nil
	}
	return json.Marshal(p.Report)
}

// resume takes up the report where a checkpoint left it.
func (p *pageFile) resume(c *catalogue.Checkpoint) error {
	if p == nil || c.Report == nil {
		return nil
	}
	if err := json.Unmarshal(c.Report, p.Report); err != nil {
		return fmt.Errorf("report in the checkpoint: %w", err)
	}
	return nil
}

// write puts the page in its place.
func (p *pageFile) write(run report.Run) error {
	if p == nil {
		return nil
	}
	err := p.Write(p.next, run)
	if err == nil {
		err = p.next.Sync()
	}
	if err == nil {
		err = os.Rename(p.next.Name(), p.name)
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// close ends the writing; a page that did not come to its place is taken away.
func (p *pageFile) close() {
	if p != nil {
		_ = p.next.Close()           // it was synced, or is not wanted
		_ = os.Remove(p.next.Name()) // it is not there any more
	}
}
