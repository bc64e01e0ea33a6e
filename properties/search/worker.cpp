#include "exitproof/worker.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "exitproof/evidence_json.hpp"
#include "harness/trial/trial.hpp"
#include "properties/search/cpu_claim.hpp"

namespace exitproof {
namespace {

/// Pins us to as many CPUs, of those that we may use. They are ours for as long as what is returned lives.
std::optional<CpuClaim> pin(unsigned first, unsigned wanted) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return std::nullopt;
  std::vector<std::size_t> cpus;
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  std::optional<CpuClaim> claim(std::in_place, cpus, std::size_t{first} * wanted, wanted);
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  for (const std::size_t cpu : claim->cpus()) CPU_SET(cpu, &chosen);
  ::sched_setaffinity(0, sizeof chosen, &chosen);
  return claim;
}

bool answer(const Evidence& evidence) {
  const std::string line = evidence_to_json(evidence) + '\n';
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0;
}

/// A machine that refuses the world refuses every trial, each time with the reason.
std::unique_ptr<TrialRunner> make_runner(const Scenario& scenario, std::string& refusal) {
  try {
    return std::make_unique<TrialRunner>(scenario);
  } catch (const std::runtime_error& error) {
    refusal = fmt::format("cannot be tried on this machine: {}; exitproof doctor tells more", error.what());
    return nullptr;
  }
}

Evidence run_trial(TrialRunner* runner, const TrialRequest& request, const std::string& refusal) {
  Evidence refused;
  refused.plan = request.plan;
  refused.harness_error = refusal;
  if (runner == nullptr) return refused;
  try {
    return runner->run(request);
  } catch (const std::system_error& error) {
    refused.harness_error = error.what();
    return refused;
  }
}

}  // namespace

bool serve_trials(unsigned cpu) {
  ::prctl(PR_SET_NAME, "exitproof-work");
  std::signal(SIGPIPE, SIG_DFL);
  std::string line;
  if (!std::getline(std::cin, line)) return true;
  const Scenario scenario = scenario_from_json(line);
  const std::optional<CpuClaim> claim = pin(cpu, scenario.cpus);
  std::string refusal;
  const std::unique_ptr<TrialRunner> runner = make_runner(scenario, refusal);
  while (std::getline(std::cin, line)) {
    if (!answer(run_trial(runner.get(), trial_request_from_json(line), refusal))) return false;
  }
  return true;
}

}  // namespace exitproof
