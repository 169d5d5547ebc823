package cpu

import "testing"

// TestNames: a name is what it was made under within its scopes, however they
// nest, and the number of a Numbered one is behind the first part in it.
func TestNames(t *testing.T) {
	m := New(Config{CPUs: 1, HZ: 100})
	plain := m.NewObj("plain")
	outer := m.Within("rcu", -1)
	inRCU := m.NewObj(".gpnum")
	rcu := m.Numbered(3)
	numbered := m.NewObj(".qlen")
	mutex := m.Within(".mutex", -1)
	deep := m.NewObj(".wait_lock")
	m.Leave(mutex)
	again := m.NewObj(".gpwrap")
	m.Leave(rcu)
	m.Leave(outer)
	m.Within("rq", 2)
	rq := m.NewObj("->lock")
	m.Leave(outer)
	behind := m.NewObj("behind")
	for _, c := range []struct {
		got, want string
	}{
		{m.ObjName(plain.ID), "plain"},
		{m.ObjName(inRCU.ID), "rcu.gpnum"},
		{m.ObjName(numbered.ID), "rcu.qlen3"},
		{m.ObjName(deep.ID), "rcu.mutex3.wait_lock"},
		{m.ObjName(again.ID), "rcu.gpwrap3"},
		{m.ObjName(rq.ID), "rq2->lock"},
		{m.ObjName(behind.ID), "behind"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
