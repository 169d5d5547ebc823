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
// A body is compiled once per process for each (file, text). Positions inside
// it are positions in the Starlark text; [BodyPos] takes them back to the TOML
// file through whatever quoting and escapes the body was written with.
package configs
