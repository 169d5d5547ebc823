package configs

import (
	"strings"
	"testing"
)

// lockProgram is everyLock's objects with four tasks of one body, each on its
// CPU; settings are pairs of a key and its value.
func lockProgram(t *testing.T, body string, settings ...string) *Program {
	t.Helper()
	src := strings.Replace(everyLock, "cpus = 3", "cpus = 4", 1)
	for _, n := range []string{"0", "1", "2", "3"} {
		src += "[[task]]\nname = \"t" + n + "\"\ncpus = [" + n + "]\nbody = '''\n" + body + "'''\n"
	}
	return loaded(t, "locks.toml", src, settings...)
}

// proc runs a program to its end and returns a file of /proc.
func proc(t *testing.T, p *Program, opt Options, file string) string {
	t.Helper()
	m := p.Boot(opt)
	r, err := m.Run()
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != "clean" {
		t.Fatalf("seed %d: %s: %s", opt.Seed, r.Verdict, r.Findings[0].Title)
	}
	var b strings.Builder
	if err := m.CPU.Lockdep.WriteProc(&b, file); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLockStatRunAhead: the statistics are of the order of operations, and so
// the same however a run is executed. Sleeping locks are acquired under their
// wait_lock, whose release is no place to count anything.
func TestLockStatRunAhead(t *testing.T) {
	const body = `
start_line()
for i in range(10):
    r = (i * 3 + smp_processor_id()) % 5
    if r == 0:
        down_write("rwsem"); ndelay(700); up_write("rwsem")
    elif r == 1:
        down_write("rwsem"); downgrade_write("rwsem"); udelay(1); up_read("rwsem")
    elif r == 2:
        if down_write_trylock("rwsem"): up_write("rwsem")
    elif r == 3:
        down_read("rwsem"); ndelay(500); up_read("rwsem")
    else:
        rt_mutex_lock("rt"); ndelay(300); rt_mutex_unlock("rt")
`
	p := lockProgram(t, body, "lockdep.rules", "new")
	for seed := range uint64(60) {
		opt := Options{Seed: seed, LockStat: true}
		ahead := proc(t, p, opt, "lock_stat")
		opt.NoRunAhead = true
		if stepped := proc(t, p, opt, "lock_stat"); stepped != ahead {
			t.Fatalf("seed %d: run-ahead\n%s\nstepped\n%s", seed, ahead, stepped)
		}
	}
}

// TestRTMutexWaitLock: only who meets another comes to wait_lock, which has the
// name of a raw spinlock, and from there to pi_lock.
func TestRTMutexWaitLock(t *testing.T) {
	const class = " &lock->wait_lock\n"
	alone := `
if smp_processor_id() == 0:
    if rt_mutex_trylock("rt"): rt_mutex_unlock("rt")
    rt_mutex_lock("rt"); rt_mutex_unlock("rt")
`
	if got := proc(t, lockProgram(t, alone), Options{}, "lockdep"); strings.Contains(got, "wait_lock") {
		t.Errorf("one alone takes wait_lock:\n%s", got)
	}
	together := `
start_line()
rt_mutex_lock("rt"); udelay(2); rt_mutex_unlock("rt")
`
	got := proc(t, lockProgram(t, together), Options{}, "lockdep")
	if _, behind, ok := strings.Cut(got, class); !ok || !strings.HasPrefix(behind, " -> ") || !strings.Contains(strings.SplitN(behind, "\n", 2)[0], "] &p->pi_lock") {
		t.Errorf("no class%sbefore &p->pi_lock in\n%s", class, got)
	}
}

// TestMightLockRead: it stands for a reader that does not recurse, whose order
// counts by v4.4's rules too.
func TestMightLockRead(t *testing.T) {
	for lock, write := range map[string][2]string{"rwsem": {"down_write", "up_write"}, "mutex": {"mutex_lock", "mutex_unlock"}} {
		body := `
if smp_processor_id() == 0:
    mutex_lock("mutex2"); might_lock_read("LOCK"); mutex_unlock("mutex2")
    TAKE("LOCK"); mutex_lock("mutex2"); mutex_unlock("mutex2"); FREE("LOCK")
`
		body = strings.NewReplacer("LOCK", lock, "TAKE", write[0], "FREE", write[1]).Replace(body)
		r := tryRun(t, lockProgram(t, body), Options{})
		if r.Verdict != "lockdep" || !strings.Contains(r.Findings[0].Title, "circular") {
			t.Errorf("%s: %s", lock, r.Verdict)
		}
	}
}
