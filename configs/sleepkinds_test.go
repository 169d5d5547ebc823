package configs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// everySleep is a scenario whose tasks use every builtin of the groups waiting,
// bits and kthreads.
const everySleep = `
title = "every sleep"
story = "Three tasks and all that is slept on."
[machine]
cpus = 3
[[shared]]
wait_queue = "q"
[[shared]]
completion = "c"
[[shared]]
completion = "once"
[[shared]]
semaphore = "s"
[[shared]]
semaphore = "none"
count = 0
[[shared]]
word = "w"
[[shared]]
var = "go"
[[shared]]
var = "n"
[[task]]
name = "sleeper"
cpus = [0]
body = '''
start_line()
wait_event("q", lambda: READ_ONCE("go") >= 1)
wait_event_interruptible("q", lambda: READ_ONCE("go") >= 2)
wait_event_interruptible_exclusive("q", lambda: READ_ONCE("go") >= 3)
assert_(wait_event_timeout("q", lambda: READ_ONCE("go") >= 4, 50) > 0)
assert_(wait_event_timeout("q", lambda: READ_ONCE("go") >= 99, 2) == 0)
wait_for_completion("c")
assert_(wait_for_completion_timeout("c", 50) > 0)
assert_(try_wait_for_completion("c"))
assert_(wait_for_completion_timeout("once", 2) == 0)
wait_for_completion("once")
down("s")
assert_(down_timeout("none", 2) == -ETIME)
assert_(not down_trylock("none"))
down_interruptible("none")
up("s")
wait_on_bit("w", 1)
assert_(wait_on_bit_timeout("w", 2, 2) == -EAGAIN)
assert_(wait_on_bit_timeout("w", 1, 2) == 0)
'''
[[task]]
name = "waker"
cpus = [1]
body = '''
test_and_set_bit("w", 1); test_and_set_bit("w", 2)
start_line()
for i in range(4):
    udelay(20)
    atomic_add_return("go", 1)
    [wake_up, wake_up_all, wake_up_interruptible][i % 3]("q")
    wake_up_nr("q", 1)
if waitqueue_active("q"): wake_up_all("q")
udelay(50)
complete_all("c")
assert_(completion_done("c"))
reinit_completion("once")
usleep_range(5000, 6000)
complete("once")
if down_trylock("s"): up("s")
usleep_range(5000, 6000)
up("none")
assert_(test_bit("w", 1))
usleep_range(2000, 3000)
clear_bit_unlock("w", 1); wake_up_bit("w", 1)
'''
[[task]]
name = "maker"
cpus = [2]
body = '''
def thread():
    while not kthread_should_stop():
        atomic_add_return("n", 1)
        if kthread_should_park():
            kthread_parkme()
        usleep_range(100, 200)
    return 7
start_line()
for i in range(20):
    bit_spin_lock("w", 5); udelay(1); bit_spin_unlock("w", 5)
    if bit_spin_trylock("w", 5): bit_spin_unlock("w", 5)
    wait_on_bit_lock("w", 6); usleep_range(10, 20); clear_bit_unlock("w", 6); wake_up_bit("w", 6)
k = kthread_run("made", thread)
assert_(kthread_park(k) == 0)
kthread_unpark(k)
usleep_range(1000, 2000)
assert_(kthread_stop(k) == 7)
k = kthread_create("stillborn", thread)
kthread_stop(k)
assert_(READ_ONCE("n") > 0)
'''
[[task]]
name = "rival"
cpus = [0]
body = '''
start_line()
for i in range(20):
    bit_spin_lock("w", 5); udelay(1); bit_spin_unlock("w", 5)
    wait_on_bit_lock("w", 6); usleep_range(10, 20); clear_bit_unlock("w", 6); wake_up_bit("w", 6)
'''
`

// sleepKinds prepares the scenario with a string replaced by another.
func sleepKinds(t *testing.T, old, with string) *Program {
	t.Helper()
	return loaded(t, "sleeps.toml", strings.Replace(everySleep, old, with, 1))
}

// TestEverySleep: all builtins that sleep or wake, at work together, are clean,
// and a run is the same run-ahead or not.
func TestEverySleep(t *testing.T) {
	p := sleepKinds(t, "", "")
	for seed := range uint64(30) {
		var hashes [2]string
		for i := range hashes {
			r := tryRun(t, p, Options{Seed: seed, NoRunAhead: i == 1})
			if r.Verdict != "clean" {
				t.Fatalf("seed %d: %s: %s", seed, r.Verdict, r.Findings[0].Title)
			}
			hashes[i] = fmt.Sprint(r.Hash, r.Steps)
		}
		if hashes[0] != hashes[1] {
			t.Fatalf("seed %d: run-ahead %s, stepped %s", seed, hashes[0], hashes[1])
		}
	}
}

// TestEverySleepIsTried: the scenario above leaves out no builtin of its groups.
func TestEverySleepIsTried(t *testing.T) {
	for _, bt := range Builtins() {
		if slices.Contains([]string{"waiting", "bits", "kthreads"}, bt.Group) && !strings.Contains(everySleep, bt.Name+"(") &&
			!strings.Contains(everySleep, bt.Name+",") && !strings.Contains(everySleep, bt.Name+"]") {
			t.Errorf("%s is not used", bt.Name)
		}
	}
}

// TestWakeUpsAreNeeded: without its wake-up who sleeps on a bit, or a spinner
// that is to be told, does not go on.
func TestWakeUpsAreNeeded(t *testing.T) {
	p := sleepKinds(t, "", "")
	if r := tryRun(t, p, Options{Seed: 1, Mutations: []string{"sched.wake-up-bit-no-wake"}}); r.Verdict != "hang" {
		t.Errorf("wake_up_bit() that wakes nobody: %s, want a hang", r.Verdict)
	}
	// The same, where the kernel is right and its user is not.
	p = sleepKinds(t, `clear_bit_unlock("w", 1); wake_up_bit("w", 1)`, `wake_up_bit("w", 1); clear_bit_unlock("w", 1)`)
	if r := tryRun(t, p, Options{Seed: 1}); r.Verdict != "hang" {
		t.Errorf("a bit that is cleared behind the wake-up: %s, want a hang", r.Verdict)
	}
}
