package server_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
)

// lines is where a logger's lines go. What nobody waits for is dropped.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	select {
	case l <- string(line):
	default:
	}
	return len(line), nil
}

func (l lines) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: level}))
}

func TestACallIsOneLineWithoutTheListing(t *testing.T) {
	logs := make(lines, 10)
	client, s := serving(t, server.Config{Logger: logs.logger(slog.LevelDebug)})
	m := submission("id-of-a-submission")
	m.Product.Title = "secret\n{\"level\":\"ERROR\"}"
	m.Markets = []string{"nowhere"}
	ctx := metadata.AppendToOutgoingContext(background(t), "x-request-id", "checkout-7")
	_, err := client.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: m})
	wantCode(t, err, codes.InvalidArgument)
	s.Close()
	close(logs)
	var all []string
	for line := range logs {
		all = append(all, line)
	}
	if len(all) != 1 {
		t.Fatalf("%d lines: %q", len(all), all)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(all[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line["code"] != "InvalidArgument" || line["request_id"] != "checkout-7" || line["level"] != "DEBUG" {
		t.Errorf("line is %s", all[0])
	}
	for _, secret := range []string{"secret", "id-of-a-submission", "nowhere"} {
		if strings.Contains(all[0], secret) {
			t.Errorf("the line holds what the merchant wrote: %s", all[0])
		}
	}
}

func TestOrdinaryCallsAreNotLogged(t *testing.T) {
	logs := make(lines, 10)
	client, s := serving(t, server.Config{Logger: logs.logger(slog.LevelInfo)})
	if _, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: submission("s1")}); err != nil {
		t.Fatal(err)
	}
	_, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{})
	wantCode(t, err, codes.InvalidArgument)
	s.Close()
	close(logs)
	for line := range logs {
		t.Errorf("a line: %s", line)
	}
}

func TestSlowCallsAreLogged(t *testing.T) {
	logs := make(lines, 10)
	client, _ := serving(t, server.Config{Logger: logs.logger(slog.LevelInfo), SlowCall: time.Nanosecond})
	if _, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: submission("s1")}); err != nil {
		t.Fatal(err)
	}
	if line := <-logs; !strings.Contains(line, `"level":"WARN"`) {
		t.Errorf("line is %s", line)
	}
}
