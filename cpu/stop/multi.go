package stop

import "lockstep/cpu"

// State is where a rendezvous of CPUs stands (multi_stop_state).
type State int

// States of a rendezvous, in their order.
const (
	None       State = iota // nobody has been told to come
	Prepare                 // the CPUs come to their stoppers
	DisableIRQ              // each closes its interrupts
	Run                     // those that are to do so run the function
	Exit                    // all may go
)

var stateNames = [...]string{"none", "prepare", "disable_irq", "run", "exit"}

// String returns the state's name as it stands in views.
func (s State) String() string { return stateNames[s] }

// multi is multi_stop_data: one rendezvous.
type multi struct {
	m      *cpu.Machine
	name   string
	fn     Fn
	active func(c int) bool // active_cpus
	state  cpu.Var[State]
	ack    cpu.Var[int] // thread_ack: who is to acknowledge the state yet

	cpus    []int // who takes part, in the order given
	acked   []bool
	waiters *cpu.Wait // who spins for the next state
}

func (ms *multi) init(m *cpu.Machine, name string) {
	ms.m, ms.name = m, name
	ms.state.Init(m, name+".state", None)
	ms.ack.Init(m, name+".thread_ack", 0)
}

// start makes ms ready for a rendezvous of the CPUs, of which the active ones
// run fn.
func (ms *multi) start(x *cpu.Exec, fn Fn, cpus []int, active func(c int) bool) {
	ms.fn, ms.active, ms.cpus = fn, active, cpus
	ms.acked = make([]bool, len(ms.m.CPUs))
	ms.setState(x, Prepare)
}

// setState is set_state(): everybody has to acknowledge anew, and whoever
// spins sees the state behind the reset count.
//
//kernel:fn set_state kernel/stop_machine.c
func (ms *multi) setState(x *cpu.Exec, to State) {
	ms.ack.WriteOnce(x, len(ms.cpus))
	ms.state.WriteOnce(x, to)
	clear(ms.acked) // with the state, or those who have come would seem to be missing
	for w := ms.waiters; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(ms.m.Costs.LineMiss))
	}
	ms.waiters = nil
}

// ackState is ack_state(): the last one to acknowledge a state advances it.
//
//kernel:fn ack_state kernel/stop_machine.c
func (ms *multi) ackState(x *cpu.Exec, now State) {
	last := ms.ack.Update(x, func(n int) int { return n - 1 }) == 1
	ms.acked[x.CPU().ID] = true
	if last {
		ms.setState(x, now+1)
	}
}

// cpuStop is multi_cpu_stop(), what the stoppers of a rendezvous run. Each CPU
// follows the states, spinning for each: with interrupts as they are at first,
// closed from DISABLE_IRQ on, and it stays where it is since it runs in a
// stopper with preemption off. As in v4.4 the spin feeds no watchdog.
//
//kernel:fn multi_cpu_stop kernel/stop_machine.c
func (ms *multi) cpuStop(x *cpu.Exec) int {
	at, ret := None, 0
	flags := cpu.Flags(!cpu.IrqsDisabled(x)) // local_save_flags
	active := ms.active(x.CPU().ID)
	for at != Exit {
		now := ms.state.ReadOnce(x)
		if now == at {
			ms.relax(x)
			continue
		}
		switch at = now; at {
		case DisableIRQ:
			cpu.LocalIrqDisable(x)
		case Run:
			if active {
				ret = ms.fn(x)
			}
		}
		ms.ackState(x, at)
	}
	cpu.LocalIrqRestore(x, flags)
	return ret
}

// relax is the cpu_relax() of the loop: the CPU parks until the state changes,
// and takes the interrupts that it may take meanwhile.
func (ms *multi) relax(x *cpu.Exec) {
	w := x.BeginWait(cpu.WaitMultiStop, ms, ms.state.Obj())
	w.Next = ms.waiters
	ms.waiters = w
	x.Spin(w)
	x.EndWait(w)
}

// AwaitedName implements [cpu.Awaited].
func (ms *multi) AwaitedName() string { return ms.name }

// Holder implements [cpu.Awaited]: the first CPU that is missing.
func (ms *multi) Holder(w *cpu.Wait) cpu.Holder { return cpu.FirstHolder(ms, w) }

// EachHolder implements [cpu.ManyHolders]: every CPU that has not acknowledged
// the state must do so. One that can be preempted will, whatever it is about:
// its stopper comes before that.
func (ms *multi) EachHolder(_ *cpu.Wait, fn func(cpu.Holder) bool) bool {
	for _, c := range ms.cpus {
		p := ms.m.CPUs[c]
		if !ms.acked[c] && p.Count() != 0 && fn(cpu.Holder{CPU: p, How: "not come to " + ms.state.Peek().String()}) {
			return true
		}
	}
	return false
}
