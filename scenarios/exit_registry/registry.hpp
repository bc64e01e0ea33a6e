#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "exitproof/probe.h"
#include "scenarios/defect.hpp"

// Exit functions of a program's own, as of Python's atexit: run explicitly, the last registered first, or by exit(3)
// where nobody did. The harness is told of each.
namespace registry {

struct Entry {
  void (*function)() = nullptr;
  std::uint64_t number = 0;
};

inline Entry entries[8];
inline int count = 0;

inline void run(const Entry& entry) {
  exitproof_handler_started(entry.number);
  entry.function();
  exitproof_handler_finished(entry.number);
}

/// Runs what is registered. Each is taken off before it is run: whoever comes here again finds only the others.
inline void run_all() {
  if (defect::is("runs_without_clearing")) {
    for (int i = count; i-- > 0;) run(entries[i]);
    return;
  }
  if (defect::is("wrong_order")) {
    for (int i = 0; i < count; ++i) run(std::exchange(entries[i], {}));
    count = 0;
    return;
  }
  while (count > 0) run(entries[--count]);
}

inline void add(void (*function)(), const char* name) {
  static const bool at_exit = std::atexit(run_all) == 0;
  if (!at_exit) std::abort();
  entries[count] = {function, static_cast<std::uint64_t>(count) + 1};
  char what[128];
  std::snprintf(what, sizeof what, "atexit\n%s\nexit_registry.cpp\n0\nown", name);
  exitproof_handler_registered(entries[count++].number, what);
}

/// In a forked child, before anything else: what is registered belongs to its parent.
inline void forget_parents() {
  count = 0;
}

}  // namespace registry
