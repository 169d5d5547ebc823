package sched

// Reinit is reinit_completion(): whatever was completed is forgotten. Only who
// knows that nobody else uses the completion may do it, so it is no operation.
//
//kernel:fn reinit_completion include/linux/completion.h
func (c *Completion) Reinit() { c.done = 0 }
