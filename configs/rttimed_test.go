package configs

import "testing"

// TestRTMutexTimedLock: who waits with a timeout gives up when it has passed,
// leaves nothing of himself in the rt_mutex, and else gets it.
func TestRTMutexTimedLock(t *testing.T) {
	const body = `
if smp_processor_id() == 0:
    rt_mutex_lock("rt")
    start_line()
    udelay(300); rt_mutex_unlock("rt")
elif smp_processor_id() == 1:
    start_line()
    assert_(rt_mutex_timed_lock("rt", 50) == -ETIMEDOUT)
    assert_(rt_mutex_timed_lock("rt", 5000) == 0)
    rt_mutex_unlock("rt")
else:
    start_line()
    rt_mutex_lock("rt"); rt_mutex_unlock("rt")
`
	for seed := range uint64(20) {
		p := lockProgram(t, body)
		r := tryRun(t, p, Options{Seed: seed})
		if stepped := tryRun(t, p, Options{Seed: seed, NoRunAhead: true}); r.Verdict != "clean" || stepped.Hash != r.Hash {
			t.Fatalf("seed %d: %s %v, hash %v, stepped %v", seed, r.Verdict, r.Findings, r.Hash, stepped.Hash)
		}
	}
}
