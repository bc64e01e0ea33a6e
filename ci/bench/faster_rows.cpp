#include "ci/bench/faster_rows.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ci/bench/folder.hpp"
#include "ci/bench/peers.hpp"
#include "ci/bench/table.hpp"
#include "harness/trial/trial.hpp"

namespace exitproof::bench {
namespace {

namespace fs = std::filesystem;

/// A trial in real time takes seconds: two series of it are enough, since it mostly waits.
constexpr int slow_rounds = 2;
/// After so many a template is made, and copies are trusted or given up.
constexpr int trials_until_trusted = 25;

Subject subject_of(std::string name, std::vector<std::string> command, std::string plan, WaitStatus end) {
  Subject subject;
  subject.name = std::move(name);
  subject.command = std::move(command);
  subject.plan = std::move(plan);
  subject.end_when_struck = end;
  return subject;
}

std::string scenario_file(const char* name) {
  return std::string(EXITPROOF_SCENARIOS "/bench/") + name;
}

std::vector<Subject> waiting_subjects() {
  const WaitStatus well = WaitStatus::exited(0);
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  return {
      subject_of("multiprocessing's terminate, join(3), kill", {"/usr/bin/python3", scenario_file("escalate.py")},
                 "none", well),
      subject_of("a shell's sleep 3 & wait", {"/bin/sh", "-c", "sleep 3 & wait"}, "none", well),
      subject_of("std::condition_variable::wait_for, 3 s", {(bin / "subjects" / "wait_for").string()}, "none", well),
  };
}

std::vector<Subject> subjects_with_a_start() {
  const WaitStatus killed = WaitStatus::killed(SIGKILL);
  return {
      subject_of("Python's multiprocessing.Pool(2)", {"/usr/bin/python3", scenario_file("pool.py")}, "kill@0:rename:1",
                 killed),
      subject_of("Python program of thirty modules", {"/usr/bin/python3", scenario_file("modules.py")},
                 "kill@0:rename:1", killed),
  };
}

/// Throws where the trial was none of those that are measured.
void check_trial(const Subject& subject, const Evidence& evidence) {
  if (evidence.harness_error) throw std::runtime_error(subject.name + ": " + *evidence.harness_error);
  expect_end(subject.name, evidence.root_end.value_or(WaitStatus{}), subject.end_when_struck);
}

MakeTrial in_time_mode(const Subject& subject, TimeMode mode, const std::string& folder) {
  Scenario scenario = scenario_of(subject, folder);
  scenario.time_mode = mode;
  return [subject, scenario]() -> Trial {
    const auto runner = std::make_shared<TrialRunner>(scenario);
    return [subject, runner] {
      const Evidence evidence = runner->run(TrialRequest{});
      check_trial(subject, evidence);
      if (evidence.took < std::chrono::seconds(3)) {
        throw std::runtime_error(subject.name + " did not wait for its 3 s");
      }
    };
  };
}

MakeTrial with_snapshots(const Subject& subject, bool snapshots, const std::string& folder) {
  Scenario scenario = scenario_of(subject, folder);
  scenario.snapshots = snapshots;
  return [subject, scenario, snapshots]() -> Trial {
    const auto runner = std::make_shared<TrialRunner>(scenario);
    TrialRequest request;
    request.plan = FaultPlan::parse(subject.plan);
    request.snapshot = snapshots;
    const auto trial = [subject, runner, request] {
      const Evidence evidence = runner->run(request);
      check_trial(subject, evidence);
      return evidence;
    };
    Evidence last;
    for (int i = 0; i < trials_until_trusted && snapshots && !last.from_snapshot; ++i) last = trial();
    if (snapshots && !last.from_snapshot) {
      fmt::print("\n{}: no trial begins with a copy; {}\n", subject.name, fmt::join(last.skipped, "; "));
      std::fflush(stdout);
    }
    return [trial] { trial(); };
  };
}

void print_virtual_time(const Subject& subject, int cpu, const Effort& effort) {
  const Folder on_disk(fs::temp_directory_path());
  const auto rate = [&](const MakeTrial& make) { return trials_per_second(make, {cpu}, effort.seconds); };
  std::vector<double> alone, real, skipped, ratio, of_bare;
  for (int round = 0; round < std::min(effort.rounds, slow_rounds); ++round) {
    alone.push_back(rate(bare(subject, on_disk.path())));
    real.push_back(rate(in_time_mode(subject, TimeMode::real, on_disk.path())));
    skipped.push_back(rate(in_time_mode(subject, TimeMode::virtual_, on_disk.path())));
    ratio.push_back(skipped.back() / real.back());
    of_bare.push_back(skipped.back() / alone.back());
  }
  fmt::print("\nVirtual time: {}\n", subject.name);
  print_head("trials/s");
  print_line("bare", alone, 2);
  print_line("exitproof, real time", real, 2);
  print_line("exitproof, virtual time", skipped, 1);
  fmt::print("  ratios\n");
  print_line("virtual / real time", ratio, 1);
  print_line("virtual time / bare", of_bare, 1);
  std::fflush(stdout);
}

void print_snapshots(const Subject& subject, int cpu, const Effort& effort) {
  const Folder in_memory(Folder::fastest_parent());
  const Folder on_disk(fs::temp_directory_path());
  const auto rate = [&](const MakeTrial& make) { return trials_per_second(make, {cpu}, effort.seconds); };
  std::vector<double> alone, from_start, copies, ratio, of_bare;
  for (int round = 0; round < effort.rounds; ++round) {
    alone.push_back(rate(bare(subject, in_memory.path())));
    from_start.push_back(rate(with_snapshots(subject, false, on_disk.path())));
    copies.push_back(rate(with_snapshots(subject, true, on_disk.path())));
    ratio.push_back(copies.back() / from_start.back());
    of_bare.push_back(copies.back() / alone.back());
  }
  fmt::print("\nSnapshots: {}, {}\n", subject.name, subject.plan);
  print_head("trials/s");
  print_line("bare", alone, 1);
  print_line("exitproof from the start", from_start, 1);
  print_line("exitproof with snapshots", copies, 1);
  fmt::print("  ratios\n");
  print_line("with snapshots / from the start", ratio, 2);
  print_line("with snapshots / bare", of_bare, 2);
  std::fflush(stdout);
}

}  // namespace

void print_faster_rows(int cpu, const Effort& effort) {
  for (const Subject& subject : waiting_subjects()) print_virtual_time(subject, cpu, effort);
  for (const Subject& subject : subjects_with_a_start()) print_snapshots(subject, cpu, effort);
}

}  // namespace exitproof::bench
