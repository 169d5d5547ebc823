package sched

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

// bitQueues is how many wait queues the bits of all words share. A zone of the
// kernel has one per 256 pages, at least 4; a power of two.
const bitQueues = 16

// BitWaits is zone->wait_table: sleepers who wait for a bit do so in a queue
// that bits of other words may share, and each is woken for his own bit only
// (docs/kernel/sched-irq-printk.md §4.9). Whoever clears a bit calls
// [BitWaits.WakeUp] behind it, and wakes nobody if the queue is empty: between
// the two must be a barrier, or he may look before his bit is clear to the
// sleeper, who looked before he queued.
type BitWaits struct {
	s      *Sched
	queues [bitQueues]WaitQueue
}

// bitKey is wait_bit_key: what a sleeper waits for.
type bitKey struct {
	word *lock.Word
	bit  int
}

var bitWaitKey = lockdep.Key{Name: "zone->wait_table + i", Inner: lockdep.WaitConfig}

// Init makes the queues, before the machine runs.
func (b *BitWaits) Init(s *Sched) {
	b.s = s
	for i := range b.queues {
		b.queues[i].Init(s, fmt.Sprintf("wait_table[%d]", i), &bitWaitKey)
	}
}

// queue is bit_waitqueue(): the hash is that of the word's address and bit.
//
//kernel:fn bit_waitqueue kernel/sched/wait.c
func (b *BitWaits) queue(w *lock.Word, bit int) *WaitQueue {
	const goldenRatio = 0x9e37fffffffc0001
	at := uint64(w.Obj().ID)<<6 | uint64(bit)
	return &b.queues[at*goldenRatio>>60%bitQueues]
}

// Wait is wait_on_bit() without signals: sleep until the bit is clear.
//
//kernel:fn wait_on_bit include/linux/wait.h
func (b *BitWaits) Wait(x *cpu.Exec, w *lock.Word, bit int, st State) {
	MightSleep(x)
	if w.Test(x, bit) {
		b.outOfLine(x, w, bit, st, MaxTimeout)
	}
}

// WaitTimeout is wait_on_bit_timeout(): it returns 0, or EAGAIN if the jiffies
// have passed and the bit was set.
//
//kernel:fn wait_on_bit_timeout include/linux/wait.h
func (b *BitWaits) WaitTimeout(x *cpu.Exec, w *lock.Word, bit int, st State, jiffies uint64) error {
	MightSleep(x)
	if !w.Test(x, bit) {
		return nil
	}
	if !b.outOfLine(x, w, bit, st, jiffies) {
		return EAGAIN
	}
	return nil
}

// WaitLock is wait_on_bit_lock() without signals: sleep until the bit is clear,
// and set it. Of those who wait so one is woken at a time.
//
//kernel:fn wait_on_bit_lock include/linux/wait.h
func (b *BitWaits) WaitLock(x *cpu.Exec, w *lock.Word, bit int, st State) {
	MightSleep(x)
	if w.TestAndSet(x, bit) {
		b.outOfLineLock(x, w, bit, st)
	}
}

// outOfLine is out_of_line_wait_on_bit() and __wait_on_bit(): it returns whether
// it found the bit clear. The time is a deadline: who is woken and finds the bit
// set again does not begin anew.
//
//kernel:fn __wait_on_bit kernel/sched/wait.c
func (b *BitWaits) outOfLine(x *cpu.Exec, w *lock.Word, bit int, st State, left uint64) bool {
	q, e := b.queue(w, bit), b.entry(x, w, bit)
	set := true
	for set && left > 0 {
		q.PrepareToWait(x, e, st)
		if set = w.Test(x, bit); set {
			left = b.s.sleepTimeout(x, cpu.WaitBit, w.Bit(bit), left)
			set = w.Test(x, bit)
		}
	}
	q.FinishWait(x, e)
	return !set
}

// outOfLineLock is out_of_line_wait_on_bit_lock() and __wait_on_bit_lock().
//
//kernel:fn __wait_on_bit_lock kernel/sched/wait.c
func (b *BitWaits) outOfLineLock(x *cpu.Exec, w *lock.Word, bit int, st State) {
	q, e := b.queue(w, bit), b.entry(x, w, bit)
	for {
		q.PrepareToWaitExclusive(x, e, st)
		if w.Test(x, bit) {
			b.s.SleepFor(x, cpu.WaitBit, w.Bit(bit))
		}
		if !w.TestAndSet(x, bit) {
			break
		}
	}
	q.FinishWait(x, e)
}

// entry is DEFINE_WAIT_BIT().
func (b *BitWaits) entry(x *cpu.Exec, w *lock.Word, bit int) *WaitEntry {
	return &WaitEntry{Task: b.s.Task(x), Key: bitKey{w, bit}, Wake: wakeBit}
}

// wakeBit is wake_bit_function(): a sleeper who waits for another bit stays, and
// so does one whose bit has been set again meanwhile.
//
//kernel:fn wake_bit_function kernel/sched/wait.c
func wakeBit(x *cpu.Exec, q *WaitQueue, e *WaitEntry, mode State, key any) bool {
	k, ok := key.(bitKey)
	if !ok || e.Key != key || k.word.Test(x, k.bit) {
		return false
	}
	return AutoremoveWake(x, q, e, mode, key)
}

// WakeUp is wake_up_bit(): behind the clearing of the bit, and a barrier.
//
//kernel:fn wake_up_bit kernel/sched/wait.c
func (b *BitWaits) WakeUp(x *cpu.Exec, w *lock.Word, bit int) {
	if b.s.m.Mutated("sched.wake-up-bit-no-wake") {
		return
	}
	if q := b.queue(w, bit); q.Active(x) {
		q.WakeUpKey(x, Normal, 1, bitKey{w, bit})
	}
}
