package lockdep

// Depth returns how many locks the task holds.
func (t *Task) Depth() int { return len(t.held) }
