package qualification

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// likeness judges a party that must be somebody.
func likeness(l party.Closeness, code string) judgement {
	switch l {
	case party.Unstated:
		return notExtracted
	case party.Different:
		return breaks(code)
	case party.Similar:
		return judgement{unclear, code, "similar"}
	}
	return held
}

func judgeMerchant(q *question, p *paper) judgement {
	if !q.must(rulebook.ForMerchant) {
		return judgement{}
	}
	return likeness(p.ofMerchant, otherMerchant)
}

func showMerchant(q *question, p *paper) shown {
	return showParty(&q.merchant.Party, &p.subject, "is issued to %s and not to %s", "does not state to whom it is issued")
}

// showParty compares a party with whom it should be.
func showParty(want, is *party.Party, words, none string) shown {
	s := shown{expected: want.Shown, actual: orNotStated(is.Shown), has: is.Shown, needs: want.Shown}
	if s.words = fmt.Sprintf(words, is.Shown, want.Shown); !is.Stated() {
		s.words = none
	}
	return s
}

func orNotStated(s string) string { return cmp.Or(s, "not stated") }

func judgeMaker(q *question, p *paper) judgement {
	if !q.must(rulebook.ForManufacturer) {
		return judgement{}
	}
	return likeness(p.ofMaker, otherManufacturer)
}

func showMaker(q *question, p *paper) shown {
	return showParty(&q.maker.Party, &p.subject, "is about %s and not about %s", "does not state whom it is about")
}

func judgeBrand(q *question, p *paper) judgement {
	switch {
	case !q.must(rulebook.ForBrand):
		return judgement{}
	case len(p.brands) == 0:
		return notExtracted
	case !slices.Contains(p.brands, q.brand):
		return breaks(otherBrand)
	}
	return held
}

func showBrand(q *question, p *paper) shown {
	var names []string
	for i := range p.Brands {
		names = append(names, p.Brands[i].Text)
	}
	return showNames(names, party.Shorten(q.Product.Brand), "brand")
}

// showNames compares what a paper names with what it should.
func showNames(names []string, wanted, what string) shown {
	has := authorization.ShowList(names)
	s := shown{expected: wanted, actual: orNotStated(has), has: has, needs: wanted}
	if s.words = fmt.Sprintf("names %s and not %s", has, wanted); has == "" {
		s.words = "names no " + what
	}
	return s
}

func judgeProduct(q *question, p *paper) judgement {
	switch {
	case !q.must(rulebook.ForProduct):
		return judgement{}
	case p.names:
		return held
	case len(p.gtins)+len(p.models) == 0:
		return notExtracted
	case len(q.product.gtins) > 0 && len(p.gtins) > 0, len(q.product.models) > 0 && len(p.models) > 0:
		return breaks(otherProduct)
	}
	return judgement{unclear, otherProduct, "unclear"} // one is named by number, the other by model
}

func showProduct(q *question, p *paper) shown {
	s := showNames(slices.Concat(p.Models, p.GTINs), q.productShown(), "model and no GTIN")
	if j := judgeProduct(q, p); j.variant == "unclear" {
		s.words = fmt.Sprintf("names %s, which cannot be compared with %s", s.has, s.needs)
	}
	return s
}

// productShown is the product by what tells it from others.
func (q *inquiry) productShown() string {
	p := &q.Product
	return authorization.ShowList([]string{p.Model, p.MPN, p.GTIN})
}

// judgeCategory holds the categories a paper states against it also where it need not state any: a licence for one kind of goods is
// none for another.
func judgeCategory(q *question, p *paper) judgement {
	must := q.must(rulebook.ForCategory)
	switch {
	case p.goods == covered:
		return held
	case p.goods == others:
		return breaks(otherCategory)
	case p.goods == perhaps && must:
		return judgement{unclear, otherCategory, "unclear"}
	case must && q.category.Path != "":
		return notExtracted
	}
	return judgement{}
}

func showCategory(q *question, p *paper) shown {
	return showNames(p.Categories, party.Shorten(q.category.Path), "kind of goods")
}

func judgeMarket(q *question, p *paper) judgement {
	switch {
	case len(p.Territories) == 0:
		return judgement{}
	case slices.Contains(p.covers, q.market):
		return held
	}
	return breaks(otherMarket)
}

func showMarket(q *question, p *paper) shown {
	return showNames(p.Territories, string(q.market), "country")
}
