package configs

import (
	"slices"
	"strings"
)

// maxComm is the longest name of a task in bytes: TASK_COMM_LEN less its NUL.
const maxComm = 15

// validate checks what spans several keys and can change by an override.
func (s *Scenario) validate(c *checker) {
	costs := &s.Machine.Costs
	if costs.IPIMinNs > costs.IPITypNs || costs.IPITypNs > costs.IPIMaxNs {
		c.valueError("machine.costs.ipi_typ_ns", "",
			"ipi_min_ns %d, ipi_typ_ns %d, ipi_max_ns %d must not decrease in this order",
			costs.IPIMinNs, costs.IPITypNs, costs.IPIMaxNs)
	}
	s.validateWatchdog(c)
	s.validateNocbs(c)
	owner := map[int]string{}
	for i, group := range s.Machine.LLC {
		path := joinIndex("machine.llc", i)
		if len(group) == 0 {
			c.valueError(path, "", "%s has no CPU", path)
		}
		for j, cpu := range group {
			p := joinIndex(path, j)
			s.checkCPU(c, cpu, p)
			if prev, ok := owner[cpu]; ok {
				c.valueError(p, "", "CPU %d is already in %s", cpu, prev)
			}
			owner[cpu] = path
		}
	}
	s.validateTopology(c)
	seen := map[string]bool{}
	for i := range s.Tasks {
		s.validateTask(c, i, seen)
	}
	s.validateShared(c)
	s.validateWork(c)
}

// validateTopology checks that the topology is one of machine.cpus CPUs, and
// that caches lie within sockets and have whole cores.
func (s *Scenario) validateTopology(c *checker) {
	t, n := &s.Machine.Topology, s.Machine.CPUs
	if c.failed["machine.cpus"] {
		return
	}
	cores := t.Cores
	if cores == 0 {
		cores = n / (t.Sockets * t.Threads)
	}
	if t.Sockets*cores*t.Threads != n || cores == 0 {
		c.valueError("machine.topology", "", "%d sockets of %d cores with %d threads are %d CPUs; machine.cpus is %d",
			t.Sockets, cores, t.Threads, t.Sockets*cores*t.Threads, n)
		return
	}
	if slices.ContainsFunc(slices.Concat(s.Machine.LLC...), func(i int) bool { return i >= n }) {
		return // reported as such
	}
	llc := s.llc()
	for i := range llc {
		core := i % (t.Sockets * cores)
		if llc[i] != llc[core] {
			c.valueError("machine.llc", "", "CPUs %d and %d are threads of one core and must share a cache", core, i)
			return
		}
		if first := slices.Index(llc, llc[i]); first%(t.Sockets*cores)/cores != core/cores {
			c.valueError("machine.llc", "", "CPUs %d and %d share a cache but no socket", first, i)
			return
		}
	}
}

// checkCPU notes a CPU that the machine does not have.
func (s *Scenario) checkCPU(c *checker, cpu int, path string) {
	if n := s.Machine.CPUs; cpu >= n && !c.failed["machine.cpus"] {
		c.valueError(path, "", "%s: there is no CPU %d; machine.cpus is %d", path, cpu, n)
	}
}

// validateTask checks one task; seen holds the names of those before it.
func (s *Scenario) validateTask(c *checker, i int, seen map[string]bool) {
	t, path := &s.Tasks[i], joinIndex("task", i)
	for j, cpu := range t.CPUs {
		p := joinIndex(path+".cpus", j)
		s.checkCPU(c, cpu, p)
		if slices.Index(t.CPUs, cpu) < j {
			c.valueError(p, "", "CPU %d is listed twice", cpu)
		}
	}
	switch {
	case t.Name == "":
		return // missing or of a wrong type, and reported as such
	case seen[t.Name]:
		c.valueError(path+".name", "", "there is already a task %s", quoteBasic(t.Name))
	case len(t.Name) > maxComm:
		c.valueError(path+".name", "", "task name %s has %d bytes; at most %d fit a comm",
			quoteBasic(t.Name), len(t.Name), maxComm)
	default:
		c.plainName(t.Name, path+".name")
	}
	seen[t.Name] = true
}

// plainName notes a name that would not survive in a command line or report.
func (c *checker) plainName(name, path string) {
	for _, r := range name {
		if r <= ' ' || r == 0x7f || r == '=' {
			c.valueError(path, "", "name %s must have no blank, control character or =", quoteBasic(name))
			return
		}
	}
}

// validateShared checks the shared objects. Their names are unique across all
// kinds, so that shared.NAME.… and people mean one thing.
func (s *Scenario) validateShared(c *checker) {
	seen := map[string]bool{}
	for i := range s.Shared {
		sh, path := &s.Shared[i], joinIndex("shared", i)
		names := sh.names()
		switch {
		case len(names) == 0 && !c.anyFailed(path):
			c.keyError(path, "", "%s needs a name: one of %s", path, sharedKinds())
		case len(names) > 1:
			c.keyError(joinKey(path, names[1].Key), "", "%s is a %s already; it cannot be a %s too",
				path, names[0].Key, names[1].Key)
		}
		for _, kv := range names {
			if seen[kv.Value] {
				c.valueError(joinKey(path, kv.Key), "", "there is already a shared object %s", quoteBasic(kv.Value))
			} else {
				c.plainName(kv.Value, joinKey(path, kv.Key))
			}
			seen[kv.Value] = true
		}
		if sh.Init != 0 && sh.Var == "" && len(names) > 0 {
			c.keyError(joinKey(path, "init"), "", "init goes with var only")
		}
		if sh.Count != 1 && sh.Semaphore == "" && len(names) > 0 {
			c.keyError(joinKey(path, "count"), "", "count goes with semaphore only")
		}
		if sh.WWMutex != "" {
			c.plainName(sh.Class, joinKey(path, "class"))
			if sh.Class == "" {
				c.valueError(joinKey(path, "class"), "", "a ww_mutex needs a class")
			}
		} else if sh.Class != defaultClass && len(names) > 0 {
			c.keyError(joinKey(path, "class"), "", "class goes with ww_mutex only")
		}
	}
}

// defaultClass is the ww_class of a ww_mutex that names none.
const defaultClass = "ww_class"

// sharedKinds lists the keys that name a shared object, for a message.
func sharedKinds() string {
	var keys []string
	tab := schema.byKey["shared"].sub
	for _, f := range tab.fields {
		if tab.names(f) && f.with == "" {
			keys = append(keys, f.key)
		}
	}
	last := len(keys) - 1
	return strings.Join(keys[:last], ", ") + " or " + keys[last]
}

// anyFailed says whether a problem was noted at or below path.
func (c *checker) anyFailed(path string) bool {
	for p := range c.failed { // any order: the answer is the same
		if strings.HasPrefix(p, path) {
			return true
		}
	}
	return false
}

// validateClaims checks expectations and variants: what the file says about
// settings, which no override changes. It is run once, when loading.
func (s *Scenario) validateClaims(c *checker) {
	sound := len(c.diags) == 0
	for i := range s.Expects {
		e, path := &s.Expects[i], joinIndex("expect", i)
		s.Clone().assignAll(c, e.When, s.claimPath(joinKey(path, "when")))
		for j, v := range e.Run {
			c.verdict(v, joinIndex(path+".run", j))
		}
		if e.Search != "" && c.verdict(e.Search, path+".search") && !slices.Contains(e.Run, e.Search) && !c.anyFailed(path+".run") {
			c.valueError(path+".search", "add it to run", "%s is %q, which run does not allow", path+".search", e.Search)
		}
		if len(e.Run) == 0 && !c.anyFailed(path+".run") {
			c.valueError(path+".run", "", "%s allows no verdict at all", path+".run")
		}
	}
	seen := map[string]bool{}
	for i := range s.Variants {
		v, path := &s.Variants[i], joinIndex("variant", i)
		if v.Name != "" && seen[v.Name] {
			c.valueError(path+".name", "", "there is already a variant %s", quoteBasic(v.Name))
		}
		seen[v.Name] = true
		c.plainName(v.Name, path+".name")
		s.validateVariant(c, v, joinKey(path, "set"), sound)
	}
}

// validateVariant tries a variant out. If the scenario itself is sound, so must
// be what the variant makes of it.
func (s *Scenario) validateVariant(c *checker, v *Variant, path string, sound bool) {
	before, next := len(c.diags), s.Clone()
	next.assignAll(c, v.Set, s.claimPath(path))
	if !sound || len(c.diags) > before {
		return
	}
	inner := newChecker(func(string, bool) Diagnostic { return c.at(path, true) })
	next.validate(inner)
	c.diags = append(c.diags, inner.diags...)
}

// claimPath gives the path at which a setting was written in a when or set
// table: quoted whole, or as nested tables.
func (s *Scenario) claimPath(table string) func(string) string {
	return func(key string) string {
		if nested := table + "." + key; s.pos != nil {
			if _, ok := s.pos.at[nested]; ok {
				return nested
			}
		}
		return joinKey(table, key)
	}
}

// verdict notes a word that is no verdict.
func (c *checker) verdict(v, path string) bool {
	if slices.Contains(Verdicts, v) {
		return true
	}
	hint := "known: " + strings.Join(Verdicts, ", ")
	if n := Nearest(v, Verdicts); n != "" {
		hint = "did you mean " + quoteBasic(n) + "?"
	}
	c.valueError(path, hint, "%s is no verdict", quoteBasic(v))
	return false
}
