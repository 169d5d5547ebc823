package configs

import (
	"hash/fnv"
	"io"
	"reflect"
	"slices"
	"strings"
)

// fingerprintVersion is hashed first. Change it when scenarios of equal text
// come to mean something else.
const fingerprintVersion = "lockstep.scenario/1"

// Fingerprint returns a stable hash (FNV-1a, 64 bits) of everything in the
// scenario that can change a run, so that a replay token can refuse a scenario
// that changed under it. Title, story, expectations and variants do not count.
// Neither do settings that have their defaults, so that a key which later
// versions add leaves old tokens valid.
func (s *Scenario) Fingerprint() uint64 {
	h := fnv.New64a()
	// Each part is quoted, so that no two lists of parts run into one text.
	write := func(parts ...string) {
		for _, p := range parts {
			io.WriteString(h, quoteBasic(p)+"\n") // a hash never fails
		}
	}
	write(fingerprintVersion)
	var all []setting
	for _, st := range s.settings() {
		if !st.isDefault() {
			all = append(all, st)
		}
	}
	slices.SortStableFunc(all, func(a, b setting) int { return strings.Compare(a.key, b.key) })
	for _, st := range all {
		// The literal, not the bare value: "1" and 1 are different parameters.
		write("setting", st.key, literal(st.val.Interface()))
	}
	for i := range s.Tasks {
		// In order, for tasks are created in it.
		write("task", s.Tasks[i].Name, s.Tasks[i].Body)
	}
	for i := range s.Shared {
		kind, name := s.Shared[i].name()
		write("shared", kind, name)
		if kind == KindWWMutex.String() {
			write("class", s.Shared[i].Class)
		}
	}
	root := reflect.ValueOf(s).Elem()
	for _, f := range schema.fields {
		if !f.named() || f.key == "task" {
			continue
		}
		for i := range root.Field(f.index).Len() {
			write(f.key)
			for _, n := range f.sub.fields {
				if f.sub.names(n) {
					write(n.key, root.Field(f.index).Index(i).Field(n.index).String())
				}
			}
		}
	}
	return h.Sum64()
}
