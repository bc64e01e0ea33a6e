// Trials per second of the engine, of the bare subject, and of strace(1) striking the same faults, measured
// in turns on one processor; and what exitproof costs inside the subject. See ci/bench/run.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "ci/bench/faster_rows.hpp"
#include "ci/bench/folder.hpp"
#include "ci/bench/inside_rows.hpp"
#include "ci/bench/measure.hpp"
#include "ci/bench/peers.hpp"
#include "ci/bench/table.hpp"

namespace exitproof::bench {
namespace {

namespace fs = std::filesystem;

/// What is measured.
enum class Part { engine, inside, faster };

struct Options {
  Effort effort;
  std::vector<Part> parts = {Part::engine, Part::inside, Part::faster};
  bool check = false;  ///< exit status 1 when a goal is missed
};

/// The medians that a subject must reach.
struct Goals {
  double of_bare;
  double times_strace;
};

struct Series {
  std::vector<double> bare, engine, strace, strace_filtered, strace_unstruck;
  std::vector<double> engine_of_bare, engine_per_strace, two_per_one;
};

/// Bare and strace get the fastest place there is: memory. The engine's world makes /dev/shm afresh.
Series measure(const Subject& subject, const std::vector<int>& cpus, const Effort& effort) {
  const Folder in_memory(Folder::fastest_parent());
  const Folder on_disk(fs::temp_directory_path());
  const std::vector<int> one = {cpus.front()};
  const std::vector<int> two(cpus.begin(), cpus.begin() + std::min<std::ptrdiff_t>(2, std::ssize(cpus)));
  const auto rate = [&](const MakeTrial& make) { return trials_per_second(make, one, effort.seconds); };
  const auto strace_rate = [&](StraceForm form) { return rate(strace(subject, form, in_memory.path())); };
  Series series;
  for (int round = 0; round < effort.rounds; ++round) {
    series.bare.push_back(rate(bare(subject, in_memory.path())));
    series.engine.push_back(rate(engine(subject, on_disk.path())));
    series.strace.push_back(strace_rate(StraceForm::one_call));
    series.strace_filtered.push_back(strace_rate(StraceForm::filtered));
    series.strace_unstruck.push_back(strace_rate(StraceForm::filtered_one_call));
    series.engine_of_bare.push_back(series.engine.back() / series.bare.back());
    series.engine_per_strace.push_back(series.engine.back() / series.strace.back());
    if (two.size() == 2) {
      const double two_rate = trials_per_second(engine(subject, on_disk.path()), two, effort.seconds);
      series.two_per_one.push_back(two_rate / series.engine.back());
    }
  }
  return series;
}

void print(const Subject& subject, const Series& series) {
  const std::string& call = subject.struck_call;
  fmt::print("\n{}: {}\n", subject.name, subject.plan);
  print_head("trials/s");
  print_line("bare", series.bare, 1);
  print_line("exitproof", series.engine, 1);
  print_line(fmt::format("strace -e trace={}", call), series.strace, 1);
  print_line("strace --seccomp-bpf", series.strace_filtered, 1);
  print_line(fmt::format("strace --seccomp-bpf -e trace={}, may not strike", call), series.strace_unstruck, 1);
  fmt::print("  ratios\n");
  print_line("exitproof / bare", series.engine_of_bare, 2);
  print_line(fmt::format("exitproof / strace -e trace={}", call), series.engine_per_strace, 2);
  print_line("two workers / one", series.two_per_one, 2);
}

bool reached(const Goals& goals, const Series& series) {
  const double of_bare = median(series.engine_of_bare);
  const double times_strace = median(series.engine_per_strace);
  const bool met = of_bare >= goals.of_bare && times_strace >= goals.times_strace;
  fmt::print("  goal: {:.2f} of bare and {:.1f} times strace: {}\n", goals.of_bare, goals.times_strace,
             met ? "met" : "missed");
  return met;
}

Subject cpp_tree() {
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  return {.name = "C++ tree of four processes",
          .command = {(bin / "subjects" / "cpp_tree").string()},
          .plan = "kill@0.2:write:5",
          .struck_call = "write",
          .when = 5,
          .end_when_struck = WaitStatus::exited(3)};
}

Subject python_pool() {
  return {.name = "Python's multiprocessing.Pool(2)",
          .command = {"/usr/bin/python3", EXITPROOF_SCENARIOS "/bench/pool.py"},
          .plan = "kill@0:rename:1",
          .struck_call = "rename",
          .when = 1,
          .end_when_struck = WaitStatus::killed(SIGKILL)};
}

/// What each kind of fault costs, against the bare subject measured just before it.
void print_kinds(const Subject& subject, int cpu, const Effort& effort) {
  const Folder in_memory(Folder::fastest_parent());
  const Folder on_disk(fs::temp_directory_path());
  fmt::print("\n{}, by kind of fault\n  {:<52}{:>9}{:>9}\n", subject.name, "", "trials/s", "of bare");
  for (const char* fault : {"kill", "kill-tree", "SIGTERM", "ctrl-c", "hangup", "full", "ENOSPC", "EIO+", "short=1",
                            "epipe", "pause=1ms", "kill, and the next run"}) {
    const std::string text = fault;
    const std::string action = text.substr(0, text.find(','));
    const bool next_run = action != text;
    const double bare_rate = trials_per_second(bare(subject, in_memory.path()), {cpu}, effort.seconds);
    const double rate =
        trials_per_second(engine(subject, action + "@0.2:write:5", next_run, on_disk.path()), {cpu}, effort.seconds);
    fmt::print("  {:<52}{:>9.1f}{:>9.2f}\n", text, rate, rate / bare_rate);
    std::fflush(stdout);
  }
}

bool run_engine(const std::vector<int>& cpus, const Effort& effort) {
  const Series tree = measure(cpp_tree(), cpus, effort);
  print(cpp_tree(), tree);
  const bool met = reached({.of_bare = 0.65, .times_strace = 2.3}, tree);
  std::fflush(stdout);
  print(python_pool(), measure(python_pool(), cpus, effort));
  print_kinds(cpp_tree(), cpus.front(), effort);
  return met;
}

int run(const Options& options) {
  const std::vector<int> cpus = allowed_cpus();
  fmt::print("{} rounds of {} s each, in turns, on processor {}{}\n", options.effort.rounds, options.effort.seconds,
             cpus.front(), cpus.size() > 1 ? fmt::format("; two workers on {} and {}", cpus[0], cpus[1]) : "");
  std::fflush(stdout);
  bool met = true;
  for (const Part part : options.parts) {
    switch (part) {
      case Part::engine:
        met = run_engine(cpus, options.effort);
        break;
      case Part::inside:
        print_inside_rows(cpp_tree(), cpus.front(), options.effort);
        break;
      case Part::faster:
        print_faster_rows(cpus.front(), options.effort);
        break;
    }
  }
  return met || !options.check ? 0 : 1;
}

}  // namespace
}  // namespace exitproof::bench

namespace {

volatile std::sig_atomic_t interrupted_by = 0;

/// Only breaks the wait for a measurement, whose failure then removes the folders on the way out.
void on_interrupt(int signal) {
  interrupted_by = signal;
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  exitproof::bench::Options options;
  CLI::App app{"Compares the engine with the bare subject and with strace."};
  app.add_option("--rounds", options.effort.rounds, "how often each is measured")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.effort.seconds, "how long one measurement takes")->check(CLI::PositiveNumber);
  app.add_option("--parts", options.parts, "what is measured: engine, inside, faster; all without")
      ->delimiter(',')
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, exitproof::bench::Part>{{"engine", exitproof::bench::Part::engine},
                                                        {"inside", exitproof::bench::Part::inside},
                                                        {"faster", exitproof::bench::Part::faster}}));
  app.add_flag("--check", options.check, "exit with 1 when a goal is missed");
  CLI11_PARSE(app, argc, argv);
  catch_interrupts();
  try {
    return exitproof::bench::run(options);
  } catch (const std::exception& error) {
    const int signal = interrupted_by;
    if (signal != 0) {
      std::signal(signal, SIG_DFL);
      std::raise(signal);
    }
    fmt::print(stderr, "exitproof_bench: {}\n", error.what());
    return 99;
  }
}
