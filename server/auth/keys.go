package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// keyPrefix begins every API key: assay_ID_SECRET. Scanners for leaked secrets can know it.
const keyPrefix = "assay_"

// A Key is a row of the file of API keys. The file is a YAML list of them.
type Key struct {
	ID     string `yaml:"id"`     // 1 to 32 of lower-case letters, digits and '-'
	SHA256 string `yaml:"sha256"` // of the whole key, in hex
	grant  `yaml:",inline"`
	// NotAfter is when it ends, as 2027-01-31 or 2027-01-31T12:00:00Z. Empty: never.
	NotAfter string `yaml:"not_after,omitempty"`
}

// NewKey makes a key of at least 128 random bits. Nothing keeps the secret but who gets it.
func NewKey(id, tenant string, roles []string, notAfter string) (secret string, row Key, err error) {
	secret = keyPrefix + id + "_" + rand.Text()
	sum := sha256.Sum256([]byte(secret))
	row = Key{ID: id, SHA256: hex.EncodeToString(sum[:]), grant: grant{Tenant: tenant, Roles: roles}, NotAfter: notAfter}
	_, err = row.parse()
	return secret, row, err
}

// Line is the row as one line of the file.
func (k Key) Line() (string, error) {
	var node yaml.Node
	if err := node.Encode([]Key{k}); err != nil {
		return "", fmt.Errorf("write key %s: %w", k.ID, err)
	}
	node.Content[0].Style = yaml.FlowStyle
	line, err := yaml.Marshal(&node)
	if err == nil && strings.Count(string(line), "\n") != 1 {
		err = errors.New("the row does not fit on a line")
	}
	return string(line), err
}

// apiKey is a row that can be asked.
type apiKey struct {
	sum      [sha256.Size]byte
	identity *Identity
	end      time.Time
}

func (k Key) parse() (*apiKey, error) {
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyz-"
	parsed := &apiKey{}
	var faults []error
	if len(k.ID) < 1 || len(k.ID) > 32 || strings.Trim(k.ID, allowed) != "" {
		faults = append(faults, errors.New("id is not 1 to 32 of lower-case letters, digits and '-'"))
	}
	if n, err := hex.Decode(parsed.sum[:], []byte(k.SHA256[:min(len(k.SHA256), 2*sha256.Size)])); err != nil || n != sha256.Size || len(k.SHA256) != 2*sha256.Size {
		faults = append(faults, errors.New("sha256 is not 64 hex digits"))
	}
	var err error
	if parsed.identity, err = k.identity(k.ID, ByKey); err != nil {
		faults = append(faults, err)
	}
	if parsed.end, err = parseEnd(k.NotAfter); err != nil {
		faults = append(faults, err)
	}
	return parsed, errors.Join(faults...)
}

// A keyring holds API keys by id.
type keyring map[string]*apiKey

// parseKeys reads the file of API keys, or says everything that is wrong with it.
func parseKeys(content []byte) (keyring, error) {
	list, err := rows[Key](content)
	if err != nil {
		return nil, err
	}
	ring := make(keyring, len(list))
	sums := make(map[[sha256.Size]byte]string, len(list))
	var faults []error
	for i, row := range list {
		key, err := row.parse()
		if err == nil && ring[row.ID] != nil {
			err = errors.New("the id is given twice")
		}
		if err == nil && sums[key.sum] != "" {
			err = fmt.Errorf("it is the same key as %s", sums[key.sum])
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("key %d, %q: %w", i+1, clip(row.ID), err))
			continue
		}
		ring[row.ID], sums[key.sum] = key, row.ID
	}
	return ring, errors.Join(faults...)
}

// CheckKeys says everything that is wrong with a file of API keys.
func CheckKeys(content []byte) error {
	_, err := parseKeys(content)
	return err
}

// noKey is compared with where there is no key of an id, so that time tells nothing.
var noKey = &apiKey{}

// identify takes a key as it was shown.
func (r keyring) identify(shown string, now time.Time) (*Identity, error) {
	id, _, ok := strings.Cut(strings.TrimPrefix(shown, keyPrefix), "_")
	if !ok {
		return nil, refuse(Malformed)
	}
	key, known := r[id]
	if !known {
		key = noKey
	}
	sum := sha256.Sum256([]byte(shown))
	same := subtle.ConstantTimeCompare(sum[:], key.sum[:]) == 1
	switch {
	case !same || !known:
		return nil, refuse(UnknownKey)
	case ended(key.end, now):
		return nil, refuse(Expired)
	}
	return key.identity, nil
}

// openToOthers tells whether others than its owner may read or write a file that holds hashes of secrets.
func openToOthers(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o077 != 0
}
