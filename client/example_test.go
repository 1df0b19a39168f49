package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"

	"github.com/assay-project/assay/client"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"
	"github.com/assay-project/assay/server"
)

func ExampleClient_Check() {
	target, stop := start(server.Config{DrainDelay: -1}) // an assayd of your own, usually
	defer stop()

	c, err := client.Dial(target)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	verdict, err := c.Check(context.Background(), &assayv1.Submission{
		SubmissionId: "42",
		Product:      &assayv1.Product{Title: "Replica Rolex watch"},
		Markets:      []string{"DE"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(verdict.GetDecision())
	fmt.Println(verdict.GetFindings()[0].GetMessage())
	// Output:
	// DECISION_REJECT
	// "Replica" in the title stands beside Rolex: it says that the goods are a copy.
}

func ExampleClient_CheckAll() {
	target, stop := start(server.Config{DrainDelay: -1})
	defer stop()
	c, err := client.Dial(target)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	catalogue := []*assayv1.Submission{
		{SubmissionId: "1", Product: &assayv1.Product{Title: "Stoneware mug"}, Markets: []string{"DE"}},
		{SubmissionId: "2", Markets: []string{"DE"}},
		{SubmissionId: "3", Product: &assayv1.Product{Title: "N1ke shoes"}, Markets: []string{"DE"}},
	}
	for result, err := range c.CheckAll(context.Background(), client.Each(slices.Values(catalogue))) {
		if err != nil {
			log.Fatal(err) // the run could not go on
		}
		if err := client.ResultError(result); err != nil {
			refused, _ := errors.AsType[*client.Error](err)
			fmt.Println(result.GetPosition(), refused.Code, refused.Violations)
			continue
		}
		fmt.Println(result.GetPosition(), result.GetVerdict().GetDecision())
	}
	// Output:
	// 0 DECISION_APPROVE
	// 1 InvalidArgument [{submission.product is required}]
	// 2 DECISION_REVIEW
}
