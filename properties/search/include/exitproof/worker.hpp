#pragma once

namespace exitproof {

/// The other end of a WorkerPool: reads a scenario in one line of standard input and then trial requests, one a line,
/// and answers each with one line of evidence on standard output. Returns at the end of its input; false when an
/// answer could not be written. The process must be single-threaded and have no other use: it is renamed, and pinned to
/// as many CPUs as the scenario asks for: of those that it may use, from the `cpu`-th on, ones that no other worker of
/// this machine keeps to. Throws ParseError for what is no scenario or request. A machine that refuses the world refuses
/// every trial, each time with the reason.
bool serve_trials(unsigned cpu);

}  // namespace exitproof
