package sched

// Errno is a kernel error as a function returns it, negated there.
type Errno int

// Errors of sleeping locks and of kthreads.
const (
	EINTR     Errno = 4   // a signal ended the sleep
	EAGAIN    Errno = 11  // what was to be changed changed meanwhile
	EBUSY     Errno = 16  // somebody needs it as it is
	EINVAL    Errno = 22  // it cannot be so
	EDEADLK   Errno = 35  // an older context has the lock: back off
	ENOSYS    Errno = 38  // the thread has ended
	ETIME     Errno = 62  // the time is up
	ETIMEDOUT Errno = 110 // the time is up, of a lock
	EALREADY  Errno = 114 // this context has the lock already
)

// Error returns the error's name.
func (e Errno) Error() string {
	switch e {
	case EINTR:
		return "EINTR"
	case EAGAIN:
		return "EAGAIN"
	case EBUSY:
		return "EBUSY"
	case EINVAL:
		return "EINVAL"
	case EDEADLK:
		return "EDEADLK"
	case ETIME:
		return "ETIME"
	case ETIMEDOUT:
		return "ETIMEDOUT"
	case ENOSYS:
		return "ENOSYS"
	}
	return "EALREADY"
}
