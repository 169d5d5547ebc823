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
		if !f.named() || f.key == "task" {
			continue
		}
		seen := map[string]bool{}
		for i := range root.Field(f.index).Len() {
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
	if spec.Line >= 0 && !pin {
		c.keyError(path+".line", "", "line goes with kind edge or level only")
	}
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

// deviceKeys are the keys that only devices of some kinds have.
var deviceKeys = []struct {
	key, kinds string
	set        func(d *DeviceSpec) bool
}{
	{"irq", "periodic, poisson or script", func(d *DeviceSpec) bool { return d.IRQ != "" }},
	{"period_us", "periodic, poisson or nic", func(d *DeviceSpec) bool { return d.PeriodUs != schemaDevice().PeriodUs }},
	{"first_us", "periodic", func(d *DeviceSpec) bool { return d.FirstUs != schemaDevice().FirstUs }},
	{"at_us", "script", func(d *DeviceSpec) bool { return len(d.AtUs) > 0 }},
	{"count", "periodic, poisson or nic", func(d *DeviceSpec) bool { return d.Count != 0 }},
	{"cpu", "nic", func(d *DeviceSpec) bool { return d.CPU != 0 }},
	{"packet_ns", "nic", func(d *DeviceSpec) bool { return d.PacketNs != schemaDevice().PacketNs }},
}

// schemaDevice is a device with every default.
func schemaDevice() *DeviceSpec {
	d := new(DeviceSpec)
	schema.byKey["device"].sub.fill(reflect.ValueOf(d).Elem())
	return d
}

// validateDevice checks one [[device]].
func (s *Scenario) validateDevice(c *checker, i int) {
	spec, path := &s.Devices[i], joinIndex("device", i)
	for _, k := range deviceKeys {
		if k.set(spec) && !strings.Contains(k.kinds, spec.Kind) {
			c.keyError(joinKey(path, k.key), "", "%s goes with kind %s only", k.key, k.kinds)
		}
	}
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
