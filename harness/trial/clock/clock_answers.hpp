#pragma once

#include <cstdint>
#include <span>

#include "harness/linux/ptrace.hpp"
#include "harness/trial/clock/subject_clock.hpp"

// What a subject is told of time by calls that reach the kernel.
namespace exitproof {

/// At a seccomp stop: answers clock_gettime(2), gettimeofday(2) and time(2) by the subject's clock, in the kernel's place.
/// False when it is none of these, or about CPU time, or would fail.
bool answer_clock(pid_t tid, const sys::CallEntry& entry, const SubjectClock& clock);

/// Whether the call tells the times of a file: stat(2), statx(2).
bool tells_file_times(std::uint64_t number);

/// At the end of such a call: files that were made since time was skipped first get the times that the subject's clock
/// showed then. Else a lock file that was made a moment ago would look old.
void correct_file_times(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args,
                        const SubjectClock& clock);

}  // namespace exitproof
