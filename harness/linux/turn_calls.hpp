#pragma once

#include <linux/futex.h>

#include <cstdint>
#include <optional>
#include <span>

#include "exitproof/call_class.hpp"

// The calls at which a seeded schedule decides who goes on. They are the same in every trial, whatever it looks at:
// else a trial that looks closely would be another interleaving.
namespace exitproof::sys {

/// Each call of these classes is such a place, before it is made.
CallClasses turn_classes();

/// Numbers of the calls that may wait for another task, for time or for the outside: such places too. With them
/// sched_yield(2), by which a task waits without saying so.
std::span<const std::uint32_t> waiting_calls();

/// The operations of futex(2) that wait.
inline constexpr int futex_waits[] = {FUTEX_WAIT, FUTEX_LOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI,
                                      FUTEX_LOCK_PI2};

/// Whether a trapped call is such a place.
bool is_turn_call(std::uint64_t number, std::span<const std::uint64_t, 6> args);

/// Whether a call may wait, as far as its number and arguments say.
bool may_wait(std::uint64_t number, std::span<const std::uint64_t, 6> args);

/// The descriptor that a call of waiting_calls() may wait for, where it is one: on a regular file it does not.
std::optional<int> waits_for_descriptor(std::uint64_t number, std::span<const std::uint64_t, 6> args);

/// Whether a task that waits in this call may wait for the reader of what it writes.
bool may_wait_for_reader(std::uint64_t number);

/// Whether a call that may wait has returned because its time was over.
bool has_timed_out(std::uint64_t number, std::int64_t result);

/// Whether a call waits for the other end of a fifo, without being one of waiting_calls(): it opens it.
bool may_open_fifo(std::uint64_t number);

}  // namespace exitproof::sys
