package lockdep_test

import (
	"fmt"

	"lockstep/cpu/lockdep"
)

var (
	ctxKey = lockdep.Key{Name: "&ctx->lock"}
	rqKey  = lockdep.Key{Name: "&rq->lock"}
)

// Two orders of two locks: no deadlock happens here, but one could.
func ExampleValidator() {
	v := lockdep.New(lockdep.Config{OnReport: func(r *lockdep.Report) {
		fmt.Println(r.Kind, r.Classes)
	}})
	var ctx, rq lockdep.Map
	ctx.Init(&ctxKey)
	rq.Init(&rqKey)

	t := v.NewTask("perf", 412)
	v.Acquire(t, &ctx, 0)
	v.Acquire(t, &rq, 0)
	v.Release(t, &rq)
	v.Release(t, &ctx)

	v.Acquire(t, &rq, 0)
	v.Acquire(t, &ctx, lockdep.Nested(1)) // another class: another order
	v.Release(t, &ctx)
	v.Acquire(t, &ctx, 0)
	fmt.Println(v.DebugLocks())
	// Output:
	// circular [&ctx->lock &rq->lock]
	// false
}
