// Package configstest makes scenarios ready to run for the tests of the
// packages above configs.
//
// A scenario is given by name or as a text, with other settings as key, value,
// …; what is wrong with it ends the test.
package configstest
