package rcu

// View is a flavour's state as somebody outside the machine sees it between
// two operations. Reading it changes nothing.
type View struct {
	// GPNum and Completed are the latest grace periods started and completed;
	// they differ while one is in progress.
	GPNum, Completed uint64
	// GPFlags is gp_flags: 1 asks for a grace period, 2 for forcing.
	GPFlags uint32
	// GPState is gp_state (docs/kernel/rcu-perf.md §1.2).
	GPState int
	// ExpeditedSeq is odd while an expedited grace period is in progress.
	ExpeditedSeq uint64
	// Nodes is the tree, breadth first.
	Nodes []NodeView
	// Queued is how many callbacks each CPU has.
	Queued []int
}

// NodeView is one node of the tree.
type NodeView struct {
	// Level is 0 at the root.
	Level int
	// Lo and Hi are the CPUs under the node, inclusive.
	Lo, Hi int
	// Parent is the parent's index, -1 at the root.
	Parent int
	// QSMask and ExpMask are who owes a normal and an expedited quiescent state.
	QSMask, ExpMask uint64
	// Blocked are the PIDs of the readers preempted here, in list order.
	Blocked []int
	// GPTasks and ExpTasks are the indexes in Blocked from which on they block
	// the normal and the expedited grace period; -1 means none does.
	GPTasks, ExpTasks int
}

// View returns the flavour's present state.
func (rsp *State) View() View {
	v := View{
		GPNum: rsp.gpnum.Peek(), Completed: rsp.completed.Peek(), GPFlags: rsp.gpFlags.Peek(),
		GPState: rsp.gpState.Peek(), ExpeditedSeq: rsp.expeditedSeq.Peek(),
	}
	for i := range rsp.node {
		rnp := &rsp.node[i]
		n := NodeView{
			Level: rnp.level, Lo: rnp.grplo, Hi: rnp.grphi, Parent: -1,
			QSMask: rnp.qsmask.Peek(), ExpMask: rnp.expmask.Peek(), GPTasks: -1, ExpTasks: -1,
		}
		for j := range rsp.node[:i] {
			if &rsp.node[j] == rnp.parent {
				n.Parent = j
			}
		}
		for t := rnp.blkd.first; t != nil; t = t.next {
			if t == rnp.gpTasks.Peek() {
				n.GPTasks = len(n.Blocked)
			}
			if t == rnp.expTasks.Peek() {
				n.ExpTasks = len(n.Blocked)
			}
			n.Blocked = append(n.Blocked, t.x.PID)
		}
		v.Nodes = append(v.Nodes, n)
	}
	for c := range rsp.r.m.CPUs {
		v.Queued = append(v.Queued, rsp.rda.Of(c).qlen)
	}
	return v
}
