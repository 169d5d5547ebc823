package printk

// Records returns every record that was ever stored, oldest first. The slice
// is the log's own and must not be changed; of a record that is in it nothing
// changes but OnConsole and Missed, see [Printk.ConsoleSeq].
func (p *Printk) Records() []Record { return p.records }

// ConsoleSeq returns the index in Records of the next record that the consoles
// will write. The one before it may be under way; those before that do not
// change any more.
func (p *Printk) ConsoleSeq() uint64 { return p.consoleSeq }
