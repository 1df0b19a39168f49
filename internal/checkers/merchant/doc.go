// Package merchant checks what is known of merchants themselves: what the markets' laws make a platform ask of them, and
// their past.
//
// What is asked stands in merchants.yaml; nothing about a market stands here. What is not known is missing where the law
// wants it known, and below a threshold only where it is known to be.
package merchant
