package cpu

import "fmt"

// Topology says which CPUs are near each other. CPUs are numbered as firmware
// usually does: the first threads of all cores, socket by socket, then the
// second threads in the same order. The zero value is one socket of cores
// with one thread each.
type Topology struct {
	Sockets int // each a NUMA node with a last-level cache of its own; 0 means 1
	Cores   int // of each socket; 0: as many as the CPUs need
	Threads int // of each core; 0 means 1
}

// CPUs returns how many CPUs the topology describes, 0 if it leaves it open.
func (t Topology) CPUs() int { return max(t.Sockets, 1) * t.Cores * max(t.Threads, 1) }

// fill replaces what was left open for a machine of n CPUs; a topology that
// does not fit them is an error.
func (t Topology) fill(n int) (Topology, error) {
	t.Sockets, t.Threads = max(t.Sockets, 1), max(t.Threads, 1)
	if t.Cores == 0 {
		t.Cores = n / (t.Sockets * t.Threads)
	}
	if t.CPUs() != n {
		return t, fmt.Errorf("cpu: %d sockets of %d cores with %d threads are %d CPUs, not %d", t.Sockets, t.Cores, t.Threads, t.CPUs(), n)
	}
	return t, nil
}

// Core returns the number of the core that CPU c is a thread of.
func (m *Machine) Core(c int) int { return c % (m.topology.Sockets * m.topology.Cores) }

// Socket returns the number of CPU c's socket, which is its node.
func (m *Machine) Socket(c int) int { return m.Core(c) / m.topology.Cores }

// LLC returns the number of CPU c's last-level cache (sd_llc_id).
func (m *Machine) LLC(c int) int {
	if m.llc != nil {
		return m.llc[c]
	}
	return m.Socket(c)
}

// ShareCache reports whether two CPUs share their last-level cache.
//
//kernel:fn cpus_share_cache kernel/sched/core.c
func (m *Machine) ShareCache(a, b int) bool { return m.LLC(a) == m.LLC(b) }

// initTopology checks the topology against the CPUs: cores lie within one
// last-level cache, and caches within one socket. It tells each CPU which bits
// of an object's owners are of its own socket.
func (m *Machine) initTopology(t Topology) {
	var err error
	if m.topology, err = t.fill(len(m.CPUs)); err != nil {
		panic(err)
	}
	near := make([]uint64, m.topology.Sockets)
	for i := range m.CPUs {
		near[m.Socket(i)] |= 1 << (uint(i) & 63)
		if m.LLC(i) != m.LLC(m.Core(i)) {
			panic(fmt.Sprintf("cpu: the threads %d and %d of a core have different caches", m.Core(i), i))
		}
	}
	for i, c := range m.CPUs {
		c.near = near[m.Socket(i)]
	}
}
