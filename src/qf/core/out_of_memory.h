// What a program does where memory runs out and no caller can be told.
#pragma once

namespace qf {

// A library may run out of memory inside of a function that promises not to throw (Arrow does, where it copies the
// very error that says so); then the language ends the program by abort. From this call on it ends with `exit_code`
// and `message` on stderr instead, at once: nothing is flushed and nothing is put away, as if it had been killed.
// Any other exception that nobody catches still aborts. `message` must stay valid; call it once, before any thread.
void end_where_memory_is_gone(int exit_code, const char* message);

// Takes what stack the calling thread will need while there is memory: a stack that has to grow where none is left ends
// the program by a signal. For the first thread; others have theirs from the beginning.
void take_stack();

}  // namespace qf
