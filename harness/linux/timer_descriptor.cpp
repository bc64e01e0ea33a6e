#include "harness/linux/timer_descriptor.hpp"

#include <fmt/format.h>
#include <linux/kcmp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "harness/linux/proc_files.hpp"

namespace exitproof::sys {

namespace {

constexpr std::time_t for_ever_s = 1'000'000'000;
constexpr unsigned long set_ticks = _IOW('T', 0, std::uint64_t);  // linux/timerfd.h, which has no user's form

std::optional<std::uint64_t> field_of(int fd, std::string_view label) {
  const auto text = read_small_file(fmt::format("/proc/self/fdinfo/{}", fd));
  const auto at = text ? text->find(label) : std::string::npos;
  if (at == std::string::npos) {
    return std::nullopt;
  }
  const char* const from = text->data() + at + label.size();
  std::uint64_t number = 0;
  return std::from_chars(from, text->data() + text->size(), number).ec == std::errc() ? std::optional(number)
                                                                                      : std::nullopt;
}

}  // namespace

UniqueFd copy_timer_descriptor(pid_t pid, int fd) {
  if (read_descriptor(pid, fd) != "anon_inode:[timerfd]") {
    return {};
  }
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return process.is_open() ? UniqueFd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0))) : UniqueFd();
}

bool is_same_open_file(int ours, pid_t pid, int fd) {
  return ::syscall(SYS_kcmp, ::getpid(), pid, KCMP_FILE, ours, fd) == 0;
}

bool can_compare_open_files() {
  return is_same_open_file(STDIN_FILENO, ::getpid(), STDIN_FILENO);
}

std::optional<clockid_t> clock_of_timer_descriptor(int fd) {
  const auto clock = field_of(fd, "clockid: ");
  return clock ? std::optional(static_cast<clockid_t>(*clock)) : std::nullopt;
}

void arm_for_ever(int fd, bool armed) {
  itimerspec setting{};
  setting.it_value.tv_sec = armed ? for_ever_s : 0;
  ::timerfd_settime(fd, 0, &setting, nullptr);
}

bool end_timer_descriptor(int fd, std::uint64_t times, bool armed_again) {
  const std::uint64_t ticks = field_of(fd, "ticks: ").value_or(0) + times;
  arm_for_ever(fd, armed_again);  // it forgets what was to be read
  return ::ioctl(fd, set_ticks, &ticks) == 0;
}

}  // namespace exitproof::sys
