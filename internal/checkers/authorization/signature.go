package authorization

import (
	"slices"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
)

// judgeSignature asks for the signature or seal of the issuer, and of the one who is granted where the pack wants both. Where
// the seal binds a company (the rulebook names the countries), a signature by hand is not enough.
func judgeSignature(q *question, p *paper) judgement {
	signed := p.signedBy(q, &p.issuer, &p.Issuer)
	if signed && q.pack.Countersigned && p.kind == grant {
		signed = p.signedBy(q, &p.subject, &p.Subject)
	}
	switch {
	case signed:
		return judgement{}
	case q.pack.SignatureMandatory:
		return judgement{unclear, "DOC_SIGNATURE_MISSING", "mandatory"}
	}
	return judgement{noted, "DOC_SIGNATURE_MISSING", ""}
}

// signedBy reports whether one of the signatures is a party's, as the law of its country wants it. One that does not say whose
// it is counts as the issuer's.
func (p *paper) signedBy(q *question, by *party.Party, as *listing.Party) bool {
	for i := range p.Signatures {
		if needsSeal(q, as) && p.Signatures[i].Kind == listing.ByHand {
			continue
		}
		if m := party.Match(&p.signers[i], by); m >= party.Similar || m == party.Unstated && by == &p.issuer {
			return true
		}
	}
	return false
}

func needsSeal(q *question, by *listing.Party) bool {
	return by.Kind != listing.PartyKindPerson && slices.Contains(q.rules.SealCountries, by.Country)
}

func showSignature(q *question, p *paper) shown {
	s := shown{expected: "signature or seal of " + orNotStated(p.issuer.Shown), actual: "none"}
	if needsSeal(q, &p.Issuer) {
		s.expected = "company seal of " + orNotStated(p.issuer.Shown)
	}
	if q.pack.Countersigned && p.kind == grant {
		s.expected += ", and of " + orNotStated(p.subject.Shown)
	}
	if len(p.Signatures) > 0 {
		s.actual = party.Shorten(list(p.signatories()))
	}
	if judgeSignature(q, p).standing == holds {
		return s
	}
	if s.needs = p.issuer.Shown; p.signedBy(q, &p.issuer, &p.Issuer) {
		s.needs = p.subject.Shown
	}
	s.words = "bears no " + s.expected
	if len(p.Signatures) > 0 {
		s.words += " (it bears " + s.actual + ")"
	}
	return s
}

var signatureNames = [...]string{"signature", "signature by hand", "seal", "electronic signature"}

// signatories are the signatures in words.
func (p *paper) signatories() []string {
	var all []string
	for i := range p.Signatures {
		s := &p.Signatures[i]
		words := "a " + signatureNames[min(int(s.Kind), len(signatureNames)-1)]
		if s.Kind == listing.Electronic {
			words = "an " + signatureNames[listing.Electronic]
		}
		if p.signers[i].Stated() {
			words += " of " + p.signers[i].Shown
		}
		all = append(all, words)
	}
	return all
}
