package lockdep

import "strconv"

// class is what is known of a lock class, one (key, subclass), besides what
// its vertex holds.
type class struct {
	key      *Key
	nextSub  int32 // next class of the same key, 0 ends
	keyNo    int32 // ordinal of the key, for its synthetic address
	version  int32 // n of "name#n"; 1 prints nothing
	subclass uint8
}

// classOf returns the class of an acquisition, registering it at its first
// use; 0 means that the validator has just switched itself off. The map's
// cache is filled for subclass 0 and 1, as v4.4 has two cache entries; a class
// below base is one that Reset made forget.
//
//kernel:fn register_lock_class kernel/locking/lockdep.c
func (v *Validator) classOf(t *Task, m *Map, how How) int32 {
	if how&wrongSubclass != 0 {
		v.limit(t, "BUG: looking up invalid subclass: "+strconv.Itoa(int(how>>8)))
		return 0
	}
	if m.key == nil {
		v.nonStaticKey(t)
		return 0
	}
	sub := how.subclass()
	c := v.lookUp(m, sub)
	if c == 0 {
		if v.classCount() >= v.maxClasses() {
			v.limit(t, "BUG: MAX_LOCKDEP_KEYS too low!")
			return 0
		}
		c = v.register(m.key, sub)
	}
	// Acquisitions of an unvalidated lock must come here every time.
	if sub < len(m.class) && !m.key.NoValidate {
		m.class[sub] = c
	}
	return c
}

// lookUp finds the class of (m's key, sub) without registering it.
//
//kernel:fn look_up_lock_class kernel/locking/lockdep.c
func (v *Validator) lookUp(m *Map, sub int) int32 {
	c := v.keys[m.key]
	for c != 0 && int(v.classes[c].subclass) != sub {
		c = v.classes[c].nextSub
	}
	return c
}

// register appends a class. Subclasses of one key share its version; another
// key with the same name gets the next one, so that reports can tell the two
// apart.
//
//kernel:fn count_matching_names kernel/locking/lockdep.c
func (v *Validator) register(k *Key, sub int) int32 {
	n := int32(len(v.classes))
	c := class{key: k, subclass: uint8(sub)}
	if sib := v.keys[k]; sib != 0 {
		c.version = v.classes[sib].version
		c.keyNo = v.classes[sib].keyNo
		c.nextSub = v.classes[sib].nextSub
		v.classes[sib].nextSub = n
	} else {
		c.version = v.names[k.Name] + 1
		v.names[k.Name] = c.version
		c.keyNo = int32(len(v.keys))
		v.keys[k] = n
	}
	v.classes = append(v.classes, c)
	v.g.verts = append(v.g.verts, vertex{perCPU: k.PerCPU, override: k.Override, inner: k.Inner, outer: k.Outer})
	if v.tr != nil {
		v.traces = append(v.traces, [usageBits]Stack{})
	}
	return n
}

func (v *Validator) classCount() int { return len(v.classes) - 1 - int(v.base) }

// className is the display name: NAME[#version][/subclass].
//
//kernel:fn __print_lock_name kernel/locking/lockdep.c
func (v *Validator) className(n int32) string {
	c := &v.classes[n]
	s := c.key.Name
	if c.version > 1 {
		s += "#" + strconv.Itoa(int(c.version))
	}
	if c.subclass != 0 {
		s += "/" + strconv.Itoa(int(c.subclass))
	}
	return s
}

// lockName is " (NAME){usage}", by the newer rules with "-{outer:inner}".
//
//kernel:fn print_lock_name kernel/locking/lockdep.c
func (v *Validator) lockName(n int32) string {
	c := &v.g.verts[n]
	s := " (" + v.className(n) + "){" + v.usageChars(c.usage) + "}"
	if v.strict {
		outer := c.outer
		if outer == WaitInv {
			outer = c.inner
		}
		s += "-{" + strconv.Itoa(int(outer)) + ":" + strconv.Itoa(int(c.inner)) + "}"
	}
	return s
}

// usageTrace returns the stack saved when bit was first set.
func (v *Validator) usageTrace(c int32, bit usageBit) Stack {
	if v.traces == nil {
		return 0
	}
	return v.traces[c][bit]
}

// The printed addresses of keys and lock instances are synthetic and stable:
// keys lie eight bytes apart in order of first use, and a subclass is an
// offset into its key; instances lie 64 bytes apart in the order in which they
// were first printed or told apart.
const (
	keyBase      = 0xffffffff82a00000
	instanceBase = 0xffff888000000000
	instanceSize = 64
)

func (v *Validator) keyAddr(n int32) uint64 {
	return keyBase + 8*uint64(v.classes[n].keyNo) + uint64(v.classes[n].subclass)
}

// instance returns the number of m.
func (v *Validator) instance(m *Map) int32 {
	if m.id == 0 {
		v.instances++
		m.id = v.instances
	}
	return m.id
}

func (v *Validator) addr(m *Map) uint64 { return instanceBase + instanceSize*uint64(v.instance(m)) }
