// Blockwords is an outside checker: it reports words that a marketplace does not want in titles.
//
//	go run ./client/checker/examples/blockwords --listen 127.0.0.1:50061 --words "banned,sold out"
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/client/checker"
)

func main() {
	address := flag.String("listen", "127.0.0.1:50061", "address to serve on")
	words := flag.String("words", "banned,sold out", "words to look for, separated by commas")
	flag.Parse()
	if err := run(*address, strings.Split(*words, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "blockwords:", err)
		os.Exit(1)
	}
}

func run(address string, words []string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Println("blockwords serves on", l.Addr())
	return checker.Serve(ctx, l, description, looker(words))
}

var description = &assayv1.DescribeCheckerResponse{
	Name:             "blockwords",
	Version:          "1",
	ContractVersions: []string{"v1"},
	Codes:            []string{"BLOCKED_WORD"},
	Fields:           []string{"product.title"}, // nothing else of a submission is sent
	Doc:              "Words that this marketplace does not want in titles, as whole words in any letter case.",
}

// mostFindings is as many as the contract takes of one answer.
const mostFindings = 64

// looker makes the checker of a list of words.
func looker(words []string) checker.Func {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = regexp.QuoteMeta(strings.TrimSpace(word))
	}
	any := regexp.MustCompile(`(?i)\b(?:` + strings.Join(quoted, "|") + `)\b`)
	return func(_ context.Context, r *assayv1.RunCheckerRequest) ([]*assayv1.CheckerFinding, error) {
		title := r.GetSubmission().GetProduct().GetTitle()
		var findings []*assayv1.CheckerFinding
		for _, at := range any.FindAllStringIndex(title, mostFindings) {
			findings = append(findings, &assayv1.CheckerFinding{
				Code:     "BLOCKED_WORD",
				Message:  fmt.Sprintf("The title holds %q.", title[at[0]:at[1]]),
				Evidence: []*assayv1.Evidence{checker.Span("title", title, at[0], at[1])},
			})
		}
		return findings, nil
	}
}
