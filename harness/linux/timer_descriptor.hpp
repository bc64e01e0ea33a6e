#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <optional>

#include "harness/linux/unique_fd.hpp"

// A timerfd(2) of another process, which its tracer has a descriptor of too.
namespace exitproof::sys {

/// Another descriptor of the same open file (pidfd_getfd(2)). Closed where it is no timerfd, or cannot be had.
UniqueFd copy_timer_descriptor(pid_t pid, int fd);

/// Whether both are one open file (kcmp(2)). False where that cannot be told.
bool is_same_open_file(int ours, pid_t pid, int fd);
/// Whether that can be told here.
bool can_compare_open_files();

/// The clock that it was made with.
std::optional<clockid_t> clock_of_timer_descriptor(int fd);

/// Disarms it, or sets it to end so late that it never does by itself; proc(5) shows which. Nothing is to be read from
/// it then.
void arm_for_ever(int fd, bool armed);
/// It has ended, so often: it is armed again or not, and what nobody has read yet is to be read with that. False where
/// this kernel cannot (TFD_IOC_SET_TICKS, of CONFIG_CHECKPOINT_RESTORE).
bool end_timer_descriptor(int fd, std::uint64_t times, bool armed_again);

}  // namespace exitproof::sys
