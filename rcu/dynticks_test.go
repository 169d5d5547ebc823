package rcu

import (
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
)

// onBoot runs fn as the idle task of CPU 0 before the first tick.
func onBoot(t cputest.TB, b *box, fn func(x *cpu.Exec)) {
	t.Helper()
	cputest.Run(t, b.s, func(x *cpu.Exec) {
		defer b.m.E.Stop()
		fn(x)
	})
}

// TestDynticksNesting nests interrupts and NMIs on a CPU that idles or does
// not, and compares with the dumb twin: RCU watches unless the CPU idles and
// is in neither.
func TestDynticksNesting(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 40).Draw(rt, "steps")
		b := newBox(cpu.Config{CPUs: 1}, Config{})
		wrong := ""
		onBoot(rt, b, func(x *cpu.Exec) {
			f := cpu.LocalIrqSave(x)
			idle, nmis := false, 0
			var stack []bool // true: an NMI
			leave := func() {
				if nmi := stack[len(stack)-1]; nmi {
					b.r.nmiExit(x)
					nmis--
				} else {
					b.r.irqExit(x)
				}
				stack = stack[:len(stack)-1]
			}
			check := func() {
				if want := !idle || len(stack) > 0; b.r.watching(x) != want && wrong == "" {
					wrong = "RCU watches when it must not, or does not when it must"
				}
			}
			for _, step := range steps {
				switch {
				case step == 0 && nmis == 0:
					b.r.irqEnter(x)
					stack = append(stack, false)
				case step == 1:
					b.r.nmiEnter(x)
					stack = append(stack, true)
					nmis++
				case step == 2 && len(stack) > 0:
					leave()
				case step == 3 && len(stack) == 0:
					if idle = !idle; idle {
						b.r.idleEnter(x)
					} else {
						b.r.idleExit(x)
					}
				}
				check()
			}
			for len(stack) > 0 {
				leave()
				check()
			}
			cpu.LocalIrqRestore(x, f)
		})
		if wrong != "" || len(b.m.Findings()) != 0 {
			rt.Fatalf("%s\n%s", wrong, b.findings())
		}
	})
}

// TestMomentaryIdle: the counter goes on by two if the flavour that asked
// still waits for the grace period it asked for, else not; the request is
// taken either way. rcu_all_qs() counts besides.
func TestMomentaryIdle(t *testing.T) {
	for _, stale := range []bool{false, true} {
		b := newBox(cpu.Config{CPUs: 1}, Config{})
		onBoot(t, b, func(x *cpu.Exec) {
			rdp := b.r.Sched().rda.This(x)
			rdp.condReschedCompleted.Poke(rdp.mynode.completed.Peek())
			if stale {
				rdp.condReschedCompleted.Poke(rdp.mynode.completed.Peek() - 1)
			}
			b.r.schedQSMask.This(x).Poke(flavorSched)
			before, ctr := b.r.dynticks.This(x).count.Peek(), *b.r.qsCtr.This(x)
			b.r.allQS(x)
			want := before + 2
			if stale {
				want = before
			}
			if got := b.r.dynticks.This(x).count.Peek(); got != want || b.r.schedQSMask.This(x).Peek() != 0 || *b.r.qsCtr.This(x) != ctr+1 {
				t.Errorf("stale %t: dynticks %d, want %d, mask %d, rcu_qs_ctr %d", stale, got, want, b.r.schedQSMask.This(x).Peek(), *b.r.qsCtr.This(x)-ctr)
			}
		})
	}
}
