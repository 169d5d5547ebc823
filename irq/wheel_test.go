package irq

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// timeStories are what testdata/timers tells.
var timeStories = map[string]func(t *testing.T) (*story, []*sched.Task){
	"cascade":      cascade,
	"nanosleep":    nanosleep,
	"hrtimer-move": hrtimerMove,
	"tick":         tickStory,
	"nohz":         nohzStory,
	"duty":         dutyStory,
}

// cascade: five timers of one jiffy, three of which were armed so early that
// they lay in tv2 and came down together, and one of the jiffy before.
func cascade(*testing.T) (*story, []*sched.Task) {
	s := newStory(1, "timer_base0->lock")
	timers := make([]timer.Timer, 6)
	for i, name := range []string{"far 1", "far 2", "far 3", "near 1", "near 2", "before"} {
		timers[i].Init(func(x *cpu.Exec) {
			s.say(x, "%s, jiffies %d", name, s.b.m.Jiffies.Peek())
			if i == 2 {
				s.on = false
			}
		})
	}
	for i := range timers {
		timers[i].SetSlack(0)
	}
	const at = 5*256 + 10 // of tv2's bucket that begins with jiffy 1280
	user := s.task("user", 0, func(x *cpu.Exec) {
		for i := range 3 {
			s.b.tm.Mod(x, &timers[i], at)
		}
		s.b.tm.Mod(x, &timers[5], at-1)
		for s.b.m.Jiffies.ReadOnce(x) < 5*256+2 {
			s.b.tm.Msleep(x, 1)
		}
		s.b.tm.Mod(x, &timers[3], at)
		s.b.tm.Mod(x, &timers[4], at)
		for s.b.m.Jiffies.ReadOnce(x) < at-4 {
			s.b.tm.Msleep(x, 1)
		}
		for s.b.m.Jiffies.ReadOnce(x) < at-2 {
			x.Delay(sim.Millisecond / 10)
		}
		s.on = true
	})
	return s, []*sched.Task{user}
}

// TestTimeStories compares the stories with those in testdata, each preceded
// by the order it must show.
func TestTimeStories(t *testing.T) { testStories(t, "testdata/timers", timeStories) }

// TestNextTimerInterrupt: the earliest of this CPU's timers, wherever in the
// wheel, except deferrable ones.
func TestNextTimerInterrupt(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		look := func(want uint64, some bool) {
			f := cpu.LocalIrqSave(x)
			got, ok := b.tm.NextTimerInterrupt(x)
			cpu.LocalIrqRestore(x, f)
			if got != want || ok != some {
				t.Errorf("the next is %d, %t, want %d, %t", got, ok, want, some)
			}
		}
		var lazy, far, near timer.Timer
		lazy.InitDeferrable(func(*cpu.Exec) {})
		far.Init(func(*cpu.Exec) {})
		near.Init(func(*cpu.Exec) {})
		now := b.m.Jiffies.ReadOnce(x)
		for _, tm := range []*timer.Timer{&lazy, &far, &near} {
			tm.SetSlack(0)
		}
		look(0, false)
		b.tm.Mod(x, &lazy, now+3)
		look(0, false)
		b.tm.Mod(x, &far, now+100_000)
		look(now+100_000, true)
		b.tm.Mod(x, &near, now+700)
		look(now+700, true)
		b.tm.Del(x, &near)
		look(now+100_000, true)
		b.tm.Del(x, &far)
		b.tm.Del(x, &lazy)
		look(0, false)
	}))
	if b.verdicts() != "" {
		t.Error(b.verdicts())
	}
}

// TestJiffiesJump: while the CPU that owns jiffies has interrupts off they
// stand still; then they jump, and the timers of all the jiffies between run
// in one softirq, in their order, none in front of its time.
func TestJiffiesJump(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var order []uint64
	softirqs := map[uint64]bool{}
	timers := make([]timer.Timer, 4)
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		start := b.m.Jiffies.ReadOnce(x)
		for i, at := range []uint64{17, 3, 280, 5} {
			timers[i].Init(func(x *cpu.Exec) {
				order = append(order, at)
				softirqs[b.sq.Served(0, softirq.Timer)] = true
				if now := b.m.Jiffies.Peek() - start; now < 300 {
					t.Errorf("the timer for jiffy %d runs in %d", at, now)
				}
			})
			timers[i].SetSlack(0)
			b.tm.Mod(x, &timers[i], start+at)
		}
		f := cpu.LocalIrqSave(x)
		x.Delay(300*sim.Millisecond + 500*sim.Microsecond)
		if now := b.m.Jiffies.ReadOnce(x); now != start {
			t.Errorf("jiffies went on to %d", now-start)
		}
		cpu.LocalIrqRestore(x, f)
		x.Delay(2 * sim.Millisecond)
	}))
	if diff := cmp.Diff([]uint64{3, 5, 17, 280}, order); diff != "" || len(softirqs) != 1 || b.verdicts() != "" {
		t.Errorf("order (-want +got), in %d softirqs:\n%s%s", len(softirqs), diff, b.verdicts())
	}
}
