package history

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/ui/snapshot"
)

// explained puts into a snapshot with findings what only a run with stack
// capture can say: the stacks in reports. Capturing costs more than running,
// so the machine that does is one of its own, and runs only to where
// something was found.
func (s *Session) explained(at *snapshot.Snapshot) *snapshot.Snapshot {
	if at == nil || len(at.Findings) == 0 {
		return at
	}
	if s.look == nil {
		opt := s.opt
		opt.Capture, opt.Steer = true, s.choices
		s.look = boot(s.prog, opt, nil)
	}
	if s.look.step < at.Step {
		s.steer(s.look)
		s.look.runTo(at.Step)
	}
	full := s.look.snapshot()
	out := *at
	out.Findings = full.Findings[:min(len(at.Findings), len(full.Findings))]
	if n := len(at.Console); n <= len(full.Console) {
		out.Console = append([]snapshot.Record(nil), full.Console[:n]...)
		for i := range out.Console {
			out.Console[i].Printed = at.Console[i].Printed
		}
	}
	return &out
}

// taskName is comm/pid.
func taskName(execs []*cpu.Exec, id int) string {
	if id < 0 || id >= len(execs) {
		return ""
	}
	return fmt.Sprintf("%s/%d", execs[id].Comm, execs[id].PID)
}
