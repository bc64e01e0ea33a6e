#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/duration.hpp"
#include "exitproof/process_path.hpp"

namespace exitproof {

/// One time that a process ran an exit handler. Times count from the start of the trial.
struct HandlerRun {
  ProcessPath thread;  ///< that ran it
  Micros started{0};
  std::optional<Micros> finished;  ///< nothing: it raised, or the process ended in the middle of it
  std::string raised;              ///< what it raised, in words; empty: nothing
  bool changed_something = false;  ///< between start and finish a call was made that changes something outside
  bool operator==(const HandlerRun&) const = default;
};

/// An exit handler: code that its process promises to run at its end. Known from the probe or an agent.
struct Handler {
  ProcessPath registrar;     ///< the process that registered it
  std::uint64_t number = 0;  ///< given by the subject
  std::string kind;          ///< "atexit", "Finalize", ...: see probe.h
  std::string name;          ///< of its function; empty when unknown
  std::string file;          ///< where it is defined; empty when unknown
  int line = 0;
  bool of_runtime = false;  ///< of a language's runtime, or of what comes with the system: not the program's
  Micros registered{0};
  std::optional<Micros> unregistered;  ///< taken back by the program
  /// Registered before by another program of the same process, which exec(2) replaced.
  bool lost_by_exec = false;
  std::vector<HandlerRun> runs;  ///< by the registrar and by children that inherited it, by order of start
  bool operator==(const Handler&) const = default;
};

/// Somebody inside a process who tells of its handlers and exceptions.
struct AgentRecord {
  ProcessPath process;
  std::string name;  ///< "preload", "python"; "probe" for the program's own messages
  bool operator==(const AgentRecord&) const = default;
};

}  // namespace exitproof
