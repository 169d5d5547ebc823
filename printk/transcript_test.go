package printk

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

// TestTranscripts runs the situations in testdata. A file is one machine per
// "machine" command:
//
//	machine [cpus=n] [serial] [baud=n] [loglevel=n] [deferred] [visible] [mightwake] [logshift=n]
//	task name=NAME cpu=N    its body, a statement a line (see statement)
//	run [watch=(a,b)]       what CPU 0 did to the objects whose names end so, the log, and the findings
//
// With -rewrite the outputs are written anew: read the difference.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var b *box
		var tasks []*sched.Task
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "machine":
				b, tasks = newBox(intArg(t, d, "cpus", 2), machineConfig(t, d)), nil
			case "task":
				var name string
				d.ScanArgs(t, "name", &name)
				body := strings.Split(d.Input, "\n")
				tasks = append(tasks, b.task(name, intArg(t, d, "cpu", 0), func(x *cpu.Exec) {
					for _, line := range body {
						b.statement(t, x, line)
					}
				}))
			case "run":
				for _, a := range d.CmdArgs {
					if a.Key == "watch" {
						b.watched = a.Vals
					}
				}
				b.run(t, tasks...)
				return b.log.String() + b.dmesg() + b.findings()
			default:
				t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
			}
			return ""
		})
	})
}

func intArg(t *testing.T, d *datadriven.TestData, key string, n int) int {
	t.Helper()
	d.MaybeScanArgs(t, key, &n)
	return n
}

func machineConfig(t *testing.T, d *datadriven.TestData) Config {
	t.Helper()
	return Config{
		Serial: d.HasArg("serial"), Baud: intArg(t, d, "baud", 0), Loglevel: intArg(t, d, "loglevel", 0),
		Deferred: d.HasArg("deferred"), LockdepVisible: d.HasArg("visible"), MightWake: d.HasArg("mightwake"),
		LogShift: intArg(t, d, "logshift", 0),
	}
}

// statement performs one line of a task's body. A printk's text is followed
// by "*n" if it is to count for n characters.
func (b *box) statement(t *testing.T, x *cpu.Exec, line string) {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "printk":
		level, text, width := parsePrintk(t, rest)
		b.p.Printk(x, level, text, width)
	case "printk_deferred":
		level, text, _ := parsePrintk(t, rest)
		b.p.PrintkDeferred(x, level, text)
	case "console_lock":
		b.p.ConsoleLock(x)
	case "console_unlock":
		b.p.ConsoleUnlock(x)
	case "read_syslog":
		for _, r := range b.p.ReadSyslog(x) {
			fmt.Fprintf(&b.log, "%10.3f ms  klogd read %q\n", float64(x.Now())/1e6, r.Text)
		}
	case "local_irq_disable":
		cpu.LocalIrqDisable(x)
	case "local_irq_enable":
		cpu.LocalIrqEnable(x)
	case "delay_us":
		x.Delay(sim.Time(number(t, rest)) * sim.Microsecond)
	default:
		t.Errorf("unknown statement %q", line)
	}
}

func parsePrintk(t *testing.T, s string) (level int, text string, width int) {
	t.Helper()
	l, text, _ := strings.Cut(s, " ")
	text, w, counted := strings.Cut(text, " *")
	if counted {
		width = number(t, w)
	}
	return number(t, l), text, width
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Errorf("%v", err)
	}
	return n
}
