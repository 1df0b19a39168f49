package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// An outFile is where results go with -o.
type outFile struct {
	*os.File
	checkpoint string // its file; "" without one
	every      time.Duration
	state      *catalogue.Checkpoint
	saved      time.Time
	twins      *twinsFile // saved with the results
}

// openOut opens the file for results, empty.
func (c *checkCommand) openOut() (*outFile, error) {
	if err := c.keepApart("-o", c.Out, c.Report); err != nil {
		return nil, err
	}
	f, err := os.Create(c.Out)
	return &outFile{File: f}, err
}

// keepApart refuses to write over what is read, or over others of what is written.
func (c *checkCommand) keepApart(flag, name string, others ...string) error {
	return apart(flag, name, slices.Concat(others, []string{c.Documents, c.Checkpoint}, c.Files))
}

// apart refuses to write over what is read.
func apart(flag, name string, reads []string) error {
	to, err := os.Stat(name)
	if err != nil {
		return nil // it is not there, or opening it will say why not
	}
	for _, file := range reads {
		if info, err := os.Stat(file); err == nil && os.SameFile(info, to) {
			return usageError{fmt.Errorf("%s %s: results would be written over what is read", flag, name)}
		}
	}
	return nil
}

// resume opens the file for results where the checkpoint says that they go on, or, without a checkpoint, at the beginning of a new
// file. The input then begins there too.
func (c *checkCommand) resume(in *catalogue.Input, book *assayv1.GetRulebookResponse) (*outFile, error) {
	if err := c.keepApart("-o", c.Out, c.Report); err != nil {
		return nil, err
	}
	now, err := c.fingerprint(book)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(c.Out, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	out := &outFile{File: f, checkpoint: c.Checkpoint, every: c.Every, state: now, saved: time.Now()}
	if err := out.position(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	in.From, in.Careful = out.state.Next, true
	in.AsOfOr = timestamppb.New(out.state.AsOf)
	return out, nil
}

// fingerprint is the checkpoint of a run that begins.
func (c *checkCommand) fingerprint(book *assayv1.GetRulebookResponse) (*catalogue.Checkpoint, error) {
	now := &catalogue.Checkpoint{Rulebook: book.GetRulebook().GetSha256(), Output: c.Out, AsOf: time.Now().UTC().Truncate(time.Second),
		Options: map[string]string{"--format": c.Format, "--map": fmt.Sprint(c.Map), "--output": c.kind(), "--as-of": c.AsOf, "--locale": c.Locale,
			"--report": c.Report, "--twins": c.Twins, "assay version": version()}}
	for _, file := range c.Files {
		print, err := catalogue.FingerprintOf(file)
		if err != nil {
			return nil, err
		}
		now.Inputs = append(now.Inputs, print)
	}
	if c.Documents != "" {
		print, err := catalogue.FingerprintOf(c.Documents)
		if err != nil {
			return nil, err
		}
		now.Papers = &print
	}
	return now, nil
}

// position takes the file to where results go on. Nothing is lost that a checkpoint does not vouch for: a file with content and
// without a checkpoint is left alone.
func (o *outFile) position() error {
	if err := lock(o.File); err != nil {
		return fmt.Errorf("%s: another run writes to it: %w", o.Name(), err)
	}
	size, err := o.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	was, err := catalogue.LoadCheckpoint(o.checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		if size > 0 {
			return fmt.Errorf("%s holds results and there is no checkpoint %s to go on from: take it away, or name another file", o.Name(), o.checkpoint)
		}
		return errors.Join(catalogue.SyncDir(o.Name()), o.state.Save(o.checkpoint))
	}
	if err != nil {
		return err
	}
	if err := was.Continues(o.state); err != nil {
		return fmt.Errorf("checkpoint %s is of another run; take it and %s away to begin anew:\n%w", o.checkpoint, o.Name(), err)
	}
	if size < was.Offset {
		return fmt.Errorf("%s has %d bytes and checkpoint %s vouches for %d: results were lost", o.Name(), size, o.checkpoint, was.Offset)
	}
	o.state = was
	if err := o.Truncate(was.Offset); err != nil {
		return err
	}
	_, err = o.Seek(was.Offset, io.SeekStart)
	return err
}

// begun tells whether there is something in the file.
func (o *outFile) begun() bool { return o != nil && o.state != nil && o.state.Offset > 0 }

// A flusher is a printer whose results can be made durable at any time.
type flusher interface{ flush() error }

// step saves how far the run has come, when it is time to.
func (o *outFile) step(p printer, page *pageFile, n *tally, end catalogue.Mark) error {
	if o == nil || o.checkpoint == "" {
		return nil
	}
	o.state.Next, o.state.Counts = end, n.counts()
	if time.Since(o.saved) < o.every && !o.twins.due() {
		return nil
	}
	return o.save(p, page)
}

// save makes the results durable, and then the checkpoint that vouches for them.
func (o *outFile) save(p printer, page *pageFile) (err error) {
	if o == nil || o.checkpoint == "" {
		return nil
	}
	if err := p.(flusher).flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	if err := o.Sync(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	if o.state.Offset, err = o.Seek(0, io.SeekCurrent); err != nil {
		return err
	}
	if o.state.Report, err = page.state(); err != nil {
		return err
	}
	if o.state.Twins, err = o.twins.state(); err != nil {
		return err
	}
	o.saved = time.Now()
	return o.state.Save(o.checkpoint)
}

// kind is the form of the results: table, jsonl, csv or parquet; "" where the terminal decides.
func (c *checkCommand) kind() string {
	if c.Output != "auto" {
		return c.Output
	}
	switch filepath.Ext(c.Out) {
	case "":
		if c.Out == "" {
			return ""
		}
	case ".csv":
		return "csv"
	case ".parquet":
		return "parquet"
	}
	return "jsonl"
}
