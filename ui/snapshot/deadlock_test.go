package snapshot_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/ui/snapshot"
)

// TestAbba: the deadlock as two neighbours would see it. Each holds one lock,
// stands in the line that takes the other, and waits for the neighbour.
func TestAbba(t *testing.T) {
	r, s := walk(t, configstest.Open(t, "abba"), 200, ignore)
	if s.End != "deadlock" || r.Verdict != "deadlock" {
		t.Fatalf("ended with %s", s.End)
	}
	for i, want := range []struct{ name, holds, wants, other string }{
		{"t1/101", "A", "B", "CPU1 t2/102"},
		{"t2/102", "B", "A", "CPU0 t1/101"},
	} {
		c := &s.CPUs[i]
		if c.Name != want.name || c.State != snapshot.Spin {
			t.Errorf("CPU%d runs %s, state %d", i, c.Name, c.State)
		}
		if diff := cmp.Diff([]string{want.holds}, names(s, c.Held)); diff != "" {
			t.Errorf("CPU%d holds (-want +got):\n%s", i, diff)
		}
		w := snapshot.Wait{Kind: "spinlock", On: want.wants, Holder: want.other, How: c.Wait.How, CPU: 1 - i, Task: s.CPUs[1-i].Task}
		if diff := cmp.Diff(&w, c.Wait); diff != "" || !strings.HasPrefix(c.Wait.How, "held (taken in abba.toml:") {
			t.Errorf("CPU%d waits (-want +got), how %q:\n%s", i, c.Wait.How, diff)
		}
		l := lock(t, s, want.wants)
		if l.Owner != want.other || l.OwnerCPU != 1-i || l.Contended != 1 || l.Kind != "raw_spinlock" || l.Class != want.wants {
			t.Errorf("lock %s: %+v", want.wants, l)
		}
		if diff := cmp.Diff([]string{"CPU" + string(rune('0'+i)) + " " + want.name}, l.Waiters); diff != "" {
			t.Errorf("who queues for %s (-want +got):\n%s", want.wants, diff)
		}
		if got, want := sourceLine(t, innermostBody(t, c.Frames)), `raw_spin_lock("`+want.wants+`")`; got != want {
			t.Errorf("CPU%d stands at %q, want %q", i, got, want)
		}
		if chain, closed := s.Chain(i); len(chain) != 2 || !closed {
			t.Errorf("the chain from CPU%d: %d waits, closed %t", i, len(chain), closed)
		}
	}
	if s.NextCPU != -1 || s.NextDevice != -1 {
		t.Errorf("next are CPU %d, device %d: the run is over", s.NextCPU, s.NextDevice)
	}
	checkCycle(t, s)
}

// checkCycle: the report was made before both stood still, and its cycle is
// marked in the graph: each lock was taken under the other.
func checkCycle(t *testing.T, s *snapshot.Snapshot) {
	t.Helper()
	got := map[string]string{}
	for _, e := range s.Graph.Edges {
		if e.Cycle {
			got[s.Graph.Classes[e.From].Name] = s.Graph.Classes[e.To].Name
		}
	}
	if diff := cmp.Diff(map[string]string{"A": "B", "B": "A"}, got); diff != "" || s.Graph.On {
		t.Errorf("edges of the cycle, debug_locks %t (-want +got):\n%s", s.Graph.On, diff)
	}
	if l := lock(t, s, "A"); l.Usage != "{+.+...}" {
		t.Errorf("usage of A is %s", l.Usage)
	}
}

// TestFoundingBug: the two-CPU deadlock of perf and expedited grace periods,
// from the interrupt that starts it to its end.
func TestFoundingBug(t *testing.T) {
	var sent, interrupted, owes bool
	r, s := walk(t, configstest.Open(t, "perf-deadlock-2cpu"), 3, func(_ *configs.Machine, s *snapshot.Snapshot) {
		for _, d := range s.Devices {
			if d.What == "function call" && d.CPU == 0 && d.Name == "ipi 1->0 CAL" {
				sent = true
				owes = owes || s.RCU[0].Nodes[0].ExpMask == 1 && s.RCU[0].ExpSeq&1 == 1
			}
		}
		c := &s.CPUs[0]
		if !sent || len(c.Contexts) != 2 || c.Preempt&0xf0000 == 0 || !hasFunc(c.Frames, "sync_rcu_exp_handler") {
			return
		}
		interrupted = true
		want := []snapshot.Context{
			{Kind: "task", Name: "monitor/101", Func: c.Contexts[0].Func}, {Kind: "hardirq", Name: "function call", Func: c.Frames[0].Func},
		}
		if diff := cmp.Diff(want, c.Contexts); diff != "" || c.IrqsOn || !hasFunc(c.Frames, c.Contexts[0].Func) {
			t.Errorf("step %d: interrupts on %t, contexts (-want +got):\n%s", s.Step, c.IrqsOn, diff)
		}
	})
	if r.Verdict != "deadlock" || !sent || !interrupted || !owes {
		t.Fatalf("%s; the IPI was seen: %t, its handler: %t, the mask: %t", r.Verdict, sent, interrupted, owes)
	}
	for i, want := range []struct {
		held []string
		wait snapshot.Wait
		body string
	}{
		{[]string{"ctx1->lock", "rcu_preempt.expedited_wq", "requester->pi_lock"},
			snapshot.Wait{Kind: "on_cpu", On: "requester->on_cpu", Holder: "CPU1 requester/102", CPU: 1, Task: s.CPUs[1].Task}, `perf_event_open("requester")`},
		{[]string{"rq1->lock"},
			snapshot.Wait{Kind: "spinlock", On: "ctx1->lock", Holder: "CPU0 monitor/101", CPU: 0, Task: s.CPUs[0].Task}, "synchronize_rcu_expedited()"},
	} {
		c := &s.CPUs[i]
		if diff := cmp.Diff(want.held, names(s, c.Held)); diff != "" {
			t.Errorf("CPU%d holds (-want +got):\n%s", i, diff)
		}
		want.wait.How = c.Wait.How
		if diff := cmp.Diff(&want.wait, c.Wait); diff != "" || c.State != snapshot.Spin {
			t.Errorf("CPU%d waits, state %d (-want +got):\n%s", i, c.State, diff)
		}
		if got := sourceLine(t, innermostBody(t, c.Frames)); got != want.body {
			t.Errorf("CPU%d stands at %q, want %q", i, got, want.body)
		}
	}
	checkFoundingEnd(t, s)
}

// checkFoundingEnd: the reader is in the tail of its unlock, the expedited
// grace period is not over, and the mutex of whoever asked for it is its.
func checkFoundingEnd(t *testing.T, s *snapshot.Snapshot) {
	t.Helper()
	if diff := cmp.Diff([]string{"unlocking"}, s.CPUs[0].Special); diff != "" {
		t.Errorf("reader's state (-want +got):\n%s", diff)
	}
	if n := s.RCU[0].Nodes[0]; s.RCU[0].ExpSeq&1 != 1 || n.ExpMask != 0 {
		t.Errorf("expedited sequence %d, mask %#x", s.RCU[0].ExpSeq, n.ExpMask)
	}
	req := &s.Tasks[s.CPUs[1].Task]
	if diff := cmp.Diff([]string{"rcu_node_0[0].exp_funnel_mutex"}, names(s, req.Held)); diff != "" || req.State != "S" || !req.OnCPU {
		t.Errorf("%+v holds (-want +got):\n%s", req, diff)
	}
	round := 0 // in which it happens; each has made an event
	if len(s.Perf) == 1 {
		round = len(s.Perf[0].Events)
	}
	ctx := snapshot.PerfContext{Name: "ctx1", Task: "requester/102", CPU: 1, RefCount: round + 2, Generation: uint64(2*round - 1)}
	for i := range round {
		ctx.Events = append(ctx.Events, fmt.Sprintf("event%d active CPU1", i+1))
	}
	if diff := cmp.Diff([]snapshot.PerfContext{ctx}, s.Perf); diff != "" || round == 0 {
		t.Errorf("perf contexts (-want +got):\n%s", diff)
	}
	if len(s.Timers) != 1 || s.Timers[0].Name != "process_timeout requester/102" {
		t.Errorf("timers: %+v", s.Timers)
	}
}

// TestPrintkUnderRQ: one CPU waits for itself, and the console is another
// one's already who cannot know it yet.
func TestPrintkUnderRQ(t *testing.T) {
	r, s := walk(t, configstest.Open(t, "printk-under-rq"), 1, ignore)
	if r.Verdict != "deadlock" {
		t.Fatal(r.Verdict)
	}
	c := &s.CPUs[0]
	if c.Wait == nil || c.Wait.On != "rq1->lock" || c.Wait.Holder != "CPU0 printer/101" {
		t.Fatalf("CPU0 waits for %+v", c.Wait)
	}
	if chain, closed := s.Chain(0); len(chain) != 1 || !closed {
		t.Errorf("%d waits in the chain, closed %t", len(chain), closed)
	}
	rq := lock(t, s, "rq1->lock")
	if diff := cmp.Diff([]string{"CPU1 waiter/102", "CPU0 printer/101"}, rq.Waiters); diff != "" {
		t.Errorf("queue of rq1->lock (-want +got):\n%s", diff)
	}
	if rq.WaitTime < 4_000_000 || rq.WaitTime > s.Time {
		t.Errorf("the first in line has waited %d ns", rq.WaitTime)
	}
	sem := lock(t, s, "console_sem")
	if sem.Owner != "CPU1 waiter/102" || !sem.Reserved || sem.Kind != "semaphore" || sem.Contended != 1 {
		t.Errorf("console_sem: %+v", sem)
	}
	if held := names(s, s.Tasks[s.CPUs[1].Task].Held); len(held) != 0 {
		t.Errorf("waiter holds %v already", held)
	}
	if got := sourceLine(t, innermostBody(t, c.Frames)); !strings.HasPrefix(got, `printk("sched: a message`) {
		t.Errorf("CPU0 stands at %q", got)
	}
	if n := len(s.Console); n == 0 || !s.Console[n-1].Printed || s.Console[n-1].Text != "sched: a message from under the runqueue lock" {
		t.Errorf("kernel log: %+v", s.Console)
	}
	if len(s.Findings) != 1 || s.Findings[0].Kind != "deadlock" {
		t.Errorf("findings: %+v", s.Findings)
	}
}
