package configs

import (
	"strings"
	"testing"
)

// asyncCalls calls CPU 1, which is deaf for a while, twice with one csd.
const asyncCalls = `
[machine]
cpus = 2
[[shared]]
csd = "C"
[[shared]]
var = "ran"
[[task]]
name = "deaf"
cpus = [1]
body = """
local_irq_disable()
start_line()
udelay(20)
local_irq_enable()
udelay(20)
"""
[[task]]
name = "caller"
cpus = [0]
body = """
start_line()
def count(): atomic_add_return("ran", 1)
f = local_irq_save()
smp_call_function_single_async(1, "C", count)
local_irq_restore(f)
assert_(READ_ONCE("ran") == 0, "the caller waits for nothing")
AGAIN
udelay(60)
stop_one_cpu_nowait(1, count)
udelay(60)
assert_(READ_ONCE("ran") == WANT)
"""
`

// TestAsyncCalls: calls that nobody waits for are made with interrupts off and
// run; a csd that is queued still is not to be used again, and whoever does is
// warned and waits.
func TestAsyncCalls(t *testing.T) {
	for _, c := range []struct{ again, ran, verdict string }{
		{"", "2", "clean"},
		{`smp_call_function_single_async(1, "C", count)`, "3", "warn"},
	} {
		p := inline(t, strings.NewReplacer("AGAIN", c.again, "WANT", c.ran).Replace(asyncCalls))
		for seed := range uint64(8) {
			if r := tryRun(t, p, Options{Seed: seed}); r.Verdict != c.verdict {
				t.Errorf("again %q, seed %d: %s, want %s", c.again, seed, r.Verdict, c.verdict)
			}
		}
	}
}
