package auth

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"
)

// A grant is what rows of both files say.
type grant struct {
	Tenant string   `yaml:"tenant"`
	Roles  []string `yaml:"roles,flow"`
}

// identity is that of a subject to whom it is granted.
func (g grant) identity(subject string, how How) (*Identity, error) {
	tenant, err := ParseTenant(g.Tenant)
	roles, roleless := ParseRoles(g.Roles)
	if err := errors.Join(err, roleless); err != nil {
		return nil, err
	}
	return &Identity{Tenant: tenant, Subject: subject, Roles: roles, How: how}, nil
}

// rows reads a YAML list of T, strictly: a key that is unknown or given twice, and anything after the list, is an error. An
// empty file is one that is being written; nobody is written [].
func rows[T any](content []byte) ([]T, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	var list []T
	if err := decoder.Decode(&list); errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; to let nobody in, write []")
	} else if err != nil {
		return nil, err
	}
	if list == nil {
		return nil, errors.New("there is no list; to let nobody in, write []")
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the list")
	}
	return list, nil
}

// parseEnd reads until when something holds: an instant, or a day of UTC whose midnight is the end. Empty: for ever.
func parseEnd(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("not_after %q is neither a date nor an instant such as 2027-01-31T00:00:00Z", clip(text))
}

// ended tells whether an end, zero for none, has come.
func ended(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }
