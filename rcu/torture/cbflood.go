package torture

import (
	"lockstep/cpu"
	"lockstep/rcu"
)

// runCbflood is rcu_torture_cbflood(): floods of callbacks that do nothing,
// with barriers between, which are what makes the heads good to use again.
//
//kernel:fn rcu_torture_cbflood kernel/rcu/rcutorture.c
func (t *Torture) runCbflood(x *cpu.Exec) {
	p := &t.p
	if p.CbfloodNPerBurst <= 0 || p.CbfloodInterHoldoff <= 0 || p.CbfloodIntraHoldoff <= 0 || t.ops.call == nil || t.ops.barrier == nil {
		t.verbose(x, "rcu_torture_cbflood disabled: Bad args or OOM")
		return
	}
	x.Kmalloc() // vzalloc
	heads := make([]rcu.Head, p.CbfloodNBurst*p.CbfloodNPerBurst)
	nothing := func(*cpu.Exec) {}
	for {
		t.sleep(x, uint64(p.CbfloodInterHoldoff))
		t.floods.Update(x, more)
		for i := range p.CbfloodNBurst {
			for j := range p.CbfloodNPerBurst {
				t.ops.call(x, &heads[i*p.CbfloodNPerBurst+j], nothing)
			}
			t.sleep(x, uint64(p.CbfloodIntraHoldoff))
		}
		t.ops.barrier(x)
		t.stutterWait(x)
		if t.mustStop(x) {
			return
		}
	}
}
