//go:build race

package server_test

// raceDetected: the race detector takes several times the memory.
const raceDetected = true
