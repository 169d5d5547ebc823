package lock

import "lockstep/cpu"

// LockInfo implements [cpu.LockViewer].
func (l *Raw) LockInfo() cpu.LockInfo {
	info := cpu.LockInfo{Name: l.Name(), Kind: "raw_spinlock", Obj: l.obj.ID}
	switch {
	case l.unseen:
		info.Kind = "arch_spinlock"
	case l.spin:
		info.Kind = "spinlock"
	}
	if !l.unseen {
		info.Dep = &l.dep
	}
	return info
}

// LockState implements [cpu.LockViewer].
func (l *Raw) LockState() cpu.LockState {
	s := cpu.LockState{CPU: l.owner, Reserved: l.reserved, Contended: l.contended, Waited: l.waited}
	if l.owner != nil {
		s.Since = l.since
	}
	if l.head != nil {
		s.First, s.Waiting = l.head.Since, l.Waiters()
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (l *Raw) EachWaiter(fn func(cpu.Holder)) {
	for w := l.head; w != nil; w = w.Next {
		fn(cpu.Holder{CPU: w.CPU, Task: w.Task})
	}
}
