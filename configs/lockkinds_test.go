package configs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// everyLock is a scenario whose tasks use every builtin of a lock, under
// contention, and protect a counter with each exclusive one.
const everyLock = `
title = "every lock"
story = "Three tasks and all kinds of lock."
[machine]
cpus = 3
[[shared]]
lock = "raw"
[[shared]]
lock = "raw2"
[[shared]]
spinlock = "spin"
[[shared]]
spinlock = "spin2"
[[shared]]
rwlock = "rw"
[[shared]]
seqlock = "seq"
[[shared]]
local_lock = "local"
[[shared]]
mutex = "mutex"
[[shared]]
mutex = "mutex2"
[[shared]]
rwsem = "rwsem"
[[shared]]
rwsem = "rwsem2"
[[shared]]
percpu_rwsem = "percpu"
[[shared]]
rt_mutex = "rt"
[[shared]]
ww_mutex = "w1"
[[shared]]
ww_mutex = "w2"
[[shared]]
ww_mutex = "other"
class = "others"
[[shared]]
var = "n"
`

const everyLockBody = `
def add():
    WRITE_ONCE("n", READ_ONCE("n") + 1)

def spinning():
    raw_spin_lock_bh("raw"); raw_spin_unlock_bh("raw")
    raw_spin_lock("raw"); raw_spin_lock_nest_lock("raw2", "raw"); raw_spin_unlock("raw2"); raw_spin_unlock("raw")
    spin_lock("spin"); lockdep_assert_held("spin")
    spin_lock_nest_lock("spin2", "spin"); spin_unlock("spin2"); spin_unlock("spin")
    spin_lock_nested("spin", 1); spin_unlock("spin")
    spin_lock_irq("spin"); spin_unlock_irq("spin")
    f = spin_lock_irqsave("spin"); spin_unlock_irqrestore("spin", f)
    spin_lock_bh("spin"); spin_unlock_bh("spin")
    if spin_trylock("spin"): spin_unlock("spin")
    read_lock("rw"); read_unlock("rw")
    read_lock_irq("rw"); read_unlock_irq("rw")
    f = read_lock_irqsave("rw"); read_unlock_irqrestore("rw", f)
    read_lock_bh("rw"); read_unlock_bh("rw")
    if read_trylock("rw"): read_unlock("rw")
    write_lock("rw"); add(); write_unlock("rw")
    write_lock_irq("rw"); add(); write_unlock_irq("rw")
    f = write_lock_irqsave("rw"); add(); write_unlock_irqrestore("rw", f)
    write_lock_bh("rw"); add(); write_unlock_bh("rw")
    if write_trylock("rw"): write_unlock("rw")

def seqlocks():
    write_seqlock("seq"); write_sequnlock("seq")
    write_seqlock_irq("seq"); write_sequnlock_irq("seq")
    f = write_seqlock_irqsave("seq"); write_sequnlock_irqrestore("seq", f)
    write_seqlock_bh("seq"); write_sequnlock_bh("seq")
    while True:
        s = read_seqbegin("seq")
        READ_ONCE("n")
        if not read_seqretry("seq", s):
            break
    local_lock("local"); lockdep_assert_held("local"); local_unlock("local")
    local_lock_irq("local"); local_unlock_irq("local")
    f = local_lock_irqsave("local"); local_unlock_irqrestore("local", f)

def sleeping():
    might_lock("mutex"); might_lock_read("rwsem"); might_lock("rt")
    mutex_lock("mutex"); add(); mutex_unlock("mutex")
    mutex_lock_nested("mutex", 1); mutex_unlock("mutex")
    mutex_lock("mutex"); mutex_lock_nest_lock("mutex2", "mutex"); mutex_unlock("mutex2"); mutex_unlock("mutex")
    assert_(mutex_lock_interruptible("mutex") == 0); add()
    assert_(mutex_is_locked("mutex")); mutex_unlock("mutex")
    if mutex_trylock("mutex"): mutex_unlock("mutex")
    down_read("rwsem"); up_read("rwsem")
    down_read_nested("rwsem", 1); up_read("rwsem")
    if down_read_trylock("rwsem"): up_read("rwsem")
    down_write("rwsem"); downgrade_write("rwsem"); up_read("rwsem")
    down_write_nested("rwsem", 1); up_write("rwsem")
    down_write("rwsem"); down_write_nest_lock("rwsem2", "rwsem"); up_write("rwsem2"); up_write("rwsem")
    if down_write_trylock("rwsem"): up_write("rwsem")
    percpu_down_read("percpu"); percpu_up_read("percpu")
    percpu_down_write("percpu"); add(); percpu_up_write("percpu")
    if percpu_down_read_trylock("percpu"): percpu_up_read("percpu")
    rt_mutex_lock("rt"); rt_mutex_unlock("rt")
    if rt_mutex_trylock("rt"): rt_mutex_unlock("rt")
    if rt_mutex_timed_futex_lock("rt") == 0: rt_mutex_unlock("rt")
    if rt_mutex_timed_lock("rt", 1) == 0: rt_mutex_unlock("rt")

def wound_wait(first, second):
    ctx = ww_acquire_init("ww_class")
    assert_(ww_mutex_lock(first, ctx) == 0)
    assert_(ww_mutex_lock(first, ctx) == -EALREADY)
    r = ww_mutex_lock_interruptible(second, ctx)
    while r == -EDEADLK:
        ww_mutex_unlock(first)
        assert_(ww_mutex_lock_slow(second, ctx) == 0)
        first, second = second, first
        r = ww_mutex_lock(second, ctx)
    assert_(r == 0)
    ww_acquire_done(ctx)
    ww_mutex_unlock(first); ww_mutex_unlock(second)
    ww_acquire_fini(ctx)
    if ww_mutex_trylock("other"): ww_mutex_unlock("other")
    ww_mutex_lock("other", None); ww_mutex_unlock("other")

start_line()
for i in range(3):
    spinning()
    seqlocks()
    sleeping()
    wound_wait(%s)
`

func lockKinds(t *testing.T, rules string) *Program {
	t.Helper()
	src := everyLock
	for i, order := range []string{`"w1", "w2"`, `"w2", "w1"`, `"w1", "w2"`} {
		body := strings.Replace(everyLockBody, "%s", order, 1)
		src += fmt.Sprintf("[[task]]\nname = \"t%d\"\ncpus = [%d]\nbody = '''%s'''\n", i, i, body)
	}
	return loaded(t, "locks.toml", src, "lockdep.rules", rules)
}

// TestEveryLock: all builtins of locks at work together are clean under every
// rule set, and a run is the same run-ahead or not.
func TestEveryLock(t *testing.T) {
	for _, rules := range []string{"v4.4", "new", "exact"} {
		p := lockKinds(t, rules)
		for seed := range uint64(12) {
			var hashes [2]string
			for i := range hashes {
				r := tryRun(t, p, Options{Seed: seed, NoRunAhead: i == 1, LockStat: i == 1})
				if r.Verdict != "clean" {
					t.Fatalf("rules %s, seed %d: %s: %s", rules, seed, r.Verdict, r.Findings[0].Title)
				}
				hashes[i] = fmt.Sprint(r.Hash, r.Steps)
			}
			if hashes[0] != hashes[1] {
				t.Fatalf("rules %s, seed %d: run-ahead %s, stepped with statistics %s", rules, seed, hashes[0], hashes[1])
			}
		}
	}
}

// TestEveryLockIsTried: the scenario above leaves out no builtin of a lock, so
// that one without a test is noticed.
func TestEveryLockIsTried(t *testing.T) {
	groups := []string{"locks", "sleeping locks", "lockdep"}
	for _, bt := range Builtins() {
		if slices.Contains(groups, bt.Group) && !strings.HasPrefix(bt.Name, "raw_") && !strings.Contains(everyLockBody, bt.Name+"(") {
			t.Errorf("%s is not used", bt.Name)
		}
	}
}

// TestLockMisuse: what is no such lock, or not held, is an error with the
// place in the body.
func TestLockMisuse(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`spin_lock("raw")`, `there is no spinlock "raw"`},
		{`read_lock("mutex")`, `there is no rwlock "mutex"`},
		{`ww_acquire_init("w1")`, `there is no class "w1"`},
		{`might_lock("n")`, `there is no lock of any kind "n"`},
		{`mutex_lock_nest_lock("mutex", "nix")`, `there is no lock of any kind "nix"`},
		{`name = "raw"; spin_lock(name)`, `spin_lock: there is no spinlock "raw"`},
		{`spin_unlock("spin")`, `spin_unlock: "spin" is not held here`},
		{`write_lock("rw"); read_unlock("rw")`, `read_unlock: "rw" is not held here`},
		{`down_read("rwsem"); up_write("rwsem")`, `up_write: "rwsem" is not held here`},
		{`ww_mutex_lock_slow("w1", None)`, `want what ww_acquire_init returned`},
		{`spin_lock_nested("spin", 8)`, `want a subclass from 0 to 7`},
	} {
		s, ds := Load("locks.toml", []byte(everyLock+"[[task]]\nname = \"t\"\nbody = '''\n"+c.body+"'''\n"))
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		p, ds := Prepare(s)
		got := ds.String()
		if len(ds) == 0 {
			_, err := p.Boot(Options{}).Run()
			got = fmt.Sprint(err)
		}
		if !strings.Contains(got, c.want) || !strings.HasPrefix(got, "locks.toml:") {
			t.Errorf("%s: got %q, want %q", c.body, got, c.want)
		}
	}
}

// TestLocalLockInHandler: an interrupt takes the local lock of the task below,
// which goes on and releases its own. The newer rules find that wrong, v4.4
// does not see it; it is no error of the body.
func TestLocalLockInHandler(t *testing.T) {
	const body = `
def handler():
    local_lock("local"); local_unlock("local")

start_line()
if smp_processor_id() == 0:
    local_lock("local"); udelay(20); local_unlock("local")
elif smp_processor_id() == 1:
    udelay(5)
    smp_call_function_single(0, handler, True)
`
	for rules, want := range map[string]string{"v4.4": "clean", "new": "lockdep"} {
		if r := tryRun(t, lockProgram(t, body, "lockdep.rules", rules), Options{}); r.Verdict != want {
			t.Errorf("rules %s: %s, want %s", rules, r.Verdict, want)
		}
	}
}

// TestRWLockRecursion: the scenario reaches what it promises, and its variants
// what they promise.
func TestRWLockRecursion(t *testing.T) {
	if got := verdicts(t, prepared(t, "rwlock-recursion"), 40); got["deadlock"] == 0 || got["clean"] == 0 {
		t.Errorf("v4.4 rules: %v, want deadlock and clean", got)
	}
	for v, want := range map[string]string{"fixed": "clean", "new-rules": "lockdep", "handler": "clean", "handler-new-rules": "lockdep"} {
		if got := verdicts(t, variant(t, "rwlock-recursion", v), 40); got[want] == 0 || v != "new-rules" && got[want] != 40 {
			t.Errorf("%s: %v, want %s", v, got, want)
		}
	}
}
