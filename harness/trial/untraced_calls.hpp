#pragma once

#include "harness/trial/world/file_ledger.hpp"

namespace exitproof {

/// Tells the ledger of every call that waits at `listener` now, and lets it be made or refuses it as the ledger says.
/// Whether it succeeds is not known. Does not block; -1 is no listener.
void book_untraced_calls(int listener, FileLedger& ledger);

}  // namespace exitproof
