package lockdep

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// kernelCase is one of the kernel's own self-tests, of the file that lockstep
// selftest runs on a whole machine. Here the validator gets the events alone.
type kernelCase struct {
	ID        string
	Group     string
	Kernel    string
	Ops       []kernelOp
	Expect    string
	Kind      string `json:"report_kind"`
	Op        *int   `json:"report_op"`
	Recursive bool   `json:"read_lock_recursive"`
	OnV44     *struct {
		Verdict string
		Kind    string `json:"report_kind"`
		Op      *int   `json:"report_op"`
	} `json:"on_v4.4_rules"`
}

type kernelOp struct {
	Op, Lock, Class, Kind, Nest, GFP string
	Threaded, Trylock                bool
	Subclass                         int
}

// needsMutexes tells whether the case is about the code of wound/wait mutexes,
// which is no business of the validator: lockstep selftest runs these.
func (c *kernelCase) needsMutexes() bool {
	return slices.ContainsFunc(c.Ops, func(o kernelOp) bool {
		return strings.HasPrefix(o.Op, "ww_") || strings.HasPrefix(o.Op, "base_") || strings.HasSuffix(o.Op, "_ctx")
	})
}

// bench is the machine of the self-tests: a task, and locks by name.
type bench struct {
	v         *Validator
	t         *Task
	keys      map[string]*Key
	maps      map[string]*Map
	recursive bool
	bh        int
	nofs      bool
	op        int
	first     *Report
	at        int
}

func newBench(rules Rules, recursive bool) *bench {
	b := &bench{keys: map[string]*Key{}, maps: map[string]*Map{}, recursive: recursive, at: -1}
	b.v = New(Config{Rules: rules, OnReport: func(r *Report) {
		if b.first == nil {
			b.first, b.at = r, b.op
		}
	}})
	b.t = b.v.NewTask("swapper/0", 1)
	return b
}

var kindWaits = map[string]WaitType{
	"spin": WaitConfig, "raw_spin": WaitSpin, "rwlock_r": WaitConfig, "rwlock_w": WaitConfig, "mutex": WaitSleep,
	"rwsem_r": WaitSleep, "rwsem_w": WaitSleep, "rtmutex": WaitSleep, "ww_mutex": WaitSleep,
}

func (b *bench) key(o *kernelOp) *Key {
	class := o.Class
	if class == "" {
		class = o.Lock
	}
	if b.keys[class] == nil {
		b.keys[class] = &Key{Name: class, Inner: kindWaits[o.Kind]}
	}
	return b.keys[class]
}

func (b *bench) lock(o *kernelOp) *Map {
	if b.maps[o.Lock] == nil {
		b.maps[o.Lock] = new(Map)
		b.maps[o.Lock].Init(b.key(o))
	}
	return b.maps[o.Lock]
}

// named is a map that is not declared by an operation.
func (b *bench) named(name string, inner, outer WaitType) *Map {
	if b.maps[name] == nil {
		b.maps[name] = new(Map)
		b.maps[name].Init(&Key{Name: name, Inner: inner, Outer: outer})
	}
	return b.maps[name]
}

func (b *bench) rcu(flavour string) *Map {
	inner := WaitConfig
	if flavour == "rcu_read_lock_sched" {
		inner = WaitSpin
	}
	return b.named(flavour, inner, WaitFree)
}

func (b *bench) how(o *kernelOp) How {
	switch {
	case o.Kind == "rwlock_r" && (b.recursive || b.t.irq != 0 || b.bh > 0):
		return ReadRecursive
	case o.Kind == "rwlock_r" || o.Kind == "rwsem_r":
		return Read
	}
	return 0
}

func (b *bench) bhDisable() {
	if b.bh++; b.bh == 1 {
		b.v.SoftirqsOff(b.t)
	}
}

func (b *bench) bhEnable() {
	b.v.HardirqsOff(b.t)
	if b.bh == 1 {
		b.v.SoftirqsOn(b.t)
	}
	b.bh--
	b.v.HardirqsOn(b.t)
}

func (b *bench) context(o *kernelOp) bool {
	v, t := b.v, b.t
	switch o.Op {
	case "hardirq_disable":
		v.HardirqsOff(t)
	case "hardirq_enable":
		v.HardirqsOn(t)
	case "hardirq_enter":
		v.HardirqsOff(t)
		v.HardirqEnter(t)
		v.Threaded(t, o.Threaded)
	case "hardirq_exit":
		v.HardirqExit(t)
		v.HardirqsOn(t)
	case "softirq_disable":
		b.bhDisable()
	case "softirq_enable":
		b.bhEnable()
	case "softirq_enter":
		b.bhDisable()
		v.HardirqsOff(t)
		v.SoftirqEnter(t)
	case "softirq_exit":
		v.SoftirqExit(t)
		v.HardirqsOn(t)
		b.bhEnable()
	default:
		return false
	}
	return true
}

func (b *bench) run(t *testing.T, o *kernelOp) {
	if b.context(o) {
		return
	}
	reclaims := o.GFP == "GFP_KERNEL" && !b.nofs
	reclaim := b.named("fs_reclaim", 0, 0)
	switch {
	case o.Op == "lock" && o.Nest != "":
		b.v.AcquireNest(b.t, b.lock(o), b.how(o), b.lock(&kernelOp{Lock: o.Nest}))
	case o.Op == "lock":
		b.v.Acquire(b.t, b.lock(o), b.how(o))
	case o.Op == "unlock":
		b.v.Release(b.t, b.lock(o))
	case o.Op == "init":
		b.v.InitMap(b.t, b.lock(o), b.key(o))
	case o.Op == "set_subclass":
		b.v.SetSubclass(b.t, b.lock(o), o.Subclass)
	case strings.HasPrefix(o.Op, "rcu_read_lock"):
		b.v.Acquire(b.t, b.rcu(o.Op), ReadRecursive|NoCheck)
	case strings.HasPrefix(o.Op, "rcu_read_unlock"):
		b.v.Release(b.t, b.rcu(strings.Replace(o.Op, "unlock", "lock", 1)))
	case o.Op == "memalloc_nofs_save":
		b.nofs = true
	case o.Op == "memalloc_nofs_restore":
		b.nofs = false
	case o.Op == "fs_reclaim_acquire" && reclaims:
		b.v.Acquire(b.t, reclaim, 0)
	case o.Op == "fs_reclaim_release" && reclaims:
		b.v.Release(b.t, reclaim)
	case o.Op == "might_alloc" && reclaims:
		b.v.Acquire(b.t, reclaim, 0)
		b.v.Release(b.t, reclaim)
	case o.Op != "might_alloc":
		t.Fatalf("op %d: unknown operation %q", b.op, o.Op)
	}
}

// check runs the case and compares what came out.
func (c *kernelCase) check(t *testing.T, rules Rules, expect, kind string, op *int) {
	t.Helper()
	b := newBench(rules, c.Recursive)
	for i := range c.Ops {
		b.op = i
		b.run(t, &c.Ops[i])
	}
	got, gotKind := "silent", ""
	if b.first != nil {
		got, gotKind = "report", b.first.Conformance()
	}
	if b.v.DebugLocks() != (got == "silent") {
		t.Errorf("debug_locks is %v after %s", b.v.DebugLocks(), got)
	}
	if got != expect || gotKind != kind || op != nil && b.at != *op {
		at := -1
		if op != nil {
			at = *op
		}
		t.Errorf("%s rules: %s %s at op %d, want %s %s at op %d", rules, got, gotKind, b.at, expect, kind, at)
	}
}

func kernelCases(t *testing.T) []kernelCase {
	t.Helper()
	text, err := os.ReadFile("../../configs/selftest/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []kernelCase
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestKernelCases runs every self-test of the kernel that needs no mutex code:
// verdict, kind and the operation that is caught must be the kernel's. The new
// cases run by RulesExact too, which may find more but does not here.
func TestKernelCases(t *testing.T) {
	ran, left := map[string]int{}, map[string]int{}
	for _, c := range kernelCases(t) {
		if c.needsMutexes() {
			left[c.Kernel+" "+c.Group]++
			continue
		}
		ran[c.Kernel]++
		t.Run(c.ID, func(t *testing.T) {
			if c.Kernel == "v4.4" {
				c.check(t, RulesV44, c.Expect, c.Kind, c.Op)
				return
			}
			c.check(t, RulesNew, c.Expect, c.Kind, c.Op)
			c.check(t, RulesExact, c.Expect, c.Kind, c.Op)
		})
	}
	t.Logf("ran %v; left to lockstep selftest: %v", ran, left)
	for group := range left {
		if !strings.HasSuffix(group, " ww_mutex") {
			t.Errorf("group %s was left out", group)
		}
	}
	if ran["v4.4"] != 219 || ran["new"] != 289 {
		t.Errorf("%v cases ran", ran)
	}
}

// TestKernelCasesByOldRules runs the new cases by the rules of v4.4. A lock of
// a sort that v4.4 does not annotate counts here as if it did, as it does in
// the file.
func TestKernelCasesByOldRules(t *testing.T) {
	for _, c := range kernelCases(t) {
		if c.OnV44 == nil || c.needsMutexes() || c.Group == "fs_reclaim" || slices.ContainsFunc(c.Ops, func(o kernelOp) bool { return o.Op == "set_subclass" }) {
			continue // v4.4 has no such map, and passes another name there
		}
		t.Run(c.ID, func(t *testing.T) { c.check(t, RulesV44, c.OnV44.Verdict, c.OnV44.Kind, c.OnV44.Op) })
	}
}
