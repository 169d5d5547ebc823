package term

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// notStopped is how long a stop signal may take to arrive.
const notStopped = 100 * time.Millisecond

// stopProcess stops the whole process group, as the terminal itself would at
// Ctrl-Z, and returns when the shell continues it. The signal may reach another
// thread a little later, so returning at once could take the terminal again
// before the stop. And it may never do anything: a group whose shell is gone is
// not stopped. Hence it waits to be continued, but not for long; a process that
// is stopped does not notice how long.
func stopProcess() {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if syscall.Kill(0, syscall.SIGTSTP) != nil {
		return
	}
	select {
	case <-continued:
	case <-time.After(notStopped):
	}
}
