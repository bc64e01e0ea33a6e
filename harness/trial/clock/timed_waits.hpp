#pragma once

#include <cstdint>

#include "harness/linux/ptrace.hpp"
#include "harness/trial/clock/subject_clock.hpp"
#include "harness/trial/tree/tree.hpp"

// Waits for a limited time, by the subject's clock. The kernel is given the same wait without a limit, so that no timer
// of its own can end it; who ends it interrupts the task, and the call returns what it returns when its time is over.
// State: Task::limited.
namespace exitproof {

/// At the entry of a call (a seccomp stop): remembers the limit of its wait, when it has one. The wait of a call that
/// comes again goes on.
void plan_wait(Task& task, const sys::CallEntry& entry);
/// The planned wait is not begun: the call is not made.
void drop_planned_wait(Task& task);
/// Just before the task goes on into the call that was planned. The end of the call must be awaited.
void begin_wait(Task& task, const SubjectClock& clock);

/// Its time is over: it will report the end of its call. False when it is in no such wait.
bool end_wait(Task& task);

/// At the end of a call that was begun so, with the kernel's result: gives the task its registers back, and the result
/// that the call has by the subject's clock, which is returned.
std::int64_t finish_wait(Task& task, std::int64_t result, const SubjectClock& clock);

/// A signal is delivered. After a handler the interrupted call does not come again.
void note_delivery(Task& task, bool caught);

}  // namespace exitproof
