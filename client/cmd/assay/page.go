package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"google.golang.org/protobuf/proto"

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

// openPage begins a report; nil where none is asked for. It is not written over what the run reads.
func openPage(name string, reads ...string) (*pageFile, error) {
	if name == "" {
		return nil, nil
	}
	if err := apart("--report", name, reads); err != nil {
		return nil, err
	}
	next, err := os.Create(name + ".next")
	if err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	return &pageFile{report.New(), next, name}, nil
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

// writeAssessment writes the report on a merchant: of the listings that the answer has, and of the others their number.
func (p *pageFile) writeAssessment(files []string, asked *assayv1.AssessMerchantRequest, a *assessed, book *assayv1.GetRulebookResponse) error {
	if p == nil {
		return nil
	}
	told := &assessed{results: a.results}
	told.count()
	for _, r := range a.results {
		var e catalogue.Entry
		if at := r.GetPosition(); at >= 0 && at < int64(len(a.entries)) { // the server may be anybody's
			e = a.entries[at]
		}
		p.Add(completed(e, asked), r)
	}
	p.AddUntold(a.approve-told.approve, a.review-told.review, a.reject-told.reject, a.failures-told.failures)
	return p.write(report.Run{Files: files, Book: book, Version: version(), Merchant: asked.GetMerchant(), Verdict: a.verdict})
}

// completed is an entry with what the request says for all: as the server reads it.
func completed(e catalogue.Entry, asked *assayv1.AssessMerchantRequest) catalogue.Entry {
	s := proto.CloneOf(e.Submission)
	if s == nil {
		return e
	}
	if s.Merchant == nil {
		s.Merchant = asked.GetMerchant()
	}
	if len(s.Markets) == 0 {
		s.Markets = asked.GetMarkets()
	}
	for _, d := range asked.GetDocuments() {
		if !slices.ContainsFunc(s.Documents, func(own *assayv1.Document) bool { return own.GetDocumentId() == d.GetDocumentId() }) {
			s.Documents = append(s.Documents, d)
		}
	}
	e.Submission = s
	return e
}

// close ends the writing; a page that did not come to its place is taken away.
func (p *pageFile) close() {
	if p != nil {
		_ = p.next.Close()           // it was synced, or is not wanted
		_ = os.Remove(p.next.Name()) // it is not there any more
	}
}
