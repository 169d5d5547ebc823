package configs

import "embed"

// source is this package's own source: the builtins that stand for system
// calls have kernel names too.
//
//go:embed *.go
var source embed.FS
