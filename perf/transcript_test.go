package perf

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var modeNames = map[string]LockMode{"none": LockNone, "preempt-off": LockPreemptOff, "irqs-off": LockIrqsOff}

// TestTranscripts runs the situations in testdata. A file is one machine per
// "machine" command:
//
//	machine mode=(none|preempt-off|irqs-off)
//	task name=NAME cpu=N [forked]   its body, a statement a line; a forked one is started by a fork
//	run watch=(a,b)                 operations between watch and unwatch on objects whose names end so, and the findings
//
// With -rewrite the outputs are written anew: read the difference.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var b *box
		var tasks []*sched.Task
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "machine":
				mode := "irqs-off"
				d.MaybeScanArgs(t, "mode", &mode)
				b, tasks = newBox(2, modeNames[mode], sim.Config{Seed: 1}), nil
			case "task":
				var name string
				var c int
				d.ScanArgs(t, "name", &name)
				d.ScanArgs(t, "cpu", &c)
				body := strings.Split(d.Input, "\n")
				task := b.task(name, c, func(x *cpu.Exec) {
					for _, line := range body {
						b.statement(t, x, line)
					}
				})
				if !d.HasArg("forked") {
					tasks = append(tasks, task)
				}
			case "run":
				for _, a := range d.CmdArgs {
					if a.Key == "watch" {
						b.watched = a.Vals
					}
				}
				b.run(t, tasks...)
				return b.log.String() + b.findings()
			default:
				t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
			}
			return ""
		})
	})
}

// statement performs one line of a task's body.
func (b *box) statement(t *testing.T, x *cpu.Exec, line string) {
	t.Helper()
	verb, arg, _ := strings.Cut(line, " ")
	switch verb {
	case "watch":
		b.watching = true
	case "unwatch":
		b.watching = false
	case "perf_event_open":
		e, err := b.p.EventOpen(x, b.findTask(t, arg))
		if err != nil {
			fmt.Fprintf(&b.log, "%v\n", err)
			return
		}
		b.events = append(b.events, e)
	case "close":
		b.p.Close(x, b.events[number(t, arg)-1])
	case "fork":
		child := b.findTask(t, arg)
		if err := b.p.ForkInherit(x, child, true); err != nil {
			t.Error(err)
		}
		b.s.WakeUpNewTask(x, child)
	case "exit":
		b.p.ExitTask(x)
	case "show":
		for _, e := range b.events {
			c := e.Context()
			fmt.Fprintf(&b.log, "%s in %s of %s: state %d, references %d\n", e.Name(), c.Name(), c.Task().Comm, e.State(), c.Refs())
		}
	case "delay_us":
		x.Delay(sim.Time(number(t, arg)) * sim.Microsecond)
	case "msleep":
		b.tm.Msleep(x, uint64(number(t, arg)))
	default:
		t.Errorf("unknown statement %q", line)
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Errorf("%v", err)
	}
	return n
}
