package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
)

// stopPolicy is the policy that a snapshot gives the stop class, which has none
// of its own.
const stopPolicy = "stop"

// policyWords say how a task is scheduled, as far as it is not the ordinary:
// "nice 5", "FIFO 50", "BATCH, boosted to 49".
func policyWords(t *snapshot.Task) string {
	var parts []string
	if t.Policy == stopPolicy {
		return stopPolicy
	}
	policy := strings.TrimPrefix(t.Policy, "SCHED_")
	switch {
	case t.RTPrio > 0:
		parts = append(parts, fmt.Sprintf("%s %d", policy, t.RTPrio))
	case policy != "" && policy != "NORMAL":
		parts = append(parts, policy)
	}
	if t.Nice != 0 && t.RTPrio == 0 {
		parts = append(parts, fmt.Sprintf("nice %d", t.Nice))
	}
	if t.Prio < t.NormalPrio {
		parts = append(parts, fmt.Sprintf("boosted to %d", t.Prio))
	}
	return strings.Join(parts, ", ")
}
