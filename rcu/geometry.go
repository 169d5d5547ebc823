package rcu

import "fmt"

// Limits of the tree (docs/kernel/rcu-perf.md §1.7).
const (
	minFanout = 2
	maxFanout = 64
	maxLevels = 4
)

// geometry is the shape of a flavour's tree: how many nodes each level has,
// root first, and over how many children (at the leaves: CPUs) each node of a
// level is spread.
type geometry struct {
	count  []int
	spread []int
}

// initGeometry is rcu_init_geometry() with rcu_init_levelspread()'s balanced
// spread. A level more is taken as soon as the CPUs exceed the capacity of
// those below; ceilings everywhere mean that no leaf is empty.
//
//kernel:fn rcu_init_geometry kernel/rcu/tree.c
func initGeometry(cpus, fanout, leaf int) (geometry, error) {
	for _, f := range []int{fanout, leaf} {
		if f < minFanout || f > maxFanout {
			return geometry{}, fmt.Errorf("rcu: fanout %d is outside %d..%d", f, minFanout, maxFanout)
		}
	}
	var capacity [maxLevels]int // of one node at each height, leaf first
	capacity[0] = leaf
	for i := 1; i < maxLevels; i++ {
		capacity[i] = capacity[i-1] * fanout
	}
	n := 0
	for n < maxLevels && cpus > capacity[n] {
		n++
	}
	if n == maxLevels {
		return geometry{}, fmt.Errorf("rcu: %d CPUs exceed the %d that four levels of fanout %d on leaves of %d hold", cpus, capacity[maxLevels-1], fanout, leaf)
	}
	g := geometry{count: make([]int, n+1), spread: make([]int, n+1)}
	for i := range g.count {
		g.count[i] = ceilDiv(cpus, capacity[n-i])
	}
	below := cpus
	for i := n; i >= 0; i-- {
		g.spread[i] = ceilDiv(below, g.count[i])
		below = g.count[i]
	}
	return g, nil
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// span returns the inclusive range of CPUs under node j of a level.
func (g *geometry) span(level, j, cpus int) (lo, hi int) {
	stride := 1
	for i := len(g.spread) - 1; i >= level; i-- {
		stride *= g.spread[i]
	}
	return j * stride, min((j+1)*stride, cpus) - 1
}

// nodes returns how many nodes the tree has.
func (g *geometry) nodes() int {
	n := 0
	for _, c := range g.count {
		n += c
	}
	return n
}
