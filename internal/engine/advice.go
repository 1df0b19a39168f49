package engine

import (
	"strings"
	"time"

	"github.com/assay-project/assay/internal/checkers/qualification"
	"github.com/assay-project/assay/internal/rulebook"
)

// reported are the codes that the product's own checkers report. A test holds the list against their source.
var reported = []string{
	"AUTH_CHAIN_BROKEN", "AUTH_CHAIN_TOO_LONG", "AUTH_CHANNEL_NOT_COVERED", "AUTH_EXCLUSIVITY_CONFLICT", "AUTH_EXPIRED",
	"AUTH_EXPIRES_SOON", "AUTH_FLAGSHIP_CLAIM_UNPROVEN", "AUTH_LICENSEE_MISMATCH", "AUTH_NOT_YET_VALID",
	"AUTH_REQUIRED_MISSING", "AUTH_REVOKED", "AUTH_ROOT_NOT_OWNER", "AUTH_SCOPE_NOT_COVERED",
	"AUTH_SUBLICENSE_NOT_GRANTED", "AUTH_SUSPENDED_BY_DISPUTE", "AUTH_TERRITORY_NOT_COVERED", "CF_CONTEXT_EXEMPT",
	"CF_DISCLAIMER", "CF_DUPE_INSPIRED", "CF_EXPLICIT_TERM", "CF_GRADE_TERM", "CF_OFFPLATFORM_OR_HIDDEN_LINK",
	"CF_SOURCE_CLAIM", "DOC_ARITHMETIC_ERROR", "DOC_DATE_INVALID", "DOC_DUPLICATE_HASH", "DOC_FIELD_MISMATCH",
	"DOC_FIELD_MISSING", "DOC_FORMAT_NOT_ACCEPTED", "DOC_INVOICE_ITEM_MISMATCH", "DOC_INVOICE_PRICE_INCONSISTENT",
	"DOC_INVOICE_QTY_INSUFFICIENT", "DOC_INVOICE_TOO_OLD", "DOC_METADATA_SUSPICIOUS", "DOC_NUMBER_REUSED",
	"DOC_SIGNATURE_MISSING", "DOC_SUPPLIER_UNVERIFIABLE", "DOC_TRADEMARK_EXPIRED", "DOC_TRADEMARK_NOT_FOUND",
	"DOC_TRADEMARK_OWNER_MISMATCH", "DOC_TRADEMARK_PENDING", "DOC_TRANSLATION_MISSING", "DOC_TYPE_NOT_ACCEPTED",
	"ID_GTIN_BRAND_MISMATCH", "ID_GTIN_CHECKSUM", "ID_GTIN_COLLISION", "ID_GTIN_RESTRICTED_RANGE", "ID_SERIAL_DUPLICATE", "ID_SERIAL_FORMAT",
	"ID_SERIAL_GTIN_MISMATCH", "LST_COPYCAT", "LST_DUPLICATE_OF_REJECTED", "MER_BRAND_PRICED_LOW", "MER_GATED_SHARE", "MER_LISTINGS_REJECTED",
	"MER_NEW_HIGH_VALUE_BURST", "MER_REPEAT_INFRINGER", "OBF_BIDI_CONTROL", "OBF_COMBINING_FLOOD", "OBF_HIDDEN_TEXT", "OBF_HOMOGLYPH", "OBF_INVISIBLE_CHARS",
	"OBF_LEET", "OBF_MISSPELLING", "OBF_MIXED_SCRIPT", "OBF_REPEATED_CHARS", "OBF_SEPARATORS", "OBF_SLANG_ALIAS",
	"OBF_TRANSLITERATION", "PRICE_BASELINE_CONTAMINATED", "PRICE_BASELINE_INSUFFICIENT", "PRICE_BELOW_COST_FLOOR",
	"PRICE_CURRENCY_MISMATCH", "PRICE_CURRENCY_UNKNOWN", "PRICE_EMERGENCY_CAP", "PRICE_EU_PRIOR_PRICE_MISSING",
	"PRICE_HIGH_OUTLIER", "PRICE_INVALID", "PRICE_LOW_EXTREME", "PRICE_LOW_OUTLIER", "PRICE_MAP_NOTICE",
	"PRICE_MULTIPACK_PREMIUM", "PRICE_PACK_QTY_SUSPECT", "PRICE_REFERENCE_INFLATED", "PRICE_SCALE_ERROR",
	"PRICE_SHIPPING_EXCESSIVE", "PRICE_SOFT_LOW", "PRICE_SUDDEN_CHANGE", "PRICE_VARIANT_BAIT",
	"QUAL_CATEGORY_UNKNOWN", "QUAL_DISPUTED", "QUAL_EXPIRED", "QUAL_EXPIRES_SOON", "QUAL_FIELD_MISSING", "QUAL_ISSUER_NOT_ACCEPTED",
	"QUAL_ISSUER_NOT_ACCREDITED", "QUAL_LISTING_INCOMPLETE", "QUAL_NOT_PASSED", "QUAL_NOT_YET_VALID", "QUAL_OTHER_BRAND",
	"QUAL_OTHER_CATEGORY", "QUAL_OTHER_MANUFACTURER", "QUAL_OTHER_MARKET", "QUAL_OTHER_MERCHANT", "QUAL_OTHER_PRODUCT",
	"QUAL_REQUIRED_MISSING", "QUAL_REVOKED", "QUAL_SELF_ISSUED", "QUAL_STANDARD_NOT_COVERED", "QUAL_TOO_OLD",
	"REG_CLEARED", "REG_ITC_GEO_MATCH", "REG_ITC_LEO_RESPONDENT", "REG_RECALL_MATCH", "SYS_CHECK_NOT_RUN",
	"SYS_DATA_STALE", "SYS_INPUT_TRUNCATED", "SYS_RULE_COST", "SYS_RULE_ERROR", "TM_BRAND_UNAUTHORIZED",
	"TM_CLEARED_CLASS", "TM_CLEARED_DESCRIPTIVE", "TM_CLEARED_NOMINATIVE", "TM_CLEARED_OWNER",
	"TM_CLEARED_PERSONAL_NAME", "TM_CLEARED_TERRITORY", "TM_COMPARISON", "TM_COMPAT_INELIGIBLE_CATEGORY",
	"TM_COMPAT_MALFORMED", "TM_FAKE_AFFILIATION", "TM_GENERIC_BRAND_WITH_MARK", "TM_KEYWORD_STUFFING",
	"TM_LOGO_IN_IMAGE", "TM_MARK_IN_TITLE_ROLE_UNCLEAR", "TM_MARK_NOT_LIVE", "TM_MODEL_NAME_WITHOUT_BRAND",
	"TM_QUESTION_MARK_BRAND", "TM_SHOP_NAME_USES_MARK",
}

// maxCodes is how many codes are advised on one by one, of each kind: a book may keep the names of many, or know few.
const maxCodes = 10

// Advice is what is valid in the engine's rulebook and may still not be meant: rules whose time is over at now, codes in
// the decision table that no checker and no rule reports, and codes that they do and the table does not name. Of codes it is
// the first ten and how many more. Each kind is ordered by position.
func (e *Engine) Advice(now time.Time) rulebook.Problems {
	var advice rulebook.Problems
	for i := range e.book.Rules {
		if r := &e.book.Rules[i]; !r.Until.IsZero() && !now.Before(r.Until) {
			advice = append(advice, rulebook.NewProblem(r.At, "%s: it was in force until %s and fires no more, but for submissions of that time",
				r.Checker(), r.Until.Format(time.RFC3339)))
		}
	}
	return append(append(advice, e.unused()...), e.unweighed()...)
}

// unweighed are codes that may be found and that the decision table does not name.
func (e *Engine) unweighed() rulebook.Problems {
	at := rulebook.Position{File: "decisions.yaml"}
	var missing rulebook.Problems
	for code := range e.codes() {
		if _, ok := e.book.CodesAt[code]; !ok {
			missing = append(missing, rulebook.NewProblem(at, "%s: it may be found and there is no row for it: it means REVIEW", code))
		}
	}
	return fewOf(missing, "and %d codes more without a row")
}

// fewOf keeps the first of many, with how many more there are.
func fewOf(all rulebook.Problems, rest string) rulebook.Problems {
	all.Sort()
	if more := len(all) - maxCodes; more > 0 {
		all = append(all[:maxCodes], rulebook.NewProblem(rulebook.Position{File: all[0].File}, rest, more))
	}
	return all
}

// unused are the rows of the decision table that nobody can come to.
func (e *Engine) unused() rulebook.Problems {
	var unused rulebook.Problems
	used := e.codes()
	for name, at := range e.book.CodesAt {
		if code, _, _ := strings.Cut(name, "/"); !used[code] {
			unused = append(unused, rulebook.NewProblem(at, "%s: no checker and no rule reports it", name))
		}
	}
	return fewOf(unused, "and %d codes more that nobody reports")
}

// codes are those that may be found.
func (e *Engine) codes() map[string]bool {
	used := make(map[string]bool, len(reported))
	for _, code := range reported {
		if len(e.book.Requirements) > 0 || !strings.HasPrefix(code, qualification.Prefix) {
			used[code] = true
		}
	}
	for i := range e.book.Rules {
		used[e.book.Rules[i].Code] = true
	}
	for i := range e.book.Merchants.Asks {
		used[e.book.Merchants.Asks[i].Code] = true
	}
	for i := range e.book.Remotes {
		for _, code := range e.book.Remotes[i].Codes {
			used[e.book.Remotes[i].Prefix()+code] = true
		}
	}
	return used
}
