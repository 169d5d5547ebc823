package panes

import (
	"fmt"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var whyView = list("why", "why can it not run?",
	"Who waits for whom, from the chosen CPU on: to who can go on, or round.",
	func(c *Context) text.Line { return whyLines(c, c.CPU)[0] }, nil,
	func(c *Context) page {
		var rows []row
		for _, l := range Why(c, c.CPU) {
			rows = append(rows, row{l, NoTarget})
		}
		return pageOf(rows, -1)
	})

// Why answers the question why a processor cannot run: the chain of who waits
// for whom, and if that comes back to itself, before it the deadlock. Of one that can run
// it says so, and who comes first.
func Why(c *Context, n int) []text.Line {
	var out []text.Line
	for _, l := range whyLines(c, n) {
		indent := 0
		if len(l) > 0 {
			indent = len(l[0].Text) - len(trimLeft(l[0].Text))
		}
		for _, part := range wrap(c, l, indent+2) {
			out = append(out, fit(c, part))
		}
	}
	return out
}

// actor is a node of the wait-for graph: a processor, or a task on none.
type actor struct{ cpu, task int }

// whyLines are the answer, a sentence a line, however long. There is one at
// least.
func whyLines(c *Context, n int) []text.Line {
	p := c.cpu(n)
	if p == nil {
		return []text.Line{{{Text: "there is no " + cpuName(n), Role: text.Dim}}}
	}
	lines := c.chain(actor{n, -1})
	if end := c.now().End; end != "" {
		lines = append(lines, text.L("The run is over: ").Add(text.Strong, end).Add(text.Plain, "."))
	} else if p.State == snapshot.Ready || p.State == snapshot.Irq {
		lines = append(lines, c.turn(p))
	}
	return lines
}

// chain follows the waits from an actor. Each has one wait at most, so the
// graph is followed, not searched.
func (c *Context) chain(at actor) []text.Line {
	var lines []text.Line
	var seen []actor
	for {
		for i, a := range seen {
			if a == at {
				return append([]text.Line{c.deadlock(seen, i)}, lines...)
			}
		}
		seen = append(seen, at)
		w := c.waitOf(at)
		if w == nil {
			return append(lines, c.standing(at)...)
		}
		verb := " spins for "
		if at.cpu < 0 {
			verb = " sleeps for "
		}
		lines = append(lines, c.actor(at).Add(text.Wait, verb+waitWords(w)))
		next, ok := c.waitsFor(w)
		holder := c.holder(w)
		switch {
		case holder != "":
			lines = append(lines, text.L("  "+c.arrow()+" ").Add(text.Held, holder))
		case !ok:
			return append(lines, text.Line{{Text: "  nobody can say who will end it", Role: text.Warn}})
		}
		if !ok {
			return lines
		}
		at = next
	}
}

// waitOf is what an actor waits for, nil if it can go on by itself.
func (c *Context) waitOf(a actor) *snapshot.Wait {
	if p := c.cpu(a.cpu); p != nil {
		if p.State == snapshot.Spin {
			return p.Wait
		}
		return nil
	}
	if t := c.task(a.task); t != nil {
		return t.Wait
	}
	return nil
}

// waitsFor is who must act before a wait is over. A task that some processor
// runs acts through it.
func (c *Context) waitsFor(w *snapshot.Wait) (actor, bool) {
	if c.cpu(w.CPU) != nil {
		return actor{w.CPU, -1}, true
	}
	t := c.task(w.Task)
	if t == nil {
		return actor{}, false
	}
	if p := c.cpu(t.CPU); p != nil && p.Task == t.ID && t.OnCPU {
		return actor{t.CPU, -1}, true
	}
	return actor{-1, t.ID}, true
}

// actor names an actor.
func (c *Context) actor(a actor) text.Line {
	if p := c.cpu(a.cpu); p != nil {
		return who(p)
	}
	return text.Line{{Text: "task " + c.taskOrID(a.task), Role: text.Strong}}
}

// deadlock names the cycle that begins at an index of the actors seen.
func (c *Context) deadlock(seen []actor, from int) text.Line {
	l := text.Line{{Text: "DEADLOCK: ", Role: text.Splat}}
	for _, a := range append(seen[from:len(seen):len(seen)], seen[from]) {
		if len(l) > 1 {
			l = l.Add(text.Splat, " "+c.arrow()+" ")
		}
		if a.cpu >= 0 {
			l = l.Add(ofCPU(a.cpu), cpuName(a.cpu))
		} else {
			l = l.Add(text.Strong, c.taskOrID(a.task))
		}
	}
	if from > 0 {
		l = l.Add(text.Plain, fmt.Sprintf(" (behind which %s waits)", c.actor(seen[0])))
	}
	return l
}
