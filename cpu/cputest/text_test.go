package cputest

import (
	"strings"
	"testing"
)

// TestOutOfOrder: what is missing, what comes too early, and what comes once
// for two.
func TestOutOfOrder(t *testing.T) {
	for parts, want := range map[string]string{"": "", "a b": "", "a c": "", "b a": "a", "a d": "d", "a b b": "b", "b c": ""} {
		if got := OutOfOrder("a, b, c", strings.Fields(parts)...); got != want {
			t.Errorf("%q: %q, want %q", parts, got, want)
		}
	}
}
