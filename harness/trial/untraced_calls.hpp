#pragma once

#include "harness/trial/tree/own_processes.hpp"
#include "harness/trial/world/file_ledger.hpp"

namespace exitproof {

/// Tells the ledger of every call that waits at `listener` now, and lets it be made or refuses it as the ledger says.
/// Whether it succeeds is not known. A signal to one of `own` is not sent; `tree` has the subject's processes. Does not
/// block; -1 is no listener.
void book_untraced_calls(int listener, FileLedger& ledger, Tree& tree, const OwnProcesses& own);

}  // namespace exitproof
