package history

import (
	"fmt"
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
)

// OnCPU stops when the processor has moved.
func OnCPU(n int) Stop {
	return eventStop{func(_ *Session, _ uint64, ev *Event) bool { return int(ev.CPU) == n }}
}

// OnLock stops when a lock of the name, any lock for "", was taken, released
// or queued for.
func OnLock(name string) Stop {
	return eventStop{func(s *Session, _ uint64, ev *Event) bool {
		switch ev.Kind {
		case cpu.KindLock, cpu.KindAcquired, cpu.KindUnlock, cpu.KindTrylock:
			return name == "" || s.ObjName(ev.Obj) == name
		}
		return false
	}}
}

// OnSwitch stops behind a context switch.
func OnSwitch() Stop { return onKind(cpu.KindSwitch) }

// OnInterrupt stops when a processor has taken an interrupt.
func OnInterrupt() Stop { return onKind(cpu.KindIrqEntry) }

func onKind(k sim.Kind) eventStop {
	return eventStop{func(_ *Session, _ uint64, ev *Event) bool { return ev.Kind == k }}
}

// OnConsole stops when a line has reached the kernel log.
func OnConsole() Stop { return onFlag(Printed) }

// OnFinding stops when an oracle has seen something.
func OnFinding() Stop { return onFlag(Found) }

func onFlag(f Flags) eventStop {
	return eventStop{func(_ *Session, _ uint64, ev *Event) bool { return ev.Flags&f != 0 }}
}

// OnTask stops when the task has run.
func OnTask(id int) Stop {
	return eventStop{func(_ *Session, _ uint64, ev *Event) bool { return int(ev.Task) == id }}
}

// device is the kind of device events among the operations' for OnKind.
const device = "device-event"

// Kinds lists the names that OnKind knows.
func Kinds() []string {
	names := []string{device}
	for k := range sim.Kind(cpu.Kinds) {
		names = append(names, cpu.KindName(k))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// OnKind stops behind operations of a kind, by its name, and behind device
// events for "device-event".
func OnKind(name string) (Stop, error) {
	if name == device {
		return eventStop{func(_ *Session, _ uint64, ev *Event) bool { return ev.Source != 0 }}, nil
	}
	for k := range sim.Kind(cpu.Kinds) {
		if cpu.KindName(k) == name {
			return onKind(k), nil
		}
	}
	return nil, fmt.Errorf("no kind of operation is called %q", name)
}
