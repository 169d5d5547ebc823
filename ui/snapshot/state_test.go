package snapshot_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/ui/snapshot"
)

// callbacks is a scenario whose task has functions run in other contexts.
const callbacks = `title = "callbacks"
story = "nothing"
[machine]
cpus = 2
[[shared]]
var = "x"
init = 7
[[task]]
name = "asker"
cpus = [0]
body = """
def remote():
    udelay(3)
    WRITE_ONCE("x", 8)

def later():
    udelay(2)

def ask():
    smp_call_function_single(1, remote, True)

start_line()
udelay(40)
ask()
call_rcu(later)
synchronize_rcu()
"""
[[task]]
name = "victim"
cpus = [1]
body = """
start_line()
for i in range(100):
    udelay(1)
"""
`

// lineOf returns the line of the scenario on which text stands.
func lineOf(tb testing.TB, text string) int {
	tb.Helper()
	for i, line := range strings.Split(callbacks, "\n") {
		if strings.TrimSpace(line) == text {
			return i + 1
		}
	}
	tb.Fatalf("no line %q", text)
	return 0
}

// bodies returns the frames of task bodies as "func:line".
func bodies(frames []snapshot.Frame) map[string]int {
	out := map[string]int{}
	for _, f := range frames {
		if f.Body {
			out[f.Func] = f.Line
		}
	}
	return out
}

// TestBodies: a function that another CPU runs, or that runs behind a grace
// period, stands in the middle of a stack that is not its own.
func TestBodies(t *testing.T) {
	var remote, later, asking bool
	walk(t, configstest.Load(t, callbacks), 1, func(_ *configs.Machine, s *snapshot.Snapshot) {
		for i := range s.CPUs {
			c := &s.CPUs[i]
			b := bodies(c.Frames)
			if line := b["remote"]; line != 0 && hasFunc(c.Frames, "common_interrupt") && c.Name == "victim/102" {
				remote = remote || line == lineOf(t, "udelay(3)") && b["body"] == lineOf(t, "udelay(1)")
				if k := c.Contexts[len(c.Contexts)-1]; k.Kind != "hardirq" || k.Name != "function call" {
					t.Fatalf("step %d: the function runs in %+v", s.Step, c.Contexts)
				}
			}
			if line := b["later"]; line != 0 {
				later = later || line == lineOf(t, "udelay(2)")
				k := c.Contexts[len(c.Contexts)-1]
				if k.Kind == "softirq" && k.Name != "RCU" || k.Kind == "task" {
					t.Fatalf("step %d: the callback runs in %+v", s.Step, c.Contexts)
				}
			}
			if c.Wait != nil && c.Wait.Kind == "csd" {
				want := map[string]int{"ask": lineOf(t, "smp_call_function_single(1, remote, True)"), "body": lineOf(t, "ask()")}
				if diff := cmp.Diff(want, b); diff != "" || c.Wait.On != "the call on CPU1" {
					t.Fatalf("step %d: waits for %s, stands at (-want +got):\n%s", s.Step, c.Wait.On, diff)
				}
				asking = true
			}
		}
	})
	if !remote || !later || !asking {
		t.Errorf("seen: the call's function %t, the callback %t, the caller that waits %t", remote, later, asking)
	}
}

// TestChanges: a variable and a lock are marked by the step that changed them
// and by no other; callbacks move through the segments.
func TestChanges(t *testing.T) {
	var values []string
	var segments [][4]int
	marks := 0
	last := ""
	walk(t, configstest.Load(t, callbacks), 1, func(_ *configs.Machine, s *snapshot.Snapshot) {
		v := &s.Vars[0]
		if v.Changed != (last != "" && v.Value != last) {
			t.Fatalf("step %d: x is %s, was %s, marked %t", s.Step, v.Value, last, v.Changed)
		}
		if v.Value != last {
			values = append(values, v.Value)
		}
		if v.Changed {
			marks++
		}
		last = v.Value
		if seg := s.RCU[0].CPUs[0].Segments; len(segments) == 0 || segments[len(segments)-1] != seg {
			segments = append(segments, seg)
		}
	})
	if diff := cmp.Diff([]string{"7", "8"}, values); diff != "" || marks != 1 {
		t.Errorf("x was marked %d times (-want +got):\n%s", marks, diff)
	}
	if len(segments) < 4 || segments[1] != [4]int{3: 1} || segments[2] != [4]int{3: 2} || segments[len(segments)-1] != [4]int{} {
		t.Errorf("segments: %v", segments)
	}
}

// TestOffloaded: an offloaded CPU's callbacks pass from it to its leader, wait
// for a grace period and become ready, and none is in a segment. In hand is
// what is being passed on, and at last invoked.
func TestOffloaded(t *testing.T) {
	text := strings.Replace(callbacks, "cpus = 2", "cpus = 2\nrcu.nocbs = \"0\"", 1)
	stages := []string{"asleep"}
	walk(t, configstest.Load(t, text), 1, func(_ *configs.Machine, s *snapshot.Snapshot) {
		x := &s.RCU[0].CPUs[0]
		if !x.Offloaded || x.Leader != 0 || x.Segments != [4]int{} || s.RCU[0].CPUs[1].Offloaded {
			t.Fatalf("step %d: CPU 0 is %+v", s.Step, *x)
		}
		stage := "awake"
		switch {
		case x.Ready > 0:
			stage = "ready"
		case x.Waiting > 0:
			stage = "waiting"
		case x.Posted > 0:
			stage = "posted"
		case x.Callbacks > 0:
			stage = "in hand"
		case x.Asleep:
			stage = "asleep"
		}
		if stages[len(stages)-1] != stage {
			stages = append(stages, stage)
		}
	})
	if diff := cmp.Diff([]string{"asleep", "in hand", "posted", "in hand", "waiting", "ready", "in hand", "asleep"}, stages); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// crowd is a scenario in which two tasks want one spinlock and one semaphore.
const crowd = `title = "crowd"
story = "nothing"
[machine]
cpus = 2
[[shared]]
lock = "L"
[[shared]]
semaphore = "S"
count = 1
[[shared]]
completion = "C"
[[task]]
name = "a"
cpus = [0]
body = """
raw_spin_lock("L")
udelay(50)
raw_spin_unlock("L")
down("S")
msleep(5)
up("S")
complete("C")
"""
[[task]]
name = "b"
cpus = [1]
body = """
udelay(10)
raw_spin_lock("L")
raw_spin_unlock("L")
udelay(20)
down("S")
up("S")
wait_for_completion("C")
"""
`

// TestContention: who had to queue is counted with how long, while it lasts
// and afterwards.
func TestContention(t *testing.T) {
	queued := map[string]bool{}
	marked := 0
	_, s := walk(t, configstest.Load(t, crowd), 1, func(_ *configs.Machine, s *snapshot.Snapshot) {
		for _, name := range []string{"L", "S"} {
			if l := lock(t, s, name); len(l.Waiters) > 0 {
				queued[name] = queued[name] || l.WaitTime > 0 && strings.HasSuffix(l.Waiters[0], "b/102") && strings.HasSuffix(l.Owner, "a/101")
			}
		}
		if lock(t, s, "L").Changed {
			marked++
		}
		for _, task := range s.Tasks {
			if w := task.Wait; task.Comm == "b" && w != nil && w.On == "S" && w.Holder == "a/101" && w.CPU == -1 {
				queued["sleeper"] = task.State == "D" && s.Tasks[w.Task].Comm == "a"
			}
		}
	})
	if !queued["L"] || !queued["S"] || !queued["sleeper"] {
		t.Errorf("seen to queue: %v", queued)
	}
	l, sem, c := lock(t, s, "L"), lock(t, s, "S"), lock(t, s, "C")
	if l.Contended != 1 || l.ContendedTime < 25_000 || l.ContendedTime > 60_000 || l.Owner != "" || l.OwnerCPU != -1 || l.WaitTime != 0 {
		t.Errorf("L: %+v", l)
	}
	if sem.Contended != 1 || sem.ContendedTime < 3_000_000 || sem.Count != 1 || sem.Owner != "" {
		t.Errorf("S: %+v", sem)
	}
	if c.Kind != "completion" || c.Count != 0 {
		t.Errorf("C: %+v", c)
	}
	if marked != 5 { // taken, queued for, handed over, got, released
		t.Errorf("L was marked as changed by %d steps", marked)
	}
}
