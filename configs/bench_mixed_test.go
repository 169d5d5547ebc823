package configs

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var (
	mixedMutexKey = lockdep.Key{Name: "mixed.mutex"}
	mixedDoneKey  = lockdep.Key{Name: "mixed.done"}
)

// bare is a machine with no task of its own but one that ends at once;
// machine is the rest of its table.
func bare(tb testing.TB, machine string, set ...string) *Program {
	return loaded(tb, "bare.toml", fmt.Sprintf("title = \"Bare\"\nstory = \"Tasks in Go.\"\n[machine]\n%s\ntime_limit_ms = 1000000\n[[task]]\nname = \"init\"\nbody = \"0\"\n", machine), set...)
}

// goTask gives m one more task, whose body is written in Go; the start-up
// wakes it behind the scenario's.
func (m *Machine) goTask(name string, cpus []int, body func(x *cpu.Exec)) {
	t := m.Sched.NewTask(name, firstPID+len(m.Tasks), 0, cpus, func(x *cpu.Exec) {
		m.begun = true
		body(x)
		m.Perf.ExitTask(x)
	})
	m.Tasks = append(m.Tasks, t)
}

// mixedRounds is what each task of the mixed load does how often.
const mixedRounds = 100

// mixedGo is the mixed load: 64 tasks in pairs that wake each other in turn,
// take one of eight mutexes, and compute in between. Each sleeps for so many
// milliseconds in a round, 0: it does not.
func mixedGo(p *Program, seed, sleepMs uint64) *Machine {
	m := p.Boot(Options{Seed: seed})
	locks := make([]sched.Mutex, 8)
	for i := range locks {
		locks[i].Init(m.Sched, fmt.Sprintf("mutex%d", i), &mixedMutexKey)
	}
	turns := make([]sched.Completion, 64)
	for i := range turns {
		turns[i].InitKey(m.Sched, fmt.Sprintf("turn%d", i), &mixedDoneKey)
	}
	for i := range turns {
		m.goTask(fmt.Sprintf("mix%d", i), nil, func(x *cpu.Exec) {
			for n := range mixedRounds {
				l := &locks[(i+n)%8]
				l.Lock(x)
				x.Delay(2 * sim.Microsecond)
				l.Unlock(x)
				for range 5 {
					cpu.PreemptDisable(x)
					x.Delay(4 * sim.Microsecond)
					cpu.PreemptEnable(x)
				}
				turns[i^1].Complete(x)
				turns[i].Wait(x)
				if sleepMs > 0 {
					m.Timers.Msleep(x, sleepMs)
				}
			}
		})
	}
	return m
}

// mixedStarlark is the same load as a scenario.
func mixedStarlark(tb testing.TB) *Program {
	var b strings.Builder
	b.WriteString("title = \"Mixed load\"\nstory = \"Mutexes and wake-ups.\"\n[machine]\ncpus = 8\n")
	for i := range 8 {
		fmt.Fprintf(&b, "[[shared]]\nmutex = \"M%d\"\n", i)
	}
	for i := range 64 {
		fmt.Fprintf(&b, "[[shared]]\ncompletion = \"T%d\"\n", i)
	}
	for i := range 64 {
		fmt.Fprintf(&b, "[[task]]\nname = \"mix%d\"\nbody = \"\"\"\nfor n in range(%d):\n", i, mixedRounds)
		fmt.Fprintf(&b, "    m = \"M%%d\" %% ((%d + n) %% 8)\n    mutex_lock(m)\n    udelay(2)\n    mutex_unlock(m)\n", i)
		b.WriteString("    for k in range(5):\n        preempt_disable()\n        udelay(4)\n        preempt_enable()\n")
		fmt.Fprintf(&b, "    complete(\"T%d\")\n    wait_for_completion(\"T%d\")\n\"\"\"\n", i^1, i)
	}
	return loaded(tb, "mixed.toml", b.String())
}

// cleanRun runs m to its end and wants it clean.
func cleanRun(tb testing.TB, m *Machine) *Result {
	tb.Helper()
	r, err := m.Run()
	if err != nil {
		tb.Fatal(err)
	}
	if r.Verdict != "clean" {
		tb.Fatalf("%s\n%s", r.Verdict, findingsText(r))
	}
	return r
}

// TestMixedLoad: the load is what it is measured as: nothing is reported, in
// either form, and the sleeps leave a tenth of the machine busy.
func TestMixedLoad(t *testing.T) {
	p := bare(t, "cpus = 8")
	full := cleanRun(t, mixedGo(p, 1, 0))
	if r := cleanRun(t, mixedStarlark(t).Boot(Options{Seed: 1})); r.Steps < full.Steps/2 || r.Steps > full.Steps*2 {
		t.Errorf("%d operations in Go and %d in Starlark", full.Steps, r.Steps)
	}
	tenth := cleanRun(t, mixedGo(p, 1, mixedSleep))
	if used := float64(full.Time) / float64(tenth.Time); used < 0.07 || used > 0.14 {
		t.Errorf("the machine is busy for %.3f of %v", used, tenth.Time)
	}
}

// mixedSleep makes the load one that uses a tenth of the machine.
const mixedSleep = 1

// BenchmarkMixedLoad is operations per second of one core, which runs one
// machine. The aim is 5 million with the validator on; the baseline is the same
// without. The last one is a machine that is busy for a tenth of the time: how
// much faster than the clock on the wall it goes.
func BenchmarkMixedLoad(b *testing.B) {
	on, off := bare(b, "cpus = 8"), bare(b, "cpus = 8", "lockdep.off", "true")
	script := mixedStarlark(b)
	loads := []struct {
		name string
		boot func(seed uint64) *Machine
	}{
		{"lockdep", func(seed uint64) *Machine { return mixedGo(on, seed, 0) }},
		{"lockdep-off", func(seed uint64) *Machine { return mixedGo(off, seed, 0) }},
		{"starlark", func(seed uint64) *Machine { return script.Boot(Options{Seed: seed}) }},
		{"tenth", func(seed uint64) *Machine { return mixedGo(on, seed, mixedSleep) }},
	}
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) {
			var steps, seed uint64
			var virtual sim.Time
			for b.Loop() {
				seed++
				r := cleanRun(b, l.boot(seed))
				steps, virtual = steps+r.Steps, virtual+r.Time
			}
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds()/1e6, "Mops/s")
			b.ReportMetric(float64(virtual)/1e9/b.Elapsed().Seconds(), "virt/real")
		})
	}
}
