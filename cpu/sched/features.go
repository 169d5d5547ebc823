package sched

// Features are the scheduler's switches, sched_features of debugfs.
type Features uint32

// The features that the ported paths ask for (docs/kernel/sched-irq-printk.md §1.1).
const (
	GentleFairSleepers Features = 1 << iota // who slept gets half a latency of credit, not a whole one
	StartDebit                              // a new task starts a slice behind
	NextBuddy                               // who is woken is next, also without preempting
	LastBuddy                               // who is preempted on a busy runqueue comes back first
	WakeupPreemption                        // who is woken may preempt
	TTWUQueue                               // a wake-up across caches goes by the wake list
	RTPushIPI                               // an overloaded CPU is told to push, in place of being pulled from
	RTRuntimeShare                          // a CPU borrows other CPUs' real-time runtime
)

// DefaultFeatures are v4.4's.
const DefaultFeatures = GentleFairSleepers | StartDebit | LastBuddy | WakeupPreemption | TTWUQueue | RTPushIPI | RTRuntimeShare

func (f Features) has(g Features) bool { return f&g != 0 }

// SetFeatures switches features, before the machine runs.
func (s *Sched) SetFeatures(f Features) {
	s.feat = f
	for i := range s.rqs {
		s.rqs[i].cfs.feat = f
	}
}
