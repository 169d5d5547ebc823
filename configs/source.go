package configs

import (
	"embed"
	"io/fs"
	"path"
	"sync"

	"lockstep/cpu"
	"lockstep/cpu/ksym"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/stop"
	"lockstep/cpu/timer"
	"lockstep/cpu/watchdog"
	"lockstep/cpu/workqueue"
	"lockstep/irq"
	"lockstep/perf"
	"lockstep/printk"
	"lockstep/rcu"
	"lockstep/rcu/torture"
)

// source is this package's own source: the builtins that stand for system
// calls have kernel names too.
//
//go:embed *.go
var source embed.FS

// sources are those of the packages with kernel functions, by directory.
var sources = map[string]fs.FS{
	"cpu": cpu.Source, "cpu/lock": lock.Source, "cpu/sched": sched.Source, "cpu/softirq": softirq.Source,
	"cpu/stop": stop.Source, "cpu/timer": timer.Source, "cpu/watchdog": watchdog.Source, "cpu/workqueue": workqueue.Source, "irq": irq.Source, "printk": printk.Source, "rcu": rcu.Source, "rcu/torture": torture.Source, "perf": perf.Source,
	"configs": source,
}

// Symbols returns the table of the program's kernel functions, read from the
// embedded sources at first use.
var Symbols = sync.OnceValue(func() *ksym.Table {
	byPath := map[string]fs.FS{}
	for dir, files := range sources {
		byPath["lockstep/"+dir] = files
	}
	return ksym.New(byPath)
})

// ReadSource returns a source file of the port by its name in the tree, as in
// rcu/unlock.go.
func ReadSource(name string) ([]byte, error) {
	files := sources[path.Dir(name)]
	if files == nil {
		return nil, fs.ErrNotExist
	}
	return fs.ReadFile(files, path.Base(name))
}
