package sim

// Kind says what an operation does. Package cpu and those above it define
// their kinds from KindUser on; the names they register are for people only.
type Kind uint8

// The kinds the engine itself knows.
const (
	KindNone    Kind = iota
	KindStart        // a processor's first step
	KindDelay        // time passes, nothing is touched
	KindFinding      // a verdict-bearing observation is put on record
	KindUser         // first kind free for packages above
)

// Access is how an operation touches its object; the search's dependency
// relation is built on it.
type Access uint8

// Accesses of an operation to its object.
const (
	AccessNone   Access = iota
	AccessRead          // commutes with other reads
	AccessWrite         // depends on everything of the object
	AccessUpdate        // an atomic read-modify-write: a write that also reads
)

// ObjID names an object of operations: a lock, a shared variable, a device.
// IDs are dense, assigned in creation order, and therefore stable for one
// scenario. 0 means "no object".
type ObjID uint32

// Obj is embedded in whatever operations touch. Cached is the set of
// processors (bit id mod 64) whose cache holds the object's line since it was
// last written; package cpu prices accesses by it.
type Obj struct {
	ID     ObjID  // 0 for none
	Cached uint64 // bit i mod 64: processor i has the line
}

// Op is an announced operation: a small value, never allocated.
type Op struct {
	Kind   Kind   // what is done
	Access Access // how its object is touched
	Obj    ObjID  // what is touched
}
