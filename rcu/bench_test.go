package rcu

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// gpCost is what one normal grace period costs with all CPUs but the first in
// dyntick idle.
type gpCost struct {
	cpus, nodes int
	ops         float64 // operations of all CPUs, ticks of CPU 0 included
	ms          float64 // of virtual time
}

// perNode is the cost per rcu_node that the kthread visits.
func (c gpCost) perNode() float64 { return c.ops / float64(c.nodes) }

// measureGP runs several grace periods one after the other and divides. The
// callback is queued with one call_rcu(), so no grace period follows another.
func measureGP(t testing.TB, cpus int) gpCost {
	const rounds = 4
	b := newBox(cpu.Config{CPUs: cpus, Engine: sim.Config{TimeLimit: 20 * sim.Second}}, Config{})
	b.ticking = 1
	c := gpCost{cpus: cpus, nodes: len(b.r.Preempt().node)}
	task := b.task("updater", 0, func(x *cpu.Exec) {
		b.r.Synchronize(x) // the first takes the CPUs into the masks
		b.tm.Msleep(x, 100)
		steps, at, done := b.m.E.Steps(), x.Now(), b.r.Preempt().completed.Peek()
		for range rounds {
			b.r.Synchronize(x)
		}
		n := float64(b.r.Preempt().completed.Peek() - done)
		c.ops = float64(b.m.E.Steps()-steps) / n
		c.ms = float64(x.Now()-at) / float64(sim.Millisecond) / n
		b.m.E.Stop()
	})
	b.run(t, task)
	if len(b.m.Findings()) != 0 || c.ops == 0 {
		t.Fatalf("%d CPUs: %v, findings:\n%s", cpus, c, b.findings())
	}
	return c
}

// TestGracePeriodCost: a grace period costs by the tree and not by the CPUs:
// idle ones are sampled, sixteen to a leaf, and not interrupted.
func TestGracePeriodCost(t *testing.T) {
	small, large := measureGP(t, 64), measureGP(t, 4096)
	if large.perNode() > 4*small.perNode() {
		t.Errorf("per rcu_node visited: %.0f operations at 64 CPUs, %.0f at 4096, more than four times as many", small.perNode(), large.perNode())
	}
}

// BenchmarkGracePeriod prints the table (go test -run xxx -bench
// GracePeriod -v ./rcu).
func BenchmarkGracePeriod(b *testing.B) {
	for _, cpus := range []int{1, 4, 16, 64, 256, 1024, 4096} {
		b.Run(fmt.Sprintf("cpus=%d", cpus), func(b *testing.B) {
			var c gpCost
			for b.Loop() {
				c = measureGP(b, cpus)
			}
			b.ReportMetric(float64(c.nodes), "nodes")
			b.ReportMetric(c.ops, "ops/gp")
			b.ReportMetric(c.perNode(), "ops/node")
			b.ReportMetric(c.ms, "virtual-ms/gp")
		})
	}
}

// BenchmarkBoot is making RCU for a machine of the largest size.
func BenchmarkBoot(b *testing.B) {
	for _, cpus := range []int{4, 4096} {
		b.Run(fmt.Sprintf("cpus=%d", cpus), func(b *testing.B) {
			for b.Loop() {
				m := cpu.New(cpu.Config{CPUs: cpus, HZ: 1000, Costs: cpu.ProductionCosts()})
				s := sched.New(m)
				r := &RCU{m: m, s: s, cfg: Config{}.withDefaults()}
				g, err := initGeometry(cpus, r.cfg.Fanout, r.cfg.FanoutLeaf)
				if err != nil {
					b.Fatal(err)
				}
				r.initFlavours(&g)
			}
		})
	}
}
