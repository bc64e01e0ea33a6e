#include "ci/bench/inside_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "ci/bench/folder.hpp"
#include "ci/bench/table.hpp"
#include "exitproof/shell_quote.hpp"
#include "harness/trial/trial.hpp"

namespace exitproof::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t line_rounds = 5000;
constexpr std::uint64_t told_lines = 2 * line_rounds;
constexpr std::uint64_t other_stops_max = 1000;  ///< of a Python that starts and ends
/// Every line is told of, and none of them raises.
constexpr const char* beyond_the_end = "raise=KeyboardInterrupt@0:line=__main__:1000000";

std::string own_subject(const char* name) {
  return (fs::read_symlink("/proc/self/exe").parent_path() / "subjects" / name).string();
}

/// The interpreter's own file, past the links that lead to it.
std::string python() {
  return fs::canonical("/usr/bin/python3").string();
}

Subject ends_at_once() {
  return {.name = "C++ program that ends at once",
          .command = {own_subject("cpp_start")},
          .plan = "none",
          .struck_call = {},
          .end_when_struck = {}};
}

Subject python_start() {
  return {.name = "Python that ends at once",
          .command = {python(), "-c", "pass"},
          .plan = "none",
          .struck_call = {},
          .end_when_struck = {}};
}

Subject python_lines() {
  return {.name = fmt::format("Python program of {} lines", told_lines),
          .command = {python(), EXITPROOF_SCENARIOS "/bench/lines.py", std::to_string(line_rounds)},
          .plan = beyond_the_end,
          .struck_call = {},
          .end_when_struck = {}};
}

/// A trial in which nothing fires. `check` throws when the trial was not what is to be measured.
template <class Check>
MakeTrial unstruck(const Scenario& scenario, const std::string& plan, const Check& check) {
  return [scenario, plan, check]() -> Trial {
    const auto runner = std::make_shared<TrialRunner>(scenario);
    TrialRequest request;
    request.plan = FaultPlan::parse(plan);
    return [runner, request, check] {
      const Evidence evidence = runner->run(request);
      if (evidence.harness_error) throw std::runtime_error(*evidence.harness_error);
      expect_end("a trial without a fault", evidence.root_end.value_or(WaitStatus{}), WaitStatus::exited(0));
      check(evidence);
    };
  };
}

/// Empty: no agent may have spoken.
void expect_agent(const Evidence& evidence, const std::string& name) {
  const auto& agents = evidence.agents;
  const bool as_wanted = name.empty() ? agents.empty()
                                      : std::any_of(agents.begin(), agents.end(),
                                                    [&name](const AgentRecord& agent) { return agent.name == name; });
  if (as_wanted) return;
  const std::string why = evidence.skipped.empty() ? "" : ": " + evidence.skipped.front();
  throw std::runtime_error(name.empty() ? "an agent spoke that nobody put there"
                                        : "the agent \"" + name + "\" kept silent" + why);
}

/// `agent`: which must speak; empty: none is put there.
MakeTrial with_agent(const Subject& subject, const std::string& agent, const std::string& folder) {
  Scenario scenario = scenario_of(subject, folder);
  scenario.agents = !agent.empty();
  return unstruck(scenario, "none", [agent](const Evidence& evidence) { expect_agent(evidence, agent); });
}

/// A message of the probe is one stop, so that the stops tell whether each line was told of, and once.
MakeTrial with_lines(const Subject& subject, bool told, const std::string& folder) {
  Scenario scenario = scenario_of(subject, folder);
  scenario.agents = true;
  if (told) scenario.inside = {"__main__"};
  return unstruck(scenario, subject.plan, [lines = told ? told_lines : 0](const Evidence& evidence) {
    expect_agent(evidence, "python");
    if (evidence.stops < lines || evidence.stops > lines + other_stops_max) {
      throw std::runtime_error(fmt::format("{} lines were to be told of in {} stops", lines, evidence.stops));
    }
  });
}

/// How many seconds longer a trial takes at the one rate than at the other.
double added_seconds(double rate, double rate_without) {
  return 1 / rate - 1 / rate_without;
}

struct CallTimes {
  double point_ns = 0;
  double getppid_ns = 0;
};

CallTimes probe_calls(int cpu, double seconds) {
  const std::string command = fmt::format("{} {} {}", shell_quote(own_subject("probe_calls")), cpu, seconds);
  std::FILE* const output = popen(command.c_str(), "re");
  if (output == nullptr) throw std::runtime_error("cannot start probe_calls");
  CallTimes times;
  const int read = std::fscanf(output, "%lf %lf", &times.point_ns, &times.getppid_ns);
  if (pclose(output) != 0 || read != 2) throw std::runtime_error("probe_calls failed");
  return times;
}

void print_probe(int cpu, const Effort& effort) {
  std::vector<double> point, getppid, ratio;
  for (int round = 0; round < effort.rounds; ++round) {
    const CallTimes times = probe_calls(cpu, effort.seconds);
    point.push_back(times.point_ns);
    getppid.push_back(times.getppid_ns);
    ratio.push_back(times.point_ns / times.getppid_ns);
  }
  fmt::print("\nInside the subject: the probe where nobody listens\n");
  print_head("ns a call");
  print_line("exitproof_point", point, 1);
  print_line("syscall(SYS_getppid)", getppid, 1);
  fmt::print("  ratios\n");
  print_line("exitproof_point / getppid", ratio, 2);
  std::fflush(stdout);
}

void print_agents(const Subject& subject, const std::string& agent, int cpu, const Effort& effort) {
  const Folder in_memory(Folder::fastest_parent());
  const Folder on_disk(fs::temp_directory_path());
  const auto rate = [&](const MakeTrial& make) { return trials_per_second(make, {cpu}, effort.seconds); };
  std::vector<double> alone, without, with, with_of_bare, ratio, added_ms;
  for (int round = 0; round < effort.rounds; ++round) {
    alone.push_back(rate(bare(subject, in_memory.path())));
    without.push_back(rate(with_agent(subject, "", on_disk.path())));
    with.push_back(rate(with_agent(subject, agent, on_disk.path())));
    with_of_bare.push_back(with.back() / alone.back());
    ratio.push_back(with.back() / without.back());
    added_ms.push_back(added_seconds(with.back(), without.back()) * 1e3);
  }
  fmt::print("\nInside the subject: agents in {}, no fault\n", subject.name);
  print_head("trials/s");
  print_line("bare", alone, 1);
  print_line("exitproof without agents", without, 1);
  print_line("exitproof with agents", with, 1);
  fmt::print("  ratios\n");
  print_line("with agents / bare", with_of_bare, 2);
  print_line("with agents / without", ratio, 2);
  fmt::print("  ms a trial\n");
  print_line("added by the agents", added_ms, 2);
  std::fflush(stdout);
}

void print_lines(int cpu, const Effort& effort) {
  const Subject subject = python_lines();
  const Folder on_disk(fs::temp_directory_path());
  std::vector<double> untold, told, ratio, added_us;
  for (int round = 0; round < effort.rounds; ++round) {
    untold.push_back(trials_per_second(with_lines(subject, false, on_disk.path()), {cpu}, effort.seconds));
    told.push_back(trials_per_second(with_lines(subject, true, on_disk.path()), {cpu}, effort.seconds));
    ratio.push_back(told.back() / untold.back());
    added_us.push_back(added_seconds(told.back(), untold.back()) * 1e6 / static_cast<double>(told_lines));
  }
  fmt::print("\nInside the subject: {}\n", subject.name);
  print_head("trials/s");
  print_line("agents, its module not asked for", untold, 1);
  print_line("agents, each line told of", told, 1);
  fmt::print("  ratios\n");
  print_line("each line told of / not asked for", ratio, 2);
  fmt::print("  us a line\n");
  print_line("added by telling", added_us, 2);
  std::fflush(stdout);
}

}  // namespace

void print_inside_rows(const Subject& tree, int cpu, const Effort& effort) {
  print_probe(cpu, effort);
  print_agents(ends_at_once(), "preload", cpu, effort);
  print_agents(python_start(), "python", cpu, effort);
  print_agents(tree, "preload", cpu, effort);
  print_lines(cpu, effort);
}

}  // namespace exitproof::bench
