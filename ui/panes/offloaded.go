package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// awakeLeader reports whether a CPU's rcuo thread serves its group: it looks
// for callbacks of the group, or waits for their grace period.
func awakeLeader(r *snapshot.RCU, x *snapshot.RCUCPU) bool {
	return x.Offloaded && !x.Asleep && share(r, x.Leader) == x
}

// offloadedWords are how far an offloaded CPU's callbacks are, which pass from
// the CPU to its leader's thread and from there to its own, and what the leader
// does. In hand are those in no list: just passed on from one to the next, or
// of the batch that is being invoked.
func offloadedWords(r *snapshot.RCU, x *snapshot.RCUCPU) string {
	var words []string
	add := func(what string, n int) {
		if n > 0 {
			words = append(words, fmt.Sprintf("%s %d", what, n))
		}
	}
	add("in hand", x.Callbacks-x.Posted-x.Waiting-x.Ready)
	add("ready", x.Ready)
	add("waiting", x.Waiting)
	add("posted", x.Posted)
	add("lazy", x.Lazy)
	leader := "leader " + cpuName(x.Leader)
	if l := share(r, x.Leader); l != nil && l.Asleep {
		leader += " asleep"
	}
	return "offloaded: " + strings.Join(append(words, leader), ", ")
}

// offloadedCell says that a CPU with nothing on its way is offloaded.
func offloadedCell(s *snapshot.Snapshot, n int) cell {
	for k := range s.RCU {
		if x := share(&s.RCU[k], n); x != nil && x.Offloaded {
			return cell{Text: "offloaded, leader " + cpuName(x.Leader), Role: text.Dim}
		}
	}
	return cell{}
}
