//go:build !race

package server_test

const raceDetected = false
