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

constexpr nanoseconds finest = std::chrono::milliseconds(1);

nanoseconds rounded_up(nanoseconds length, nanoseconds step) {
  return (length + step - nanoseconds(1)) / step * step;
}

// What a length was before it became shorter, by a tenth or so of it or by `lost`: people choose round lengths.
nanoseconds as_chosen(nanoseconds length, nanoseconds lost) {
  if (length.count() <= 0) {
    return nanoseconds(0);
  }
  nanoseconds step = finest;
  while (step * 100 <= length) {
    step *= 10;
  }
  const nanoseconds longest = std::max(rounded_up(length, step), length + lost);
  nanoseconds roundest = rounded_up(length, finest);
  for (nanoseconds power = finest; power <= longest; power *= 10) {
    for (const int times : {1, 2, 5}) {
      const nanoseconds rounder = rounded_up(length, power * times);
      roundest = rounder <= longest ? rounder : roundest;
    }
  }
  return roundest;
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

SubjectClock::End SubjectClock::end_after(nanoseconds length) const {
  const auto at = now() + length;
  return {at, skipped_only_ ? *skipped_only_ + length : at};
}

SubjectClock::End SubjectClock::end_after_computed(nanoseconds length, Clock::time_point since) const {
  const auto at = now() + length;
  const nanoseconds lost = std::min<nanoseconds>(Clock::now() - since, longest_computed);
  return {at, skipped_only_ ? *skipped_only_ + as_chosen(length, lost) : at};
}

nanoseconds SubjectClock::left_until(const End& end) const {
  return skipped_only_ ? end.order - *skipped_only_ : end.at - now();
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
