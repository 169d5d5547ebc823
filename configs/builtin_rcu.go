package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/rcu"
)

var rcuBuiltins = []Builtin{
	{Name: "rcu_read_lock", Group: "rcu", Doc: "Begin a preemptible RCU reader.", min: -1, fn: plain(func(b *body) { b.m.RCU.ReadLock(b.x) })},
	{Name: "rcu_read_unlock", Group: "rcu", Doc: "End it; the outermost one may have special work to do.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			if b.m.RCU.Nesting(b.x) <= 0 {
				return nil, fmt.Errorf("%s: no reader is open", a.name)
			}
			b.m.RCU.ReadUnlock(b.x)
			return nil, nil
		}},
	{Name: "synchronize_rcu", Group: "rcu", Doc: "Wait for a grace period.", min: -1, fn: plain(func(b *body) { b.m.RCU.Synchronize(b.x) })},
	{Name: "synchronize_rcu_expedited", Group: "rcu", Doc: "Wait for an expedited one: every CPU is interrupted.", min: -1,
		fn: plain(func(b *body) { b.m.RCU.SynchronizeExpedited(b.x) })},
	{Name: "call_rcu", Args: "function", Group: "rcu", Doc: "Have a function run, in softirq context, after a grace period.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			fn, err := a.function(0)
			if err != nil {
				return nil, err
			}
			b.m.RCU.CallRCU(b.x, new(rcu.Head), func(x *cpu.Exec) { b.call(x, fn) })
			return nil, nil
		}},
}
