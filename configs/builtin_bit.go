package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
)

var wordKind = lockKind[*lock.Word]{KindWord, "bits", func(m *Machine) map[string]*lock.Word { return m.words }}

// onBit makes a builtin of a word and the number of one of its bits; rest are
// its further arguments.
func onBit(name, rest, doc string, fn func(b *body, a args, w *lock.Word, bit int) (starlark.Value, error)) Builtin {
	bt := wordKind.builtin(name, ", bit"+rest, doc, func(b *body, a args, w *lock.Word) (starlark.Value, error) {
		bit, err := a.number(1, 0)
		if err == nil && bit > 63 {
			err = a.wrong(1, "a bit from 0 to 63")
		}
		if err != nil {
			return nil, err
		}
		return fn(b, a, w, int(bit))
	})
	bt.Args = "word, bit" + rest
	return bt
}

// doBit makes one that always succeeds.
func doBit(name, doc string, fn func(b *body, w *lock.Word, bit int)) Builtin {
	return onBit(name, "", doc, func(b *body, _ args, w *lock.Word, bit int) (starlark.Value, error) {
		fn(b, w, bit)
		return nil, nil
	})
}

// askBit makes one that returns whether.
func askBit(name, doc string, fn func(w *lock.Word, x *cpu.Exec, bit int) bool) Builtin {
	return onBit(name, "", doc, func(b *body, _ args, w *lock.Word, bit int) (starlark.Value, error) {
		return starlark.Bool(fn(w, b.x, bit)), nil
	})
}

// bitBuiltins are in the kernel's words; the word comes before the bit, as all
// builtins are told first what they are about.
var bitBuiltins = []Builtin{
	askBit("test_bit", "Whether a bit of a word is set.", (*lock.Word).Test),
	askBit("test_and_set_bit", "Set a bit atomically; returns whether it was set before.", (*lock.Word).TestAndSet),
	doBit("clear_bit_unlock", "Clear a bit: who finds it clear sees what came before. Call wake_up_bit behind it.", func(b *body, w *lock.Word, bit int) { w.Clear(b.x, bit) }),
	doBit("wait_on_bit", "Sleep until a bit is clear; who clears it calls wake_up_bit.", func(b *body, w *lock.Word, bit int) {
		b.m.bitWaits.Wait(b.x, w, bit, sched.Uninterruptible)
	}),
	onBit("wait_on_bit_timeout", ", jiffies", "The same with a timeout; returns 0, or -EAGAIN if that passed first.", func(b *body, a args, w *lock.Word, bit int) (starlark.Value, error) {
		n, err := a.number(2, 0)
		if err != nil {
			return nil, err
		}
		return errno(b.m.bitWaits.WaitTimeout(b.x, w, bit, sched.Uninterruptible, uint64(n)))
	}),
	doBit("wait_on_bit_lock", "Sleep until a bit is clear, and set it.", func(b *body, w *lock.Word, bit int) {
		b.m.bitWaits.WaitLock(b.x, w, bit, sched.Uninterruptible)
	}),
	doBit("wake_up_bit", "Wake who waits for a bit, all of them and one of wait_on_bit_lock.", func(b *body, w *lock.Word, bit int) { b.m.bitWaits.WakeUp(b.x, w, bit) }),
	doBit("bit_spin_lock", "Take a bit as a spinlock; preemption is off while it is held, and lockdep sees nothing.", func(b *body, w *lock.Word, bit int) { w.SpinLock(b.x, bit) }),
	askBit("bit_spin_trylock", "Take it if it is free; returns whether it was.", (*lock.Word).SpinTrylock),
	onBit("bit_spin_unlock", "", "Release it; the task may be preempted.", func(b *body, a args, w *lock.Word, bit int) (starlark.Value, error) {
		if !w.HeldHere(b.x, bit) {
			return nil, a.notHeldHere()
		}
		w.SpinUnlock(b.x, bit)
		return nil, nil
	}),
}
