package sched

import (
	"slices"
	"testing"

	"lockstep/cpu"
)

// TestGroupOrder: the groups of a domain stand by their first CPU, whatever
// their cores and caches are numbered.
func TestGroupOrder(t *testing.T) {
	for _, c := range []struct {
		cfg  cpu.Config
		gone int // the CPU that is not active
	}{
		{cpu.Config{CPUs: 4, LLC: []int{1, 1, 0, 0}}, -1},
		{cpu.Config{CPUs: 6, Topology: cpu.Topology{Threads: 2}}, 0}, // its sibling 3 stays
	} {
		c.cfg.HZ, c.cfg.Costs = 1000, cpu.ProductionCosts()
		s := New(cpu.New(c.cfg))
		s.OnBoot(func(x *cpu.Exec) {
			if c.gone >= 0 {
				s.m.Active.Clear(x, c.gone)
				s.buildDomains()
			}
			s.m.E.Stop()
		})
		s.m.Start()
		if _, err := s.m.E.Run(); err != nil {
			t.Fatal(err)
		}
		s.m.E.Close()
		for i := range s.rqs {
			for d := s.rqs[i].lb.sd; d != nil; d = d.parent {
				if !slices.IsSortedFunc(d.groups, func(a, b []int) int { return a[0] - b[0] }) {
					t.Errorf("CPU%d, %s: groups %v", i, d.level.name, d.groups)
				}
			}
		}
	}
}
