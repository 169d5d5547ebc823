package rcu

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestGeometryExamples are the examples of docs/kernel/rcu-perf.md §1.7.
func TestGeometryExamples(t *testing.T) {
	for _, c := range []struct {
		cpus, leaf, fanout int
		count, spread      []int
		leaves             string // the leaf ranges worth naming, first to last
	}{
		{4, 16, 64, []int{1}, []int{4}, "0-3"},
		{16, 16, 64, []int{1}, []int{16}, "0-15"},
		{17, 16, 64, []int{1, 2}, []int{2, 9}, "0-8 9-16"},
		{32, 16, 64, []int{1, 2}, []int{2, 16}, "0-15 16-31"},
		{48, 16, 64, []int{1, 3}, []int{3, 16}, "0-15 16-31 32-47"},
		{64, 16, 64, []int{1, 4}, []int{4, 16}, "0-15 16-31 32-47 48-63"},
		{1024, 16, 64, []int{1, 64}, []int{64, 16}, ""},
		{1025, 16, 64, []int{1, 2, 65}, []int{2, 33, 16}, ""},
		{4096, 16, 64, []int{1, 4, 256}, []int{4, 64, 16}, ""},
		{8, 2, 4, []int{1, 4}, []int{4, 2}, "0-1 2-3 4-5 6-7"},
		{8, 2, 2, []int{1, 2, 4}, []int{2, 2, 2}, "0-1 2-3 4-5 6-7"},
		{9, 4, 2, []int{1, 2, 3}, []int{2, 2, 3}, "0-2 3-5 6-8"},
		{13, 3, 3, []int{1, 2, 5}, []int{2, 3, 3}, "0-2 3-5 6-8 9-11 12-12"},
		{16, 2, 2, []int{1, 2, 4, 8}, []int{2, 2, 2, 2}, ""},
	} {
		t.Run(fmt.Sprintf("%d,%d,%d", c.cpus, c.leaf, c.fanout), func(t *testing.T) {
			g, err := initGeometry(c.cpus, c.fanout, c.leaf)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([][]int{c.count, c.spread}, [][]int{g.count, g.spread}); diff != "" {
				t.Errorf("counts and spread (-want +got):\n%s", diff)
			}
			if got := ranges(&g, len(g.count)-1, c.cpus); c.leaves != "" && got != c.leaves {
				t.Errorf("leaves %s, want %s", got, c.leaves)
			}
		})
	}
	g, _ := initGeometry(1025, 64, 16)
	if got := ranges(&g, 1, 1025); got != "0-527 528-1024" {
		t.Errorf("1025 CPUs: middle level %s", got)
	}
}

func ranges(g *geometry, level, cpus int) string {
	s := ""
	for j := range g.count[level] {
		lo, hi := g.span(level, j, cpus)
		s += fmt.Sprintf("%d-%d ", lo, hi)
	}
	return s[:len(s)-1]
}

func TestGeometryErrors(t *testing.T) {
	for _, c := range [][3]int{{4, 1, 2}, {4, 2, 65}, {17, 2, 2}} {
		if _, err := initGeometry(c[0], c[1], c[2]); err == nil {
			t.Errorf("%d CPUs, fanout %d, leaf %d: no error", c[0], c[1], c[2])
		}
	}
}

// TestGeometryCovers: every level covers every CPU once, no node is empty,
// and a node's children fit its mask.
func TestGeometryCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fanout, leaf := rapid.IntRange(2, 64).Draw(t, "fanout"), rapid.IntRange(2, 64).Draw(t, "leaf")
		cpus := rapid.IntRange(1, min(4096, leaf*fanout*fanout*fanout)).Draw(t, "cpus")
		g, err := initGeometry(cpus, fanout, leaf)
		if err != nil {
			t.Fatal(err)
		}
		for level := range g.count {
			next := 0
			for j := range g.count[level] {
				lo, hi := g.span(level, j, cpus)
				if lo != next || hi < lo {
					t.Fatalf("level %d node %d spans %d-%d, want to begin at %d", level, j, lo, hi, next)
				}
				next = hi + 1
			}
			limit := fanout
			if level == len(g.count)-1 {
				limit = leaf
			}
			if next != cpus || g.spread[level] > limit {
				t.Fatalf("level %d ends at %d of %d CPUs, spread %d of at most %d", level, next, cpus, g.spread[level], limit)
			}
		}
	})
}
