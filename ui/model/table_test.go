package model

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sim"
)

var update = flag.Bool("update", false, "write docs/KEYS.md anew")

// TestKeysOnce: within one scope, and against what has the keys always, no key
// is bound twice; and no command has two actions.
func TestKeysOnce(t *testing.T) {
	keys, names := map[string]string{}, map[string]string{}
	for _, a := range table() {
		scopes := []Scope{a.Scope}
		if a.Scope == Always {
			scopes = []Scope{Always, Main, List, Typing}
		}
		for _, k := range a.Keys {
			for _, s := range scopes {
				at := s.title() + " " + k
				if was := keys[at]; was != "" {
					t.Errorf("%s: %s and %s", at, was, a.Name)
				}
				keys[at] = a.Name
			}
		}
		if !a.command() {
			continue
		}
		for _, n := range append([]string{a.Name}, a.also...) {
			if was := names[n]; was != "" {
				t.Errorf("command %s: %s and %s", n, was, a.Name)
			}
			names[n] = a.Name
			if strings.ContainsAny(n, " :") {
				t.Errorf("command %q is not one word", n)
			}
		}
	}
}

// TestActionsSayWhatTheyDo: each has help, can be reached, and does something;
// ranks of hints are clear, and the help has the first.
func TestActionsSayWhatTheyDo(t *testing.T) {
	first := ""
	for _, a := range table() {
		if a.Help == "" || a.Group == "" || a.run == nil {
			t.Errorf("%s lacks help, group or what it does", a.Name)
		}
		if !a.command() && len(a.Keys) == 0 {
			t.Errorf("%s cannot be reached", a.Name)
		}
		if a.Rank > 0 && (a.Label == "" || len(a.Keys) == 0) {
			t.Errorf("%s is a hint without words", a.Name)
		}
		if a.Rank == 1 {
			first += a.Name
		}
	}
	if first != "help" {
		t.Errorf("dropped last is %q", first)
	}
}

// TestTwins: every action that moves has one that does the same backwards,
// under the capital.
func TestTwins(t *testing.T) {
	m := New(newFake(2, 3, 40), Options{})
	for _, key := range strings.Split("snfcouxtpe", "") {
		there, back := m.keys[Main][key], m.keys[Main][strings.ToUpper(key)]
		if there == nil || back == nil || back.Name != "rev-"+there.Name {
			t.Errorf("%s and its capital are no twins", key)
		}
	}
}

// TestEveryKeyWorks: each key of the panes does something or says why not, on
// a run in the middle, at its start and at its end.
func TestEveryKeyWorks(t *testing.T) {
	for _, at := range []string{":20", ":0", ":end"} {
		for _, a := range table() {
			for _, k := range a.Keys {
				if a.Scope != Main {
					continue
				}
				m := New(newFake(3, 3, 40), Options{Sources: fakeSource{}})
				m.Handle(Event{Key: ":"}, nil)
				typed(m, at[1:])
				before := state(m)
				m.Handle(Event{Key: k}, nil)
				if state(m) == before && len(m.msg) == 0 && m.arrange().Slots[m.focus].H > 0 && a.Group != groupMove && a.Group != groupSchedule {
					t.Errorf("%s at %s: nothing happened and nothing was said", k, at)
				}
			}
		}
	}
}

// state is what a key may change, roughly.
func state(m *Model) string { return draw(m.Frame()) }

// TestWhyNot: what is impossible says why.
func TestWhyNot(t *testing.T) {
	tests := []struct{ prepare, key, want string }{
		{":end", "s", "step: end of history: deadlock"},
		{":end", "c", "continue: end of history: deadlock"},
		{":end", "0", "run: end of history: deadlock"},
		{":end", "i", "fire: end of history: deadlock"},
		{":0", "S", "rev-step: start of history"},
		{":0", "<", "start: start of history"},
		{":20", "2", "run: CPU2 waits for spinlock [rcu], held by CPU0 task0/100; a asks why"},
		{":20", "9", "run: there is no CPU9, only CPU0 to CPU2"},
		{":20", "backspace", "undo: nothing was chosen by hand"},
		{":20", "'", "notes: no step is marked; m marks this one"},
		{":20", "ctrl-n", "next-match: nothing is searched for; / does"},
		{":view console", "b", "break: the selected row is no place to stop at; select a line, a lock, a task or a variable"},
		{":view console", "w", "watch: the selected row is no variable or lock"},
		{":view console", "enter", "select: nothing follows from this row"},
		{":20", "q", "close: no list is open; :q or ctrl-c quits"},
		{":20", "ctrl-z", "suspend: there is no shell to go back to"},
		{":20", "]", "all processors are in sight"},
	}
	for _, tt := range tests {
		m := New(newFake(3, 3, 40), Options{Sources: fakeSource{}})
		m.Handle(Event{Key: ":"}, nil)
		typed(m, tt.prepare[1:])
		m.Handle(Event{Key: tt.key}, nil)
		if got := m.msg.String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.key, got, tt.want)
		}
	}
}

// TestKeysDocument: docs/KEYS.md is what the table says; -update writes it.
func TestKeysDocument(t *testing.T) {
	const file = "../../docs/KEYS.md"
	want := KeysMarkdown()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("docs/KEYS.md is stale; go test ./ui/model -update (-file +table):\n%s", diff)
	}
}

// TestHalted: processors that cannot run say why, each in its way.
func TestHalted(t *testing.T) {
	for state, want := range map[string]string{
		"halted":  "CPU1 is halted until an interrupt comes; i lets one come",
		"stopped": "CPU1 has nothing to run",
		"ready":   "",
	} {
		m := New(newFake(3, 3, 40), Options{})
		m.now.CPUs[1].State = map[string]cpuState{"halted": halted, "stopped": stopped, "ready": ready}[state]
		if got := m.whyNotRun("1"); got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
}

// TestFireTakesPending: i lets the chosen processor take its interrupt if that
// is what it does next, and fires the earliest device event otherwise.
func TestFireTakesPending(t *testing.T) {
	f := newFake(3, 3, 40)
	m := New(f, Options{})
	m.cpu = 1
	m.now.CPUs[1].State = irqNext
	m.Handle(Event{Key: "i"}, nil)
	m.cpu = 1
	m.Handle(Event{Key: "i"}, nil)
	want := []sim.Steer{{At: 3, Pick: sim.Pick{Proc: 1}}, {At: 4, Pick: sim.Pick{Device: fakeDevice}}}
	if diff := cmp.Diff(want, f.choices); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
}
