package configs

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	keys := []string{"cpus", "hz", "llc", "fanout", "fanout_leaf", "time_limit_ms", "stall_timeout_s"}
	for _, c := range []struct{ word, want string }{
		{"cpus", "cpus"},
		{"cpu", "cpus"},
		{"fanuot", "fanout"}, // two letters swapped
		{"fan", ""},          // three letters too few
		{"timelimit", ""},    // four letters too few
		{"time_limit", "time_limit_ms"},
		{"stalltimeouts", "stall_timeout_s"},
		{"ht", "hz"},
		{"xy", ""}, // shares no letter with hz
		{"x", ""},
		{"", ""},
	} {
		if got := Nearest(c.word, keys); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
	if got := Nearest("ab", []string{"aa", "bb"}); got != "aa" {
		t.Errorf("of equally near names Nearest takes %q, not the first", got)
	}
}

// dumbDistance is editDistance as its definition says it.
func dumbDistance(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	x, y := a[1:], b[1:]
	d := min(dumbDistance(x, b)+1, dumbDistance(a, y)+1)
	if a[0] == b[0] {
		return min(d, dumbDistance(x, y))
	}
	d = min(d, dumbDistance(x, y)+1)
	if x != "" && y != "" && a[0] == y[0] && x[0] == b[0] {
		d = min(d, dumbDistance(x[1:], y[1:])+1)
	}
	return d
}

func TestEditDistance(t *testing.T) {
	word := rapid.StringMatching(`[abc]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		bound := rapid.IntRange(0, 7).Draw(t, "bound")
		got, want := editDistance([]rune(a), []rune(b), bound), dumbDistance(a, b)
		if min(got, bound) != min(want, bound) {
			t.Fatalf("editDistance(%q, %q, %d) = %d, want %d", a, b, bound, got, want)
		}
	})
}
