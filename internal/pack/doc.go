// Package pack reads from a title how many units are sold together.
package pack
