#include "harness/trial/clock/subject_clock.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>

namespace exitproof {

namespace {

using std::chrono::nanoseconds;

nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

// Up to a tenth or so of the length, since it has become shorter while it was computed.
nanoseconds rounded(nanoseconds length) {
  nanoseconds step = std::chrono::milliseconds(1);
  while (step * 100 <= length) {
    step *= 10;
  }
  return length.count() <= 0 ? nanoseconds(0) : (length + step - nanoseconds(1)) / step * step;
}

}  // namespace

void SubjectClock::skip(std::chrono::microseconds time) {
  const auto from = now();
  ahead_ += time;
  ++skips_;
  history_.push_back({read_clock(CLOCK_REALTIME), from, ahead_});
}

std::chrono::microseconds SubjectClock::skipped_since(Clock::time_point moment) const {
  const auto after = std::lower_bound(history_.begin(), history_.end(), moment,
                                      [](const Skip& skip, Clock::time_point time) { return skip.from < time; });
  return after == history_.begin() ? ahead_ : ahead_ - std::prev(after)->ahead;
}

SubjectClock::End SubjectClock::end_after(nanoseconds length, bool computed) const {
  const auto at = now() + length;
  if (!skipped_only_) {
    return {at, at};
  }
  return {at, *skipped_only_ + (computed ? rounded(length) : length)};
}

void SubjectClock::reach(const End& end) {
  if (skipped_only_) {
    skipped_only_ = std::max(*skipped_only_, end.order);
  }
}

void SubjectClock::await_tick() {
  const nanoseconds now = read_clock(CLOCK_REALTIME);
  timespec tick{};
  ::clock_getres(CLOCK_REALTIME_COARSE, &tick);
  const timespec pause{0, std::max(tick.tv_nsec / 16, 50'000L)};
  while (read_clock(CLOCK_REALTIME_COARSE) <= now) {
    ::nanosleep(&pause, nullptr);
  }
}

nanoseconds SubjectClock::shown_at(nanoseconds file_time) const {
  if (file_time > read_clock(CLOCK_REALTIME)) {
    return file_time;
  }
  const auto after = std::lower_bound(history_.begin(), history_.end(), file_time,
                                      [](const Skip& skip, nanoseconds time) { return skip.at < time; });
  return after == history_.begin() ? file_time : file_time + std::prev(after)->ahead;
}

}  // namespace exitproof
