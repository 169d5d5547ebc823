package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// isHeld reports whether anybody holds a lock or has it reserved.
func isHeld(l *snapshot.Lock) bool {
	return l.OwnerCPU >= 0 || l.OwnerTask >= 0 || l.Read > 0 || l.Reserved
}

// state is how a lock stands: its sign, its word and its role. The sign alone
// tells the states apart, without colour. What is in a report and in use shows
// its use; the report stands at its name.
func (t *lockTable) state(l *snapshot.Lock) (sign, word string, role text.Role) {
	switch {
	case len(l.Waiters) > 0 && strings.Contains(l.Kind, "spin"):
		return "S", "spun on", text.Wait
	case len(l.Waiters) > 0:
		return "W", "waited for", text.Wait
	case l.Read > 0:
		return "R", "read", text.Held
	case isHeld(l):
		return "H", "held", text.Held
	case t.bad[l.Class]:
		return "!", "splat", text.Splat
	}
	return t.c.pick("·", "."), "free", text.Free
}

// name is the field of a lock's name.
func (t *lockTable) name(l *snapshot.Lock) cell {
	switch {
	case t.bad[l.Class] && isHeld(l):
		return cell{Text: lockName(l, t.bad), Role: text.Splat}
	case l.Changed:
		return cell{Text: l.Name, Role: text.Changed}
	case !isHeld(l) && len(l.Waiters) == 0:
		return cell{Text: l.Name, Role: text.Dim}
	}
	return cell{Text: l.Name, Role: text.Plain}
}

// lockName is a lock's name, with a mark if it is in use and in a report.
func lockName(l *snapshot.Lock, bad map[string]bool) string {
	if bad[l.Class] && isHeld(l) {
		return "! " + l.Name
	}
	return l.Name
}

// owner is the field of who holds a lock.
func (t *lockTable) owner(l *snapshot.Lock) cell {
	name := t.c.ownerName(l)
	switch {
	case name == "" && t.widths[1] > 1: // the state says it
		return cell{}
	case name == "":
		return cell{Text: "free", Role: text.Free}
	case l.Reserved:
		return cell{Text: name, Role: text.Wait}
	case l.OwnerCPU >= 0 && l.Read <= 1:
		return cell{Text: name, Role: ofCPU(l.OwnerCPU)}
	}
	return cell{Text: name, Role: text.Held}
}

// ownerName is who holds a lock, or will; empty if it is free.
func (c *Context) ownerName(l *snapshot.Lock) string {
	name := l.Owner
	switch {
	case c.W < 50 && l.OwnerCPU >= 0 && l.Read <= 1:
		name = cpuName(l.OwnerCPU) // the columns say what it runs
	case l.Read > 1:
		name = fmt.Sprintf("%d readers", l.Read)
	case name != "":
	case l.Read == 1:
		name = "1 reader"
	case l.OwnerCPU >= 0:
		name = cpuName(l.OwnerCPU)
	case l.OwnerTask >= 0:
		name = c.taskOrID(l.OwnerTask)
	}
	if l.Reserved {
		return "next " + name
	}
	return name
}

// waited is how often and how long a lock was waited for so far.
func waited(l *snapshot.Lock) string {
	if l.Contended == 0 {
		return ""
	}
	if l.ContendedTime == 0 {
		return fmt.Sprintf("%dx", l.Contended)
	}
	return fmt.Sprintf("%dx %s", l.Contended, duration(l.ContendedTime))
}

// badClasses are the classes that stand in the cycle of a report.
func badClasses(g *snapshot.Graph) map[string]bool {
	bad := map[string]bool{}
	if g == nil {
		return bad
	}
	for _, e := range g.Edges {
		if !e.Cycle {
			continue
		}
		for _, i := range []int{e.From, e.To} {
			if i >= 0 && i < len(g.Classes) && g.Classes[i].Name != "" {
				bad[g.Classes[i].Name] = true
			}
		}
	}
	return bad
}
