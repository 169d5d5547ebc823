// Command lockstep runs scenarios on a virtual SMP machine with Linux v4.4's
// code paths and says what came of it.
//
// # Model
//
// There is one file for each command; a command parses its flags, calls
// package configs, and hands what it gets to one of the writers (text or
// JSON). Nothing here knows how a machine works.
//
// Standard output carries results and nothing else; a run's output is a
// function of its replay token, and a batch's of its seeds. Whatever depends
// on the machine that computes it, such as progress and the time it took, goes
// to standard error, and so do errors. Output is buffered and written at the
// end, also when the program fails.
//
// How a command ended is an error value (errors.go), from which the exit
// status follows:
//
//	0    the verdict is one that the scenario expects
//	1    it is not
//	2    wrong usage, a wrong scenario, or a file that cannot be read or written
//	3    a limit ended a run, where that is not expected
//	4    a replay took another way than its token
//	5    an error of lockstep itself
//	130  interrupted: the runs in hand were finished and reported
package main
