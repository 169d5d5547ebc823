package configs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCPUList(t *testing.T) {
	for _, c := range []struct {
		list string
		cpus []int
		bad  string
		ok   bool
	}{
		{"", nil, "", true}, {"3", []int{3}, "", true}, {"0,2-4", []int{0, 2, 3, 4}, "", true}, {"5,1-2,2", []int{1, 2, 5}, "", true},
		{"a", nil, "a", false}, {"1,", nil, "", false}, {"3-1", nil, "3-1", false}, {"1,-2", nil, "-2", false}, {"4096", nil, "4096", false},
	} {
		cpus, bad, ok := parseCPUList(c.list)
		if diff := cmp.Diff(c.cpus, cpus); diff != "" || bad != c.bad || ok != c.ok {
			t.Errorf("%q: %v, bad %q, %t", c.list, cpus, bad, ok)
		}
	}
}
