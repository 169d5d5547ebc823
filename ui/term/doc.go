// Package term is the terminal: it puts text.Frames on a screen and tells a
// Program what the user did. It knows nothing of machines, views or keys'
// meanings.
//
// Four goroutines, each with one job:
//
//	event loop  tview's, on the caller's goroutine. It turns keys, mouse,
//	            pastes and sizes into Events, appends them to a queue that
//	            never blocks, and draws the frame it was handed last.
//	model       takes Events in order, calls the Program, publishes frames
//	            into a channel that holds one: the latest.
//	pump        the only one that asks the event loop for a redraw and the
//	            only one that stops it.
//	signals     waits for SIGTERM, SIGHUP and SIGINT.
//
// Why it cannot hang: QueueUpdateDraw waits for the event loop, so it must come
// neither from the loop itself nor after the loop has ended. Only the pump
// calls it, and only the pump ends the loop, so the two are in order. The loop
// waits for nobody (the queue takes or drops), the model waits only for the
// queue. A reading error of the terminal, on which tview would end its loop by
// itself, is caught before tview sees it and goes the pump's way too.
//
// Why the screen does not lag: frames are whole and do not change once given
// away, so whoever is late skips to the latest; there is no queue of frames.
//
// Whatever panics, in whichever goroutine, the terminal is put back first and
// the panic comes out of Run as a *Panic with its stack.
//
// All text is literal. Frames go to cells grapheme by grapheme without tview's
// markup; control characters of a simulated message become visible stand-ins
// and never reach the terminal.
package term
