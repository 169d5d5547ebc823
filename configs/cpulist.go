package configs

import (
	"slices"
	"strconv"
	"strings"
)

// nocbs are the CPUs of machine.rcu.nocbs, upward.
func (s *Scenario) nocbs() []int {
	cpus, _, _ := parseCPUList(s.Machine.RCU.Nocbs) // which has been checked
	return cpus
}

// validateNocbs checks that list.
func (s *Scenario) validateNocbs(c *checker) {
	const path = "machine.rcu.nocbs"
	cpus, bad, ok := parseCPUList(s.Machine.RCU.Nocbs)
	if !ok {
		c.valueError(path, "", "%q in %s is neither a CPU nor a range of CPUs", bad, path)
	} else if n := len(cpus); n > 0 {
		s.checkCPU(c, cpus[n-1], path)
	}
}

// parseCPUList is cpulist_parse(): numbers and ranges between commas, such as
// "0,2-3". It returns the CPUs upward, each once, or false and the part that is none.
func parseCPUList(list string) (cpus []int, bad string, ok bool) {
	if list == "" {
		return nil, "", true
	}
	for part := range strings.SplitSeq(list, ",") {
		lo, hi, ranged := strings.Cut(part, "-")
		first, err := strconv.ParseUint(lo, 10, 12)
		last := first
		if err == nil && ranged {
			last, err = strconv.ParseUint(hi, 10, 12)
		}
		if err != nil || last < first {
			return nil, part, false
		}
		for i := first; i <= last; i++ {
			cpus = append(cpus, int(i))
		}
	}
	slices.Sort(cpus)
	return slices.Compact(cpus), "", true
}
