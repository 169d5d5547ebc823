package ksym

import (
	"fmt"
	"runtime"
)

// Frame is one frame of a kernel stack.
type Frame struct {
	Func *Func // which function
	Line int   // of the Go source, the call or operation being performed
}

// Text base and size of the synthetic kernel image.
const (
	textBase = 0xffffffff81000000
	textSize = 0x00800000
)

// Walk turns program counters, innermost first as runtime.Callers gives
// them, into the frames of kernel functions among them. A kernel function
// that is several functions here, one calling the other, is one frame.
func (t *Table) Walk(pcs []uintptr) []Frame {
	var frames []Frame
	it := runtime.CallersFrames(pcs)
	for {
		f, more := it.Next()
		fn := t.Lookup(f.Function)
		if fn != nil && (len(frames) == 0 || frames[len(frames)-1].Func.Kernel != fn.Kernel) {
			frames = append(frames, Frame{fn, f.Line})
		}
		if !more {
			return frames
		}
	}
}

// Offset returns the frame's synthetic offset into its function: sixteen
// bytes a line, and a return address is never aligned.
func (f Frame) Offset() int { return (f.Line-f.Func.Line)*16 + 5 }

// Addr returns the frame's synthetic address.
func (f Frame) Addr() uint64 {
	var h uint64 = 0xcbf29ce484222325
	for i := range len(f.Func.Kernel) {
		h = (h ^ uint64(f.Func.Kernel[i])) * 0x100000001b3
	}
	return textBase + h%textSize&^0xf + uint64(f.Offset())
}

// String is the symbol as a kernel prints it: rcu_read_unlock_special+0x45/0x1a0.
func (f Frame) String() string {
	return fmt.Sprintf("%s+0x%x/0x%x", f.Func.Kernel, f.Offset(), f.Func.Lines*16)
}
