#include "harness/trial/clock/clock_answers.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <cstddef>
#include <cstring>
#include <ctime>
#include <string>

#include "harness/linux/vdso_clock.hpp"

namespace exitproof {

namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

bool answer_clock_gettime(pid_t tid, const sys::CallEntry& entry, const SubjectClock& clock) {
  const auto id = static_cast<clockid_t>(entry.args[0]);
  if (!sys::is_clock_of_time(id)) {
    return false;
  }
  const nanoseconds now = read_clock(id) + clock.ahead();
  const auto whole = std::chrono::duration_cast<seconds>(now);
  const timespec time{whole.count(), (now - whole).count()};
  return sys::write_memory(tid, entry.args[1], &time, sizeof time) && sys::skip_call(tid, 0);
}

bool answer_gettimeofday(pid_t tid, const sys::CallEntry& entry, const SubjectClock& clock) {
  if (entry.args[0] == 0 || entry.args[1] != 0) {
    return false;
  }
  const nanoseconds now = read_clock(CLOCK_REALTIME) + clock.ahead();
  const auto whole = std::chrono::duration_cast<seconds>(now);
  const timeval time{whole.count(), std::chrono::duration_cast<microseconds>(now - whole).count()};
  return sys::write_memory(tid, entry.args[0], &time, sizeof time) && sys::skip_call(tid, 0);
}

bool answer_time(pid_t tid, const sys::CallEntry& entry, const SubjectClock& clock) {
  const std::int64_t now =
      std::chrono::duration_cast<seconds>(read_clock(CLOCK_REALTIME_COARSE) + clock.ahead()).count();
  return (entry.args[0] == 0 || sys::write_memory(tid, entry.args[0], &now, sizeof now)) && sys::skip_call(tid, now);
}

// A time in a structure of the kernel's: seconds, and nanoseconds in as many bytes.
void correct_time(std::string& bytes, std::size_t at, std::size_t fraction_size, const SubjectClock& clock) {
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::memcpy(&whole, bytes.data() + at, sizeof whole);
  std::memcpy(&fraction, bytes.data() + at + sizeof whole, fraction_size);  // little-endian
  const nanoseconds shown = clock.shown_at(seconds(whole) + nanoseconds(fraction));
  whole = std::chrono::floor<seconds>(shown).count();
  fraction = (shown - std::chrono::floor<seconds>(shown)).count();
  std::memcpy(bytes.data() + at, &whole, sizeof whole);
  std::memcpy(bytes.data() + at + sizeof whole, &fraction, fraction_size);
}

struct TimesOf {
  std::uint64_t number;
  std::size_t argument;  ///< where the structure is
  bool extended;         ///< statx(2)
};

constexpr TimesOf stat_calls[] = {
    {SYS_stat, 1, false},       {SYS_lstat, 1, false}, {SYS_fstat, 1, false},
    {SYS_newfstatat, 2, false}, {SYS_statx, 4, true},
};

}  // namespace

bool answer_clock(pid_t tid, const sys::CallEntry& entry, const SubjectClock& clock) {
  switch (entry.number) {
    case SYS_clock_gettime:
      return answer_clock_gettime(tid, entry, clock);
    case SYS_gettimeofday:
      return answer_gettimeofday(tid, entry, clock);
    case SYS_time:
      return answer_time(tid, entry, clock);
    default:
      return false;
  }
}

bool tells_file_times(std::uint64_t number) {
  for (const TimesOf& call : stat_calls) {
    if (call.number == number) {
      return true;
    }
  }
  return false;
}

void correct_file_times(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args,
                        const SubjectClock& clock) {
  for (const TimesOf& call : stat_calls) {
    if (call.number != number) {
      continue;
    }
    const std::size_t size = call.extended ? sizeof(struct statx) : sizeof(struct stat);
    std::string bytes = sys::read_memory(tid, args[call.argument], size);
    if (bytes.size() != size) {
      return;
    }
    if (call.extended) {
      for (const std::size_t at : {offsetof(struct statx, stx_atime), offsetof(struct statx, stx_btime),
                                   offsetof(struct statx, stx_ctime), offsetof(struct statx, stx_mtime)}) {
        correct_time(bytes, at, sizeof(std::uint32_t), clock);
      }
    } else {
      for (const std::size_t at :
           {offsetof(struct stat, st_atim), offsetof(struct stat, st_mtim), offsetof(struct stat, st_ctim)}) {
        correct_time(bytes, at, sizeof(std::int64_t), clock);
      }
    }
    sys::write_memory(tid, args[call.argument], bytes.data(), bytes.size());
  }
}

}  // namespace exitproof
