// Package follow keeps a value in step with the files it is made of, while others use it.
//
// What counts is content, not times: a change is a change of digest, so links that are swapped, files that are renamed over
// others and files that are written in place are all seen. A change is acted on when two looks in a row see the same, for the
// first may have seen half of it. What cannot be read or made leaves the value as it is: the last good one stays, and the
// report says why.
package follow
