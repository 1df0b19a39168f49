package qualification

import (
	"fmt"
	"time"

	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/listing"
)

func judgeStatus(_ *question, p *paper) judgement {
	if p.Status == listing.Revoked {
		return breaks(revoked)
	}
	return judgement{}
}

func showStatus(*question, *paper) shown {
	return shown{expected: "in force", actual: "revoked", words: "was revoked by its issuer"}
}

func judgeDispute(_ *question, p *paper) judgement {
	if p.Dispute.Open() {
		return judgement{unclear, disputed, ""}
	}
	return judgement{}
}

func showDispute(*question, *paper) shown {
	return shown{expected: "no open complaint", actual: "an open complaint", words: "is the matter of an open complaint"}
}

// lasts reports whether a paper ends only where it says so: reports and declarations state what was found on a day.
func (q *question) lasts(p *paper) bool {
	if q.Lasting || q.MaxAgeDays > 0 {
		return true
	}
	switch p.Type {
	case listing.TestReport, listing.InspectionReport, listing.DeclarationOfConformity, listing.FactoryAudit, listing.QualificationReview,
		listing.ImportCertificate, listing.SafetyDataSheet, listing.PurchaseInvoice, listing.CustomsDeclaration:
		return true
	}
	return false
}

func (q *question) term(p *paper) authorization.Term {
	return authorization.TermOf(&p.Effective, q.zone, q.lasts(p))
}

// judgeTerm leaves the day of issue to judgeAge.
func judgeTerm(q *question, p *paper) judgement {
	term := q.term(p)
	switch {
	case term.Invalid:
		return breaks(dateInvalid)
	case q.AsOf.Before(term.Start):
		return breaks(notYetValid)
	case !term.End.IsZero() && !q.AsOf.Before(term.End):
		return breaks(expired)
	case !term.EndKnown:
		return notExtracted
	}
	return held
}

func showTerm(q *question, p *paper) shown {
	v := &p.Effective
	s := shown{expected: "holds on " + q.today(), actual: authorization.ShowTerm(v, q.lasts(p))}
	switch judgeTerm(q, p).code {
	case dateInvalid:
		s.has = authorization.ShowBound(v.Start) + " – " + authorization.ShowBound(v.End)
		s.words = "states an impossible term: " + s.actual
	case notYetValid:
		s.has = authorization.ShowBound(v.Start)
		s.words = "holds from " + s.has + " on only"
	case expired:
		s.has = authorization.ShowBound(v.End)
		s.words = "ended with " + s.has
	default:
		s.words = "states neither an end nor that it has none"
	}
	return s
}

// today is the day it is in the market.
func (q *question) today() string { return q.AsOf.In(q.zone).Format(time.DateOnly) }

// issued is the day of issue in the market; false where that is no day.
func (q *question) issued(p *paper) (listing.Date, bool) {
	switch p.IssuedOn.State {
	case listing.Day:
		return p.IssuedOn.Date, p.IssuedOn.Date.Exists()
	case listing.Instant:
		return listing.DateOf(p.IssuedOn.Time.In(q.zone)), true
	}
	return listing.Date{}, false
}

// oldAt is when a paper becomes too old; zero: never, as far as known.
func (q *question) oldAt(p *paper) time.Time {
	day, ok := q.issued(p)
	if !ok || q.MaxAgeDays == 0 {
		return time.Time{}
	}
	day.Day += q.MaxAgeDays
	return day.After(q.zone).UTC()
}

func judgeAge(q *question, p *paper) judgement {
	day, ok := q.issued(p)
	switch {
	case p.IssuedOn.State == listing.Absent && q.MaxAgeDays == 0:
		return judgement{}
	case p.IssuedOn.State == listing.Absent:
		return notExtracted
	case !ok, q.AsOf.Before(day.Start(q.zone)):
		return breaks(dateInvalid)
	case q.MaxAgeDays > 0 && !q.AsOf.Before(q.oldAt(p)):
		return breaks(tooOld)
	}
	return held
}

func showAge(q *question, p *paper) shown {
	has := authorization.ShowBound(p.IssuedOn)
	s := shown{expected: "issued by " + q.today(), actual: orNotStated(has), has: has}
	if q.MaxAgeDays > 0 {
		s.expected = fmt.Sprintf("issued at most %d days before %s", q.MaxAgeDays, q.today())
	}
	switch judgeAge(q, p).code {
	case dateInvalid:
		s.words = "is dated impossibly: " + s.actual
	case tooOld:
		s.needs = fmt.Sprint(q.MaxAgeDays)
		s.words = fmt.Sprintf("is of %s, more than %d days ago", has, q.MaxAgeDays)
	default:
		s.words = "does not state when it was issued"
	}
	return s
}

// shortAt is when a paper that holds has too few days left; zero: never, or nobody minds. Where it names its last day, days are
// counted as people do, today among them.
func (q *question) shortAt(p *paper) time.Time {
	end := q.term(p).End
	switch {
	case end.IsZero() || q.MinRemainingDays == 0:
		return time.Time{}
	case p.Effective.End.State == listing.Day:
		return end.In(q.zone).AddDate(0, 0, 1-q.MinRemainingDays).UTC()
	}
	return end.AddDate(0, 0, -q.MinRemainingDays).Add(1)
}

func judgeRemaining(q *question, p *paper) judgement {
	short := q.shortAt(p)
	switch {
	case short.IsZero(), q.AsOf.Before(short), !q.AsOf.Before(q.term(p).End):
		return judgement{}
	case q.MinRemainingMandatory:
		return judgement{broken, expiresSoon, "mandatory"}
	}
	return judgement{noted, expiresSoon, ""}
}

func showRemaining(q *question, p *paper) shown {
	has := authorization.ShowBound(p.Effective.End)
	return shown{expected: fmt.Sprintf("at least %d days left", q.MinRemainingDays), actual: "ends with " + has, has: has,
		needs: fmt.Sprint(q.MinRemainingDays), words: fmt.Sprintf("ends with %s, with fewer than %d days left", has, q.MinRemainingDays)}
}
