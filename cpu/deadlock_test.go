package cpu

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/sim"
)

// thing is something a task holds.
type thing struct {
	name   string
	holder *Exec
}

func (o *thing) AwaitedName() string { return o.name }

func (o *thing) Holder(*Wait) Holder {
	if o.holder == nil {
		return Holder{}
	}
	return Holder{Task: o.holder, How: "held"}
}

// sleepers makes a machine with tasks that sleep, task i for what task
// waitsFor[i] holds; -1 for what nobody holds, -2 for nothing.
func sleepers(waitsFor []int) (*Machine, []*Exec) {
	m := New(Config{CPUs: 1, HZ: 1000, Costs: ProductionCosts(), Engine: sim.Config{TimeLimit: sim.Second}})
	tasks := make([]*Exec, len(waitsFor))
	for i := range tasks {
		tasks[i] = &Exec{}
		m.NewExec(tasks[i], fmt.Sprintf("t%d", i), 100+i, func() {})
	}
	for i, o := range waitsFor {
		if o == -2 {
			continue
		}
		w := &thing{name: fmt.Sprintf("thing%d", i)}
		if o >= 0 {
			w.holder = tasks[o]
		}
		tasks[i].Blocked = &Wait{Kind: WaitMutex, On: w, Task: tasks[i]}
	}
	return m, tasks
}

// TestWaitForGraph: a task that goes to sleep closes a cycle exactly if
// following the holders from it leads back to it. A cycle that it only leads
// into was reported by the one that closed it.
func TestWaitForGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "tasks")
		waitsFor := rapid.SliceOfN(rapid.IntRange(-2, n-1), n, n).Draw(t, "waits for")
		m, tasks := sleepers(waitsFor)
		defer m.E.Close()
		length := 0
		for i := 0; ; {
			i = waitsFor[i]
			length++
			if i < 0 || length > n {
				length = 0
				break
			}
			if i == 0 {
				break
			}
		}
		m.CheckSleep(tasks[0])
		found := 0
		if fs := m.Findings(); len(fs) > 0 {
			found = len(fs[0].Cycle)
		}
		if found != length {
			t.Fatalf("a cycle of %d is reported, want %d", found, length)
		}
	})
}

// TestCycleText prints a cycle of three.
func TestCycleText(t *testing.T) {
	m, tasks := sleepers([]int{1, 2, 0})
	defer m.E.Close()
	m.CheckSleep(tasks[0])
	want := `  task t0/100 waits for mutex thing0, held by task t1/101
  task t1/101 waits for mutex thing1, held by task t2/102
  task t2/102 waits for mutex thing2, held by task t0/100
`
	if len(m.Findings()) != 1 {
		t.Fatalf("%d findings", len(m.Findings()))
	}
	if diff := cmp.Diff(want, m.Findings()[0].Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

// TestVar: what is atomic returns the value before it.
func TestVar(t *testing.T) {
	m := New(Config{CPUs: 1, HZ: 1000, Costs: ProductionCosts(), Engine: sim.Config{TimeLimit: sim.Second}})
	var v Var[int]
	v.Init(m, "v", 1)
	x := &Exec{}
	m.NewExec(x, "t", 100, func() {
		defer m.E.Stop()
		got := []int{v.ReadOnce(x), v.Xchg(x, 2), v.CmpXchg(x, 1, 9), v.CmpXchg(x, 2, 3), v.Update(x, func(n int) int { return 2 * n }), v.Peek()}
		if diff := cmp.Diff([]int{1, 1, 2, 2, 3, 6}, got); diff != "" {
			t.Errorf("values (-want +got):\n%s", diff)
		}
	})
	m.CPUs[0].SetCurrent(x)
	m.CPUs[0].P.Bind(x.Fiber)
	m.Start()
	end, err := m.E.Run()
	m.E.Close()
	if err != nil || end != sim.EndStopped || m.ObjName(v.Obj().ID) != "v" {
		t.Errorf("end %v, error %v", end, err)
	}
}
