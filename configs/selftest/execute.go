package selftest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Execute runs a script on a fresh machine and says what came of it. The error
// is one of lockstep itself.
func Execute(s *Script, opt Options) (Got, error) {
	r := &runner{script: s, got: Got{Expectation: Expectation{Op: -1}}}
	r.machine = boot(opt, s, r.run)
	defer r.cpu.E.Close()
	end, err := r.cpu.E.Run()
	r.verdict(opt)
	if !r.done && !r.got.Report {
		r.got.Trouble, r.got.Stopped = r.stopped(end, err), true
	}
	return r.got, nil
}

// runner is a script in execution.
type runner struct {
	*machine
	script *Script
	got    Got
	at     int  // the operation in hand
	done   bool // the script came to its end
	nofs   int  // depth of memalloc_nofs_save
}

// run is the task's body. Like the kernel's harness it leaves things as they
// are when the script ends: the machine goes with it. It ends early behind the
// operation of the first report, for debug_locks stays off from there: what
// would follow cannot change the verdict, but it could hang or trip over what
// the report was about.
func (r *runner) run(x *cpu.Exec) {
	x.Position = func() []cpu.Position {
		return []cpu.Position{{File: "ops", Line: r.at, Task: x.Comm}}
	}
	for i := range r.script.Ops {
		r.at = i
		r.do(x, &r.script.Ops[i])
		if !r.cpu.Lockdep.DebugLocks() || r.got.Trouble != "" {
			break
		}
	}
	r.done = true
	r.cpu.E.Stop()
}

// verdict reads off the machine whether a report switched debug_locks off, and
// which.
func (r *runner) verdict(opt Options) {
	if r.cpu.Lockdep.DebugLocks() {
		return
	}
	r.got.Report, r.got.Op, r.got.Kind = true, r.at, "unknown"
	// The last report is the one: plain warnings may come before, nothing after.
	for _, f := range slices.Backward(r.cpu.Findings()) {
		if f.Report == nil {
			continue
		}
		r.got.Kind = reportKind(f.Report)
		r.got.Instances = f.Report.Instances.Verdict
		if opt.Text {
			r.got.Text = r.cpu.ReportText(f.Report)
		}
		return
	}
}

// stopped says why a script did not come to its end.
func (r *runner) stopped(end sim.End, err error) string {
	where := fmt.Sprintf("op %d (%s)", r.at, r.script.opText(r.at))
	var died *sim.PanicError
	if errors.As(err, &died) {
		return fmt.Sprintf("the machine died in %s: %v", where, died.Value)
	}
	for _, f := range r.cpu.Findings() {
		if f.Kind == "deadlock" || f.Kind == "bug" {
			return fmt.Sprintf("%s in %s: %s", f.Kind, where, strings.TrimSpace(f.Text))
		}
	}
	if end == sim.EndLimit {
		return "not over after a second, in " + where
	}
	return "waits for ever in " + where
}

// reportKind names a report as the file does.
func reportKind(r *lockdep.Report) string {
	if cond, ok := strings.CutPrefix(r.Title, "DEBUG_LOCKS_WARN_ON("); ok {
		cond = strings.TrimSuffix(cond, ")")
		if short, ok := conditions[cond]; ok {
			cond = short
		}
		return warnPrefix + cond
	}
	if k, ok := kindNames[r.Kind]; ok {
		return k
	}
	return r.Kind.String()
}

// conditions are those of DEBUG_LOCKS_WARN_ON that the file writes in another
// way than the kernel.
var conditions = map[string]string{"depth <= 0": "depth<=0", "curr->lockdep_depth != depth - 1": "lockdep_depth"}

var kindNames = map[lockdep.Kind]string{
	lockdep.Circular: "circular_dependency", lockdep.Recursive: "recursive_locking", lockdep.Inconsistent: "inconsistent_lock_state",
	lockdep.SafeUnsafe: "irq_safe_unsafe_order", lockdep.Inversion: "irq_lock_inversion", lockdep.UnlockBalance: "bad_unlock_balance",
	lockdep.NestNotHeld: "nested_lock_not_taken", lockdep.HeldFreed: "held_lock_freed", lockdep.WaitContext: "invalid_wait_context",
}

// expect compares what an operation returned.
func (r *runner) expect(op *Op, ret int) {
	if op.HasRet && ret != op.Ret {
		r.got.Trouble = fmt.Sprintf("op %d (%s) returned %d, the kernel's test expects %d", r.at, op, ret, op.Ret)
	}
}
