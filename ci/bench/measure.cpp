#include "ci/bench/measure.hpp"

#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

namespace exitproof::bench {
namespace {

constexpr int uncounted_trials = 3;
constexpr double patience_s = 60;

struct Measurer {
  pid_t pid = -1;
  int result = -1;  ///< the reading end of the pipe on which it sends its rate
};

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) throw_errno("sched_setaffinity");
}

double measure(const MakeTrial& make, double seconds) {
  using Clock = std::chrono::steady_clock;
  const Trial trial = make();
  const auto begun = Clock::now();
  const std::chrono::duration<double> longest(seconds);
  for (int i = 0; i < uncounted_trials && Clock::now() - begun < longest; ++i) trial();
  const auto start = Clock::now();
  double elapsed_s = 0;
  double count = 0;
  while (elapsed_s < seconds) {
    trial();
    ++count;
    elapsed_s = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return count / elapsed_s;
}

Measurer start(const MakeTrial& make, int cpu, double seconds) {
  int ends[2];
  if (pipe(ends) != 0) throw_errno("pipe");
  const pid_t pid = fork();
  if (pid < 0) throw_errno("fork");
  if (pid > 0) {
    close(ends[1]);
    return {pid, ends[0]};
  }
  close(ends[0]);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  try {
    pin_to(cpu);
    const double rate = measure(make, seconds);
    _exit(write(ends[1], &rate, sizeof rate) == sizeof rate ? 0 : 1);
  } catch (const std::exception& error) {
    fmt::print(stderr, "exitproof_bench: {}\n", error.what());
    std::fflush(stderr);
    _exit(1);
  }
}

double collect(const Measurer& measurer, double seconds) {
  pollfd readable{measurer.result, POLLIN, 0};
  double rate = 0;
  const int ready = poll(&readable, 1, static_cast<int>((seconds + patience_s) * 1000));
  const bool sent = ready > 0 && read(measurer.result, &rate, sizeof rate) == sizeof rate;
  close(measurer.result);
  if (!sent) kill(measurer.pid, SIGKILL);
  while (waitpid(measurer.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!sent) throw std::runtime_error(ready == 0 ? "a measurement did not end" : "a measurement failed");
  return rate;
}

}  // namespace

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) throw_errno("sched_getaffinity");
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

double trials_per_second(const MakeTrial& make, const std::vector<int>& cpus, double seconds) {
  std::vector<Measurer> measurers;
  measurers.reserve(cpus.size());
  for (const int cpu : cpus) measurers.push_back(start(make, cpu, seconds));
  double sum = 0;
  std::exception_ptr failure;
  for (const Measurer& measurer : measurers) {
    try {
      sum += collect(measurer, seconds);
    } catch (const std::exception&) {
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
  return sum;
}

double median(std::vector<double> series) {
  const auto middle = series.begin() + static_cast<std::ptrdiff_t>(series.size() / 2);
  std::nth_element(series.begin(), middle, series.end());
  return *middle;
}

double minimum(const std::vector<double>& series) {
  return *std::min_element(series.begin(), series.end());
}

}  // namespace exitproof::bench
