// Package screentest turns a simulated screen into text for golden files: what
// it says, and beside it how each cell looks.
//
// A cell's look is one character. Blank is the terminal's own look; b, d, u and
// r are bold, dim, underlined and reversed; a digit is that colour of the
// palette; a capital, or a small letter when those are used up, is anything
// else, spelt out in the lines below the map. Letters are given in the order of
// their spelling, so the same looks have the same letters.
package screentest
