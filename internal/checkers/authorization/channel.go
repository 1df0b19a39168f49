package authorization

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
)

// A channel is a way of selling, as a pack asks for it or a grant allows it.
type channel struct {
	way         way
	marketplace []string // folded words of its name; nil: any
}

type way uint8

const (
	online way = iota
	offline
	marketplace
	everywhere
)

// parseChannel reads "ONLINE", "OFFLINE", "ALL", "MARKETPLACE" or "MARKETPLACE:name". Any other text is taken for the name of a
// marketplace, which is what people write there.
func parseChannel(s string) channel {
	s = strings.TrimSpace(s)
	kind, name, named := strings.Cut(s, ":")
	switch strings.ToUpper(strings.TrimSpace(kind)) {
	case "ONLINE":
		return channel{way: online}
	case "OFFLINE":
		return channel{way: offline}
	case "ALL":
		return channel{way: everywhere}
	case "MARKETPLACE":
		if words := party.Words(name); named && len(words) > 0 {
			return channel{marketplace, words}
		}
		return channel{way: marketplace}
	}
	return channel{marketplace, party.Words(s)}
}

// wantedChannel is the channel that a pack asks for.
func wantedChannel(pack string) string {
	if pack == "" {
		return "ONLINE"
	}
	return pack
}

// allows tells whether a grant for channel c allows sale through the one wanted. One for sale online allows it on every
// marketplace. One that is limited to a marketplace allows no other; whether it is the one meant nobody can tell where
// the pack names none, or where one name is the beginning of the other ("Amazon", "Amazon.de").
func (c channel) allows(wanted channel) standing {
	switch {
	case c.way == everywhere, c.way == wanted.way && c.way != marketplace:
		return holds
	case wanted.way == offline || c.way == offline:
		return broken
	case c.way == online, c.marketplace == nil:
		return holds
	case wanted.way == online:
		return unclear
	case slices.Equal(c.marketplace, wanted.marketplace):
		return holds
	case begins(c.marketplace, wanted.marketplace), begins(wanted.marketplace, c.marketplace):
		return unclear
	}
	return broken
}

func begins(words, all []string) bool {
	return len(words) > 0 && len(words) <= len(all) && slices.Equal(words, all[:len(words)])
}

// judgeChannel asks for the pack's channel. A paper that names none is not limited.
func judgeChannel(q *question, p *paper) judgement {
	if len(p.Channels) == 0 {
		return judgement{}
	}
	wanted, best := parseChannel(wantedChannel(q.pack.Channel)), broken
	for _, c := range p.Channels {
		best = min(best, parseChannel(c).allows(wanted))
	}
	switch best {
	case unclear:
		return judgement{unclear, "AUTH_CHANNEL_NOT_COVERED", "marketplace"}
	case broken:
		return judgement{broken, "AUTH_CHANNEL_NOT_COVERED", ""}
	}
	return judgement{}
}

func showChannel(q *question, p *paper) shown {
	s := shown{expected: wantedChannel(q.pack.Channel), actual: "not limited"}
	if len(p.Channels) == 0 {
		return s
	}
	s.actual = party.Shorten(list(p.Channels))
	s.has, s.needs = s.actual, s.expected
	switch judgeChannel(q, p).standing {
	case broken:
		s.words = "covers the channel " + s.actual + " only, not " + s.expected
	case unclear:
		s.words = "is limited to " + s.actual + ", and the rulebook does not say that this is the marketplace meant"
	}
	return s
}

// judgeExclusivity asks for what the pack or a claim wants of every grant.
func judgeExclusivity(q *question, p *paper) judgement {
	switch {
	case q.exclusive && p.Exclusivity != listing.Exclusive:
		return judgement{broken, "AUTH_FLAGSHIP_CLAIM_UNPROVEN", ""}
	case p.Exclusivity < q.pack.Exclusivity && p.Exclusivity == listing.ExclusivityUnknown && !p.lacks("exclusivity"):
		return judgement{unclear, "AUTH_FLAGSHIP_CLAIM_UNPROVEN", "exclusive"}
	case p.Exclusivity < q.pack.Exclusivity:
		return judgement{broken, "AUTH_FLAGSHIP_CLAIM_UNPROVEN", "exclusive"}
	}
	return judgement{}
}

var exclusivityNames = [...]string{"not stated", "non-exclusive", "sole", "exclusive"}

func exclusivityName(e listing.Exclusivity) string {
	return exclusivityNames[min(int(e), len(exclusivityNames)-1)]
}

func showExclusivity(q *question, p *paper) shown {
	s := shown{expected: "any", actual: exclusivityName(p.Exclusivity)}
	if wanted := q.exclusivity(); wanted != listing.ExclusivityUnknown {
		s.expected = exclusivityName(wanted)
	}
	switch j := judgeExclusivity(q, p); {
	case j.standing == holds:
	case s.actual == exclusivityNames[0]:
		s.words = "does not say that it is " + s.expected
	default:
		s.words = "is not " + s.expected + " (" + s.actual + ")"
	}
	return s
}

// exclusivity is what every grant must have at least.
func (q *question) exclusivity() listing.Exclusivity {
	if q.exclusive {
		return listing.Exclusive
	}
	return q.pack.Exclusivity
}
