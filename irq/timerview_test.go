package irq

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// TestTimerViews: what views show of pending timers and their bases, from the
// function of one that left another of its jiffy still to run.
func TestTimerViews(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var got []string
	look := func() {
		got = append(got, fmt.Sprintf("%+v", b.tm.Base(0)))
		b.tm.EachPending(func(v timer.View) {
			line := fmt.Sprintf("cpu%d jiffy %d tv%d", v.CPU, v.Expires, v.Level)
			if v.Sleeper != nil {
				line += " " + v.Sleeper.Comm + " " + v.Name
			}
			got = append(got, line)
		})
	}
	timers := make([]timer.Timer, 4)
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		for i, at := range []uint64{1003, 1003, 21000, 1300} {
			if fn := func(*cpu.Exec) {}; i == 1 {
				x.Kmalloc()
				b.tm.InitTimer(&timers[i], "looks", 0, nil, func(*cpu.Exec) { look() })
			} else if i == 2 {
				timers[i].InitDeferrable(fn)
			} else {
				timers[i].Init(fn)
			}
			timers[i].SetSlack(0)
			b.tm.Mod(x, &timers[i], at)
		}
		b.tm.Msleep(x, 9)
		b.tm.Del(x, &timers[2])
		b.tm.Del(x, &timers[3])
		look()
	}))
	want := []string{
		"{Jiffies:1004 All:4 Active:3 Running:true Timer:looks Waiting:0}",
		"cpu0 jiffy 1003 tv0", "cpu0 jiffy 1010 tv1 t process_timeout", "cpu0 jiffy 1300 tv2", "cpu0 jiffy 21000 tv3",
		"{Jiffies:1011 All:0 Active:0 Running:false Timer: Waiting:0}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("views (-want +got):\n%s", diff)
	}
}

// TestHRViews: the same of high-resolution timers.
func TestHRViews(t *testing.T) {
	b := newHRBox(cpu.Config{CPUs: 2})
	if b.tm.HR() != b.hr || b.tm.Timekeeper() != b.tk {
		t.Error("the machine does not know its own clocks")
	}
	sleeps := b.s.NewTask("sleeps", 100, 0, []int{0}, func(x *cpu.Exec) {
		b.hr.Nanosleep(x, 2500*sim.Microsecond, timer.Realtime, timer.Abs)
	})
	var got []string
	b.run(t, sleeps, b.s.NewTask("looks", 101, 0, []int{1}, func(x *cpu.Exec) {
		for x.Now() < 1500*sim.Microsecond {
			x.Delay(sim.Microsecond)
		}
		b.hr.EachQueued(func(v timer.HRView) {
			line := fmt.Sprintf("cpu%d %v %v to %v tick %t", v.CPU, v.Clock, v.Soft, v.Hard, v.Tick)
			if v.Sleeper != nil {
				line += " " + v.Sleeper.Comm
			}
			got = append(got, line)
		})
		v := b.hr.Base(0)
		got = append(got, fmt.Sprintf("next %v running %t hang %t %d", v.Next, v.Running, v.Hang, v.Events))
	}))
	want := []string{
		"cpu0 CLOCK_MONOTONIC 0.002000 to 0.002000 tick true",
		"cpu0 CLOCK_REALTIME 0.002500 to 0.002550 tick false sleeps",
		"cpu1 CLOCK_MONOTONIC 0.002000 to 0.002000 tick true",
		"next 0.002000 running false hang false 1",
	}
	if diff := cmp.Diff(want, got); diff != "" || b.verdicts() != "" {
		t.Errorf("views (-want +got):\n%s%s", diff, b.verdicts())
	}
}
