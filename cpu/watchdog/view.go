package watchdog

import "lockstep/sim"

// View is the detectors as somebody outside the machine sees them between two
// operations. Reading it changes nothing.
type View struct {
	CPUs     []CPUView // by number; nil without a lockup detector
	LastScan sim.Time  // when khungtaskd looked last, 0: never
	Warnings int       // how many hung tasks it will still report
}

// CPUView is what the lockup detectors keep of a CPU.
type CPUView struct {
	TouchTS    uint64 // when the thread ran last, in 2^30 ns; 0: touched by others
	Interrupts uint64 // hrtimer_interrupts
	Saved      uint64 // as of the last NMI
	Soft, Hard bool   // a lockup that is reported and goes on
}

// View returns the present state.
func (w *Watchdog) View() View {
	v := View{LastScan: w.lastScan, Warnings: w.warnings}
	if !w.cfg.Soft && !w.cfg.Hard {
		return v
	}
	for i := range w.m.CPUs {
		st := w.cpu.Of(i)
		v.CPUs = append(v.CPUs, CPUView{TouchTS: st.touchTS, Interrupts: st.interrupts, Saved: st.saved, Soft: st.softWarn, Hard: st.hardWarn})
	}
	return v
}
