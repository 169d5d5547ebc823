package lockdep

import (
	"fmt"
	"strconv"
	"strings"
)

// The operations of a script that take something, after the task:
//
//	init LOCK, freed LOCK [RANGE]      a lock initialised anew, or its memory freed
//	set-class LOCK CLASS [SUB], set-subclass LOCK SUB, downgrade LOCK
//	sync LOCK [read|read-recursive]
//	pin LOCK, unpin LOCK [wrong]
//	contended LOCK CPU, acquired LOCK CPU
//	alloc [atomic] [nofs] [irqs-off], reclaim on|off
//	warn FILE FN CONDITION...          DEBUG_LOCKS_WARN_ON of somebody else
//	suspicious FILE LINE [offline] [idle] [not-watching]
//	threaded                           the innermost handler would be a thread
//	flags [irqs-off] [bh-off]          what the processor really has
//	held-as LOCK read|write|any
//
// After "locks" a name may have wait types, OUTER/INNER or INNER alone, and
// then ",percpu", ",override", ",novalidate", ",notrack" or ",cmp": an
// order by address.
func (s *script) operation(t *Task, op string, args []string) {
	has := map[string]bool{}
	for _, a := range args {
		has[a] = true
	}
	how := How(0)
	switch {
	case has["read-recursive"]:
		how = ReadRecursive
	case has["read"]:
		how = Read
	case has["any"]:
		how = AnyMode
	}
	switch op {
	case "alloc":
		s.v.Alloc(t, !has["atomic"], !has["nofs"], has["irqs-off"])
	case "reclaim":
		s.v.Reclaim(t, has["on"])
	case "warn":
		s.v.DebugLocksWarn(t, args[0], args[1], strings.Join(args[2:], " "))
	case "suspicious":
		s.v.Suspicious(t, args[0]+":"+args[1], "suspicious rcu_dereference_check() usage",
			RCUState{has["offline"], has["idle"], has["not-watching"]})
	case "threaded":
		s.v.Threaded(t, true)
	case "flags":
		s.v.CheckFlags(t, has["irqs-off"], has["bh-off"])
	case "sync":
		s.v.Sync(t, s.lock(args[0]), how)
	case "held-as":
		fmt.Fprintf(&s.out, "%d: %s: %d\n", s.line, strings.Join(args, " "), s.v.HeldAs(t, s.lock(args[0]), how))
	default:
		s.lockOperation(t, op, s.lock(args[0]), args[1:])
	}
}

// lockOperation is an operation on a lock that is held, or may be.
func (s *script) lockOperation(t *Task, op string, m *Map, args []string) {
	switch op {
	case "init":
		s.v.InitMap(t, m, m.Key())
	case "freed":
		s.v.Freed(t, strings.Join(args, " "), m)
	case "set-class":
		sub := 0
		if len(args) > 1 {
			sub = number(args[1])
		}
		s.v.SetClass(t, m, s.lock(args[0]).Key(), sub)
	case "set-subclass":
		s.v.SetSubclass(t, m, number(args[0]))
	case "downgrade":
		s.v.Downgrade(t, m)
	case "pin":
		s.cookie = s.v.Pin(t, m)
	case "unpin":
		if len(args) > 0 {
			s.cookie = 1 << 30
		}
		s.v.Unpin(t, m, s.cookie)
	case "contended":
		s.v.Contended(t, m, s.moment(args[0]))
	case "acquired":
		s.v.Acquired(t, m, s.moment(args[0]))
	default:
		panic("unknown operation " + op)
	}
}

func (s *script) moment(cpu string) Moment { return Moment{number(cpu), 1000 * int64(s.line)} }

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

var waitNames = map[string]WaitType{"": 0, "free": WaitFree, "spin": WaitSpin, "config": WaitConfig, "sleep": WaitSleep}

func setWaits(k *Key, decl string) {
	words := strings.Split(decl, ",")
	outer, inner, two := strings.Cut(words[0], "/")
	if !two {
		outer, inner = "", outer
	}
	k.Outer, k.Inner = waitNames[outer], waitNames[inner]
	for _, w := range words[1:] {
		switch w {
		case "cmp":
			k.Cmp = func(a, b *Map) int { return int(a.id) - int(b.id) }
		case "percpu":
			k.PerCPU = true
		case "override":
			k.Override = true
		case "novalidate":
			k.NoValidate = true
		case "notrack":
			k.NoTrack = true
		default:
			panic("unknown " + w)
		}
	}
}

// instanceNames is the verdict on instances, with their addresses.
func instanceNames(in *Instances) string {
	if in.Verdict == NoVerdict {
		return ""
	}
	out := "; instances " + in.Verdict.String()
	for _, a := range in.Addrs {
		out += fmt.Sprintf(" #%d", (a-instanceBase)/instanceSize)
	}
	return out
}
