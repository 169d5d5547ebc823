package rcu

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
)

// TestMaskTree lets CPUs report in any order, one by one, to both grace
// periods, and compares the tree with its dumb twin, a flat set of CPUs: a
// leaf's bits are the CPUs that have not reported, an inner bit is set while
// anybody below owes, and the root is empty exactly at the end. Small fanouts
// make trees of all depths.
func TestMaskTree(t *testing.T) {
	levels := [maxLevels + 1]int{}
	rapid.Check(t, func(rt *rapid.T) {
		fanout, leaf := rapid.IntRange(2, 6).Draw(rt, "fanout"), rapid.IntRange(2, 6).Draw(rt, "leaf")
		cpus := rapid.IntRange(1, min(200, leaf*fanout*fanout*fanout)).Draw(rt, "cpus")
		order := make([]int, cpus)
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(rt, "order")
		depth, wrong := maskTree(Config{Fanout: fanout, FanoutLeaf: leaf}, order, rapid.Bool().Draw(rt, "expedited"))
		if wrong != "" {
			rt.Fatal(wrong)
		}
		levels[depth]++
	})
	if slices.Contains(levels[1:], 0) {
		t.Errorf("trees of 1 to 4 levels: %v", levels[1:])
	}
}

// TestMaskTreeKernel: the kernel's own fanouts, at the edges of their levels
// and at the most CPUs that there are.
func TestMaskTreeKernel(t *testing.T) {
	for _, c := range []struct{ cpus, depth int }{{16, 1}, {17, 2}, {1024, 2}, {1025, 3}, {4096, 3}} {
		for seed, expedited := range []bool{false, true} {
			order := rand.New(rand.NewPCG(uint64(c.cpus), uint64(seed))).Perm(c.cpus)
			if depth, wrong := maskTree(Config{}, order, expedited); wrong != "" || depth != c.depth {
				t.Errorf("%d CPUs, expedited %t: %d levels, want %d; %s", c.cpus, expedited, depth, c.depth, wrong)
			}
		}
	}
}

// TestMaskTreeCanFail: a leaf that does not wait for all of its CPUs, and a
// grace period that does not wait for all leaves, are seen.
func TestMaskTreeCanFail(t *testing.T) {
	order := rand.New(rand.NewPCG(1, 1)).Perm(50)
	for _, name := range []string{"rcu.report-ignores-siblings", "rcu.gp-init-clears-inner", "rcu.gp-init-clears-qsmask"} {
		if _, wrong := maskTree(Config{Fanout: 4, FanoutLeaf: 4}, order, false, name); !strings.Contains(wrong, "mask") {
			t.Errorf("%s: %q", name, wrong)
		}
	}
}

// maskTree lets CPUs report in an order, on a machine whose ticks do not add
// reports of their own. It returns how deep the tree was, and what is wrong.
func maskTree(shape Config, order []int, expedited bool, mutations ...string) (depth int, wrong string) {
	b := newBoxWith(cpu.Config{CPUs: len(order)}, shape, func(b *box) { b.ticking = -1 }, mutations...)
	defer b.m.E.Close()
	rsp := b.r.Preempt()
	wrong = "the test did not run"
	b.s.OnBoot(func(x *cpu.Exec) {
		defer b.m.E.Stop() // before the threads of RCU run
		if wrong = reportAll(x, rsp, order, expedited); wrong == "" && len(b.m.Findings()) > 0 {
			wrong = b.findings()
		}
	})
	if _, err := b.m.E.Run(); err != nil {
		wrong = err.Error()
	}
	return len(rsp.level), wrong
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
	owes := make([]bool, len(order))
	for c := range owes {
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
		owes[c] = false
	}
	return compareMasks(rsp, owes, mask)
}

// compareMasks says where the tree differs from what the flat set makes of it.
func compareMasks(rsp *State, owes []bool, mask func(*Node) uint64) string {
	want := map[*Node]uint64{}
	for i := range rsp.node {
		rnp := &rsp.node[i]
		owed := slices.Contains(owes[rnp.grplo:rnp.grphi+1], true)
		if rnp.level == len(rsp.level)-1 {
			bits := uint64(0)
			for c := rnp.grplo; c <= rnp.grphi; c++ {
				if owes[c] {
					bits |= 1 << (c - rnp.grplo)
				}
			}
			want[rnp] = bits
		}
		if owed && rnp.parent != nil {
			want[rnp.parent] |= rnp.grpmask
		}
	}
	for i := range rsp.node {
		if rnp := &rsp.node[i]; mask(rnp) != want[rnp] {
			return fmt.Sprintf("level %d node of CPUs %d-%d: mask %b, want %b", rnp.level, rnp.grplo, rnp.grphi, mask(rnp), want[rnp])
		}
	}
	return ""
}
