package snapshot

// RCU is one flavour. Jiffies are absolute, to be held against
// Snapshot.Jiffies: what goes by changes nothing here.
type RCU struct {
	Name      string    // rcu_preempt
	GPNum     uint64    // the latest grace period started
	Completed uint64    // the latest completed: another while one is in progress
	State     string    // the grace-period kthread's, in words
	Flags     uint32    // gp_flags: 1 asks for a grace period, 2 for forcing
	Kthread   int       // Exec.ID of the grace-period kthread, -1 before it exists
	Start     uint64    // gp_start, in jiffies
	Activity  uint64    // when the kthread last did something, in jiffies
	Forced    uint64    // how often quiescent states have been forced
	Deadline  uint64    // the next stall report, in jiffies
	Reported  bool      // the grace period in progress has been reported as stalled
	ExpSeq    uint64    // expedited_sequence: odd while one is in progress
	Barrier   uint64    // barrier_sequence: odd while one is in progress
	Missing   int       // callbacks of that barrier that are not yet back
	Nodes     []RCUNode // breadth first
	CPUs      []RCUCPU  // by number
}

// RCUNode is one node of the tree.
type RCUNode struct {
	Level      int    // 0 at the root
	Lo         int    // the first CPU under it
	Hi         int    // the last one
	Parent     int    // index in Nodes, -1 at the root
	QSMask     uint64 // who owes a normal quiescent state
	ExpMask    uint64 // who owes an expedited one
	QSMaskInit uint64 // QSMask at the start of a grace period
	InitNext   uint64 // of a leaf: QSMaskInit at the next one, who is online
	NeedGP     [2]int // requests for a grace period by its number's parity
	Blocked    []int  // PIDs of the readers preempted here, in list order
	GPTasks    int    // index in Blocked from which on they block the normal grace period, -1 for none
	ExpTasks   int    // likewise the expedited one
	BoostTasks int    // and those that are still to be boosted
	Boost      string // what the leaf's rcub thread does: S, R, W, O, Y; empty without RCU_BOOST
	Boosted    uint64 // readers, so far
	Balk       string // why most of those who would have boosted did not, empty if all did
	Lock       string // name of its lock
}

// RCUCPU is a CPU's share of a flavour.
type RCUCPU struct {
	GPNum      uint64    // the CPU's own view of the latest started
	QSPending  bool      // it owes a quiescent state (core_needs_qs)
	Passed     bool      // and has passed one (cpu_no_qs.norm is clear)
	ExpPending bool      // its next context switch reports to an expedited one (cpu_no_qs.exp)
	Ticks      uint64    // it has seen in the grace period
	Callbacks  int       // how many it has; those of a batch being invoked are in no segment
	Segments   [4]int    // done, wait, next-ready, next
	WaitFor    [4]uint64 // nxtcompleted: the grace periods of wait and next-ready, 0 if there are none
	Lazy       int       // of the callbacks, those that only free
	Limit      int       // of a batch
	Offloaded  bool      // its callbacks are an rcuo thread's: they are in no segment and have no limit
	Posted     int       // of an offloaded CPU's callbacks, those that its leader has not taken up
	Waiting    int       // those for which the leader waits for a grace period
	Ready      int       // those that the CPU's own rcuo thread is to invoke
	Leader     int       // the CPU whose rcuo thread waits for grace periods for it
	Asleep     bool      // of a leader: its thread sleeps until somebody posts
}
