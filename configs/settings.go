package configs

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// KV is a setting and its value, in the form that --set takes.
type KV struct {
	// Key is the dotted key: machine.cpus, task.NAME.nice, params.NAME …
	Key string
	// Value is its value: strings bare, all else as TOML.
	Value string
}

// A setting is one key of a scenario that can be overridden.
type setting struct {
	key   string
	f     *field
	val   reflect.Value       // its value
	store func(reflect.Value) // changes the scenario
}

// settings lists all that can be overridden: the tables of the schema in its
// order, the parameters, and what tasks, handlers, shared objects and the like
// have besides their names and bodies.
func (s *Scenario) settings() []setting {
	root := reflect.ValueOf(s).Elem()
	var out []setting
	for _, f := range schema.fields {
		if f.sub != nil && f.typ.Kind() == reflect.Struct {
			out = f.sub.settings(out, root.Field(f.index), f.key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Params)) {
		v := reflect.ValueOf(s.Params[key])
		out = append(out, setting{
			key: "params." + key, f: &field{key: key, typ: v.Type()}, val: v,
			store: func(v reflect.Value) { s.Params[key] = v.Interface() },
		})
	}
	for _, f := range schema.fields {
		if !f.named() {
			continue
		}
		for i := range root.Field(f.index).Len() {
			v := root.Field(f.index).Index(i)
			name := v.Field(f.sub.byKey["name"].index).String()
			out = f.sub.settings(out, v, f.key+"."+name)
		}
	}
	for i := range s.Shared {
		tab, v := schema.byKey["shared"].sub, reflect.ValueOf(&s.Shared[i]).Elem()
		_, name := s.Shared[i].name()
		out = tab.settings(out, v, "shared."+name)
	}
	return out
}

// settings appends the settings of the table whose values are in v.
func (t *table) settings(out []setting, v reflect.Value, prefix string) []setting {
	for _, f := range t.fields {
		fv := v.Field(f.index)
		switch {
		case f.sub != nil:
			out = f.sub.settings(out, fv, prefix+"."+f.key)
		case t.applies(f, v) && !t.names(f):
			out = append(out, setting{prefix + "." + f.key, f, fv, fv.Set})
		}
	}
	return out
}

// named says whether f is an array of tables that are part of the machine's
// work, each with a name: what its settings are reached by. Variants are named
// as well, but are no part of it.
func (f *field) named() bool {
	return f.sub != nil && f.typ.Kind() == reflect.Slice && f.sub.byKey["name"] != nil && f.key != "variant"
}

// applies says whether f has a meaning in v, beside the key it needs.
func (t *table) applies(f *field, v reflect.Value) bool {
	if f.with == "" {
		return true
	}
	beside := v.Field(t.byKey[f.with].index)
	if f.withVals != nil {
		return slices.Contains(f.withVals, beside.String())
	}
	return !beside.IsZero()
}

// names says whether f is part of what its table is, rather than a setting: a
// name, a body, or one of the keys that say the kind of a shared object.
func (t *table) names(f *field) bool {
	return f.required || f.typ.Kind() == reflect.String && f.choices == nil && !f.free
}

// name is the kind and the name of a shared object, or "" and "".
func (sh *SharedSpec) name() (kind, name string) {
	names := sh.names()
	if len(names) == 0 {
		return "", ""
	}
	return names[0].Key, names[0].Value
}

// names are the names a shared object was given; it should have one.
func (sh *SharedSpec) names() []KV {
	var out []KV
	for _, kv := range []KV{
		{"lock", sh.Lock}, {"var", sh.Var}, {"completion", sh.Completion}, {"semaphore", sh.Semaphore},
		{"spinlock", sh.Spinlock}, {"rwlock", sh.RWLock}, {"seqlock", sh.Seqlock}, {"local_lock", sh.LocalLock},
		{"mutex", sh.Mutex}, {"rwsem", sh.RWSem}, {"rt_mutex", sh.RTMutex}, {"ww_mutex", sh.WWMutex}, {"wait_queue", sh.WaitQueue},
		{"percpu_rwsem", sh.PercpuRWSem}, {"word", sh.Word}, {"csd", sh.CSD},
	} {
		if kv.Value != "" {
			out = append(out, kv)
		}
	}
	return out
}

// schemaSettings lists the keys that every scenario has.
func schemaSettings() []string { return settingKeys((&Scenario{}).settings()) }

// settingKeys lists the keys of settings.
func settingKeys(settings []setting) []string {
	keys := make([]string, len(settings))
	for i := range settings {
		keys[i] = settings[i].key
	}
	return keys
}

// nearestSetting proposes one of keys for an unknown one, or "". What people get
// wrong is the table, if the last part exists, or else the last part, if the
// table exists; the table may lack its beginning, as in rcu.fanout.
func nearestSetting(key string, keys []string) string {
	table, last := splitKey(key)
	best, found := "", false
	var siblings, names []string
	for _, k := range keys {
		t, l := splitKey(k)
		if l == last && (!found || commonPrefix(k, key) > commonPrefix(best, key)) {
			best, found = k, true
		}
		if t == table || strings.HasSuffix(t, "."+table) {
			siblings, names = append(siblings, k), append(names, l)
		}
	}
	if found {
		return best
	}
	if i := slices.Index(names, Nearest(last, names)); i >= 0 {
		return siblings[i]
	}
	return ""
}

// splitKey splits a dotted key at its last dot.
func splitKey(key string) (table, last string) {
	i := strings.LastIndexByte(key, '.')
	return key[:max(0, i)], key[i+1:]
}

// commonPrefix is the length of what a and b begin with in common.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// isDefault says whether the setting has the value of an absent key. A
// parameter has no default.
func (st setting) isDefault() bool {
	return st.f.def.IsValid() && literal(st.val.Interface()) == literal(st.f.def.Interface())
}

// kv is the setting in the form that --set takes.
func (st setting) kv() KV {
	if st.val.Kind() == reflect.String {
		return KV{st.key, st.val.String()}
	}
	return KV{st.key, literal(st.val.Interface())}
}

// Settings lists the effective settings that differ from the defaults of the
// schema, and all parameters, sorted by key.
func (s *Scenario) Settings() []KV {
	var out []KV
	for _, st := range s.settings() {
		if !st.isDefault() {
			out = append(out, st.kv())
		}
	}
	slices.SortFunc(out, func(a, b KV) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// Overrides lists what Set, Override and Apply changed since the scenario was
// loaded, each key once, in the order of the first change. Overriding a freshly
// loaded scenario with them makes an equal one.
func (s *Scenario) Overrides() []KV { return slices.Clone(s.overrides) }

// Clone returns a copy that can be overridden without changing s.
func (s *Scenario) Clone() *Scenario {
	c := *s
	// Overriding replaces whole values, so what these elements refer to, such
	// as lists of CPUs, is never written and may be shared.
	c.Params = maps.Clone(s.Params)
	root := reflect.ValueOf(&c).Elem()
	for _, f := range schema.fields {
		if f.named() || f.key == "shared" {
			v := root.Field(f.index)
			v.Set(reflect.AppendSlice(reflect.Zero(f.typ), v))
		}
	}
	c.overrides = slices.Clone(s.overrides)
	return &c
}

// Name is the scenario's short name: that of its file, without .toml.
func (s *Scenario) Name() string { return baseName(s.file) }

// File is the name of the scenario's file as given to [Load].
func (s *Scenario) File() string { return s.file }

// Ref returns what [Open] finds the scenario by: the bundled name, or the
// file's path.
func (s *Scenario) Ref() string {
	if slices.Contains(bundledNames(), s.Name()) && s.file == bundledDir+s.Name()+".toml" {
		return s.Name()
	}
	return s.file
}
