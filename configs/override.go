package configs

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Set overrides one setting, as `--set KEY=VALUE` does: machine.cpus=4,
// kernel.perf.lock_task_context=none, params.order=same, task.NAME.nice=5,
// shared.NAME.count=2. Strings are given bare, all else as in TOML. On a
// problem the scenario is unchanged.
func (s *Scenario) Set(key, value string) Diagnostics {
	return s.Override([]KV{{key, value}})
}

// Override overrides several settings as one: they are checked together and
// set all, or on a problem none. Use it where one without the other would not
// do, as with the three ipi latencies.
func (s *Scenario) Override(kvs []KV) Diagnostics {
	next := s.Clone()
	var diags Diagnostics
	var all []string
	for _, kv := range kvs {
		option := "--set " + kv.Key + "=" + kv.Value
		all = append(all, option)
		c := newChecker(func(string, bool) Diagnostic { return Diagnostic{File: option} })
		if st, ok := next.lookup(c, kv.Key); ok {
			next.assign(c, st, readValue(st, kv.Value))
		}
		diags = append(diags, c.diags...)
	}
	return s.commit(next, diags, strings.Join(all, " "))
}

// Apply overrides the settings of one of the scenario's variants. On a
// problem, such as an unknown name, the scenario is unchanged.
func (s *Scenario) Apply(variant string) Diagnostics {
	option := "--variant " + variant
	i := slices.IndexFunc(s.Variants, func(v Variant) bool { return v.Name == variant })
	if i < 0 {
		var names []string
		for _, v := range s.Variants {
			names = append(names, v.Name)
		}
		msg := s.Name() + " has no variant " + quoteBasic(variant)
		return Diagnostics{{File: option, Msg: msg, Hint: didYouMean(variant, names)}}
	}
	next := s.Clone()
	c := newChecker(func(string, bool) Diagnostic { return Diagnostic{File: option} })
	next.assignAll(c, s.Variants[i].Set, func(key string) string { return key })
	return s.commit(next, c.diags, option)
}

// commit makes s what next is, if that has no problem.
func (s *Scenario) commit(next *Scenario, diags Diagnostics, option string) Diagnostics {
	if len(diags) == 0 {
		c := newChecker(func(string, bool) Diagnostic { return Diagnostic{File: option} })
		next.validate(c)
		diags = c.diags
	}
	if len(diags) == 0 {
		*s = *next
	}
	return diags
}

// lookup finds the setting of a key, or notes that there is none.
func (s *Scenario) lookup(c *checker, key string) (setting, bool) {
	all := s.settings()
	for _, st := range all {
		if st.key == key {
			return st, true
		}
	}
	hint := ""
	if n := nearestSetting(key, settingKeys(all)); n != "" {
		hint = "did you mean " + n + "?"
	}
	c.keyError(key, hint, "unknown setting %s", key)
	return setting{}, false
}

// readValue turns the text of an override into a TOML value. Text that is no
// TOML stays a string, of which the checker then says what was expected.
func readValue(st setting, text string) any {
	if st.val.Kind() != reflect.String {
		if v, ok := parseTOML(text); ok {
			return v
		}
	}
	return text
}

// assign checks v against the setting's schema and stores it.
func (s *Scenario) assign(c *checker, st setting, v any) {
	before := len(c.diags)
	next := reflect.New(st.val.Type()).Elem()
	c.value(next, st.f, v, st.key)
	if len(c.diags) > before {
		return
	}
	st.store(next)
	st.val = next
	kv := st.kv()
	if i := slices.IndexFunc(s.overrides, func(o KV) bool { return o.Key == kv.Key }); i >= 0 {
		s.overrides[i] = kv
	} else {
		s.overrides = append(s.overrides, kv)
	}
}

// assignAll assigns the settings of a when or set table. The path that a
// diagnostic shows for a key is given by path.
func (s *Scenario) assignAll(c *checker, values map[string]any, path func(string) string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		place := c.at(path(key), false)
		inner := newChecker(func(_ string, value bool) Diagnostic {
			if value {
				return c.at(path(key), true)
			}
			return place
		})
		if st, ok := s.lookup(inner, key); ok {
			s.assign(inner, st, values[key])
		}
		c.diags = append(c.diags, inner.diags...)
	}
}
