#include "harness/linux/proc_texts.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <ctime>

namespace exitproof::sys {

namespace {

// Takes the front up to the next of the separators, and these, off a text.
std::string_view take(std::string_view& text, std::string_view separators) {
  const std::size_t end = std::min(text.find_first_of(separators), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(text.find_first_not_of(separators, end), text.size()));
  return front;
}

// The number at the text's front; what follows it does not matter.
template <std::integral Number>
std::optional<Number> number_in(std::string_view text, int base = 10) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

// What follows the label on its line. A label in the middle of a line may be a part of the process's name.
std::optional<std::string_view> field_of(std::string_view text, std::string_view label) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(label)) {
      return line.substr(label.size());
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

std::uint64_t signal_set(std::string_view status, std::string_view label) {
  const auto field = field_of(status, label);
  return field ? number_in<std::uint64_t>(*field, 16).value_or(0) : 0;
}

bool is_of_cpu_time(int clock) {
  constexpr int clock_of_descriptor = 3;  // in the low bits of a negative number, as CLOCKFD
  return clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID ||
         (clock < 0 && (clock & 3) != clock_of_descriptor);
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view stat) {
  const std::size_t after_name = stat.rfind(')');  // the name may hold anything
  if (after_name == std::string_view::npos || !stat.substr(after_name + 1).starts_with(' ')) {
    return std::nullopt;
  }
  std::string_view rest = stat.substr(after_name + 2);
  const std::string_view state = take(rest, " ");
  const auto parent = number_in<pid_t>(take(rest, " "));
  const auto group = number_in<pid_t>(take(rest, " "));
  const auto session = number_in<pid_t>(take(rest, " "));
  for (int skipped = 0; skipped < 13; ++skipped) {  // tty_nr to nice
    take(rest, " ");
  }
  const auto threads = number_in<unsigned>(take(rest, " "));
  if (state.size() != 1 || !parent || !group || !session || !threads) {
    return std::nullopt;
  }
  return ProcessStat{state.front(), *parent, *group, *session, *threads};
}

std::optional<pid_t> parse_thread_group(std::string_view status) {
  const auto field = field_of(status, "Tgid:\t");
  return field ? number_in<pid_t>(*field) : std::nullopt;
}

std::optional<uid_t> parse_effective_user(std::string_view status) {
  auto field = field_of(status, "Uid:\t");
  if (!field) {
    return std::nullopt;
  }
  take(*field, "\t");  // the real one
  return number_in<uid_t>(*field);
}

SignalSets parse_signal_sets(std::string_view status) {
  SignalSets sets;
  sets.pending = signal_set(status, "SigPnd:\t");
  sets.pending_shared = signal_set(status, "ShdPnd:\t");
  sets.blocked = signal_set(status, "SigBlk:\t");
  sets.ignored = signal_set(status, "SigIgn:\t");
  sets.caught = signal_set(status, "SigCgt:\t");
  return sets;
}

std::optional<CallInProgress> parse_call_in_progress(std::string_view syscall) {
  CallInProgress call;
  const auto number = number_in<std::int64_t>(take(syscall, " \n"));
  if (!number) {
    return std::nullopt;  // "running"
  }
  call.number = *number;
  const auto next = [&syscall](std::uint64_t& word) {
    const std::string_view field = take(syscall, " \n");
    const auto value = field.starts_with("0x") ? number_in<std::uint64_t>(field.substr(2), 16) : std::nullopt;
    word = value.value_or(0);
    return value.has_value();
  };
  if (call.number >= 0) {  // else "-1 SP PC"
    for (std::uint64_t& argument : call.args) {
      if (!next(argument)) {
        return std::nullopt;
      }
    }
  }
  return next(call.stack) && next(call.instruction) ? std::optional(call) : std::nullopt;
}

std::optional<std::uint64_t> parse_timeslices(std::string_view schedstat) {
  take(schedstat, " ");  // time on the CPU, time in wait for it
  take(schedstat, " ");
  return number_in<std::uint64_t>(schedstat);
}

std::optional<std::uint64_t> parse_task_cpu_time_us(std::string_view schedstat) {
  constexpr std::uint64_t nanoseconds_in_one = 1'000;
  const auto nanoseconds = number_in<std::uint64_t>(take(schedstat, " "));
  return nanoseconds ? std::optional(*nanoseconds / nanoseconds_in_one) : std::nullopt;
}

std::vector<PosixTimer> parse_posix_timers(std::string_view timers) {
  std::vector<PosixTimer> found;
  while (!timers.empty()) {
    std::string_view value = take(timers, "\n");
    const std::string_view label = take(value, " ");
    if (label == "ID:") {
      found.emplace_back().id = number_in<int>(value).value_or(0);
    } else if (found.empty()) {
      continue;
    } else if (label == "signal:") {
      found.back().signal = number_in<int>(take(value, "/")).value_or(0);
      found.back().value = number_in<std::uint64_t>(value, 16).value_or(0);
    } else if (label == "notify:") {
      found.back().signals = !value.starts_with("none/");
      const auto thread = value.find("/tid.");
      found.back().thread =
          thread == std::string_view::npos ? 0 : number_in<pid_t>(value.substr(thread + 5)).value_or(0);
    } else if (label == "ClockID:") {
      found.back().clock = number_in<int>(value).value_or(CLOCK_REALTIME);
      found.back().of_cpu_time = is_of_cpu_time(found.back().clock);
    }
  }
  return found;
}

std::optional<int> parse_descriptor_flags(std::string_view fdinfo) {
  const auto field = field_of(fdinfo, "flags:\t");
  return field ? number_in<int>(*field, 8) : std::nullopt;
}

}  // namespace exitproof::sys
