package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/twin"
)

// A twinsFile looks for listings that are near copies of earlier ones, and where they are written to. Nil: nobody asked.
type twinsFile struct {
	summary  twin.Summary
	sketcher twin.Sketcher
	finder   *twin.Finder
	journal  *twin.Journal // nil without a checkpoint

	file *os.File // nil: only the report tells of them
	out  *bufio.Writer
	line bytes.Buffer
}

// twinsState is what a checkpoint keeps of it.
type twinsState struct {
	Offset  int64         `json:"offset"` // of the file of twins
	Journal twin.Mark     `json:"journal"`
	Summary *twin.Summary `json:"summary"`
}

// openTwins begins to look for twins, or goes on where the checkpoint says; nil where no file and no report asks for them.
func (c *checkCommand) openTwins(state *catalogue.Checkpoint) (*twinsFile, error) {
	if c.Twins == "" && c.Report == "" {
		return nil, nil
	}
	if err := c.keepApart("--twins", c.Twins, c.Out, c.Report); err != nil {
		return nil, err
	}
	t, was := &twinsFile{}, twinsState{}
	if state == nil {
		t.finder = twin.NewFinder(twin.Window)
		return t, t.open(c.Twins, os.O_TRUNC)
	}
	if state.Twins != nil {
		if err := json.Unmarshal(state.Twins, &was); err != nil {
			return nil, fmt.Errorf("twins in the checkpoint: %w", err)
		}
	}
	if was.Summary != nil {
		t.summary = *was.Summary
	}
	var err error
	if t.journal, t.finder, err = twin.OpenJournal(c.Checkpoint+".twins", was.Journal, twin.Window); err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", c.Checkpoint, err)
	}
	if err := t.open(c.Twins, 0); err != nil {
		return nil, err
	}
	return t, t.position(state.Twins != nil, was.Offset)
}

func (t *twinsFile) open(name string, how int) (err error) {
	if name == "" {
		return nil
	}
	if t.file, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|how, 0o644); err == nil {
		t.out = bufio.NewWriterSize(t.file, 64<<10)
	}
	return err
}

// position takes the file to where twins go on.
func (t *twinsFile) position(goesOn bool, offset int64) error {
	if t.file == nil {
		return nil
	}
	size, err := t.file.Seek(0, io.SeekEnd)
	switch {
	case err != nil:
		return err
	case !goesOn && size > 0:
		return fmt.Errorf("%s holds something and there is no checkpoint to go on from: take it away, or name another file", t.file.Name())
	case size < offset:
		return fmt.Errorf("%s has %d bytes and the checkpoint vouches for %d: twins were lost", t.file.Name(), size, offset)
	}
	if err := t.file.Truncate(offset); err != nil {
		return err
	}
	_, err = t.file.Seek(offset, io.SeekStart)
	return err
}

// add compares a listing that has a verdict to those before it, and writes down what it is a near copy of.
func (t *twinsFile) add(e catalogue.Entry, r *assayv1.CheckResult) error {
	if t == nil || r.GetVerdict() == nil {
		return nil
	}
	listing := twinListing(e, r)
	sketch := t.sketcher.Sketch(&listing)
	if sketch.IsEmpty() {
		return nil
	}
	found := t.finder.Add(&sketch)
	if t.journal != nil {
		if err := t.journal.Append(&sketch); err != nil {
			return err
		}
	}
	if found == nil {
		return nil
	}
	t.summary.Add(found)
	return t.write(found)
}

// write writes one line.
func (t *twinsFile) write(found *twin.Found) error {
	if t.file == nil {
		return nil
	}
	t.line.Reset()
	to := json.NewEncoder(&t.line)
	to.SetEscapeHTML(false)
	if err := to.Encode(found); err != nil {
		return fmt.Errorf("write twins: %w", err)
	}
	line := t.line.Bytes()
	if text := bytes.TrimSuffix(line, []byte("\n")); !plain(string(text)) {
		line = append(escapeJSON(text), '\n')
	}
	if _, err := t.out.Write(line); err != nil {
		return fmt.Errorf("write twins: %w", err)
	}
	return nil
}

// due reports whether a checkpoint must be made now.
func (t *twinsFile) due() bool { return t != nil && t.journal != nil && t.journal.Due() }

// state makes everything durable and returns what a checkpoint is to keep of it.
func (t *twinsFile) state() (json.RawMessage, error) {
	if t == nil {
		return nil, nil
	}
	offset, err := t.flush()
	if err != nil {
		return nil, fmt.Errorf("write twins: %w", err)
	}
	mark, err := t.journal.Sync()
	if err != nil {
		return nil, err
	}
	return json.Marshal(twinsState{offset, mark, &t.summary})
}

// flush puts the lines on the disk and returns where they end.
func (t *twinsFile) flush() (int64, error) {
	if t.file == nil {
		return 0, nil
	}
	if err := errors.Join(t.out.Flush(), t.file.Sync()); err != nil {
		return 0, err
	}
	return t.file.Seek(0, io.SeekCurrent)
}

// found is what was found, for the report; nil where nobody looked.
func (t *twinsFile) found() *twin.Summary {
	if t == nil {
		return nil
	}
	return &t.summary
}

// close ends the writing.
func (t *twinsFile) close() (err error) {
	if t == nil {
		return nil
	}
	if t.file != nil {
		err = errors.Join(t.out.Flush(), t.file.Close())
	}
	if t.journal != nil {
		err = errors.Join(err, t.journal.Close())
	}
	return err
}

// twinListing is what is compared of a listing with its verdict, as an assessment compares it.
func twinListing(e catalogue.Entry, r *assayv1.CheckResult) twin.Listing {
	s, v := e.Submission, r.GetVerdict()
	p := s.GetProduct()
	l := twin.Listing{Position: r.GetPosition(), File: e.File, Line: e.Line, ID: s.GetSubmissionId(), Merchant: s.GetMerchant().GetMerchantId(),
		Brand: p.GetBrand(), GTIN: p.GetGtin(), Rejected: v.GetDecision() == assayv1.Decision_DECISION_REJECT}
	if mark := ownBrand(v); mark != "" {
		l.Brand, l.Listed = mark, true
	}
	marks := leftOut(v)
	of := func(field, words string) twin.Text { return twin.Text{Words: words, Marks: marks[field]} }
	l.Title = of("title", p.GetTitle())
	l.Body = append(l.Body, of("description", p.GetDescription()))
	for i, bullet := range p.GetBullets() {
		l.Body = append(l.Body, of(fmt.Sprintf("bullets[%d]", i), bullet))
	}
	for _, image := range p.GetImages() {
		l.Images = append(l.Images, cmp.Or(image.GetPerceptualHash(), image.GetSha256()))
	}
	return l
}

// ownBrand is the mark that a listing shows as the brand of its goods, if there is one.
func ownBrand(v *assayv1.Verdict) string {
	for _, m := range v.GetMentions() {
		if m.GetRole() != assayv1.Role_ROLE_OWN_BRAND {
			continue
		}
		for _, span := range m.GetSpans() {
			if span.GetField() != "merchant.shop_name" {
				return m.GetCanonical()
			}
		}
	}
	return ""
}

// leftOut are the places of marks, and of words that a listing is rejected for, by field.
func leftOut(v *assayv1.Verdict) map[string][]twin.Span {
	places := make(map[string][]twin.Span)
	add := func(s *assayv1.TextSpan) {
		if s != nil {
			places[s.GetField()] = append(places[s.GetField()], twin.Span{Start: int(s.GetStart()), End: int(s.GetEnd())})
		}
	}
	for _, m := range v.GetMentions() {
		for _, span := range m.GetSpans() {
			add(span)
		}
	}
	for _, f := range v.GetFindings() {
		if f.GetEffect() != assayv1.Decision_DECISION_REJECT {
			continue
		}
		for _, e := range f.GetEvidence() {
			add(e.GetTextSpan())
		}
	}
	return places
}
