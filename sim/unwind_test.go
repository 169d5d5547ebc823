package sim

import "testing"

// TestDeferredOperation: what a frame has deferred may announce an operation
// when the fiber is taken down. It goes on going down: nothing is performed,
// no event happens, and no fiber is left parked.
func TestDeferredOperation(t *testing.T) {
	for _, noRunAhead := range []bool{false, true} {
		gone, after, fired := 0, 0, false
		e := toy(Config{Procs: 3, NoRunAhead: noRunAhead}, func(p *Proc) {
			e := p.Engine()
			defer func() {
				defer func() { gone++ }()
				perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 1))
				after++
			}()
			if p.ID() == 0 {
				e.At(e.NewSource("device", func(uint64) { fired = true }), 20, 0)
				perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 10))
				e.Stop()
			}
			p.Park()
		})
		if end, err := e.Run(); end != EndStopped || err != nil {
			t.Fatalf("ended with %v, %v", end, err)
		}
		steps := e.Steps()
		e.Close()
		if gone != 3 || after != 0 || fired || e.Steps() != steps {
			t.Errorf("%d of 3 frames are gone, %d operations performed, device %v", gone, after, fired)
		}
	}
}
