package panes

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/cpu"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var lockgraphView = list("lockgraph", "lock graph",
	"The classes taken before and after a lock's; ! is a cycle.",
	lockgraphSum, nil, openLockgraph)

// classOf is the index of a lock's class in the graph, -1 if there is none.
func classOf(c *Context, lock string) int {
	g := c.now().Graph
	if g == nil || lock == "" {
		return -1
	}
	class := lock
	for i := range c.now().Locks {
		if l := &c.now().Locks[i]; l.Name == lock && l.Class != "" {
			class = l.Class
			break
		}
	}
	return slices.IndexFunc(g.Classes, func(k snapshot.Class) bool { return k.Name == class })
}

// lookBack is how many steps are searched for the latest lock operation.
const lookBack = 4096

// focus is the lock the graph is around: the one asked for, or that of the
// latest lock operation.
func (c *Context) focus() string {
	if c.Lock != "" {
		return c.Lock
	}
	last := min(c.now().Step, c.events())
	for s := last; s > 0 && s+lookBack > last; s-- {
		e := c.Log.Event(s)
		switch e.Kind {
		case cpu.KindLock, cpu.KindAcquired, cpu.KindUnlock, cpu.KindTrylock:
			for i := range c.now().Locks {
				if l := &c.now().Locks[i]; e.Obj != 0 && l.Obj == e.Obj && l.Class != "" {
					return l.Name
				}
			}
		}
	}
	return ""
}

func lockgraphSum(c *Context) text.Line {
	g := c.now().Graph
	if g == nil {
		return text.Line{{Text: "the validator does not judge here", Role: text.Dim}}
	}
	l := text.L(count(len(g.Classes), "class") + ", " + count(len(g.Edges), "edge"))
	if len(g.Classes) != 1 {
		l[0].Text = fmt.Sprintf("%d classes, %s", len(g.Classes), count(len(g.Edges), "edge"))
	}
	if !g.On {
		l = l.Add(text.Warn, "; debug_locks is off")
	}
	return l
}

func openLockgraph(c *Context) page {
	rows := []row{{lockgraphSum(c), NoTarget}}
	g := c.now().Graph
	if g == nil {
		return pageOf(rows, -1)
	}
	name := c.focus()
	k := classOf(c, name)
	if k < 0 {
		s := "no lock operation yet"
		if name != "" {
			s = name + " has no class"
		}
		return pageOf(append(rows, row{text.Line{{Text: s, Role: text.Dim}}, NoTarget}), -1)
	}
	p := newPicture(c, k)
	rows = append(rows, row{nil, NoTarget})
	rows = append(rows, p.before()...)
	rows = append(rows, p.box()...)
	rows = append(rows, p.after()...)
	if cycle := cycleThrough(g, k); cycle != nil {
		rows = append(rows, row{nil, NoTarget})
		l := text.Line{{Text: "! cycle: ", Role: text.Splat}}
		for i, k := range cycle {
			if i > 0 {
				l = l.Add(text.Dim, " "+c.arrow()+" ")
			}
			l = l.Add(text.Strong, g.Classes[k].Name)
		}
		for _, l := range wrap(c, l, 2) {
			rows = append(rows, row{l, NoTarget})
		}
	}
	return pageOf(rows, -1)
}

// cycleThrough is the shortest cycle of reported edges through a class, the
// class at both ends; nil if there is none.
func cycleThrough(g *snapshot.Graph, k int) []int {
	from := map[int]int{}
	queue := []int{k}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, e := range g.Edges {
			if !e.Cycle || e.From != at || e.To < 0 || e.To >= len(g.Classes) {
				continue
			}
			if e.To == k {
				path := []int{k}
				for n := at; n != k; n = from[n] {
					path = append(path, n)
				}
				path = append(path, k)
				slices.Reverse(path)
				return path
			}
			if _, seen := from[e.To]; !seen {
				from[e.To] = at
				queue = append(queue, e.To)
			}
		}
	}
	return nil
}

// usageWords is a class's usage with a blank in front, empty if unknown.
func usageWords(u string) string { return strings.TrimRight(" "+u, " ") }
