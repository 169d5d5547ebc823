package irq

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// counter is a kthread's function that counts until it is stopped, and sleeps
// in between until it is woken.
func counter(b *box, n *int) sched.KthreadFunc {
	return func(x *cpu.Exec, k *sched.Kthread) int {
		for {
			b.s.SetCurrentState(x, sched.Interruptible)
			switch {
			case k.ShouldStop(x):
				b.s.SetCurrentState(x, sched.Running)
				return *n
			case k.ShouldPark(x):
				b.s.SetCurrentState(x, sched.Running)
				k.Parkme(x)
				continue
			}
			*n++
			b.s.Schedule(x)
		}
	}
}

// kthreads plays what a task does with kthreads, on machines of many seeds,
// and compares what it notes.
func kthreads(t *testing.T, want []string, play func(b *box, x *cpu.Exec, note func(format string, args ...any))) {
	t.Helper()
	for seed := range uint64(60) {
		b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: seed}})
		var notes []string
		note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
		user := b.s.NewTask("user", 100, 0, []int{int(seed % 2)}, func(x *cpu.Exec) { play(b, x, note) })
		b.run(t, user)
		if diff := cmp.Diff(want, notes); diff != "" || b.verdicts() != "" {
			t.Fatalf("seed %d (-want +got):\n%s%s", seed, diff, b.verdicts())
		}
	}
}

// TestKthreadStop: a thread runs fn, counts at each wake-up, and returns its
// code to who stops it; one that ended before may be stopped too.
func TestKthreadStop(t *testing.T) {
	kthreads(t, []string{"asleep 0", "ran 1", "again 2", "code 3", "ended X", "code 7"}, func(b *box, x *cpu.Exec, note func(string, ...any)) {
		n := 0
		k := b.s.KthreadCreate(x, "counter", counter(b, &n))
		b.tm.Msleep(x, 2)
		note("asleep %d", n)
		b.s.WakeUpProcess(x, k.Task)
		b.tm.Msleep(x, 2)
		note("ran %d", n)
		b.s.WakeUpProcess(x, k.Task)
		b.tm.Msleep(x, 2)
		note("again %d", n)
		n++
		note("code %d", k.Stop(x))
		b.tm.Msleep(x, 2)
		note("ended %v", k.Task.State.Peek())
		short := b.s.KthreadRun(x, "short", func(*cpu.Exec, *sched.Kthread) int { return 7 })
		b.tm.Msleep(x, 2)
		note("code %d", short.Stop(x))
	})
}

// TestKthreadStoppedUnborn: who is stopped before it was ever woken does not
// run fn.
func TestKthreadStoppedUnborn(t *testing.T) {
	kthreads(t, []string{"code -4, ran false"}, func(b *box, x *cpu.Exec, note func(string, ...any)) {
		ran := false
		k := b.s.KthreadCreate(x, "unborn", func(*cpu.Exec, *sched.Kthread) int { ran = true; return 0 })
		note("code %d, ran %t", k.Stop(x), ran)
	})
}

// TestKthreadPark: a parked thread does nothing, whatever wakes it, until it
// is unparked or stopped; one that has ended cannot be parked.
func TestKthreadPark(t *testing.T) {
	want := []string{"parked <nil>, 1", "state P", "woken, state P, 1", "unparked 2", "parked <nil>", "code 2", "ENOSYS"}
	kthreads(t, want, func(b *box, x *cpu.Exec, note func(string, ...any)) {
		n := 0
		k := b.s.KthreadRun(x, "counter", counter(b, &n))
		b.tm.Msleep(x, 2)
		note("parked %v, %d", k.Park(x), n)
		b.tm.Msleep(x, 1)
		note("state %v", k.Task.State.Peek())
		b.s.WakeUpProcess(x, k.Task)
		b.tm.Msleep(x, 1)
		note("woken, state %v, %d", k.Task.State.Peek(), n)
		k.Unpark(x)
		b.tm.Msleep(x, 1)
		note("unparked %d", n)
		note("parked %v", k.Park(x))
		note("code %d", k.Stop(x))
		note("%v", k.Park(x))
	})
}

// TestKthreadOnCPU: a per-CPU thread starts parked and bound, and Unpark binds
// it again.
func TestKthreadOnCPU(t *testing.T) {
	kthreads(t, []string{"ran on CPU1", "ran on CPU1", "bound: ran on CPU0"}, func(b *box, x *cpu.Exec, note func(string, ...any)) {
		where := func(y *cpu.Exec, k *sched.Kthread) int {
			for !k.ShouldStop(y) {
				note("ran on CPU%d", y.CPU().ID)
				b.s.SetCurrentState(y, sched.Interruptible)
				for !k.ShouldPark(y) && !k.ShouldStop(y) {
					b.s.Schedule(y)
					b.s.SetCurrentState(y, sched.Interruptible)
				}
				b.s.SetCurrentState(y, sched.Running)
				if k.ShouldPark(y) {
					k.Parkme(y)
				}
			}
			return 0
		}
		k := b.s.KthreadCreateOnCPU(x, "percpu/1", 1, where)
		k.Unpark(x)
		b.tm.Msleep(x, 1)
		if err := k.Park(x); err != nil {
			t.Error(err)
		}
		k.Task.Allowed = nil // as if its CPU had been unplugged
		k.Unpark(x)
		b.tm.Msleep(x, 1)
		k.Stop(x)
		free := b.s.KthreadCreate(x, "free", func(y *cpu.Exec, _ *sched.Kthread) int {
			note("bound: ran on CPU%d", y.CPU().ID)
			return 0
		})
		free.Bind(x, 0)
		b.s.WakeUpProcess(x, free.Task)
	})
}

// TestKthreadOfBoot: a thread made before the machine starts is asleep until
// it is woken, and stops as any other.
func TestKthreadOfBoot(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: 3}})
	at := -1
	k := b.s.BootKthread("boot/1", 20, 1, func(x *cpu.Exec, k *sched.Kthread) int {
		at = x.CPU().ID
		return 5
	})
	code := 0
	b.run(t, b.s.NewTask("user", 100, 0, []int{0}, func(x *cpu.Exec) {
		b.s.WakeUpProcess(x, k.Task)
		b.tm.Msleep(x, 1)
		code = k.Stop(x)
	}))
	if at != 1 || code != 5 || b.verdicts() != "" {
		t.Errorf("ran on CPU%d, code %d\n%s", at, code, b.verdicts())
	}
}

// TestKthreadStopMutated: the mutation is a hang that names the thread.
func TestKthreadStopMutated(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: 1}})
	b.m.Mutations = map[string]bool{"sched.kthread-stop-no-wake": true}
	n := 0
	b.run(t, b.s.NewTask("user", 100, 0, nil, func(x *cpu.Exec) {
		k := b.s.KthreadRun(x, "counter", counter(b, &n))
		b.tm.Msleep(x, 1)
		k.Stop(x)
	}))
	const want = "hang: hang: nothing but ticks can happen and tasks have not ended\n" +
		"  user/100 state D waits for completion counter->kthread.exited.wait, to be completed by task counter/2001\n"
	if got := b.verdicts(); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
