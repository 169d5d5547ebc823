package rcu

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
)

// TestMaskTree lets CPUs report in any order, one by one, to both grace
// periods, and compares the tree with its dumb twin, a flat set of CPUs: a
// leaf's bits are the CPUs that have not reported, an inner bit is set while
// anybody below owes, and the root is empty exactly at the end.
func TestMaskTree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cpus := rapid.IntRange(1, 9).Draw(rt, "cpus")
		shape := Config{Fanout: rapid.IntRange(2, 4).Draw(rt, "fanout"), FanoutLeaf: rapid.IntRange(2, 4).Draw(rt, "leaf")}
		order := make([]int, cpus)
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(rt, "order")
		expedited := rapid.Bool().Draw(rt, "expedited")
		b := newBox(cpu.Config{CPUs: cpus}, shape)
		rsp := b.r.Preempt()
		wrong := "the test did not run"
		b.s.OnBoot(func(x *cpu.Exec) {
			defer b.m.E.Stop() // before the first tick
			if wrong = reportAll(x, rsp, order, expedited); wrong == "" && len(b.m.Findings()) > 0 {
				wrong = b.findings()
			}
		})
		if _, err := b.m.E.Run(); err != nil {
			rt.Fatal(err)
		}
		b.m.E.Close()
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// reportAll starts a grace period and reports for each CPU in order.
func reportAll(x *cpu.Exec, rsp *State, order []int, expedited bool) string {
	mask := func(rnp *Node) uint64 { return rnp.qsmask.Peek() }
	if expedited {
		rsp.syncExpResetTree(x)
		mask = func(rnp *Node) uint64 { return rnp.expmask.Peek() }
	} else {
		rsp.gpFlags.Poke(gpFlagInit)
		rsp.gpInit(x)
	}
	owes := map[int]bool{}
	for _, c := range order {
		owes[c] = true
	}
	for _, c := range order {
		if diff := compareMasks(rsp, owes, mask); diff != "" {
			return diff
		}
		rdp := rsp.rda.Of(c)
		if expedited {
			rsp.reportExpRdp(x, rdp, false)
		} else {
			flags := rdp.mynode.lock.LockIrqsave(x)
			rsp.reportQSRnp(x, rdp.grpmask, rdp.mynode, rdp.mynode.gpnum.Peek(), flags)
		}
		delete(owes, c)
	}
	return compareMasks(rsp, owes, mask)
}

func compareMasks(rsp *State, owes map[int]bool, mask func(*Node) uint64) string {
	for i := range rsp.node {
		rnp := &rsp.node[i]
		var want uint64
		for j := range rsp.node {
			if child := &rsp.node[j]; child.parent == rnp {
				for c := child.grplo; c <= child.grphi; c++ {
					if owes[c] {
						want |= child.grpmask
					}
				}
			}
		}
		if rnp.level == len(rsp.level)-1 {
			for c := rnp.grplo; c <= rnp.grphi; c++ {
				if owes[c] {
					want |= 1 << (c - rnp.grplo)
				}
			}
		}
		if got := mask(rnp); got != want {
			return fmt.Sprintf("level %d node of CPUs %d-%d: mask %b, want %b", rnp.level, rnp.grplo, rnp.grphi, got, want)
		}
	}
	return ""
}
