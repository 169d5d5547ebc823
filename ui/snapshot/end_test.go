package snapshot_test

import (
	"testing"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/sim"
	"lockstep/ui/snapshot"
)

// TestEndedCPU: the CPU in which a run ended is behind its latest operation,
// with no other announced, and nobody is next.
func TestEndedCPU(t *testing.T) {
	for _, name := range []string{"abba", "perf-deadlock-2cpu"} {
		var e *sim.Engine
		_, s := walk(t, configstest.Open(t, name), 1, func(m *configs.Machine, _ *snapshot.Snapshot) { e = m.CPU.E })
		c := s.CPUs[e.Current().ID()]
		if c.State != snapshot.Stopped || c.Due != sim.Forever || c.Op != (snapshot.Op{}) {
			t.Errorf("%s: CPU%d is %v, due at %v for %+v", name, c.ID, c.State, c.Due, c.Op)
		}
	}
}
