#pragma once

#include "harness/linux/proc_files.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// What a task is doing at this moment.
enum class Standing : std::uint8_t {
  runs,   ///< it runs, or will without anybody's doing: its next stop or wait is near
  waits,  ///< in a call, for another task, for time or for the outside; or it is stopped
  ended,  ///< it has left; the report of its end has come, or comes when its other threads have left too
};

/// Of a task of whatever state. Reads proc(5); keeps in Task::progress what makes the next reading cheap.
Standing standing_of(Task& task);

/// Whether one that was found waiting has been woken since. It is shown in its call all the same until the CPU that it is
/// to run on has heard of it, so that standing_of() may miss it; this look, which costs more, does not.
bool has_been_woken(const Task& task);

/// The call that it was found waiting in.
std::optional<sys::CallInProgress> awaited_call(const Task& task);

}  // namespace exitproof
