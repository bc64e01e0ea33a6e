#pragma once

#include <csignal>

namespace exitproof::sys {

/// Whether a signal without a handler does nothing to a process that runs (signal(7)): it ends no wait.
constexpr bool is_ignored_by_default(int signal) {
  return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT;
}

}  // namespace exitproof::sys
