package panes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var locksView = labelled(list("locks", "locks",
	"Who holds and who waits for each lock; * changed in this step.",
	locksSum, locksHead, openLocks))

func locksSum(c *Context) text.Line {
	held, waited, changed := 0, 0, 0
	for i := range c.now().Locks {
		l := &c.now().Locks[i]
		if isHeld(l) {
			held++
		}
		if len(l.Waiters) > 0 {
			waited++
		}
		if l.Changed {
			changed++
		}
	}
	n := len(c.now().Locks)
	line := text.L(count(n, "lock")+", ").Add(text.Held, strconv.Itoa(held)+" held")
	line = line.Add(text.Plain, ", ").Add(text.Wait, strconv.Itoa(waited)+" waited for")
	if changed > 0 {
		line = line.Add(text.Plain, ", ").Add(text.Changed, strconv.Itoa(changed)+" changed *")
	}
	return line
}

// lockTable is the locks in the order they are shown, and the columns.
type lockTable struct {
	c      *Context
	locks  []int // indexes: contended, then held, then free, each in the order they were made
	bad    map[string]bool
	widths []int // mark, state, name, owner, how often and long, usage, class
}

func newLockTable(c *Context) *lockTable {
	locks := c.now().Locks
	t := &lockTable{c: c, locks: make([]int, len(locks)), bad: badClasses(c.now().Graph)}
	for i := range t.locks {
		t.locks[i] = i
	}
	rank := make([]int8, len(locks))
	for i := range locks {
		rank[i] = t.rank(&locks[i])
	}
	slices.SortStableFunc(t.locks, func(a, b int) int { return cmp.Compare(rank[a], rank[b]) })
	t.widths = lockWidths(c, t.bad)
	return t
}

// lockWidths are the columns. On a narrow screen the sign of the state and the
// word free say enough, and the figures have no room.
func lockWidths(c *Context, bad map[string]bool) []int {
	locks := c.now().Locks
	column := func(least, most int, of func(*snapshot.Lock) string) int {
		return widest(least, most, len(locks), func(i int) string { return of(&locks[i]) })
	}
	name := column(4, 32, func(l *snapshot.Lock) string { return lockName(l, bad) })
	owner := column(5, 24, c.ownerName)
	if c.W < 50 {
		return squeeze(c.W, []int{1, 1, name, owner, 0, 0, 0}, []int{1, 1, 8, 8, 0, 0, 0})
	}
	figures := labelWidth(column(0, 18, waited), "waited")
	usage := labelWidth(column(0, 10, func(l *snapshot.Lock) string { return l.Usage }), "usage")
	class := 0
	state := 1
	if c.W >= 90 {
		class = column(0, 28, func(l *snapshot.Lock) string { return l.Class })
		state = 12
	}
	if total(1, state, name, owner, figures, usage, class) > c.W && c.W < 70 {
		figures = 0
	}
	return squeeze(c.W, []int{1, state, name, owner, -figures, usage, class}, []int{1, state, 14, 12, figures, usage, 14})
}

// labelWidth is the width of a column with a label, none if it is empty.
func labelWidth(w int, label string) int {
	if w == 0 {
		return 0
	}
	return max(w, len(label))
}

// rank orders locks: what somebody waits for first, what is free last.
func (t *lockTable) rank(l *snapshot.Lock) int8 {
	switch {
	case len(l.Waiters) > 0:
		return 0
	case isHeld(l):
		return 1
	case l.Changed:
		return 2
	case t.bad[l.Class]:
		return 3
	}
	return 4
}

func locksHead(c *Context) []text.Line {
	t := newLockTable(c)
	names := []string{"", "state", "lock", "owner", "waited", "usage", "class"}
	if t.widths[1] == 1 {
		names[1] = ""
	}
	cells := make([]cell, len(names))
	for i, s := range names {
		cells[i] = cell{Text: s, Role: text.Dim}
	}
	return []text.Line{cols(c, t.widths, cells...)}
}

// openLocks has a row for each lock and further ones for those who wait for
// it. Only rows in sight are made.
func openLocks(c *Context) page {
	t := newLockTable(c)
	type place struct{ lock, sub int }
	places := make([]place, 0, len(t.locks))
	lines := map[int][]text.Line{}
	for _, i := range t.locks {
		places = append(places, place{i, 0})
		l := &c.now().Locks[i]
		if len(l.Waiters) == 0 {
			continue
		}
		lines[i] = t.waiters(l)
		for k := range lines[i] {
			places = append(places, place{i, k + 1})
		}
	}
	return page{
		n:    len(places),
		look: -1,
		row: func(i int) text.Line {
			if p := places[i]; p.sub > 0 {
				return lines[p.lock][p.sub-1]
			}
			return t.row(&c.now().Locks[places[i].lock])
		},
		to: func(i int) Target {
			l := &c.now().Locks[places[i].lock]
			to := NoTarget
			to.Lock, to.CPU, to.Task = l.Name, l.OwnerCPU, l.OwnerTask
			return to
		},
	}
}

// row is a lock's own line.
func (t *lockTable) row(l *snapshot.Lock) text.Line {
	glyph, state, role := t.state(l)
	if t.widths[1] > 1 {
		glyph += " " + state
	}
	mark := cell{Text: " "}
	if l.Changed {
		mark = cell{Text: "*", Role: text.Changed}
	}
	return cols(t.c, t.widths, mark, cell{Text: glyph, Role: role}, t.name(l), t.owner(l),
		cell{Text: waited(l), Role: text.Dim}, cell{Text: l.Usage, Role: text.Dim}, cell{Text: l.Class, Role: text.Dim})
}

// waiters are those who wait, in order, in as many lines as it takes.
func (t *lockTable) waiters(l *snapshot.Lock) []text.Line {
	line := text.Line{{Text: "    ", Role: text.Plain}, {Text: t.c.pick("←", "<-"), Role: text.Wait}}
	for i, name := range l.Waiters {
		if i > 0 {
			line = line.Add(text.Plain, ",")
		}
		line = line.Add(text.Plain, " ").Add(text.Wait, name)
		if l.Kind == "rt_mutex" && i < len(l.WaiterIDs) {
			if w := t.c.task(l.WaiterIDs[i]); w != nil {
				line = line.Add(text.Dim, fmt.Sprintf(" prio %d", w.Prio))
			}
		}
	}
	if l.WaitTime > 0 {
		line = line.Add(text.Dim, "  for "+duration(l.WaitTime))
	}
	if o := t.c.task(l.OwnerTask); o != nil && l.Kind == "rt_mutex" && o.Prio < o.NormalPrio {
		line = line.Add(text.Plain, "  ").Add(text.Here, fmt.Sprintf("its owner is boosted from %d to %d", o.NormalPrio, o.Prio))
		if len(o.Donors) > 0 {
			line = line.Add(text.Plain, " by ").Add(text.Wait, t.c.taskOrID(o.Donors[0]))
		}
	}
	return wrap(t.c, line, 6)
}
