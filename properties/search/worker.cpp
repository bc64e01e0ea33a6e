#include "exitproof/worker.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "exitproof/evidence_json.hpp"
#include "harness/trial/trial.hpp"

namespace exitproof {
namespace {

/// Pins us to `wanted` of the CPUs we may use, beginning with the `index`-th of them.
void pin(unsigned index, unsigned wanted) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  std::vector<std::size_t> cpus;
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  for (std::size_t i = 0; i < wanted; ++i) CPU_SET(cpus[(std::size_t{index} * wanted + i) % cpus.size()], &chosen);
  ::sched_setaffinity(0, sizeof chosen, &chosen);
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
  pin(cpu, scenario.cpus);
  std::string refusal;
  const std::unique_ptr<TrialRunner> runner = make_runner(scenario, refusal);
  while (std::getline(std::cin, line)) {
    if (!answer(run_trial(runner.get(), trial_request_from_json(line), refusal))) return false;
  }
  return true;
}

}  // namespace exitproof
