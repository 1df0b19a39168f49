package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/server/metrics"
)

// A Folder is where a rulebook lies on disk, and what is demanded of one that is to replace the one in force.
type Folder struct {
	Dir string
	// Compile makes an engine of a book that could be read.
	Compile func(*rulebook.Book) (*engine.Engine, error)
	// Poll is how often the files' content is looked at. Where reading them takes longer than a hundredth of it, they
	// are looked at less often, but every ten seconds. Not positive: only when asked to.
	Poll time.Duration
	// AllowShrink takes a book of which a list has lost more than half its rows, or which has lost a file.
	AllowShrink bool
}

// Follow keeps the engine in force in step with a folder until ctx ends. A signal from now makes it look at once.
//
// What counts is content, not times: a change is a change of digest. A directory that is swapped whole (a link that leads
// elsewhere, as a mounted ConfigMap does it) is loaded at once; files that are written in place must be the same at two
// looks, for the first may have seen half of them. Then the files are read, compiled and held to the book's own tests,
// while calls go on with the engine in force; only then is it replaced, in one step. Whatever goes wrong before leaves it
// as it is, and stands in the log and in GetRulebook.
func (s *Server) Follow(ctx context.Context, f Folder, now <-chan os.Signal) {
	w := &watch{folder: f, config: &s.config, use: s.Use, last: &s.lastLoad, what: "rulebook", place: metrics.InForce,
		current: func() *engine.Engine {
			if now := s.current.Load(); now != nil {
				return now.engine
			}
			return nil
		}}
	w.follow(ctx, now)
}

// FollowShadow does the same for the engine in shadow. There must be one in force.
func (s *Server) FollowShadow(ctx context.Context, f Folder, now <-chan os.Signal) {
	w := &watch{folder: f, config: &s.config, use: s.Shadow, last: &s.lastShadow, what: "rulebook in shadow", place: metrics.InShadow,
		current: func() *engine.Engine { return s.current.Load().shadow }}
	w.follow(ctx, now)
}

// A watch is what one Follow knows and remembers.
type watch struct {
	folder  Folder
	config  *Config
	what    string // is followed
	place   metrics.Place
	current func() *engine.Engine // the one to replace; nil: none
	use     func(*engine.Engine)
	last    *atomic.Pointer[assayv1.RulebookLoad]

	seen               string // at the last look
	target             string // of the last look
	tried              string // what was loaded last, or failed to
	attempts, failures int64
}

func (w *watch) follow(ctx context.Context, now <-chan os.Signal) {
	w.tried = w.digest()
	timer := time.NewTimer(w.pause(0))
	defer timer.Stop()
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-now:
			asked = true
		case <-timer.C:
		}
		timer.Reset(w.pause(w.look(ctx, asked)))
	}
}

// digest is that of the rulebook to replace.
func (w *watch) digest() string {
	if e := w.current(); e != nil {
		return e.Book().Digest
	}
	return ""
}

const (
	never    = 1 << 62
	patience = 100              // how many times longer it waits than it looked
	longest  = 10 * time.Second // that it waits for it: a look that took long once must not leave it blind
)

func (w *watch) pause(looked time.Duration) time.Duration {
	if w.folder.Poll <= 0 {
		return never
	}
	return max(w.folder.Poll, min(patience*looked, longest))
}

// look loads what is new and has settled. It returns how long it took to tell.
func (w *watch) look(ctx context.Context, asked bool) time.Duration {
	start := time.Now()
	dir, err := rulebook.OpenDir(w.folder.Dir)
	if err != nil {
		if gone := err.Error(); asked || gone != w.tried {
			w.tried = gone
			w.refused("", err)
		}
		return time.Since(start)
	}
	defer dir.Close()
	found := rulebook.Fingerprint(dir.FS())
	looked := time.Since(start)
	settled := asked || found == w.seen || w.target != "" && w.target != dir.Target()
	w.seen, w.target = found, dir.Target()
	if settled && (asked || found != w.tried) {
		w.try(ctx, dir, found, asked)
	}
	return looked
}

// try puts what was found in force, or says why not.
func (w *watch) try(ctx context.Context, dir *rulebook.Dir, found string, asked bool) {
	if found == w.digest() {
		w.tried = found
		w.taken(found, "unchanged")
		return
	}
	e, err := w.load(ctx, dir)
	switch {
	case ctx.Err() != nil:
	case err == nil && e.Book().Digest != found && !asked:
		w.seen = e.Book().Digest // somebody writes it just now: the next looks will see how it ends
	case err == nil && e.Book().Digest != found:
		w.refused(found, errors.New("load rulebook: its files changed while they were read"))
	case err != nil:
		w.tried = found
		w.refused(found, err)
	default:
		w.tried = found
		w.use(e)
		w.taken(found, "replaced")
	}
}

// load goes all the way to an engine that may be put in force. Rulebooks are untrusted: one that makes us panic is refused.
func (w *watch) load(ctx context.Context, dir *rulebook.Dir) (e *engine.Engine, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("load rulebook: panic: %v", cause)
			w.config.Logger.Error("panic while a rulebook was loaded", "cause", cause, "stack", string(debug.Stack()))
		}
	}()
	book, err := rulebook.Load(dir.FS())
	if err != nil {
		return nil, err
	}
	if now := w.current(); now != nil && !w.folder.AllowShrink {
		if err := shrunk(now.Book(), book); err != nil {
			return nil, err
		}
	}
	if e, err = w.folder.Compile(book); err != nil {
		return nil, err
	}
	return e, e.Prove(ctx)
}

// shrunk says which list has lost more than half its rows: a file cut short is the likelier reason than a change of mind.
func shrunk(old, book *rulebook.Book) error {
	rows := make(map[string]int, len(book.Lists))
	for _, l := range book.Lists {
		rows[l.Name] = l.Rows
	}
	for _, l := range old.Lists {
		if now := rows[l.Name]; now*2 < l.Rows {
			return fmt.Errorf("%s: %d rows, where the rulebook in force has %d: more than half would go; to mean it, allow it or start anew",
				l.Name, now, l.Rows)
		}
	}
	return nil
}

// maxLoadError bounds what GetRulebook and the log say of a refused rulebook, in bytes.
const maxLoadError = 4096

func (w *watch) refused(found string, err error) {
	w.failures++
	problem := clip(strings.ToValidUTF8(err.Error(), "?"), maxLoadError)
	w.report(found, problem)
	w.config.Logger.Error(w.what+" refused: the one before stays",
		slog.String("sha256", w.digest()), slog.String("found", found), slog.String("error", problem))
}

func (w *watch) taken(found, how string) {
	w.report(found, "")
	w.config.Logger.Info(w.what+" "+how, slog.String("rulebook", w.current().Book().Label), slog.String("sha256", found))
}

func (w *watch) report(found, problem string) {
	w.attempts++
	if strings.Contains(found, " ") {
		found = "" // not a digest: there are files that cannot be read
	}
	if w.config.Metrics != nil {
		w.config.Metrics.Load(w.place, problem == "")
	}
	w.last.Store(&assayv1.RulebookLoad{At: timestamppb.New(w.config.Now()), Sha256: found, Error: problem,
		Attempts: w.attempts, Failures: w.failures})
}
