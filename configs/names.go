package configs

import (
	"maps"
	"reflect"
	"slices"
	"strconv"

	"go.starlark.net/syntax"

	"lockstep/cpu/softirq"
)

// ArgKind says what an argument of a builtin names.
type ArgKind uint8

// The kinds of argument. KindNone names nothing in the scenario; the others
// name a [[shared]] object, an element of another table, or a key of [params].
const (
	KindNone ArgKind = iota
	KindLock
	KindVar
	KindCompletion
	KindSemaphore
	KindTask
	KindParam
	KindSpinlock
	KindRWLock
	KindSeqlock
	KindLocalLock
	KindMutex
	KindRWSem
	KindRTMutex
	KindWWMutex
	KindWWClass // of a [[shared]] ww_mutex
	KindAnyLock // a [[shared]] lock that the validator may see, of whatever kind
	KindWaitQueue
	KindPercpuRWSem
	KindWord
	KindCSD
	KindMemory // a [[shared]] object whose memory can be freed
	KindIRQ
	KindDevice
	KindWork
	KindWorkqueue // of a [[workqueue]], or one of the system's
	KindTasklet
	KindIrqWork
	KindTimer   // of the wheel or hr
	KindSoftirq // of the kernel's, whether or not anybody has opened it
)

// kindWords are the words for the kinds in messages.
var kindWords = [...]string{
	KindNone: "thing", KindLock: "lock", KindVar: "var", KindCompletion: "completion",
	KindSemaphore: "semaphore", KindTask: "task", KindParam: "param",
	KindSpinlock: "spinlock", KindRWLock: "rwlock", KindSeqlock: "seqlock", KindLocalLock: "local_lock",
	KindMutex: "mutex", KindRWSem: "rwsem", KindRTMutex: "rt_mutex", KindWWMutex: "ww_mutex", KindWWClass: "class",
	KindAnyLock: "lock of any kind", KindIRQ: "irq", KindDevice: "device", KindWork: "work", KindWorkqueue: "workqueue",
	KindWaitQueue: "wait_queue", KindMemory: "object", KindTasklet: "tasklet", KindIrqWork: "irq_work", KindSoftirq: "softirq",
	KindTimer: "timer", KindPercpuRWSem: "percpu_rwsem", KindWord: "word", KindCSD: "csd",
}

// seenLocks are the kinds that KindAnyLock stands for: those with a map of
// their own.
var seenLocks = []ArgKind{
	KindLock, KindSpinlock, KindRWLock, KindSeqlock, KindLocalLock, KindMutex, KindRWSem, KindRTMutex, KindWWMutex,
	KindPercpuRWSem,
}

// freeable are the kinds that KindMemory stands for.
var freeable = []ArgKind{KindVar, KindLock, KindSpinlock, KindMutex, KindRTMutex, KindCompletion, KindSemaphore, KindWaitQueue}

// String returns the kind's word, as a scenario file uses it.
func (k ArgKind) String() string { return kindWords[k] }

// CheckNames looks at each call of a known builtin in program i and
// reports string literals that name no such thing in the scenario. Names that
// are computed are left to the run.
//
// The keys of kinds are "BUILTIN" for the first argument of a builtin,
// "BUILTIN/N" for its positional argument N (from 0), and "BUILTIN.NAME" for
// the keyword argument NAME:
//
//	kinds := map[string]ArgKind{"raw_spin_lock": KindLock, "double_lock/1": KindLock}
//
// A body that does not parse yields nothing here; [CompileBody] reports it.
func CheckNames(s *Scenario, i int, kinds map[string]ArgKind) Diagnostics {
	file, err := bodyOptions.Parse(s.file, s.program(i).text, 0)
	if err != nil {
		return nil
	}
	// A name that the body gives a meaning of its own is no builtin there.
	bound := boundNames(file)
	var diags Diagnostics
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		if fn, ok := call.Fn.(*syntax.Ident); ok && !slices.Contains(bound, fn.Name) {
			for n, arg := range call.Args {
				kind, value := argKind(kinds, fn.Name, n, arg)
				if d, bad := s.checkName(i, kind, value); bad {
					diags = append(diags, d)
				}
			}
		}
		return true
	})
	diags.sortByPlace()
	return diags
}

// argKind finds the kind of argument n of a call, and the argument's value.
func argKind(kinds map[string]ArgKind, builtin string, n int, arg syntax.Expr) (ArgKind, syntax.Expr) {
	if kw, ok := arg.(*syntax.BinaryExpr); ok && kw.Op == syntax.EQ {
		if name, ok := kw.X.(*syntax.Ident); ok {
			return kinds[builtin+"."+name.Name], kw.Y
		}
	}
	if kind, ok := kinds[builtin+"/"+strconv.Itoa(n)]; ok || n > 0 {
		return kind, arg
	}
	return kinds[builtin], arg
}

// checkName reports value if it is a literal that names nothing of the kind.
func (s *Scenario) checkName(i int, kind ArgKind, value syntax.Expr) (Diagnostic, bool) {
	lit, ok := value.(*syntax.Literal)
	if !ok || lit.Token != syntax.STRING || kind == KindNone {
		return Diagnostic{}, false
	}
	name, known := lit.Value.(string), s.namesOf(kind)
	if slices.Contains(known, name) {
		return Diagnostic{}, false
	}
	d := Diagnostic{
		File: s.file, Msg: "there is no " + kind.String() + " " + quoteBasic(name),
		Hint: didYouMean(name, known),
	}
	d.Line, d.Col = BodyPos(s, i, lit.TokenPos)
	return d, true
}

// namesOf lists the scenario's names of a kind, in the order of the file.
func (s *Scenario) namesOf(kind ArgKind) []string {
	var names []string
	switch kind {
	case KindTask, KindIRQ, KindDevice, KindWork, KindTasklet, KindIrqWork, KindTimer:
		names = s.tableNames(kind.String())
	case KindWorkqueue:
		names = append(slices.Clone(systemWorkqueues), s.tableNames("workqueue")...)
	case KindSoftirq:
		names = slices.Clone(softirq.Names())
	case KindParam:
		names = slices.Sorted(maps.Keys(s.Params))
	case KindAnyLock:
		for _, k := range seenLocks {
			names = append(names, s.namesOf(k)...)
		}
	case KindMemory:
		for _, k := range freeable {
			names = append(names, s.namesOf(k)...)
		}
	case KindWWClass:
		for i := range s.Shared {
			if sh := &s.Shared[i]; sh.WWMutex != "" && !slices.Contains(names, sh.Class) {
				names = append(names, sh.Class)
			}
		}
	default:
		for i := range s.Shared {
			if k, name := s.Shared[i].name(); k == kind.String() {
				names = append(names, name)
			}
		}
	}
	return names
}

// tableNames lists the names in an array of tables.
func (s *Scenario) tableNames(key string) []string {
	f := schema.byKey[key]
	v := reflect.ValueOf(s).Elem().Field(f.index)
	var names []string
	for i := range v.Len() {
		names = append(names, v.Index(i).Field(f.sub.byKey["name"].index).String())
	}
	return names
}

// boundNames lists, sorted, the names that a body defines anywhere: by
// assignment, def, for, comprehension or parameter.
func boundNames(file *syntax.File) []string {
	set := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AssignStmt:
			bindTargets(set, n.LHS)
		case *syntax.ForStmt:
			bindTargets(set, n.Vars)
		case *syntax.ForClause:
			bindTargets(set, n.Vars)
		case *syntax.DefStmt:
			set[n.Name.Name] = true
			bindParams(set, n.Params)
		case *syntax.LambdaExpr:
			bindParams(set, n.Params)
		}
		return true
	})
	return slices.Sorted(maps.Keys(set))
}

// bindTargets adds the names that an assignment to e sets.
func bindTargets(set map[string]bool, e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.Ident:
		set[e.Name] = true
	case *syntax.ParenExpr:
		bindTargets(set, e.X)
	case *syntax.TupleExpr:
		for _, x := range e.List {
			bindTargets(set, x)
		}
	case *syntax.ListExpr:
		for _, x := range e.List {
			bindTargets(set, x)
		}
	}
}

// bindParams adds the names of parameters: x, x=default, *args, **kwargs.
func bindParams(set map[string]bool, params []syntax.Expr) {
	for _, p := range params {
		switch p := p.(type) {
		case *syntax.BinaryExpr:
			bindTargets(set, p.X)
		case *syntax.UnaryExpr:
			if p.X != nil {
				bindTargets(set, p.X)
			}
		default:
			bindTargets(set, p)
		}
	}
}
