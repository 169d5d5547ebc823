package snapshot

import (
	"reflect"
	"runtime"
	"strings"

	"lockstep/configs"
)

// funcs remembers the kernel names of functions that are values: those of
// timers, calls and the like.
type funcs struct {
	byPC map[uintptr]string
}

// name returns the kernel's name of a function. A function literal goes by
// the name of the function it stands in; what has none is called otherwise.
func (f *funcs) name(fn any, otherwise string) string {
	v := reflect.ValueOf(fn)
	if !v.IsValid() || v.IsNil() {
		return otherwise
	}
	pc := v.Pointer()
	name, ok := f.byPC[pc]
	if !ok {
		name = kernelName(runtime.FuncForPC(pc).Name())
		if f.byPC == nil {
			f.byPC = map[uintptr]string{}
		}
		f.byPC[pc] = name
	}
	if name == "" {
		return otherwise
	}
	return name
}

// kernelName is the kernel's name of a Go function, empty if it is none of the
// kernel's. A method value has -fm behind its name, a literal .func1.
func kernelName(name string) string {
	name = strings.TrimSuffix(name, "-fm")
	for {
		if fn := configs.Symbols().Lookup(name); fn != nil {
			return fn.Kernel
		}
		i := strings.LastIndex(name, ".func")
		if i < 0 {
			return ""
		}
		name = name[:i]
	}
}
