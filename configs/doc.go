// Package configs holds the scenarios: what one looks like in a TOML file, how
// a file is checked, how its settings are overridden and printed, and how the
// Starlark programs in it are compiled.
//
// # Model
//
// A [Scenario] is plain data. Its Go types are the schema: each field carries
// its key, default and permitted values in struct tags, and its doc comment is
// the comment that [Print] writes above the key. Nothing else lists keys, so a
// key cannot be checked in one way and printed in another.
//
// Loading goes source -> generic tree -> checked scenario:
//
//   - the text is refused when it is not UTF-8, too large or nested too deeply;
//   - a small scanner records where each key and value stands (positions);
//   - BurntSushi/toml parses the text into maps, which know no schema;
//   - one walk compares the maps with the schema and fills the scenario, on top
//     of its defaults, so that an absent key keeps its default;
//   - one pass checks what spans several keys: names, CPUs, expectations.
//
// Problems are gathered as [Diagnostics], all of them, in file order, each
// with its line and column and, where one is near, the name that was probably
// meant. An override (--set, or a [[variant]]) goes through the same walk and
// the same pass, so it can fail in no new way; it is applied whole or not at
// all.
//
// Rejected: decoding straight into the structs. The TOML package then stops at
// the first wrong type, names no column, and accepts unknown keys.
//
// # Programs
//
// A task's body runs once, as the task. The programs of handlers, works,
// tasklets and the like run from their top each time, in the context that the
// kernel calls them in: what sleeps there goes the kernel's way of sleeping in
// atomic context. Each run has globals of its own, also one that interrupts
// another run of the same program on any CPU; what is to last, or to be seen
// elsewhere, is in [[shared]] objects, every use of which is an operation. Only
// a function that is handed to another CPU or to a stopper shares the globals of
// the run that handed it over.
//
//	[[task]]      body             task context, once
//	[[irq]]       handler, thread  hardirq or NMI; the line's thread
//	[[softirq]]   body             softirq, also in ksoftirqd
//	[[tasklet]]   body             softirq
//	[[irq_work]]  body             hardirq
//	[[work]]      body             a worker
//
// What costs objects or threads is made only for scenarios that can use it: the
// stoppers, worker pools and csds of many-CPU calls if some program mentions a
// builtin of theirs, or there is a table of theirs; IO-APIC, descriptors and
// devices by their tables.
//
// # Positions
//
// A body is compiled once per process for each (file, text). Positions inside
// it are positions in the Starlark text; [BodyPos] takes them back to the TOML
// file through whatever quoting and escapes the body was written with.
package configs
