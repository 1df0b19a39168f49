package engine

// Reported is the list that advice on codes rests on.
var Reported = reported
