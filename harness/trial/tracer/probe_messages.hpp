#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "harness/linux/ptrace.hpp"
#include "harness/probe/include/exitproof/probe.h"

namespace exitproof {

/// A message of the probe (probe.h), as the tracer met it. Which fields count depends on the kind.
struct ProbeMessage {
  exitproof_probe_message kind = EXITPROOF_AGENT;
  std::string text;           ///< its one text, at most EXITPROOF_TEXT_MAX bytes; empty where it cannot be read
  std::uint64_t text_at = 0;  ///< where in the task's memory that text lies
  std::uint64_t handler = 0;
  std::uint64_t code = 0;  ///< of a handler that is registered: the address of its function, or 0
  int line = 0;
};

/// Reads the message that a task, stopped at its prctl(2), is sending. Whatever its arguments point to, nothing but
/// bytes of the task itself is read. Nothing for a kind that this version of the protocol has not.
std::optional<ProbeMessage> read_probe_message(pid_t tid, const sys::CallEntry& entry);

/// The `index`-th line of a message's text, which has one for each of its fields; empty when there are fewer.
std::string message_field(const std::string& text, std::size_t index);

/// A line number in digits; 0 for anything else.
int line_number(std::string_view digits);

}  // namespace exitproof
