package ui_test

import "testing"

// brackets is the scenario whose names are markup in other programs.
const brackets = "testdata/brackets.toml"

// views walks through views, zoomed, and checks that each shows what it has
// to.
func (d *desk) views(wants [][]string) {
	d.t.Helper()
	for _, w := range wants {
		d.command("view " + w[0]).command("zoom half")
		d.has(w[1:]...)
	}
}

// TestBracketsAtReport: where the validator has reported, every view has the
// names literally.
func TestBracketsAtReport(t *testing.T) {
	d := at(t, found(t, brackets, 2), 80, 24).keys("tab")
	d.views([][]string{
		{"stack", "task [b]/101", "task body"},
		{"locks", "H ! [rcu]", "! [red]", "CPU0 [b]/101", "{+.+...}"},
		{"tasks", "[b]", "[::u]"},
		{"perf", "[::u]/102"},
		{"console", "[b] begins; [red] is a lock"},
		{"vars", "[-]"},
		{"findings", "[ INFO: possible circular locking dependency detected ]"},
		{"events", "lock [red]", "write [-]", "[b]/101"},
		{"spacetime", "┌lock [rcu]", "│write [-]", "│lock [red]"},
		{"lockgraph", "! [rcu]", "[red]", "! cycle: [red] → [rcu] → [red]"},
		{"runqueues", "[b]/101"},
		{"choices", "CPU0 [b]/101"},
		{"why", "CPU0 [b]/101 can run"},
	})
	d.has("▶", "[b]/101", "[::u]/102", "holds [rcu]")
	d.keys("v")
	d.has("CPU0 [b]/101", "[-]", "[b] begins; [red] is a lock") // in the previews
	d.keys("esc", "H").command("view source")
	d.has(`raw_spin_lock("[red]")`, "task body")
	d.command("break lock [red]").command("break task [b]").command("break field [-]")
	d.has("break point 3: field [-]")
	d.keys("B")
	d.has("lock [red]", "task [b]/101", "field [-]")
	d.keys("esc").command("rev until-lock [red]")
	d.has("lock [red]")
	d.command("mark [red] [b]here").keys("'")
	d.has("[red] [b]here")
}

// TestBracketsAtDeadlock: and where the tasks wait for each other.
func TestBracketsAtDeadlock(t *testing.T) {
	d := at(t, session(t, brackets, 3), 80, 24).keys(">")
	d.has("spins for [", "holds [rcu]", "holds [red]", "deadlock")
	d.keys("tab").views([][]string{
		{"locks", "S ", "← CPU", "[::u]/102", "[b]/101"},
		{"tasks", "spins for [", "holds ["},
		{"choices", "spins for ["},
		{"why", "DEADLOCK", "spins for spinlock [rcu]", "spins for spinlock [red]", "held by CPU0 [b]/101", "held by CPU1 [::u]/102"},
	})
	d.keys("0")
	d.has("end of history: deadlock")
}
