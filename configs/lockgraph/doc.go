// Package lockgraph draws what the validator has learned: the graph of lock
// classes, and in it the cycles that it has reported.
//
// # Model
//
// A [Graph] is plain data: classes, and edges "From was held when To was
// taken". [New] makes it of the validator's view and its reports. What a report
// says may be more than what is stored, for a validator that stops at the
// first report does not store the edge that closes the cycle; so an edge is
// seen, seen and part of a cycle, the refused one that closes a cycle, or the
// interrupt that does.
//
// [Graph.DOT] writes it for Graphviz. [Graph.SVG] draws it without, in layers:
// whoever is held first stands above. Each edge gets a place of its own in
// every row that it passes, as wide as its label, and rows do not touch;
// therefore no two texts overlap and no line goes through a box or a text. That
// makes wide pictures of large graphs, so there is a limit, [MaxClasses];
// [Graph.Around] cuts a smaller graph out.
//
// All of it is a function of the graph: the same run gives the same bytes.
package lockgraph
