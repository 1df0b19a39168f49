package twin

// A Found is a listing with its twins, which stand before it: a line of a file of twins, as JSON.
type Found struct {
	Ref
	Twins []Twin `json:"twins"` // the strongest first, then the most alike, then the latest; at most MaxTwins
}

// A Ref says which listing is meant.
type Ref struct {
	ID       string `json:"submissionId"`
	Merchant string `json:"merchantId,omitempty"`
	Brand    string `json:"brand,omitempty"`
	Rejected bool   `json:"rejected,omitempty"`
	Position int64  `json:"position"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
}

// A Twin is an earlier listing, and what another has in common with it.
type Twin struct {
	Kind Kind `json:"finding"`
	Ref
	Like   float64  `json:"similarity"`             // share of the words of the titles, or of the bodies where those are short: see [Set.Like]
	Margin float64  `json:"margin"`                 // of the share; 0: it is exact
	Shared []string `json:"sharedWords,omitempty"`  // the first words that both titles have, folded
	Images int      `json:"sharedImages,omitempty"` // pictures in common
}

func (k *Sketch) ref() Ref {
	return Ref{ID: k.ID, Merchant: k.Merchant, Brand: k.Brand, Rejected: k.Rejected, Position: k.Position, File: k.File, Line: k.Line}
}
