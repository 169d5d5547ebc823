package torture

import (
	"errors"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// direction is the statistics of CPUs that go, or that come.
type direction struct {
	attempts, successes int64
	min, max            int // jiffies; min is -1 before the first
	sum                 uint64
}

func (d *direction) success(jiffies uint64) {
	d.successes++
	d.sum += jiffies
	if d.min < 0 {
		d.min, d.max = int(jiffies), int(jiffies)
	}
	d.min, d.max = min(d.min, int(jiffies)), max(d.max, int(jiffies))
}

// onoff is both; obj stands for them. Its thread writes.
type onoff struct {
	obj             sim.Obj
	online, offline direction
}

func (o *onoff) init(t *Torture) {
	o.obj = t.m.NewObj("n_online_attempts")
	o.online.min, o.offline.min = -1, -1
}

// runOnoff is torture_onoff(): CPUs go and come at random
// (docs/kernel/rcutorture.md §2.5). CPU 0 stays.
//
//kernel:fn torture_onoff kernel/torture.c
func (t *Torture) runOnoff(x *cpu.Exec) {
	rand := t.newRandom(streamOnoff)
	maxcpu := 0
	online := t.m.Online.Read(x)
	for c := range t.m.CPUs {
		if online.Has(c) {
			maxcpu = c
		}
	}
	if t.p.OnoffHoldoff > 0 {
		t.verbose(x, "torture_onoff begin holdoff")
		t.sleep(x, t.seconds(t.p.OnoffHoldoff))
		t.verbose(x, "torture_onoff end holdoff")
	}
	for !t.mustStop(x) {
		if c := int(rand.next()>>4) % (maxcpu + 1); c == 0 {
			// not hot-pluggable
		} else if t.m.Online.Test(x, c) {
			t.change(x, c, &t.onoff.offline, "offlin", t.st.CPUDown)
		} else {
			t.change(x, c, &t.onoff.online, "onlin", t.st.CPUUp)
		}
		t.sleep(x, t.seconds(t.p.OnoffInterval))
	}
}

// change takes a CPU down or up; word is "offlin" or "onlin".
//
//kernel:fn torture_onoff kernel/torture.c
func (t *Torture) change(x *cpu.Exec, c int, d *direction, word string, fn func(x *cpu.Exec, c int) error) {
	say := func(format string, args ...any) {
		if t.p.Verbose {
			t.flagged(x, "torture_onoff task: "+format, args...)
		}
	}
	say("%sing %d", word, c)
	start := t.jiffies(x)
	t.onoffOp(x, cpu.KindUpdate, sim.AccessUpdate)
	d.attempts++
	if err := fn(x, c); err != nil {
		var errno sched.Errno
		errors.As(err, &errno)
		say("%se %d failed: errno %d", word, c, -int(errno))
		return
	}
	say("%sed %d", word, c)
	took := t.jiffies(x) - start
	t.onoffOp(x, cpu.KindUpdate, sim.AccessUpdate)
	d.success(took)
}

// onoffOp is the operation of reading or changing the statistics.
func (t *Torture) onoffOp(x *cpu.Exec, k sim.Kind, a sim.Access) {
	x.Op(k, &t.onoff.obj, a, t.m.Costs.Store)
}
