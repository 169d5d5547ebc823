package printk

import (
	"fmt"
	"slices"
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// chatter is a machine on which everybody prints, waits for the console and
// reads the log at random. It returns its hash and its log.
func chatter(t *testing.T, e sim.Config) (sim.Hash, []Record) {
	t.Helper()
	b := newBoxOn(3, Config{Serial: true, Baud: 3000000, LogShift: 12}, e)
	for i := range 5 {
		b.start(b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			rnd := sim.NewRand(e.Seed, uint64(1<<30+i))
			for n := range 10 {
				switch rnd.Intn(6) {
				case 0, 1:
					b.p.Printk(x, int(rnd.Intn(8)), fmt.Sprintf("%s says %d", x.Comm, n), int(rnd.Intn(900)))
				case 2:
					b.p.ConsoleLock(x)
					x.Delay(rnd.Between(10, 50*sim.Microsecond))
					b.p.ConsoleUnlock(x)
				case 3:
					b.p.PrintkDeferred(x, 3, "later")
				case 4:
					f := cpu.LocalIrqSave(x)
					b.p.Printk(x, 3, "closed", 0)
					cpu.LocalIrqRestore(x, f)
				case 5:
					x.Delay(rnd.Between(100, 300*sim.Microsecond))
				}
			}
		}))
	}
	klogd := b.task("klogd", 0, func(x *cpu.Exec) {
		for {
			b.p.ReadSyslog(x)
		}
	})
	klogd.Daemon = true
	b.start(klogd)
	b.run(t)
	if s := b.findings(); s != "" {
		t.Errorf("seed %d: %s", e.Seed, s)
	}
	return b.m.E.Hash(), b.p.Dmesg()
}

// TestRunAhead compares the hashes of runs with and without run-ahead: they
// differ if anything shared is touched without an operation of its own. And
// whatever the timing, the log is in the order of time, and nothing that a
// console should print is left behind unless it was overwritten.
func TestRunAhead(t *testing.T) {
	for seed := range uint64(30) {
		e := sim.Config{Seed: seed, Jitter: 0.3, Stalls: true, TimeLimit: 20 * sim.Second}
		ahead, log := chatter(t, e)
		e.NoRunAhead = true
		if step, _ := chatter(t, e); step != ahead {
			t.Errorf("seed %d: the hash is %x with run-ahead and %x without", seed, ahead, step)
		}
		if !slices.IsSortedFunc(log, func(a, b Record) int { return int(a.Time - b.Time) }) {
			t.Errorf("seed %d: the log is not in the order of time", seed)
		}
		for _, r := range log {
			if r.Level < defaultLoglevel && !r.OnConsole && !r.Dropped {
				t.Errorf("seed %d: %q is in the buffer and not on the console", seed, r.Text)
			}
		}
	}
}
