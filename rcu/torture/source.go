package torture

import "embed"

// Source is this package's own source: the kernel names of its functions are
// read from it, and the terminal shows the line being executed.
//
//go:embed *.go
var Source embed.FS
