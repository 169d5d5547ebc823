package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/configs"
	"lockstep/cpu"
	"lockstep/sim"
)

// execution is one run that has come to its end.
type execution struct {
	scenario *configs.Scenario
	options  configs.Options
	machine  *configs.Machine
	result   *configs.Result
	proc     []procFile // what of /proc is to be printed
}

// execute makes one run with stacks captured, and writes its operations to the
// trace file if there is a name for one. Neither changes the run.
func execute(p *configs.Program, opt configs.Options, traceFile string) (*execution, error) {
	opt.Capture = true
	out, err := createFile(traceFile)
	if err != nil {
		return nil, err
	}
	e := &execution{scenario: p.Scenario()}
	if out != nil {
		opt.OnOp = func(proc *sim.Proc, op sim.Op) { traceLine(out, e.machine.CPU, proc, op) }
	}
	e.options = opt
	e.machine = p.Boot(opt)
	e.result, err = e.machine.Run()
	// What was traced up to an error is what one wants to see: it is written
	// in any case.
	if closeErr := out.close(); closeErr != nil {
		return nil, fmt.Errorf("writing the trace: %w", closeErr)
	}
	return e, runError(err)
}

// traceLine writes one operation: time, CPU, task, what it does and to what.
// Operations that only their own CPU can notice run ahead of the other CPUs,
// so between CPUs times may step back; on each CPU they do not.
func traceLine(out *outFile, m *cpu.Machine, p *sim.Proc, op sim.Op) {
	x := m.CPUs[p.ID()].Current()
	task := fmt.Sprintf("%s/%d", x.Comm, x.PID)
	line := fmt.Sprintf("%s CPU%-3d %-20s %-16s %s", nanoseconds(p.Now()), p.ID(), task, cpu.KindName(op.Kind), m.ObjName(op.Obj))
	fmt.Fprintln(out, strings.TrimRight(line, " "))
}

// nanoseconds is a time in seconds with all its digits.
func nanoseconds(t sim.Time) string {
	return fmt.Sprintf("%5d.%09d", t/sim.Second, t%sim.Second)
}

// outFile is a file that is being written, through a buffer.
type outFile struct {
	*bufio.Writer
	file *os.File
}

// createFile creates the file, or returns nil if it has no name.
func createFile(name string) (*outFile, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return &outFile{bufio.NewWriter(f), f}, nil
}

// close writes what is in the buffer, and closes; a nil file is closed.
func (f *outFile) close() error {
	if f == nil {
		return nil
	}
	return errors.Join(f.Flush(), f.file.Close())
}
