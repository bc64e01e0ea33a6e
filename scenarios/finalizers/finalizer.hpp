#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <utility>

#include "exitproof/probe.h"
#include "scenarios/defect.hpp"

// Finalizers with priorities, as of multiprocessing.util.Finalize: the highest is run first, since it may need what
// the others put away. The harness is told of each.
namespace finalizer {

struct Entry {
  int priority = 0;
  void (*function)() = nullptr;
  std::uint64_t number = 0;
};

inline Entry entries[8];
inline int count = 0;
inline bool any_failed = false;

inline void add(int priority, void (*function)(), const char* name) {
  entries[count] = {priority, function, static_cast<std::uint64_t>(count) + 1};
  char what[128];
  std::snprintf(what, sizeof what, "Finalize\n%s\nfinalizers.cpp\n0\nown", name);
  exitproof_handler_registered(entries[count++].number, what);
}

// One that fails has come to its end: the others have their turn, and the status says it.
inline void run_guarded(const Entry& entry) {
  try {
    entry.function();
  } catch (const std::exception&) {
    any_failed = true;
  }
}

/// Each is taken off before it is run.
inline void run_all() {
  while (count > 0) {
    const auto by_priority = [](const Entry& left, const Entry& right) { return left.priority < right.priority; };
    Entry* const next = defect::is("priorities_reversed") ? std::min_element(entries, entries + count, by_priority)
                                                          : std::max_element(entries, entries + count, by_priority);
    const Entry entry = std::exchange(*next, entries[--count]);
    exitproof_handler_started(entry.number);
    if (defect::is("throws_past_the_rest")) {
      entry.function();
    } else {
      run_guarded(entry);
    }
    exitproof_handler_finished(entry.number);
  }
}

/// In a forked child, before anything else: what is there belongs to its parent.
inline void forget_parents() {
  count = 0;
}

}  // namespace finalizer
