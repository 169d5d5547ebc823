package cputest

import "strings"

// OutOfOrder returns the first of the parts that does not come in the text, or
// not behind those before it; empty if all do.
func OutOfOrder(text string, parts ...string) string {
	for _, part := range parts {
		_, behind, ok := strings.Cut(text, part)
		if !ok {
			return part
		}
		text = behind
	}
	return ""
}
