package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/assay-project/assay/server/auth"
)

type keysCommand struct {
	New keysNewCommand `cmd:"" help:"Make an API key: print it, once, and add its row to a file of keys. A server that follows the file takes it at once."`
}

type keysNewCommand struct {
	File     string   `arg:"" help:"The file of keys, YAML; it is made if it is not there."`
	ID       string   `name:"id" required:"" help:"What to call the key in logs: lower-case letters, digits and '-'."`
	Tenant   string   `required:"" help:"Whose calls they are."`
	Role     []string `default:"check" help:"check, admin or both, with a comma."`
	NotAfter string   `placeholder:"DATE" help:"When it ends, such as 2027-01-31. Without it: never."`
}

// Run prints the key alone on standard output, so that it can go where secrets are kept.
func (c keysNewCommand) Run(w world) error {
	secret, row, err := auth.NewKey(c.ID, c.Tenant, c.Role, c.NotAfter)
	if err != nil {
		return &usageError{err}
	}
	line, err := row.Line()
	if err != nil {
		return err
	}
	if err := addRow(c.File, line); err != nil {
		return fmt.Errorf("add a row to %s: %w", c.File, err)
	}
	_, err = fmt.Fprintln(w.stdout, secret)
	return err
}

// addRow appends a row to a file of keys that is well with it.
func addRow(name, line string) (err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return withoutPath(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	old, err := io.ReadAll(f)
	if err != nil {
		return withoutPath(err)
	}
	if nobody := string(bytes.TrimSpace(old)) == "[]"; nobody {
		old = nil
	}
	if len(old) > 0 && old[len(old)-1] != '\n' {
		line = "\n" + line
	}
	if err := auth.CheckKeys(append(old, line...)); err != nil {
		return err
	}
	if len(old) == 0 {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteString(line)
	}
	return err
}

// withoutPath is an error of a file without its name, which the caller says.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}
