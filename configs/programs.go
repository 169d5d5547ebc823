package configs

import "reflect"

// programText is one Starlark program of a scenario: a task's body, or what a
// handler, a work or the like runs. Programs are numbered, the tasks' bodies
// first, so that task i has program i.
type programText struct {
	path  string // of its text in the file: task[0].body
	text  string // the program
	owner string // whose it is, as stacks show it
	task  bool   // it is a task's
}

// bodyKeys are the keys whose values are programs.
var bodyKeys = []string{"body", "handler", "thread"}

// programs lists the scenario's programs.
func (s *Scenario) programs() []programText {
	var out []programText
	root := reflect.ValueOf(s).Elem()
	for _, tasks := range []bool{true, false} {
		for _, f := range schema.fields {
			if !f.named() || (f.key == "task") != tasks {
				continue
			}
			for i := range root.Field(f.index).Len() {
				out = append(out, f.programs(root.Field(f.index).Index(i), joinIndex(f.key, i))...)
			}
		}
	}
	return out
}

// programs lists those of the table v at path, which is an element of f.
func (f *field) programs(v reflect.Value, path string) []programText {
	var out []programText
	for _, key := range bodyKeys {
		b := f.sub.byKey[key]
		if b == nil {
			continue
		}
		p := programText{path: joinKey(path, key), text: v.Field(b.index).String(), task: f.key == "task"}
		if p.text == "" && !p.task {
			continue // a handler that is left out
		}
		p.owner = v.Field(f.sub.byKey["name"].index).String()
		if !p.task {
			p.owner = f.key + " " + p.owner
		}
		out = append(out, p)
	}
	return out
}

// program returns program i.
func (s *Scenario) program(i int) programText { return s.programs()[i] }
