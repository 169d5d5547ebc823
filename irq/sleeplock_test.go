package irq

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var (
	rwsemKey = lockdep.Key{Name: "test_rwsem", Inner: lockdep.WaitSleep}
	rtKey    = lockdep.Key{Name: "test_rtmutex", Inner: lockdep.WaitSleep}
)

// sleepLock is a sleeping lock as the twins know it.
type sleepLock struct {
	init      func(b *box)
	take      func(x *cpu.Exec, write bool)
	free      func(x *cpu.Exec, write bool)
	downgrade func(x *cpu.Exec)
	view      func() cpu.LockViewer
	byNice    bool // waiters are served by priority
	readers   bool // a reader does not exclude a reader
}

var sleepLocks = map[string]func() *sleepLock{
	"mutex": func() *sleepLock {
		m := new(sched.Mutex)
		return &sleepLock{
			init: func(b *box) { m.Init(b.s, "l", &testKey) },
			take: func(x *cpu.Exec, _ bool) { m.Lock(x) }, free: func(x *cpu.Exec, _ bool) { m.Unlock(x) },
			view: func() cpu.LockViewer { return m },
		}
	},
	"ww_mutex": func() *sleepLock { // without contexts
		m, class := new(sched.WWMutex), new(sched.WWClass)
		return &sleepLock{
			init: func(b *box) { class.Init(b.s, "class"); m.Init(class, "l") },
			take: func(x *cpu.Exec, _ bool) { m.Lock(x) }, free: func(x *cpu.Exec, _ bool) { m.Unlock(x) },
			view: func() cpu.LockViewer { return m },
		}
	},
	"rt_mutex": func() *sleepLock {
		m := new(sched.RTMutex)
		return &sleepLock{
			init: func(b *box) { m.Init(b.s, "l", &rtKey) },
			take: func(x *cpu.Exec, _ bool) { m.Lock(x) }, free: func(x *cpu.Exec, _ bool) { m.Unlock(x) },
			view: func() cpu.LockViewer { return m }, byNice: true,
		}
	},
	"rwsem": func() *sleepLock {
		m := new(sched.RWSem)
		return &sleepLock{
			init: func(b *box) { m.Init(b.s, "l", &rwsemKey) },
			take: func(x *cpu.Exec, write bool) {
				if write {
					m.DownWrite(x)
				} else {
					m.DownRead(x)
				}
			},
			free: func(x *cpu.Exec, write bool) {
				if write {
					m.UpWrite(x)
				} else {
					m.UpRead(x)
				}
			},
			downgrade: m.DowngradeWrite, view: func() cpu.LockViewer { return m }, readers: true,
		}
	},
}

// sleepTwin says who has such a lock if everybody takes the time to settle:
// then nobody is overtaken.
type sleepTwin struct {
	lock  *sleepLock
	has   []int // workers, sorted
	queue []int
	write []bool // by worker
	nice  []int
}

func (tw *sleepTwin) grant() {
	for len(tw.queue) > 0 {
		w := tw.queue[0]
		shared := tw.lock.readers && !tw.write[w]
		for _, h := range tw.has {
			if !shared || tw.write[h] {
				return
			}
		}
		tw.has = append(tw.has, w)
		slices.Sort(tw.has)
		tw.queue = tw.queue[1:]
	}
}

func (tw *sleepTwin) do(cmd sleepCmd) {
	w := cmd.worker
	switch cmd.what {
	case "take":
		tw.write[w] = cmd.write
		at := len(tw.queue)
		for tw.lock.byNice && at > 0 && tw.nice[tw.queue[at-1]] > tw.nice[w] {
			at--
		}
		tw.queue = slices.Insert(tw.queue, at, w)
	case "free":
		tw.has = slices.DeleteFunc(tw.has, func(h int) bool { return h == w })
	case "downgrade":
		tw.write[w] = false
	}
	tw.grant()
}

// sleepCmd is one thing that a worker is told to do.
type sleepCmd struct {
	what   string // take, free, downgrade
	worker int
	write  bool
}

func (c sleepCmd) String() string { return fmt.Sprintf("%s %d (write %t)", c.what, c.worker, c.write) }

// drawCmds makes a program in which everybody gives back what it took.
func drawCmds(t *rapid.T, l *sleepLock, nice []int) []sleepCmd {
	tw := &sleepTwin{lock: l, write: make([]bool, len(nice)), nice: nice}
	var cmds []sleepCmd
	for n := rapid.IntRange(1, 24).Draw(t, "commands"); n > 0 || len(tw.has) > 0; n-- {
		var can []sleepCmd
		for w := range nice {
			switch {
			case slices.Contains(tw.has, w):
				can = append(can, sleepCmd{"free", w, tw.write[w]})
				if l.downgrade != nil && tw.write[w] {
					can = append(can, sleepCmd{"downgrade", w, false})
				}
			case n > 0 && !slices.Contains(tw.queue, w):
				can = append(can, sleepCmd{"take", w, true})
				if l.readers {
					can = append(can, sleepCmd{"take", w, false})
				}
			}
		}
		cmd := rapid.SampledFrom(can).Draw(t, "command")
		cmds = append(cmds, cmd)
		tw.do(cmd)
	}
	return cmds
}

// worker does what it is told, one thing after the other.
type worker struct {
	box   *box
	told  sched.Completion
	cmds  []sleepCmd
	owned bool // has the lock
}

func (w *worker) run(x *cpu.Exec, l *sleepLock) {
	for i := 0; i < len(w.cmds); i++ {
		w.told.Wait(x)
		switch cmd := w.cmds[i]; cmd.what {
		case "take":
			l.take(x, cmd.write)
			w.owned = true
		case "free":
			w.owned = false
			l.free(x, cmd.write)
		case "downgrade":
			l.downgrade(x)
		}
	}
}

// settled compares the lock with its twin.
func settled(b *box, ws []*worker, v cpu.LockViewer, tw *sleepTwin) string {
	var has, queue []int
	for i, w := range ws {
		if w.owned {
			has = append(has, i)
		}
	}
	v.EachWaiter(func(h cpu.Holder) { queue = append(queue, h.Task.PID-200) })
	if !slices.Equal(has, tw.has) || !slices.Equal(queue, tw.queue) {
		return fmt.Sprintf("%v have it and %v wait, want %v and %v", has, queue, tw.has, tw.queue)
	}
	st := v.LockState()
	if n := len(tw.has); tw.lock.readers && n > 0 && !tw.write[tw.has[0]] && st.Read != n {
		return fmt.Sprintf("the view shows %d readers, want %d", st.Read, n)
	}
	if st.Task == nil != (len(tw.has) == 0) || st.Waiting != len(queue) {
		return fmt.Sprintf("the view is %+v", st)
	}
	return ""
}

// runCmds runs a program on two CPUs and returns what went wrong.
func runCmds(t *testing.T, l *sleepLock, cmds []sleepCmd, nice []int, seed uint64) string {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: seed, TimeLimit: 10 * sim.Second}})
	l.init(b)
	tw := &sleepTwin{lock: l, write: make([]bool, len(nice)), nice: nice}
	var ws []*worker
	var tasks []*sched.Task
	for i := range nice {
		w := &worker{box: b}
		w.told.Init(b.s, fmt.Sprintf("told%d", i))
		for _, c := range cmds {
			if c.worker == i {
				w.cmds = append(w.cmds, c)
			}
		}
		ws = append(ws, w)
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("w%d", i), 200+i, nice[i], nil, func(x *cpu.Exec) { w.run(x, l) }))
	}
	trouble := ""
	tasks = append(tasks, b.s.NewTask("boss", 100, 0, nil, func(x *cpu.Exec) {
		for i, c := range cmds {
			ws[c.worker].told.Complete(x)
			b.tm.Msleep(x, 3)
			tw.do(c)
			if s := settled(b, ws, l.view(), tw); s != "" && trouble == "" {
				trouble = fmt.Sprintf("command %d, %v: %s", i, c, s)
			}
		}
	}))
	end := b.run(t, tasks...)
	if end != sim.EndStopped || b.verdicts() != "" {
		trouble += fmt.Sprintf("\nended with %v\n%s", end, b.verdicts())
	}
	return trouble
}

// TestSleepingLockTwins: whoever comes, releases or downgrades in whatever
// order, each lock goes to whom its rules give it.
func TestSleepingLockTwins(t *testing.T) {
	nice := []int{0, 0, -5, 5, 0}
	for _, name := range []string{"mutex", "ww_mutex", "rt_mutex", "rwsem"} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				l := sleepLocks[name]()
				cmds := drawCmds(rt, l, nice)
				if s := runCmds(t, l, cmds, nice, rapid.Uint64Range(0, 1<<20).Draw(rt, "seed")); s != "" {
					rt.Fatalf("%v\n%s", cmds, s)
				}
			})
		})
	}
}

// fight lets eight tasks on four CPUs take a lock as fast as they can.
func fight(t *testing.T, name string, cfg cpu.Config) (*box, string) {
	b := newBox(cfg)
	l := sleepLocks[name]()
	l.init(b)
	var trouble strings.Builder
	writers, readers, got := 0, 0, 0
	var tasks []*sched.Task
	for i := range 8 {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, i%3-1, nil, func(x *cpu.Exec) {
			for k := range 12 {
				write := !l.readers || (i+k)%3 == 0
				l.take(x, write)
				got++
				if write {
					writers++
				} else {
					readers++
				}
				if writers > 1 || writers == 1 && readers > 0 {
					fmt.Fprintf(&trouble, "%d writers and %d readers have it\n", writers, readers)
				}
				x.Delay(sim.Time(200 * (i + k)))
				if write {
					writers--
				} else {
					readers--
				}
				l.free(x, write)
				x.Delay(sim.Time(300 * k))
			}
		}))
	}
	if end := b.run(t, tasks...); end != sim.EndStopped || got != 8*12 {
		fmt.Fprintf(&trouble, "ended with %v, it was got %d times\n", end, got)
	}
	if st := l.view().LockState(); st.Task != nil || st.Read != 0 || st.Waiting != 0 || st.Contended == 0 {
		fmt.Fprintf(&trouble, "in the end %+v\n", st)
	}
	return b, trouble.String() + b.verdicts()
}

// TestSleepingLocksFight: under contention, with stealing, writers exclude
// everybody, no wake-up is lost, and how the run is executed changes nothing.
func TestSleepingLocksFight(t *testing.T) {
	for _, name := range []string{"mutex", "ww_mutex", "rt_mutex", "rwsem"} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(60) {
				var got [2]outcome
				for i := range got {
					engine := sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1}
					b, trouble := fight(t, name, cpu.Config{CPUs: 4, Engine: engine, DebugMutexes: seed%4 > 1})
					got[i] = outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), trouble}
				}
				if got[0] != got[1] || got[0].found != "" {
					t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
				}
			}
		})
	}
}

// sleepCycle lets two tasks each hold one lock and take the other's.
func sleepCycle(t *testing.T, name string, write [2]bool) *box {
	b := newBox(cpu.Config{CPUs: 2})
	var ls [2]*sleepLock
	for i := range ls {
		ls[i] = sleepLocks[name]()
		ls[i].init(b)
	}
	var tasks []*sched.Task
	for i := range 2 {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i}, func(x *cpu.Exec) {
			ls[i].take(x, write[0])
			b.tm.Msleep(x, 2)
			ls[1-i].take(x, write[1])
		}))
	}
	b.run(t, tasks...)
	return b
}

// TestSleepingLockCycles: each kind is in the wait-for graph.
func TestSleepingLockCycles(t *testing.T) {
	for _, c := range []struct {
		name  string
		write [2]bool
		how   string
	}{
		{"ww_mutex", [2]bool{true, true}, "ww_mutex l, held"},
		{"rt_mutex", [2]bool{true, true}, "rt_mutex l, held"},
		{"rwsem", [2]bool{true, true}, "rwsem l, held for writing"},
		{"rwsem", [2]bool{true, false}, "rwsem l, held for writing"},
		{"rwsem", [2]bool{false, true}, "rwsem l, held for reading"},
	} {
		b := sleepCycle(t, c.name, c.write)
		fs := b.m.Findings()
		if len(fs) == 0 || fs[len(fs)-1].Kind != "deadlock" {
			t.Errorf("%s %v: %s", c.name, c.write, b.verdicts())
			continue
		}
		for _, e := range fs[len(fs)-1].Cycle {
			i := strings.Index("01", e.Waiter[len(e.Waiter)-1:])
			want := fmt.Sprintf("t%d/10%d waits for %s by task t%d/10%d", i, i, c.how, 1-i, 1-i)
			if who, edge, _ := strings.Cut(e.String(), " "); edge != want || who != "task" && who != fmt.Sprintf("CPU%d", e.CPU) { // asleep, or spinning for the owner
				t.Errorf("%s %v: edge %q, want %q", c.name, c.write, e, want)
			}
		}
	}
}

// again lets "holder" release a lock for which "waiter" sleeps and take it
// again at once. It returns who had it, in order.
func again(t *testing.T, name string, nice int) string {
	b := newBox(cpu.Config{CPUs: 2})
	l := sleepLocks[name]()
	l.init(b)
	var order []string
	holder := b.s.NewTask("holder", 100, nice, []int{0}, func(x *cpu.Exec) {
		l.take(x, true)
		b.tm.Msleep(x, 5)
		l.free(x, true)
		l.take(x, true)
		order = append(order, "holder")
		l.free(x, true)
	})
	waiter := b.s.NewTask("waiter", 101, 0, []int{1}, func(x *cpu.Exec) {
		b.tm.Msleep(x, 2)
		l.take(x, true)
		order = append(order, "waiter")
		l.free(x, true)
	})
	if b.run(t, holder, waiter); b.verdicts() != "" {
		t.Error(b.verdicts())
	}
	return strings.Join(order, " ")
}

// TestStealing: a mutex and an rwsem can be taken again before the sleeper that
// was woken comes; an rt_mutex only by somebody of a higher priority.
func TestStealing(t *testing.T) {
	for _, c := range []struct {
		name string
		nice int
		want string
	}{
		{"mutex", 0, "holder waiter"}, {"rwsem", 0, "holder waiter"},
		{"rt_mutex", 0, "waiter holder"}, {"rt_mutex", 5, "waiter holder"}, {"rt_mutex", -5, "holder waiter"},
	} {
		if got := again(t, c.name, c.nice); got != c.want {
			t.Errorf("%s, nice %d: %s, want %s", c.name, c.nice, got, c.want)
		}
	}
}

// TestDowngradeWakesNoWriter: a downgrade lets readers in and does not wake a
// writer at the head of the queue, who could not get it.
func TestDowngradeWakesNoWriter(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var sem sched.RWSem
	sem.Init(b.s, "sem", &rwsemKey)
	var before, after uint64
	var writer *sched.Task
	holder := b.s.NewTask("holder", 100, 0, []int{0}, func(x *cpu.Exec) {
		sem.DownWrite(x)
		b.tm.Msleep(x, 5)
		before = writer.Switches
		sem.DowngradeWrite(x)
		b.tm.Msleep(x, 5)
		after = writer.Switches
		sem.UpRead(x)
	})
	writer = b.s.NewTask("writer", 101, 0, []int{1}, func(x *cpu.Exec) {
		b.tm.Msleep(x, 1)
		sem.DownWrite(x)
		sem.UpWrite(x)
	})
	if b.run(t, holder, writer); before != after || !writer.Exited || b.verdicts() != "" {
		t.Errorf("switches of the writer: %d before, %d after; it has ended: %t\n%s", before, after, writer.Exited, b.verdicts())
	}
}
