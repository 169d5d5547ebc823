package irq

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// wwBox is a machine with some ww_mutexes of one class.
type wwBox struct {
	*box
	class sched.WWClass
	l     []*sched.WWMutex
}

func newWWBox(n int, cfg cpu.Config) *wwBox {
	w := &wwBox{box: newBox(cfg)}
	w.class.Init(w.s, "class")
	for i := range n {
		m := new(sched.WWMutex)
		m.Init(&w.class, fmt.Sprintf("ww%d", i))
		w.l = append(w.l, m)
	}
	return w
}

// TestWWMutexWaitDie: of two contexts that want each other's lock the younger
// backs off, the older waits; the younger then waits with the slow path.
func TestWWMutexWaitDie(t *testing.T) {
	w := newWWBox(2, cpu.Config{CPUs: 2})
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	tasks := line(w.box, 2, func(i int, x *cpu.Exec) {
		var ctx sched.AcquireCtx
		ctx.Init(x, &w.class)
		if err := w.l[i].LockCtx(x, &ctx); err != nil {
			t.Error(err)
		}
		note("%d:has%d", i, i)
		w.tm.Msleep(x, 10)
		err := w.l[1-i].LockCtx(x, &ctx)
		if err == nil {
			note("%d:has%d", i, 1-i)
		} else {
			note("%d:%v,contending=%t,acquired=%d", i, err, ctx.Contending() == w.l[1-i], ctx.Acquired())
			w.l[i].Unlock(x)
			if err := w.l[1-i].LockSlow(x, &ctx); err != nil {
				t.Error(err)
			}
			note("%d:slow", i)
			if err := w.l[i].LockCtx(x, &ctx); err != nil {
				t.Error(err)
			}
		}
		if err := w.l[i].LockCtx(x, &ctx); err != sched.EALREADY {
			t.Errorf("taken again: %v", err)
		}
		ctx.Done(x)
		w.tm.Msleep(x, 5)
		w.l[1-i].Unlock(x)
		w.l[i].Unlock(x)
		note("%d:fini", i)
		ctx.Fini(x)
	})
	// 0 is the older. It wants first and sleeps, since age says nothing against it.
	w.notes(t, &notes, tasks, "0:has0 1:has1 1:EDEADLK,contending=true,acquired=1 0:has1 0:fini 1:slow 1:fini")
}

// wwFight lets tasks take three of five locks each, in orders of their own,
// with the protocol of contexts.
func wwFight(t *testing.T, cfg cpu.Config) (*wwBox, int) {
	w := newWWBox(5, cfg)
	backoffs, inside := 0, make([]int, 5)
	var tasks []*sched.Task
	for i := range 6 {
		tasks = append(tasks, w.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			for k := range 6 {
				want := []int{(i + k) % 5, (2*i + 3*k + 1) % 5, (i*k + 2) % 5}
				backoffs += w.takeAll(t, x, want, func(have []int) {
					for _, n := range have {
						if inside[n]++; inside[n] != 1 {
							t.Errorf("ww%d has %d owners", n, inside[n])
						}
					}
					x.Delay(2 * sim.Microsecond)
					for _, n := range have {
						inside[n]--
					}
				})
			}
		}))
	}
	if end := w.run(t, tasks...); end != sim.EndStopped {
		t.Errorf("ended with %v", end)
	}
	return w, backoffs
}

// takeAll takes all of want in one context, does its work and releases them.
// It returns how often it had to back off.
func (w *wwBox) takeAll(t *testing.T, x *cpu.Exec, want []int, work func(have []int)) (backoffs int) {
	var ctx sched.AcquireCtx
	ctx.Init(x, &w.class)
	var have []int
	slow := -1
	for done := false; !done; {
		done = true
		if slow >= 0 {
			if err := w.l[slow].LockSlow(x, &ctx); err != nil {
				t.Error(err)
			}
			have = append(have, slow)
		}
		for _, n := range want {
			err := w.l[n].LockCtx(x, &ctx)
			if err == nil {
				have = append(have, n)
			} else if err == sched.EDEADLK {
				backoffs++
				for _, h := range have {
					w.l[h].Unlock(x)
				}
				have, slow, done = nil, n, false
				break
			}
			x.Delay(sim.Microsecond)
		}
	}
	ctx.Done(x)
	work(have)
	for _, h := range have {
		w.l[h].Unlock(x)
	}
	ctx.Fini(x)
	return backoffs
}

// TestWWMutexFight: whatever orders the tasks take their locks in, with
// DEBUG_MUTEXES all get them, nothing is reported, and how the run is executed
// changes nothing. Without it some runs find v4.4's mistake in the fast path: a
// context that steals the lock, with a count of 0 and others asleep, does not
// wake them, and one of them should have backed off. Nothing else is found.
func TestWWMutexFight(t *testing.T) {
	backoffs, stolen := 0, 0
	for seed := range uint64(60) {
		var got [2]outcome
		debug := seed < 30
		for i := range got {
			engine := sim.Config{Seed: seed % 30, Stalls: seed%2 == 1, NoRunAhead: i == 1}
			w, n := wwFight(t, cpu.Config{CPUs: 4, Engine: engine, DebugMutexes: debug})
			backoffs += n
			got[i] = outcome{w.m.E.Hash(), w.m.E.Steps(), w.m.E.Now(), w.verdicts()}
		}
		if !debug && strings.HasPrefix(got[0].found, "deadlock") {
			stolen++
			got[0].found, got[1].found = "", ""
		}
		if got[0] != got[1] || got[0].found != "" {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
	if stolen == 0 {
		t.Error("no run shows the mistake in the fast path")
	}
	if backoffs == 0 {
		t.Error("nobody had to back off: the test shows nothing")
	}
}

// TestWWMutexMisuse: each rule that CONFIG_DEBUG_MUTEXES checks, broken.
func TestWWMutexMisuse(t *testing.T) {
	for _, c := range []struct {
		want string
		body func(w *wwBox, x *cpu.Exec, ctx *sched.AcquireCtx)
	}{
		{"ctx->done_acquire", func(w *wwBox, x *cpu.Exec, ctx *sched.AcquireCtx) {
			ctx.Done(x)
			_ = w.l[0].LockCtx(x, ctx)
		}},
		{"!ctx->contending_lock", func(w *wwBox, x *cpu.Exec, ctx *sched.AcquireCtx) { _ = w.l[0].LockSlow(x, ctx) }},
		{"ctx->ww_class != ww->ww_class", func(w *wwBox, x *cpu.Exec, ctx *sched.AcquireCtx) {
			ctx.SetClass(nil)
			_ = w.l[0].LockCtx(x, ctx)
		}},
		{"ww->ctx", func(w *wwBox, x *cpu.Exec, ctx *sched.AcquireCtx) {
			_ = w.l[0].LockCtx(x, ctx)
			w.l[0].Mutex.Unlock(x) // as a mutex: the context stays
			w.l[0].SetCtx(new(sched.AcquireCtx))
			_ = w.l[0].LockCtx(x, ctx)
		}},
		{"!lock->ctx->acquired", func(w *wwBox, x *cpu.Exec, ctx *sched.AcquireCtx) {
			_ = w.l[0].LockCtx(x, ctx)
			ctx.SetAcquired(0)
			w.l[0].Unlock(x)
		}},
		{"ctx->acquired", func(w *wwBox, x *cpu.Exec, ctx *sched.AcquireCtx) {
			ctx.SetAcquired(1)
			ctx.Fini(x)
		}},
	} {
		w := newWWBox(1, cpu.Config{CPUs: 1, Lockdep: &lockdep.Config{}})
		task := w.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			var ctx sched.AcquireCtx
			ctx.Init(x, &w.class)
			c.body(w, x, &ctx)
		})
		w.run(t, task)
		if want := "lockdep: DEBUG_LOCKS_WARN_ON(" + c.want + ")\n"; w.verdicts() != want {
			t.Errorf("got %q, want %q", w.verdicts(), want)
		}
	}
}
