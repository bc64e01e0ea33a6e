#include "harness/trial/clock/timer_setting.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <string>

#include "harness/linux/ptrace.hpp"

namespace exitproof {

namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::int64_t most_seconds = 9'000'000'000;  // a little less than what fits in nanoseconds
constexpr nanoseconds longest = seconds(1'000'000'000);

// itimerval and itimerspec: the interval, then the value; each in seconds and a fraction.
struct Words {
  std::int64_t interval_s = 0;
  std::int64_t interval_fraction = 0;
  std::int64_t value_s = 0;
  std::int64_t value_fraction = 0;
};

std::optional<nanoseconds> time_of(std::int64_t whole, std::int64_t fraction, TimerUnit unit) {
  const std::int64_t per_second = unit == TimerUnit::micro ? 1'000'000 : 1'000'000'000;
  if (whole < 0 || fraction < 0 || fraction >= per_second) {
    return std::nullopt;
  }
  const nanoseconds rest = unit == TimerUnit::micro ? nanoseconds(microseconds(fraction)) : nanoseconds(fraction);
  return seconds(std::min(whole, most_seconds)) + rest;
}

}  // namespace

std::optional<TimerSetting> TimerSetting::read(pid_t tid, std::uint64_t address, TimerUnit unit) {
  Words words;
  const std::string bytes = sys::read_memory(tid, address, sizeof words);
  if (bytes.size() != sizeof words) {
    return std::nullopt;
  }
  std::memcpy(&words, bytes.data(), sizeof words);
  const auto interval = time_of(words.interval_s, words.interval_fraction, unit);
  const auto value = time_of(words.value_s, words.value_fraction, unit);
  return interval && value ? std::optional(TimerSetting{*interval, *value}) : std::nullopt;
}

bool TimerSetting::write(pid_t tid, std::uint64_t address, TimerUnit unit) const {
  const auto fraction = [unit](nanoseconds time) {
    const nanoseconds rest = time - std::chrono::duration_cast<seconds>(time);
    return unit == TimerUnit::micro ? std::chrono::duration_cast<microseconds>(rest).count() : rest.count();
  };
  const Words words{std::chrono::duration_cast<seconds>(interval).count(), fraction(interval),
                    std::chrono::duration_cast<seconds>(value).count(), fraction(value)};
  return sys::write_memory(tid, address, &words, sizeof words);
}

void ClockTimer::set(const TimerSetting& setting, const std::optional<MomentOf>& moment, const SubjectClock& clock) {
  ends.reset();
  interval = std::min(setting.interval, longest);
  if (setting.value.count() == 0) {
    return;
  }
  if (!moment) {
    ends = clock.end_after(std::min(setting.value, longest));
    return;
  }
  timespec now{};
  ::clock_gettime(moment->clock, &now);
  const nanoseconds left = setting.value - seconds(now.tv_sec) - nanoseconds(now.tv_nsec) - clock.ahead();
  ends = clock.end_after_computed(std::min(left, longest), moment->read_since);
}

TimerSetting ClockTimer::setting(const SubjectClock& clock) const {
  TimerSetting setting{interval, nanoseconds(0)};
  if (ends) {
    // One that is about to end is not yet disarmed.
    setting.value = std::max<nanoseconds>(ends->at - clock.now(), microseconds(1));
  }
  return setting;
}

std::uint64_t ClockTimer::pass(const SubjectClock& clock) {
  if (!ends || interval.count() == 0) {
    ends.reset();
    return 1;
  }
  const nanoseconds over = std::max<nanoseconds>(clock.now() - ends->at, nanoseconds(0));
  const auto times = static_cast<std::uint64_t>(over / interval) + 1;
  const nanoseconds until_next = interval * static_cast<std::int64_t>(times);
  ends = {ends->at + until_next, ends->order + until_next};
  return times;
}

}  // namespace exitproof
