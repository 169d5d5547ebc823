package selftest

// What would break the machine rather than make it report is refused before
// it runs: leaving a context that was not entered, or is not the innermost, and
// using an acquire context that nobody has initialised. Locks are another
// matter: releasing one that is not held is what some cases are about.

// closes says which operation ends what another began.
var closes = map[Do]Do{
	DoHardirqExit: DoHardirqEnter, DoSoftirqExit: DoSoftirqEnter, DoSoftirqEnable: DoSoftirqDisable, DoNofsRestore: DoNofsSave,
	DoRCUUnlock: DoRCULock, DoRCUBHUnlock: DoRCUBHLock, DoRCUSchedUnlock: DoRCUSchedLock,
}

// balance checks the operations of a case against those before them.
type balance struct {
	open map[Do]int
	in   []Do // the contexts that were entered, innermost last
	init [CtxPoison + 1]bool
}

// check takes the next operation, which stands at off.
func (b *balance) check(l *loader, off int, o *Op) {
	if opener, ok := closes[o.Do]; ok {
		if b.open[opener] == 0 {
			l.fail(off, "", "%s without %s before it", o.Do, opener)
			return
		}
		b.open[opener]--
	}
	b.open[o.Do]++
	switch o.Do {
	case DoHardirqEnter, DoSoftirqEnter:
		b.in = append(b.in, o.Do)
	case DoHardirqExit, DoSoftirqExit:
		last := len(b.in) - 1
		if b.in[last] != closes[o.Do] {
			l.fail(off, "", "%s inside of %s", o.Do, b.in[last])
			return
		}
		b.in = b.in[:last]
	case DoWWInit:
		b.init[o.Ctx] = true
	case DoCopyCtx:
		b.needs(l, off, o, o.Src)
		b.init[o.Ctx] = b.init[o.Src]
	case DoWWDone, DoWWFini, DoWWLock, DoWWSlow, DoPokeCtx:
		b.needs(l, off, o, o.Ctx)
	}
	b.needs(l, off, o, o.Nest.Ctx)
}

// needs checks that a context is more than memory.
func (b *balance) needs(l *loader, off int, o *Op, c Ctx) {
	if c != NoCtx && !b.init[c] {
		l.fail(off, "", "%s uses the context %s, which is not initialised yet", o.Do, c)
	}
}
