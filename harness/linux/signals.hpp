#pragma once

#include <csignal>

namespace exitproof::sys {

/// Whether a signal without a handler does nothing to a process that runs (signal(7)): it ends no wait.
constexpr bool is_ignored_by_default(int signal) {
  return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT;
}

/// Blocks SIGCHLD in the calling thread, and gives it a handler that does nothing: a wait that unblocks it, as ppoll(2)
/// can, ends when a child changes state.
void block_and_handle_sigchld();

}  // namespace exitproof::sys
