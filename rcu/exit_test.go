package rcu

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// TestExitInReader: a task that forgets its unlock is said to end inside a
// reader (I10); with the unlock nothing is found. Who was switched out in the
// reader before stands on a leaf's list, from which exit_rcu() takes it as an
// unlock would. Who was not is put there by its very last switch, and then
// nobody takes it off: the grace period never ends, in v4.4 as here.
func TestExitInReader(t *testing.T) {
	for _, forgets := range []bool{false, true} {
		for _, sleeps := range []bool{false, true} {
			b := newBox(cpu.Config{CPUs: 2}, Config{})
			ended := false
			b.run(t, b.task("reader", 0, func(x *cpu.Exec) {
				b.r.ReadLock(x)
				x.Delay(sim.Millisecond)
				if sleeps {
					b.tm.Msleep(x, 4)
				}
				if !forgets {
					b.r.ReadUnlock(x)
				}
			}), b.task("updater", 1, func(x *cpu.Exec) {
				b.tm.Msleep(x, 3)
				b.r.Synchronize(x)
				ended = true
			}))
			found := strings.Contains(b.findings(), "I10")
			if found != forgets || ended != (!forgets || sleeps) {
				t.Errorf("forgets %t, sleeps %t: said %t, updater through %t\n%s", forgets, sleeps, found, ended, b.findings())
			}
		}
	}
}
