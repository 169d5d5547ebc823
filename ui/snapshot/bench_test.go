package snapshot_test

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/ui/snapshot"
)

// busy is a scenario of many CPUs and locks in which somebody spins, somebody
// is interrupted and somebody sleeps at any time.
func busy(cpus, locks int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title = \"busy\"\nstory = \"nothing\"\n[machine]\ncpus = %d\n", cpus)
	for i := range locks {
		fmt.Fprintf(&b, "[[shared]]\nlock = \"L%d\"\n", i)
	}
	for i := range cpus {
		fmt.Fprintf(&b, `[[task]]
name = "t%d"
cpus = [%d]
body = """
start_line()
for i in range(100000):
    raw_spin_lock("L%d")
    rcu_read_lock()
    udelay(1)
    rcu_read_unlock()
    raw_spin_unlock("L%d")
    if i %% 10 == %d:
        synchronize_rcu_expedited()
"""
`, i, i, i/4, i/4, i%10)
	}
	return b.String()
}

// BenchmarkTake takes a snapshot behind every step. The time without the
// snapshots is that of the steps.
func BenchmarkTake(b *testing.B) {
	for _, size := range []struct{ cpus, locks int }{{4, 4}, {64, 600}} {
		p := configstest.Load(b, busy(size.cpus, size.locks))
		for _, take := range []bool{false, true} {
			b.Run(fmt.Sprintf("cpus=%d/take=%t", size.cpus, take), func(b *testing.B) {
				b.ReportAllocs()
				m := p.Boot(configs.Options{Seed: 1, NoRunAhead: true, Capture: true})
				defer m.Close()
				taker := snapshot.NewTaker(m)
				n := uint64(20000)
				if _, err := m.RunTo(n); err != nil {
					b.Fatal(err)
				}
				s := taker.Take(n, 0, "")
				b.ResetTimer()
				for range b.N {
					n++
					if over, err := m.RunTo(n); over || err != nil {
						b.Fatal(over, err)
					}
					if take {
						s = taker.Take(n, 0, "")
					}
				}
				b.ReportMetric(float64(len(s.Locks)), "locks")
			})
		}
	}
}
