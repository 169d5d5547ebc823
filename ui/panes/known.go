package panes

import (
	"slices"
	"strconv"

	"lockstep/ui/snapshot"
)

// nothing is what is seen where there is no machine.
var nothing = &snapshot.Snapshot{NextCPU: -1, NextDevice: -1}

// now is the snapshot, an empty one if there is none.
func (c *Context) now() *snapshot.Snapshot {
	if c.Now == nil {
		return nothing
	}
	return c.Now
}

// cpu is a processor, nil if there is none of that number.
func (c *Context) cpu(i int) *snapshot.CPU {
	if s := c.now(); i >= 0 && i < len(s.CPUs) {
		return &s.CPUs[i]
	}
	return nil
}

// cpuBefore is a processor one step earlier, nil if that is not known.
func (c *Context) cpuBefore(i int) *snapshot.CPU {
	if c.Before == nil || i < 0 || i >= len(c.Before.CPUs) {
		return nil
	}
	return &c.Before.CPUs[i]
}

// task is the task of an Exec.ID, nil if there is none.
func (c *Context) task(id int) *snapshot.Task {
	tasks := c.now().Tasks
	if id >= 0 && id < len(tasks) && tasks[id].ID == id {
		return &tasks[id]
	}
	if i := slices.IndexFunc(tasks, func(t snapshot.Task) bool { return t.ID == id }); i >= 0 {
		return &tasks[i]
	}
	return nil
}

// taskOfPID is the task of a PID, nil if there is none.
func (c *Context) taskOfPID(pid int) *snapshot.Task {
	tasks := c.now().Tasks
	for i := range tasks {
		if tasks[i].PID == pid && !tasks[i].Idle {
			return &tasks[i]
		}
	}
	return nil
}

// commOfPID is comm/pid of a PID.
func (c *Context) commOfPID(pid int) string {
	if t := c.taskOfPID(pid); t != nil {
		return taskName(t)
	}
	return "pid " + strconv.Itoa(pid)
}

// lock is the lock of an index, nil if there is none.
func (c *Context) lock(i int) *snapshot.Lock {
	if s := c.now(); i >= 0 && i < len(s.Locks) {
		return &s.Locks[i]
	}
	return nil
}

// events is how many steps the log knows.
func (c *Context) events() uint64 {
	if c.Log == nil {
		return 0
	}
	return c.Log.Events()
}

// comm is a task by its comm and PID, empty if there is none.
func (c *Context) comm(id int) string {
	if t := c.task(id); t != nil {
		return taskName(t)
	}
	return ""
}

// lockNames are the names of locks by their indexes.
func (c *Context) lockNames(held []int) []string {
	var names []string
	for _, i := range held {
		if l := c.lock(i); l != nil {
			names = append(names, l.Name)
		}
	}
	return names
}

// entry is the function through which a task body calls the kernel.
const entry = "entry_SYSCALL_64_fastpath"

// innermost is the index of the frame to be seen of a processor, -1 if it has
// none. A body that is in no kernel function stands under the system calls'
// entry; it is the body that is executed then, not the entry.
func innermost(p *snapshot.CPU) int {
	switch {
	case len(p.Frames) == 0:
		return -1
	case len(p.Frames) > 1 && p.Frames[0].Func == entry && p.Frames[1].Body:
		return 1
	}
	return 0
}
