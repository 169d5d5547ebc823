package torture

import (
	"fmt"
	"strconv"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// readers is what the readers have in common.
type readers struct {
	each   []reader
	perCPU cpu.PerCPU[readCounts]
	// randLock is for the timers, which draw from one stream.
	randLock lock.Spin
	rand     random
	timers   cpu.Var[int64] // n_rcu_torture_timers
	mbError  cpu.Var[int64] // n_rcu_torture_mberror
	seen     bool           // that some reader has seen an element too old is on record
}

// reader is a reader's own.
type reader struct {
	rand  random
	timer timer.Timer
}

// readCounts is a CPU's rcu_torture_count and rcu_torture_batch: how old the
// elements were that its readers held at their ends, and how many grace
// periods ended inside of them. Obj stands for both.
type readCounts struct {
	obj         sim.Obj
	pipe, batch [pipeLen + 1]int64
}

func (rs *readers) init(t *Torture, n int) {
	rs.each = make([]reader, n)
	rs.perCPU.Init(t.m)
	for c := range t.m.CPUs {
		rs.perCPU.Of(c).obj = t.m.NewObj("rcu_torture_count" + strconv.Itoa(c))
	}
	rs.randLock.Init(t.m, "rand_lock", &randLockKey)
	rs.rand = t.newRandom(streamTimers)
	rs.timers.Init(t.m, "n_rcu_torture_timers", 0)
	rs.mbError.Init(t.m, "n_rcu_torture_mberror", 0)
	for i := range rs.each {
		rd := &rs.each[i]
		rd.rand = t.newRandom(streamReaders + uint64(i))
		t.tm.InitTimer(&rd.timer, "rcu_torture_timer"+strconv.Itoa(i), 0, nil, t.readTimer)
	}
}

// runReader is rcu_torture_reader().
//
//kernel:fn rcu_torture_reader kernel/rcu/rcutorture.c
func (t *Torture) runReader(x *cpu.Exec, rd *reader) {
	t.s.SetUserNice(x, t.s.Task(x), maxNice)
	outside := passTime * sim.Time(t.p.Pace-1) / 2
	delay := func() { t.readDelay(x, &rd.rand, true) }
	for {
		if t.p.Irqreader && !rd.timer.Pending(x) {
			t.tm.Mod(x, &rd.timer, t.jiffies(x)+1)
		}
		if !t.read(x, delay) {
			t.sleep(x, t.seconds(1))
			if t.mustStop(x) {
				break
			}
			continue
		}
		if outside > 0 {
			x.Delay(outside)
		}
		t.stutterWait(x)
		if t.mustStop(x) {
			break
		}
	}
	if t.p.Irqreader {
		t.tm.DelSync(x, &rd.timer)
	}
}

// readTimer is rcu_torture_timer(): a reader in softirq context.
//
//kernel:fn rcu_torture_timer kernel/rcu/rcutorture.c
func (t *Torture) readTimer(x *cpu.Exec) {
	rs := &t.readers
	t.read(x, func() {
		rs.randLock.Lock(x)
		t.readDelay(x, &rs.rand, false)
		rs.timers.Update(x, more)
		rs.randLock.Unlock(x)
	})
}

// read is one read-side section, and the test: what was found must not be
// older than one grace period when it ends. It returns whether anything was
// found.
//
//kernel:fn rcu_torture_reader kernel/rcu/rcutorture.c
func (t *Torture) read(x *cpu.Exec, delay func()) bool {
	o := t.ops
	o.readLock(x)
	first := o.completed
	if o.started != nil {
		first = o.started
	}
	started := first(x)
	p := t.current.ReadOnce(x)
	o.held(x, "kernel/rcu/rcutorture.c")
	if p == nil {
		o.readUnlock(x)
		return false
	}
	if p.mbtest.ReadOnce(x) == 0 {
		t.readers.mbError.Update(x, more)
	}
	delay()
	cpu.PreemptDisable(x)
	age := min(p.age.ReadOnce(x), pipeLen)
	batches := o.completed(x) - started
	if o.started != nil {
		batches++
	}
	if age > 1 {
		t.tooOld(x, p, age)
	}
	rc := t.readers.perCPU.This(x)
	x.Op(cpu.KindUpdate, &rc.obj, sim.AccessUpdate, t.m.Costs.Store)
	rc.pipe[age]++
	rc.batch[min(batches, pipeLen)]++
	cpu.PreemptEnable(x)
	o.readUnlock(x)
	return true
}

// tooOld puts the first element of age 2 on record, where the kernel dumps its
// trace once.
func (t *Torture) tooOld(x *cpu.Exec, p *element, age int) {
	x.RecordOp()
	if t.readers.seen {
		return
	}
	t.readers.seen = true
	t.m.AddFinding(x, &cpu.Finding{
		Kind:  "gp-too-short",
		Title: fmt.Sprintf("grace period too short: a reader of %s-torture saw rcu_tortures[%d] at age %d", t.ops.name, p.n, age),
		Text:  "age 0 is published, 1 replaced; at age 2 a grace period has passed since, which this reader should have held up",
	})
}

// readDelay is rcu_read_delay(): now and then a reader takes long, more rarely
// very long, or is preempted. The chances of a thread are those of Pace of the
// kernel's passes; timers come as often as the kernel's.
//
//kernel:fn rcu_read_delay kernel/rcu/rcutorture.c
func (t *Torture) readDelay(x *cpu.Exec, rand *random, thread bool) {
	const shortUs, longMs = 200, 50
	n, pace := uint64(len(t.readers.each)), uint64(1)
	if thread {
		pace = uint64(t.p.Pace)
	}
	chance := func(of uint64) bool { return rand.next()%max(of/pace, 1) == 0 }
	if inside := passTime * sim.Time(pace-1) / 2; inside > 0 {
		x.Delay(inside)
	}
	if chance(n * 2000 * longMs) {
		x.Delay(longMs * sim.Millisecond)
	}
	if chance(n * 2 * shortUs) {
		x.Delay(shortUs * sim.Microsecond)
	}
	if t.m.Preempt == cpu.PreemptFull && x.CPU().Count() == 0 && chance(n*20000) {
		t.s.PreemptSchedule(x)
	}
}
