package qualification

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
)

// judgeSelf asks for an issuer who is neither the merchant nor the one whom the paper is about.
func judgeSelf(q *question, p *paper) judgement {
	near := max(p.byMerchant, p.bySubject)
	switch {
	case !q.ThirdParty:
		return judgement{}
	case !p.issuer.Stated():
		return notExtracted
	case near >= party.Equal:
		return breaks(selfIssued)
	case near == party.Similar:
		return judgement{unclear, selfIssued, "similar"}
	}
	return held
}

func showSelf(_ *question, p *paper) shown {
	s := shown{expected: "issued by a third party", actual: orNotStated(p.issuer.Shown), has: p.issuer.Shown}
	switch {
	case !p.issuer.Stated():
		s.words = "does not state who issued it"
	case p.byMerchant >= p.bySubject:
		s.words = fmt.Sprintf("was issued by %s, the merchant", s.has)
	default:
		s.words = fmt.Sprintf("was issued by %s, whom it is about", s.has)
	}
	return s
}

func judgeIssuer(q *question, p *paper) judgement {
	if len(q.accepted.issuers) == 0 {
		return judgement{}
	}
	best := party.Unstated
	for i := range q.accepted.issuers {
		best = max(best, party.Match(&p.issuer, &q.accepted.issuers[i]))
	}
	return likeness(best, issuerNotAccepted)
}

func showIssuer(q *question, p *paper) shown {
	return showChoice("issued by ", []string{p.issuer.Shown}, q.Issuers, "does not state who issued it", "was issued by ")
}

// showChoice compares what a paper has with that of which it should have one.
func showChoice(expected string, has, wanted []string, none, words string) shown {
	s := shown{expected: expected + authorization.ShowList(wanted), has: authorization.ShowList(has), needs: authorization.ShowList(wanted)}
	s.actual = orNotStated(s.has)
	if s.words = words + s.has + ", and not " + s.needs; s.has == "" {
		s.words = none
	}
	return s
}

func judgeAccreditation(q *question, p *paper) judgement {
	switch {
	case len(q.accepted.accreditations) == 0:
		return judgement{}
	case sharesAny(q.accepted.accreditations, p.accreditations):
		return held
	case len(p.accreditations) == 0:
		return notExtracted
	}
	return breaks(notAccredited)
}

func showAccreditation(q *question, p *paper) shown {
	var bodies []string
	for i := range p.Accreditations {
		bodies = append(bodies, p.Accreditations[i].Body)
	}
	return showChoice("accredited by ", bodies, q.Accreditations, "shows no accreditation of its issuer", "shows an accreditation by ")
}

func judgeScheme(q *question, p *paper) judgement {
	missing := q.schemesMissing(p)
	switch {
	case len(q.accepted.schemes) == 0:
		return judgement{}
	case missing == 0, missing < len(q.accepted.schemes) && !q.EveryScheme:
		return held
	case len(p.schemes) == 0:
		return notExtracted
	}
	return breaks(otherStandard)
}

// schemesMissing is how many of the standards that are asked for a paper does not name.
func (q *question) schemesMissing(p *paper) int {
	missing := 0
	for _, wanted := range q.accepted.schemes {
		if !slices.ContainsFunc(p.schemes, func(named []string) bool { return namedBy(wanted, named) }) {
			missing++
		}
	}
	return missing
}

func showScheme(q *question, p *paper) shown {
	how := "one of "
	if q.EveryScheme {
		how = "each of "
	}
	s := showChoice(how, p.Schemes, q.Schemes, "names no standard or scheme", "is under ")
	if s.has != "" {
		s.words = strings.Replace(s.words, ", and not ", ", and not under "+how, 1)
	}
	return s
}

func judgeOutcome(q *question, p *paper) judgement {
	switch {
	case p.Outcome == listing.NotPassed:
		return breaks(notPassed)
	case !q.Passed:
		return judgement{}
	case p.Outcome == listing.PassedOnConditions:
		return judgement{unclear, notPassed, "conditional"}
	case p.Outcome != listing.Passed:
		return notExtracted
	}
	return held
}

func showOutcome(_ *question, p *paper) shown {
	switch p.Outcome {
	case listing.NotPassed:
		return shown{expected: "passed", actual: "not passed", words: "says that what was looked at did not pass"}
	case listing.PassedOnConditions:
		return shown{expected: "passed", actual: "passed on conditions", words: "passed on conditions, which a person has to read"}
	}
	return shown{expected: "passed", actual: "not stated", words: "does not state what came of it"}
}
