package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/conformance"
	"github.com/assay-project/assay/internal/outside"
)

type checkerCommand struct {
	Test checkerTestCommand `cmd:"" help:"Put an outside checker (assay.v1.CheckerService) at --addr through everything its contract demands."`
}

type checkerTestCommand struct {
	Cases   string        `placeholder:"FILE" help:"What it must find: lines of {\"submission\": ..., \"mentions\": [...], \"codes\": [\"CODE\", ...]}, in protojson."`
	Timeout time.Duration `default:"300ms" help:"How long it may take to answer: what the rulebook will give it."`
	Endure  time.Duration `default:"3s" help:"How long it is asked again and again."`
	Output  string        `enum:"text,jsonl" default:"text" help:"text, or one trial a line for programs (${enum})."`
}

// Validate is called by the parser.
func (c *checkerTestCommand) Validate() error {
	if c.Timeout < time.Millisecond || c.Timeout > time.Minute || c.Endure < 0 || c.Endure > time.Hour {
		return errors.New("--timeout is 1ms to 1m, --endure at most 1h")
	}
	return nil
}

// Run tests the checker and prints what came of each trial as it ends.
func (c *checkerTestCommand) Run(ctx context.Context, con console, to *connection) error {
	if to.Addr == "" {
		return usageError{errors.New("give the checker's address: --addr HOST:PORT")}
	}
	o := conformance.Options{Timeout: c.Timeout, Endure: c.Endure}
	var err error
	if c.Cases != "" {
		if o.Cases, err = readCases(c.Cases); err != nil {
			return err
		}
	}
	conn, err := to.checker()
	if err != nil {
		return err
	}
	defer conn.Close()
	var broken error
	o.Progress = func(r conformance.Result) { broken = errors.Join(broken, c.print(con.stdout, r)) }
	results := conformance.Run(ctx, conn, o)
	if broken != nil {
		return fmt.Errorf("write results: %w", broken)
	}
	if !conformance.Passed(results) {
		return exitCode(exitVerdict)
	}
	return nil
}

// checker connects to an outside checker as the service would.
func (c *connection) checker() (*grpc.ClientConn, error) {
	config, err := c.tls()
	if err != nil {
		return nil, err
	}
	secure := insecure.NewCredentials()
	if config != nil {
		secure = credentials.NewTLS(config)
	}
	return grpc.NewClient(c.Addr, grpc.WithTransportCredentials(secure), grpc.WithUserAgent("assay/"+version()), grpc.WithNoProxy(),
		grpc.WithDisableServiceConfig(), grpc.WithDisableRetry(), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(outside.MaxAnswerBytes)))
}

func (c *checkerTestCommand) print(out io.Writer, r conformance.Result) error {
	if c.Output == "jsonl" {
		return json.NewEncoder(out).Encode(r)
	}
	word := "ok  "
	if r.Skipped != "" {
		word = "skip"
	} else if !r.Passed {
		word = "FAIL"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s  %-12s  %s\n", word, r.Trial, r.Demands)
	for _, line := range append(r.Problems, r.Note, r.Skipped) {
		if line != "" {
			fmt.Fprintf(&b, "      %s\n", printable(line))
		}
	}
	_, err := out.Write(b.Bytes())
	return err
}

// readCases reads what a checker must find. Every fault is told: a case that is left out shows nothing.
func readCases(name string) ([]conformance.Case, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	var cases []conformance.Case
	var faults []error
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		c, err := readCase(lines.Bytes())
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", name, n, err))
		}
		c.Name = fmt.Sprintf("%s:%d", name, n)
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		faults = append(faults, fmt.Errorf("read %s: %w", name, err))
	}
	if len(cases) == 0 && faults == nil {
		faults = append(faults, fmt.Errorf("%s: holds no cases", name))
	}
	return cases, errors.Join(faults...)
}

func readCase(line []byte) (conformance.Case, error) {
	var parts struct {
		Submission json.RawMessage
		Mentions   []json.RawMessage
		Codes      *[]string
	}
	strict := json.NewDecoder(bytes.NewReader(line))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&parts); err != nil {
		return conformance.Case{}, fmt.Errorf("case: %w", err)
	}
	if parts.Submission == nil || parts.Codes == nil {
		return conformance.Case{}, errors.New(`case: it needs "submission" and "codes" ([] for none)`)
	}
	c := conformance.Case{Submission: &assayv1.Submission{}, Codes: *parts.Codes}
	if err := protojson.Unmarshal(parts.Submission, c.Submission); err != nil {
		return c, fmt.Errorf("submission: %w", err)
	}
	for _, raw := range parts.Mentions {
		m := &assayv1.Mention{}
		if err := protojson.Unmarshal(raw, m); err != nil {
			return c, fmt.Errorf("mentions: %w", err)
		}
		c.Mentions = append(c.Mentions, m)
	}
	return c, nil
}
