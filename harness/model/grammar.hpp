#pragma once

#include "exitproof/duration.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/process_path.hpp"
#include "exitproof/site.hpp"
#include "harness/model/text_cursor.hpp"

/// The parts of the fault plan's grammar, each read from where the cursor stands up to the first
/// byte that does not belong to it. All throw ParseError with the column in the whole text.
namespace exitproof::grammar {

Millis duration(TextCursor& cursor);
/// Reads up to the next ':' or the end.
ProcessSelector selector(TextCursor& cursor);
Site site(TextCursor& cursor);
Fault fault(TextCursor& cursor);

}  // namespace exitproof::grammar
