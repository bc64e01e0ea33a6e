#include <csignal>
#include <cstdio>
#include <exitproof/campaign.hpp>
#include <exitproof/worker_pool.hpp>

// campaign EXITPROOF PROGRAM: strikes the program with a full disk at each of its points. 0: all held.
int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  exitproof::WorkerPool workers({.command = {argv[1], "worker"}});
  exitproof::Scenario scenario;
  scenario.command = {argv[2]};
  scenario.working_directory = "/";
  exitproof::SearchOptions options;
  options.faults.kinds = exitproof::parse_fault_kinds("enospc");
  exitproof::CampaignListener nobody;
  const exitproof::CampaignResult result = exitproof::run_campaign(workers, scenario, options, nobody);
  if (result.survey.refusal) {
    std::fprintf(stderr, "%s\n", result.survey.refusal->c_str());
    return 77;
  }
  for (const exitproof::Finding& finding : result.findings) {
    std::printf("%s: %s\n", finding.violation.invariant.c_str(), finding.plan.print().c_str());
  }
  return result.findings.empty() && result.trials.held > 0 ? 0 : 1;
}
