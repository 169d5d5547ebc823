package printk

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

func TestRecordString(t *testing.T) {
	r := Record{Time: 12*sim.Second + 345678*sim.Microsecond, Text: "one\ntwo"}
	want := "[   12.345678] one\n[   12.345678] two"
	if got := r.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if first, _, _ := strings.Cut(r.String(), "one"); len(first) != prefixLen {
		t.Errorf("the prefix has %d characters, want %d", len(first), prefixLen)
	}
}

// TestConsoleChars checks the length on the wire against the text itself.
func TestConsoleChars(t *testing.T) {
	for _, text := range []string{"", "hello", "two\nlines", "a\nb\nc"} {
		r := newRecord(3, text, 0)
		wire := strings.ReplaceAll(r.String()+"\n", "\n", "\r\n")
		if got := r.consoleChars(); got != len(wire) {
			t.Errorf("%q: %d characters, the line carries %d", text, got, len(wire))
		}
	}
}

// TestWidthDoesNotDependOnText: a record with a width costs the same whether
// its text was captured or not, or a traced run would take another course.
func TestWidthDoesNotDependOnText(t *testing.T) {
	a, b := newRecord(3, "Call Trace:\n f+0x1/0x2\n g+0x1/0x2", 448), newRecord(3, "Call Trace:", 448)
	if a.consoleChars() != b.consoleChars() || a.width != b.width {
		t.Errorf("%d and %d characters for the same width", a.consoleChars(), b.consoleChars())
	}
	if long := newRecord(3, strings.Repeat("x", 2000), 0); long.width != logLineMax || len(long.Text) != logLineMax {
		t.Errorf("a long text counts for %d", long.width)
	}
}

var innerKey = lockdep.Key{Name: "inner"}

// inversion teaches the validator rq->lock -> inner and then prints under
// inner, as the stall warning does under rnp->lock. With a waiter the printk
// really wakes somebody.
func inversion(t *testing.T, cfg Config, waiter bool) string {
	t.Helper()
	b := newBox(2, cfg)
	var inner lock.Raw
	inner.Init(b.m, "inner", &innerKey)
	printer := b.task("printer", 0, func(x *cpu.Exec) {
		rq := b.s.RQ(0)
		rq.Lock.LockIrq(x)
		inner.Lock(x)
		inner.Unlock(x)
		rq.Lock.UnlockIrq(x)
		f := inner.LockIrqsave(x)
		b.p.Printk(x, 3, "under inner", 0)
		inner.UnlockIrqrestore(x, f)
	})
	sleeper := b.task("sleeper", 1, func(x *cpu.Exec) {
		if waiter {
			x.Delay(sim.Millisecond)
			b.p.ConsoleLock(x)
			b.p.ConsoleUnlock(x)
		}
	})
	b.run(t, printer, sleeper)
	return b.findings()
}

// TestWhatLockdepSees is docs/kernel/sched-irq-printk.md §6.12 and §7.3: v4.4
// hides the order from the validator even when it happens; with the edges
// visible it must happen to be seen; with might_wake it need not happen.
func TestWhatLockdepSees(t *testing.T) {
	for _, c := range []struct {
		name   string
		cfg    Config
		waiter bool
		want   string // the findings' kinds, a line each
	}{
		{"v4.4, nobody sleeps", Config{Serial: true}, false, ""},
		{"v4.4, a sleeper", Config{Serial: true}, true, ""},
		{"visible, nobody sleeps", Config{Serial: true, LockdepVisible: true}, false, ""},
		// The report itself is printed under the semaphore's inner lock, which
		// printk's trylock then spins on: PRINTK-D3.
		{"visible, a sleeper", Config{Serial: true, LockdepVisible: true}, true, "lockdep deadlock"},
		{"might_wake, nobody sleeps", Config{Serial: true, MightWake: true}, false, "lockdep"},
		{"might_wake, deferred", Config{Serial: true, MightWake: true, Deferred: true}, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var kinds []string
			text := inversion(t, c.cfg, c.waiter)
			for line := range strings.Lines(text) {
				kind, _, _ := strings.Cut(line, ":")
				kinds = append(kinds, kind)
			}
			if got := strings.Join(kinds, " "); got != c.want {
				t.Errorf("findings %q, want %q:\n%s", got, c.want, text)
			}
		})
	}
}

// TestNMI lets an NMI print at every place of another printk on its CPU.
// While the log is being written its message is lost and the next printk says
// so (E4); where logbuf_lock is held for another reason nobody stops it and
// it spins on its own CPU's lock (PRINTK-D4), and so it does in the middle of
// a trylock or up() of console_sem; elsewhere it is stored.
func TestNMI(t *testing.T) {
	outcomes := map[string]int{}
	const start = 400 * sim.Microsecond // before the first tick
	for at := sim.Time(0); at < 4*sim.Microsecond; at += 5 {
		b := newBox(1, Config{})
		b.ic.OnNMI(func(x *cpu.Exec) bool {
			b.p.Printk(x, 3, "from the NMI", 0)
			return true
		})
		nmi := b.m.E.NewSource("nmi", func(uint64) { b.ic.RaiseNMI(0) }).Unmaskable()
		b.m.E.At(nmi, start+at, 0)
		b.run(t, b.task("t", 0, func(x *cpu.Exec) {
			x.Delay(start - x.Now())
			b.p.Printk(x, 3, "first", 0)
			x.Delay(20 * sim.Microsecond)
			b.p.Printk(x, 3, "second", 0)
		}))
		var log []string
		for _, r := range b.p.Dmesg() {
			log = append(log, r.Text)
		}
		outcomes[strings.Join(log, ", ")+"; "+b.findings()]++
	}
	for _, want := range []string{
		"from the NMI, first, second; ",
		"first, from the NMI, second; ",
		"first, BUG: recent printk recursion!, second; ",
		"first; deadlock: deadlock\n",               // on logbuf_lock
		"first, from the NMI; deadlock: deadlock\n", // stored, then on console_sem's inner lock
	} {
		if outcomes[want] == 0 {
			t.Errorf("no NMI led to %q", want)
		}
		delete(outcomes, want)
	}
	for got, n := range outcomes {
		t.Errorf("%d NMIs led to %q", n, got)
	}
}
