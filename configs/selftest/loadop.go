package selftest

import (
	"slices"
	"strings"
)

// op reads an operation: its name first, which says what fields it has. It
// returns false if anything is wrong.
func (l *loader) op(n *node) (o Op, ok bool) {
	before := len(l.diags)
	f := l.object(n)
	if f == nil {
		return o, false
	}
	names := make([]string, len(doTable))
	for i := range doTable {
		names[i] = doTable[i].name
	}
	do, ok := f.oneOf("op", names)
	if !ok {
		return o, false
	}
	o.Do = Do(do)
	o.Threaded = true // unless the handler says that it would not be a thread
	for _, spec := range strings.Fields(doTable[do].fields) {
		key := strings.TrimRight(spec, "?0")
		if strings.Contains(spec, "?") && !f.has(key) {
			continue
		}
		v := f.take(key)
		if v == nil || v.shape == isNull && strings.HasSuffix(spec, "0") {
			o.Value = o.Value || v != nil && key == "value"
			continue
		}
		l.opField(f, &o, key)
	}
	if o.Do == DoPokeCtx && f.byKey["delta"] != nil == (f.byKey["value"] != nil) {
		l.fail(n.off, "", `want either "delta" or "value"`)
	}
	f.done()
	return o, len(l.diags) == before
}

// opField reads one field of an operation.
func (l *loader) opField(f *fields, o *Op, key string) {
	switch key {
	case "lock":
		if s, ok := f.str(key); ok {
			l.opLock(f.off(key), o, s)
		}
	case "class":
		if s, ok := f.str(key); ok && o.Lock.Name != "" && s != o.Lock.class() {
			l.fail(f.off(key), "did you mean "+o.Lock.class()+"?", "the class of %s is not %q", o.Lock, s)
		}
	case "kind":
		l.kind(f, o)
	case "nest":
		l.nest(f, o)
	case "ctx", "dst":
		o.Ctx = l.ctx(f, o, key)
	case "src":
		o.Src = l.ctx(f, o, key)
	case "how":
		if i, ok := f.oneOf(key, howNames); ok {
			o.How = howNames[i]
		}
	case "gfp":
		if i, ok := f.oneOf(key, gfpNames); ok {
			o.GFP = gfpNames[i]
		}
	case "field":
		if i, ok := f.oneOf(key, fieldNames); ok {
			o.Field = fieldNames[i]
		}
	case "threaded":
		o.Threaded, _ = f.truth(key)
	case "trylock":
		o.Trylock, _ = f.truth(key)
	case "check":
		f.str(key) // says what the kernel's test compares, for people
	default:
		l.opNumber(f, o, key)
	}
}

// opNumber reads a field that is a number.
func (l *loader) opNumber(f *fields, o *Op, key string) {
	if key == "expect_ret" {
		l.ret(f, o)
		return
	}
	v, ok := f.integer(key)
	if !ok {
		return
	}
	switch key {
	case "delta":
		o.Delta = int64(v)
		if o.Field != "stamp" && o.Field != "" {
			l.fail(f.off(key), "", "only the stamp can be counted, not %q", o.Field)
		}
	case "value":
		o.Value = true
		if v != 0 {
			l.fail(f.off(key), "", "a field can only be made zero, not %d", v)
		}
	case "subclass":
		o.Subclass = v
		if v < 0 || v > 7 {
			l.fail(f.off(key), "", "a subclass is 0 to 7, not %d", v)
		}
	}
}

// onWW tells whether an operation is one of ww mutexes. Lock and unlock of
// the plain kinds are not.
func (d Do) onWW() bool {
	switch d {
	case DoWWLock, DoWWSlow, DoWWTrylock, DoWWUnlock, DoBaseLock, DoBaseUnlock, DoSetLockCtx, DoLockdepAcquire, DoLockdepRelease:
		return true
	}
	return false
}

// opLock reads the lock of an operation, which must fit: ww mutexes have
// operations of their own. One that does not is left out, so that nothing more
// is said of it.
func (l *loader) opLock(off int, o *Op, s string) {
	lk, ok := l.lock(off, s)
	if ok && o.Do.onWW() != (lk.Family == WW) {
		l.fail(off, "", "%s is not for %s", o.Do, lk)
		return
	}
	o.Lock = lk
}

// lock parses FAMILY.INSTANCE.
func (l *loader) lock(off int, s string) (Lock, bool) {
	family, name, dot := strings.Cut(s, ".")
	i := index(familyNames, family)
	if !dot || i < 0 {
		l.fail(off, suggest(family, familyNames), "the lock %q is of no known family", s)
		return Lock{}, false
	}
	if names := instanceNames(Family(i)); index(names, name) < 0 {
		l.fail(off, suggest(name, names), "there is no lock %q in the family %s", name, family)
		return Lock{}, false
	}
	return Lock{Family(i), name}, true
}

// kind reads how a lock is taken, which must fit the lock. The base lock of a
// ww mutex is taken as a mutex.
func (l *loader) kind(f *fields, o *Op) {
	names := make([]string, len(kindTable))
	for i := range kindTable {
		names[i] = kindTable[i].name
	}
	i, ok := f.oneOf("kind", names)
	if !ok || o.Lock.Name == "" {
		return
	}
	o.Kind = Kind(i)
	want := o.Lock.Family
	if o.Do == DoBaseLock || o.Do == DoBaseUnlock {
		want = Mutex
	}
	if kindTable[i].of != want {
		l.fail(f.off("kind"), "", "%s of %s cannot be of the kind %s", o.Do, o.Lock, kindTable[i].name)
	}
}

// nest reads a nest lock: a lock, or ctx.NAME. Not every kind of lock can be
// taken under one.
func (l *loader) nest(f *fields, o *Op) {
	s, ok := f.str("nest")
	if !ok {
		return
	}
	if can := []Kind{KindSpin, KindRaw, KindMutex, KindDownWrite}; o.Do == DoLock && !slices.Contains(can, o.Kind) {
		l.fail(f.off("nest"), "", "a lock of the kind %s cannot be taken under a nest lock", kindTable[o.Kind].name)
		return
	}
	if name, ctx := strings.CutPrefix(s, "ctx."); ctx {
		if i := index(ctxNames[:CtxPoison], name); i > 0 {
			o.Nest = Nest{Ctx: Ctx(i)}
		} else {
			l.fail(f.off("nest"), suggest(name, ctxNames[CtxT:CtxPoison]), "there is no context %q", name)
		}
		return
	}
	if lk, ok := l.lock(f.off("nest"), s); ok {
		o.Nest = Nest{Lock: lk}
	}
}

// ctx reads an acquire context. Only a lock's pointer to one can be poison.
func (l *loader) ctx(f *fields, o *Op, key string) Ctx {
	names := ctxNames[CtxT:CtxPoison]
	if o.Do == DoSetLockCtx {
		names = ctxNames[CtxT:]
	}
	i, ok := f.oneOf(key, names)
	if !ok {
		return NoCtx
	}
	return CtxT + Ctx(i)
}

// ret reads what an operation returns: 0, 1, or a negative errno by name.
func (l *loader) ret(f *fields, o *Op) {
	n := f.take("expect_ret")
	if n == nil {
		return
	}
	o.HasRet = true
	if n.shape == isString {
		switch i, _ := f.oneOf("expect_ret", []string{"-EALREADY", "-EDEADLK"}); i {
		case 0:
			o.Ret = -EALREADY
		case 1:
			o.Ret = -EDEADLK
		}
		return
	}
	o.Ret, _ = f.integer("expect_ret")
	if o.Ret != 0 && o.Ret != 1 {
		l.fail(n.off, "known: 0, 1, -EALREADY, -EDEADLK", "nothing returns %d", o.Ret)
	}
}
