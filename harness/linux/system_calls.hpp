#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "exitproof/call_class.hpp"

// Which system calls the harness knows, what class each belongs to, and which of its arguments says
// what it is about. x86-64.
namespace exitproof::sys {

/// Which argument names the object of a call.
enum class ObjectKind : std::uint8_t {
  none,
  path,          ///< argument `position` is a path
  path_at,       ///< a directory descriptor at `position`, a path after it
  two_paths,     ///< the path at `position` is the one that comes to be: rename's and link's second
  two_paths_at,  ///< the same, behind a directory descriptor of its own
  descriptor,    ///< argument `position` is a file descriptor
  pid,
  number,  ///< a plain number: an exit status, a key
};

/// When a call is counted at all.
enum class CallFilter : std::uint8_t {
  always,
  opens_for_change,  ///< flags at `flags_position` ask to write or to make a file (open(2))
  opens_how,         ///< the same in openat2(2)'s struct
  lock_command,      ///< fcntl(2) with a lock command
};

struct SystemCall {
  std::uint32_t number;
  std::string_view name;
  CallClass call_class;
  ObjectKind object = ObjectKind::none;
  std::uint8_t position = 0;
  CallFilter filter = CallFilter::always;
  std::uint8_t flags_position = 0;
  /// The class depends on the descriptor: stdout and stderr are `out`, sockets `send` or `recv`.
  bool by_descriptor = false;
};

std::span<const SystemCall> counted_system_calls();

/// Nothing for a call that has no class.
const SystemCall* find_system_call(std::uint64_t number);

/// The kernel's name for any call number: "clock_nanosleep"; "call 999" for an unknown one.
std::string system_call_name(std::uint64_t number);

}  // namespace exitproof::sys
