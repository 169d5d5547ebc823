package configs

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// validateWork checks the tables of what runs besides the tasks.
func (s *Scenario) validateWork(c *checker) {
	root := reflect.ValueOf(s).Elem()
	for _, f := range schema.fields {
		if !f.named() {
			continue
		}
		for i := range root.Field(f.index).Len() {
			f.sub.validateWith(c, root.Field(f.index).Index(i), joinIndex(f.key, i))
		}
		seen := map[string]bool{}
		for i := range root.Field(f.index).Len() {
			if f.key == "task" {
				break // their names have rules of their own
			}
			name := root.Field(f.index).Index(i).Field(f.sub.byKey["name"].index).String()
			path := joinIndex(f.key, i) + ".name"
			switch {
			case name == "":
				continue // missing or of a wrong type, and reported as such
			case seen[name]:
				c.valueError(path, "", "there is already %s %s %s", article(f.key), f.key, quoteBasic(name))
			default:
				c.plainName(name, path)
			}
			seen[name] = true
		}
	}
	for i := range s.IRQs {
		s.validateIRQ(c, i)
	}
	s.validateLines(c)
	for i := range s.Devices {
		s.validateDevice(c, i)
	}
	for i := range s.Timers {
		s.validateTimer(c, i)
	}
	s.validateSoftirqs(c)
	for i := range s.Workqueues {
		if slices.Contains(systemWorkqueues, s.Workqueues[i].Name) {
			c.valueError(joinIndex("workqueue", i)+".name", "", "the system has a workqueue %s already", quoteBasic(s.Workqueues[i].Name))
		}
	}
}

// validateWith notes the keys of a table that have no meaning beside the values
// of others, if they were given one.
func (t *table) validateWith(c *checker, v reflect.Value, path string) {
	for _, f := range t.fields {
		if f.withVals != nil && !t.applies(f, v) && literal(v.Field(f.index).Interface()) != literal(f.def.Interface()) {
			c.keyError(joinKey(path, f.key), "", "%s goes with %s %s only", f.key, f.with, orList(f.withVals))
		}
	}
}

// article is the indefinite article of a table's name.
func article(key string) string {
	if strings.ContainsRune("aeiou", rune(key[0])) {
		return "an"
	}
	return "a"
}

// systemWorkqueues are the workqueues that every machine with any has.
var systemWorkqueues = []string{"events", "events_highpri", "events_long", "events_unbound"}

// validateIRQ checks one [[irq]], and against the first one of its pin.
func (s *Scenario) validateIRQ(c *checker, i int) {
	spec, path := &s.IRQs[i], joinIndex("irq", i)
	if len(spec.Name) > maxComm {
		c.valueError(path+".name", "", "name %s has %d bytes; at most %d fit", quoteBasic(spec.Name), len(spec.Name), maxComm)
	}
	s.checkCPU(c, spec.CPU, path+".cpu")
	pin := spec.Kind == "edge" || spec.Kind == "level"
	if spec.Thread != "" && spec.Kind == "nmi" {
		c.keyError(path+".thread", "", "an nmi has no thread; its handler can queue an irq_work")
	}
	if spec.Thread != "" && spec.Handler == "" && !spec.Oneshot {
		c.keyError(path+".oneshot", "", "a thread without a handler needs oneshot, as request_threaded_irq() says (-EINVAL)")
	}
	if !pin || spec.Line < 0 {
		return
	}
	first := slices.IndexFunc(s.IRQs, func(o IRQSpec) bool { return o.Line == spec.Line && (o.Kind == "edge" || o.Kind == "level") })
	o := &s.IRQs[first]
	for _, d := range []struct {
		key    string
		differ bool
	}{
		{"kind", o.Kind != spec.Kind}, {"cpu", o.CPU != spec.CPU},
		{"oneshot", (o.Thread != "" && o.Oneshot) != (spec.Thread != "" && spec.Oneshot)},
	} {
		if d.differ {
			c.keyError(joinKey(path, d.key), "", "%s shares line %d with %s and must have its %s", path, spec.Line, quoteBasic(o.Name), d.key)
		}
	}
}

// maxLines is how many lines of interrupts a scenario may have: each needs two
// of about two hundred vectors while it moves to another CPU.
const maxLines = 96

// validateLines checks that there are pins and vectors for all lines.
func (s *Scenario) validateLines(c *checker) {
	pins, lines := map[int]bool{}, 0
	for i := range s.IRQs {
		spec, path := &s.IRQs[i], joinIndex("irq", i)
		switch {
		case spec.Kind == "nmi" || pins[spec.Line] && spec.Kind != "msi":
			continue // no line, or one that is counted
		case spec.Kind != "msi":
			pin := spec.Line
			if pin < 0 {
				pin = -2 - i // whichever is free
			}
			if pins[pin] = true; len(pins) == ioapicPins+1 {
				c.keyError(path, "an msi needs no pin", "%s needs a pin of its own, and the IO-APIC has %d", path, ioapicPins)
			}
		}
		if lines++; lines == maxLines+1 {
			c.keyError(path, "", "%s is one line more than the %d that there are vectors for", path, maxLines)
		}
	}
	for i := range s.Devices {
		if s.Devices[i].Kind != "nic" {
			continue
		}
		if path := joinIndex("device", i); lines == maxLines {
			c.keyError(path, "", "%s is one line more than the %d that there are vectors for", path, maxLines)
		}
		lines++
	}
}

// validateDevice checks one [[device]].
func (s *Scenario) validateDevice(c *checker, i int) {
	spec, path := &s.Devices[i], joinIndex("device", i)
	s.checkCPU(c, spec.CPU, path+".cpu")
	if spec.Kind != "nic" {
		names := s.namesOf(KindIRQ)
		if spec.IRQ == "" && !c.failed[path+".irq"] {
			c.keyError(path, "", "%s needs irq, the name of what it pulls", path)
		} else if spec.IRQ != "" && !slices.Contains(names, spec.IRQ) {
			c.valueError(path+".irq", didYouMean(spec.IRQ, names), "there is no irq %s", quoteBasic(spec.IRQ))
		}
	}
	if spec.Kind == "script" && len(spec.AtUs) == 0 && !c.anyFailed(path+".at_us") {
		c.keyError(path, "", "%s needs at_us, its times", path)
	}
	if !slices.IsSorted(spec.AtUs) {
		c.valueError(path+".at_us", "", "%s.at_us must ascend", path)
	}
}

// validateSoftirqs checks the names of the [[softirq]]s.
func (s *Scenario) validateSoftirqs(c *checker) {
	nic := slices.ContainsFunc(s.Devices, func(d DeviceSpec) bool { return d.Kind == "nic" })
	for i := range s.Softirqs {
		name, path := s.Softirqs[i].Name, joinIndex("softirq", i)+".name"
		if _, ok := softirqs[name]; !ok && name != "" {
			names := slices.Sorted(maps.Keys(softirqs))
			c.valueError(path, didYouMean(name, names), "a scenario has no softirq %s", quoteBasic(name))
		} else if nic && name == "NET_RX" {
			c.valueError(path, "", "NET_RX is the nic's")
		}
	}
}
