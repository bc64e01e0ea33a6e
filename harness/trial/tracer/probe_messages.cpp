#include "harness/trial/tracer/probe_messages.hpp"

#include <charconv>
#include <limits>

namespace exitproof {

namespace {

constexpr std::size_t message_argument = 1;
constexpr std::size_t first_argument = 2;  // arg3 in the words of probe.h
constexpr std::size_t second_argument = 3;
constexpr std::size_t third_argument = 4;

void read_text(ProbeMessage& message, pid_t tid, std::uint64_t address) {
  message.text_at = address;
  message.text = sys::read_string(tid, address).substr(0, EXITPROOF_TEXT_MAX);
}

int line_of(std::uint64_t argument) {
  return argument <= static_cast<std::uint64_t>(std::numeric_limits<int>::max()) ? static_cast<int>(argument) : 0;
}

}  // namespace

std::optional<ProbeMessage> read_probe_message(pid_t tid, const sys::CallEntry& entry) {
  const std::uint64_t kind = entry.args[message_argument];
  const std::uint64_t first = entry.args[first_argument];
  const std::uint64_t second = entry.args[second_argument];
  if (kind < EXITPROOF_AGENT || kind > EXITPROOF_SILENCER) {
    return std::nullopt;
  }
  ProbeMessage message;
  message.kind = static_cast<exitproof_probe_message>(kind);
  switch (message.kind) {
    case EXITPROOF_NEW:
      break;
    case EXITPROOF_AGENT:
    case EXITPROOF_POINT:
    case EXITPROOF_WAY_OUT:
    case EXITPROOF_SKIPPED:
      read_text(message, tid, first);
      break;
    case EXITPROOF_LINE:
    case EXITPROOF_CALL:
      read_text(message, tid, first);
      message.line = line_of(second);
      break;
    case EXITPROOF_REGISTERED:
    case EXITPROOF_RAISED:
      message.handler = first;
      message.code = entry.args[third_argument];
      read_text(message, tid, second);
      break;
    case EXITPROOF_SILENCER:
      message.code = first;
      break;
    case EXITPROOF_UNREGISTERED:
    case EXITPROOF_STARTED:
    case EXITPROOF_FINISHED:
      message.handler = first;
      break;
  }
  return message;
}

std::string message_field(const std::string& text, std::size_t index) {
  std::size_t start = 0;
  for (; index > 0 && start != std::string::npos; --index) {
    const std::size_t newline = text.find('\n', start);
    start = newline == std::string::npos ? newline : newline + 1;
  }
  return start == std::string::npos ? std::string() : text.substr(start, text.find('\n', start) - start);
}

int line_number(std::string_view digits) {
  int line = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), line);
  return error == std::errc() && end == digits.data() + digits.size() && line > 0 ? line : 0;
}

}  // namespace exitproof
