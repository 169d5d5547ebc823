package lockdep

import "strconv"

// class is one lock class: what (key, subclass) has been seen to do. It
// holds slab indices only, never pointers into a slab, since slabs move when
// they grow.
type class struct {
	key      *Key
	ops      uint64 // acquisitions, re-acquisitions of an out-of-order release included
	nextSub  int32  // next class of the same key, 0 ends
	keyNo    int32  // ordinal of the key, for its synthetic address
	version  int32  // n of "name#n"; 1 prints nothing
	gen      uint32 // generation of the last search that came here
	usage    usageMask
	subclass uint8
	after    edgeList // taken while this class was held
	before   edgeList // held when this class was taken
}

// classOf returns the class of an acquisition, registering it at its first
// use; 0 means that the validator has just switched itself off. The map's
// cache is filled for subclass 0 and 1, as v4.4 has two cache entries.
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
		if len(v.classes) > maxClasses {
			v.limit(t, "BUG: MAX_LOCKDEP_KEYS too low!")
			return 0
		}
		c = v.register(m.key, sub)
	}
	if sub < len(m.class) {
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
		for i := range v.classes[1:] {
			if o := &v.classes[1+i]; o.key.Name == k.Name {
				c.version = max(c.version, o.version)
			}
		}
		c.version++
		c.keyNo = int32(len(v.keys))
		v.keys[k] = n
	}
	v.classes = append(v.classes, c)
	if v.tr != nil {
		v.traces = append(v.traces, [usageBits]Stack{})
	}
	return n
}

// name is the display name: NAME[#version][/subclass].
//
//kernel:fn __print_lock_name kernel/locking/lockdep.c
func (c *class) name() string {
	s := c.key.Name
	if c.version > 1 {
		s += "#" + strconv.Itoa(int(c.version))
	}
	if c.subclass != 0 {
		s += "/" + strconv.Itoa(int(c.subclass))
	}
	return s
}

// lockName is " (NAME){usage}".
//
//kernel:fn print_lock_name kernel/locking/lockdep.c
func (c *class) lockName() string { return " (" + c.name() + "){" + c.usage.chars() + "}" }

// usageTrace returns the stack saved when bit was first set.
func (v *Validator) usageTrace(c int32, bit usageBit) Stack {
	if v.traces == nil {
		return 0
	}
	return v.traces[c][bit]
}
