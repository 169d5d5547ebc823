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
// tells the states apart, without colour.
func (t *lockTable) state(l *snapshot.Lock) (sign, word string, role text.Role) {
	switch {
	case t.bad[l.Class]:
		return "!", "splat", text.Splat
	case len(l.Waiters) > 0 && strings.Contains(l.Kind, "spin"):
		return "S", "spun on", text.Wait
	case len(l.Waiters) > 0:
		return "W", "waited for", text.Wait
	case l.Read > 0:
		return "R", "read", text.Held
	case isHeld(l):
		return "H", "held", text.Held
	}
	return t.c.pick("·", "."), "free", text.Free
}

// owner is the field of who holds a lock.
func (t *lockTable) owner(l *snapshot.Lock, role text.Role) cell {
	name := l.Owner
	switch {
	case l.Read > 1:
		name = fmt.Sprintf("%d readers", l.Read)
	case name == "" && l.Read == 1:
		name = "1 reader"
	case name == "" && l.OwnerCPU >= 0:
		name = cpuName(l.OwnerCPU)
	case name == "" && l.OwnerTask >= 0:
		name = t.c.comm(l.OwnerTask)
	}
	if l.Reserved {
		return cell{Text: "next " + name, Role: text.Wait}
	}
	if name == "" {
		return cell{Text: "free", Role: text.Free}
	}
	if role == text.Splat || role == text.Wait {
		role = text.Held
	}
	if l.OwnerCPU >= 0 && role == text.Held {
		role = ofCPU(l.OwnerCPU)
	}
	return cell{Text: name, Role: role}
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
