package ui_test

import (
	"fmt"
	"strings"
	"testing"
)

// essential are the words that no screen of the story may cut.
func (d *desk) essential(wants ...string) {
	d.t.Helper()
	d.has(wants...)
	lines := strings.Split(d.text(), "\n")
	for _, l := range lines[1:9] { // the columns of the processors
		if strings.ContainsAny(l, "…~") {
			d.t.Errorf("cut: %s", l)
		}
	}
	if msg := lines[22]; strings.Contains(msg, "…") {
		d.t.Errorf("cut: %s", msg)
	}
}

// TestStory goes backwards through the founding bug, from the deadlock, with
// the commands that a person would use on a terminal of 80 by 24.
func TestStory(t *testing.T) {
	s := found(t, "perf-deadlock-2cpu", 3)
	last := s.Step()
	d := at(t, s, 80, 24)
	d.essential("deadlock",
		"spins for requester->on_cpu (CPU1)", "spins for ctx1->lock (CPU0)",
		"holds ctx1->lock,", "requester->pi_lock", "holds rq1->lock", "reader 0 unlocking",
		"S ctx1->lock", "← CPU1 requester/102", "H rq1->lock")

	d.keys("a")
	d.has("DEADLOCK: CPU0 → CPU1 → CPU0", "→ held by CPU0 monitor/101", "by CPU1 requester/102")
	d.keys("esc")

	// The wake-up: CPU0 is about to wake the requester, from within the unlock.
	d.command("break try_to_wake_up").keys("C")
	d.essential("stopped at func try_to_wake_up", "> lock requester->pi_lock", "reader 0 unlocking", "holds ctx1->lock",
		"> lock ctx1->lock", "holds rq1->lock")
	d.golden("story-1-wakeup")

	// The unlock: it finds the flag set and has to report.
	d.command("break rcu_read_unlock_special").keys("C")
	d.essential("stopped at func rcu_read_unlock_special", "> lock rcu_node_0[0]", "reader 0 unlocking", "holds ctx1->lock", "holds rq1->lock")
	d.golden("story-2-unlock")

	// CPU1 goes to sleep and has its runqueue's lock.
	d.command("rev until-lock rq1->lock")
	d.essential("CPU1 requester/102: lock rq1->lock", "* H rq1->lock", "holds rq1->lock", "reader 1 exp_need_qs")
	d.golden("story-3-rq-lock")

	// The flag is set, in the interrupt.
	d.keys("Z")
	d.essential("CPU0 reader: exp_need_qs", "reader 1 exp_need_qs", "task > hardirq")
	d.golden("story-4-flag")

	// The IPI lands in the reader.
	d.keys("T")
	d.essential("CPU0 took irq function call", "task > hardirq function call", "reader 1", "irqs off p1 s0 h1")
	d.golden("story-5-ipi")

	// The body's line behind it all.
	d.keys("H")
	d.has("the task's body, configs/perf-deadlock-2cpu.toml:43", `▶    perf_event_open(`)

	// And there and back: the end, and the start line.
	d.keys(">")
	d.has(fmt.Sprintf("step %d/%d", last, last), "end of history: deadlock")
	d.keys("<")
	d.has("the start line; < goes on")
	d.keys("<")
	d.has("start of history")
	d.command("goto start")
	d.has("the start line")
}
