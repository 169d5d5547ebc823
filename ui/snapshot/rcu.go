package snapshot

import (
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
		a.ExpeditedSeq == b.ExpeditedSeq && a.Barrier == b.Barrier && a.BarrierCount == b.BarrierCount && a.Kthread == b.Kthread &&
		a.Start == b.Start && a.Deadline == b.Deadline && a.Activity == b.Activity && a.Forced == b.Forced &&
		slices.Equal(a.CPUs, b.CPUs) && slices.EqualFunc(a.Nodes, b.Nodes, sameNode)
}

func sameNode(a, b rcu.NodeView) bool {
	return a.QSMask == b.QSMask && a.ExpMask == b.ExpMask && a.QSMaskInit == b.QSMaskInit && a.QSMaskInitNext == b.QSMaskInitNext &&
		a.NeedGP == b.NeedGP && a.GPTasks == b.GPTasks && a.ExpTasks == b.ExpTasks &&
		a.BoostTasks == b.BoostTasks && a.Boost == b.Boost && a.Boosted == b.Boosted && a.Balks == b.Balks && slices.Equal(a.Blocked, b.Blocked)
}

// take makes a flavour of c.now; prev is what was made of c.before.
func (c *rcuCache) take(prev *RCU) RCU {
	v := c.now
	out := RCU{
		Name: c.flavour.Name(), GPNum: v.GPNum, Completed: v.Completed, State: rcu.StateWords[v.GPState], Flags: v.GPFlags, Kthread: -1,
		Start: v.Start, Activity: v.Activity, Forced: v.Forced, Deadline: v.Deadline,
		Reported: v.GPNum != v.Completed && int64(v.Deadline-v.Start-v.Timeout) > 0,
		ExpSeq:   v.ExpeditedSeq, Barrier: v.Barrier, Missing: v.BarrierCount,
	}
	if v.Kthread != nil {
		out.Kthread = v.Kthread.ID
	}
	if prev.Nodes != nil && slices.EqualFunc(v.Nodes, c.before.Nodes, sameNode) {
		out.Nodes = prev.Nodes
	} else {
		out.Nodes = makeNodes(v.Nodes)
	}
	if prev.CPUs != nil && slices.Equal(v.CPUs, c.before.CPUs) {
		out.CPUs = prev.CPUs
	} else {
		out.CPUs = makeRCUCPUs(v.CPUs)
	}
	return out
}

func makeNodes(nodes []rcu.NodeView) []RCUNode {
	out := make([]RCUNode, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		out[i] = RCUNode{
			Level: n.Level, Lo: n.Lo, Hi: n.Hi, Parent: n.Parent, QSMask: n.QSMask, ExpMask: n.ExpMask, QSMaskInit: n.QSMaskInit,
			InitNext: n.QSMaskInitNext, NeedGP: n.NeedGP,
			Blocked: append([]int(nil), n.Blocked...), GPTasks: n.GPTasks, ExpTasks: n.ExpTasks, Lock: n.Lock,
			BoostTasks: n.BoostTasks, Boost: n.Boost, Boosted: n.Boosted, Balk: balkOf(n),
		}
	}
	return out
}

// balkOf is why a leaf starts no boosting, as a rule.
func balkOf(n *rcu.NodeView) string {
	most := 0
	for i := range n.Balks {
		if n.Balks[i] > n.Balks[most] {
			most = i
		}
	}
	if n.Balks[most] == 0 {
		return ""
	}
	return rcu.BalkWords[most]
}

func makeRCUCPUs(cpus []rcu.CPUView) []RCUCPU {
	out := make([]RCUCPU, len(cpus))
	for i := range cpus {
		n := &cpus[i]
		out[i] = RCUCPU{
			GPNum: n.GPNum, QSPending: n.QSPending, Passed: n.Passed, ExpPending: n.ExpPending, Ticks: n.Ticks,
			Callbacks: n.Queued, Segments: n.Segments, WaitFor: n.WaitFor, Lazy: n.Lazy, Limit: n.Limit,
			Offloaded: n.Offloaded, Posted: n.Posted, Waiting: n.Waiting, Ready: n.Ready, Leader: n.Leader, Asleep: n.Asleep,
		}
	}
	return out
}

// takeWatch takes which CPUs RCU watches.
func (t *Taker) takeWatch() []rcu.WatchView {
	return reuse(t.prev.Watch, len(t.m.CPU.CPUs), func(i int, w *rcu.WatchView) { *w = t.m.RCU.Watch(i) }, equal[rcu.WatchView])
}
