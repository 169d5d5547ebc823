// Package ksym knows the kernel's names of the program's functions. It reads
// the //kernel:fn directives out of the embedded sources and turns captured
// program counters into the frames a kernel prints.
//
// Model: a table from Go function to (kernel name, file of the kernel, first
// line, length in lines). Addresses and offsets are synthetic: an address
// comes from the kernel name, an offset from the line within the function,
// so they are stable across builds and a reader can find the line again.
package ksym
