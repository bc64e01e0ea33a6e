#include "exitproof/wait_status.hpp"

#include <sys/wait.h>

#include <array>
#include <vector>

#include <fmt/format.h>

#include "exitproof/check.hpp"
#include "exitproof/names.hpp"
#include "harness/model/text_cursor.hpp"

namespace exitproof {
namespace {

constexpr int highest_signal = 64;
constexpr int core_flag = 0x80;

/// Also the numbers that signal(7) does not list, as signal_name prints them.
std::optional<int> number_of_signal(std::string_view name) {
  for (int number = 1; number <= highest_signal; ++number)
    if (signal_name(number) == name) return number;
  return signal_number(name);
}

}  // namespace

WaitStatus WaitStatus::from_raw(int raw) {
  check(WIFEXITED(raw) || WIFSIGNALED(raw), "a wait status of an end, not of a stop");
  WaitStatus status;
  status.raw_ = raw;
  return status;
}

WaitStatus WaitStatus::exited(int code) {
  check(code >= 0 && code <= 255, "an exit code is one byte");
  return from_raw(code << 8);
}

WaitStatus WaitStatus::killed(int signal, bool core_dumped) {
  check(signal >= 1 && signal <= highest_signal, "a signal's number");
  return from_raw(signal | (core_dumped ? core_flag : 0));
}

bool WaitStatus::is_exit() const noexcept {
  return WIFEXITED(raw_);
}

int WaitStatus::exit_code() const {
  check(is_exit(), "the exit code of a process that exited");
  return WEXITSTATUS(raw_);
}

int WaitStatus::signal() const {
  check(is_signal(), "the signal of a process that a signal ended");
  return WTERMSIG(raw_);
}

bool WaitStatus::core_dumped() const noexcept {
  return is_signal() && WCOREDUMP(raw_);
}

WaitStatus WaitStatus::parse(std::string_view text) {
  TextCursor cursor(text);
  if (cursor.accept("exit ")) {
    const std::uint64_t code = cursor.number("an exit code from 0 to 255", {.max = 255});
    cursor.expect_end();
    return exited(static_cast<int>(code));
  }
  const std::string_view name = cursor.take_while([](char c) { return c != ' '; });
  const std::optional<int> number = number_of_signal(name);
  if (!number) cursor.fail_at_name(0, name, "'exit N' or a signal's name", all_signal_names());
  const bool core = cursor.accept(" core");
  cursor.expect_end();
  return killed(*number, core);
}

std::string WaitStatus::print() const {
  if (is_exit()) return fmt::format("exit {}", exit_code());
  return signal_name(signal()) + (core_dumped() ? " core" : "");
}

}  // namespace exitproof
