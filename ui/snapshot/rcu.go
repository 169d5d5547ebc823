package snapshot

import (
	"fmt"
	"slices"

	"lockstep/rcu"
)

// rcuCache is a flavour and what was last seen of it.
type rcuCache struct {
	flavour     *rcu.State
	now, before *rcu.View
	seen        bool
}

// takeRCU takes the flavours, each only if anything of it has changed.
func (t *Taker) takeRCU() []RCU {
	out := t.prev.RCU
	for i := range t.rcu {
		c := &t.rcu[i]
		c.flavour.ViewInto(c.now)
		if c.seen && sameRCU(c.now, c.before) {
			continue
		}
		var prev RCU
		if c.seen {
			prev = t.prev.RCU[i]
			out = slices.Clone(out)
		} else {
			out = append(out[:i:i], RCU{})
		}
		out[i] = c.take(&prev)
		c.now, c.before, c.seen = c.before, c.now, true
	}
	return out
}

func sameRCU(a, b *rcu.View) bool {
	return a.GPNum == b.GPNum && a.Completed == b.Completed && a.GPFlags == b.GPFlags && a.GPState == b.GPState &&
		a.ExpeditedSeq == b.ExpeditedSeq && slices.Equal(a.CPUs, b.CPUs) && slices.EqualFunc(a.Nodes, b.Nodes, sameNode)
}

func sameNode(a, b rcu.NodeView) bool {
	return a.QSMask == b.QSMask && a.ExpMask == b.ExpMask && a.QSMaskInit == b.QSMaskInit && a.GPTasks == b.GPTasks &&
		a.ExpTasks == b.ExpTasks && slices.Equal(a.Blocked, b.Blocked)
}

// take makes a flavour of c.now; prev is what was made of c.before.
func (c *rcuCache) take(prev *RCU) RCU {
	v := c.now
	out := RCU{
		Name: c.flavour.Name(), GPNum: v.GPNum, Completed: v.Completed, State: rcu.StateWords[v.GPState], Flags: v.GPFlags,
		ExpSeq: v.ExpeditedSeq, Nodes: make([]RCUNode, len(v.Nodes)),
	}
	for i := range v.Nodes {
		n := &v.Nodes[i]
		out.Nodes[i] = RCUNode{
			Level: n.Level, Lo: n.Lo, Hi: n.Hi, Parent: n.Parent, QSMask: n.QSMask, ExpMask: n.ExpMask, QSMaskInit: n.QSMaskInit,
			Blocked: append([]int(nil), n.Blocked...), GPTasks: n.GPTasks, ExpTasks: n.ExpTasks, Lock: n.Lock,
		}
	}
	out.CPUs = reuse(prev.CPUs, len(v.CPUs), func(i int, x *RCUCPU) {
		n := &v.CPUs[i]
		*x = RCUCPU{
			GPNum: n.GPNum, Completed: n.Completed, QSPending: n.QSPending, Passed: n.Passed, Dynticks: int(n.Dynticks), Callbacks: n.Queued,
		}
		if i < len(prev.CPUs) && n.Segments == c.before.CPUs[i].Segments {
			x.Segments = prev.CPUs[i].Segments
			return
		}
		x.Segments = fmt.Sprintf("done %d wait %d next-ready %d next %d", n.Segments[0], n.Segments[1], n.Segments[2], n.Segments[3])
	}, equal[RCUCPU])
	return out
}
