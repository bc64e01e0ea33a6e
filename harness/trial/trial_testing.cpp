#include "harness/trial/trial_testing.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "exitproof/check.hpp"
#include "exitproof/evidence_json.hpp"
#include "harness/model/test_paths_testing.hpp"

namespace exitproof::testing {

WorldKind world_under_test() {
  const char* name = std::getenv("EXITPROOF_TEST_WORLD");
  const auto kind = world_kind_of_name(name == nullptr ? "overlay" : name);
  check(kind.has_value(), "EXITPROOF_TEST_WORLD names a world");
  return *kind;
}

Scenario scenario_of(std::vector<std::string> command) {
  Scenario scenario;
  if (!command.front().starts_with('/')) {
    command.front() = subject(command.front());
  }
  scenario.command = std::move(command);
  scenario.working_directory = "/tmp";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    scenario.environment.emplace_back(text.substr(0, equals), text.substr(std::min(equals, text.size() - 1) + 1));
  }
  scenario.world = world_under_test();
  scenario.agents = false;  // what they see is another test's matter
  scenario.contract.grace = Millis(300);
  scenario.timeout = Millis(20'000);
  return scenario;
}

TrialRequest rich_request(std::string_view plan) {
  TrialRequest request;
  request.plan = FaultPlan::parse(plan);
  request.classes = default_survey_classes();
  request.events = true;
  request.sites = true;
  return request;
}

TrialRequest lean_request(std::string_view plan) {
  TrialRequest request;
  request.plan = FaultPlan::parse(plan);
  return request;
}

Evidence try_once(const Scenario& scenario, const TrialRequest& request) {
  TrialRunner runner(scenario);
  return runner.run(request);
}

Evidence try_once(std::vector<std::string> command, const TrialRequest& request) {
  return try_once(scenario_of(std::move(command)), request);
}

std::string explain(const Evidence& evidence) {
  std::string text = evidence_to_json(evidence);
  constexpr std::size_t enough = 20'000;
  return text.size() > enough ? text.substr(0, enough) + "..." : text;
}

std::size_t count_events(const Evidence& evidence, EventKind kind) {
  return static_cast<std::size_t>(
      std::count_if(evidence.events.begin(), evidence.events.end(), [kind](const Event& e) { return e.kind == kind; }));
}

const FileChange* find_file(const Evidence& evidence, std::string_view path) {
  const auto found = std::find_if(evidence.files.begin(), evidence.files.end(),
                                  [path](const FileChange& file) { return file.path == path; });
  return found == evidence.files.end() ? nullptr : &*found;
}

}  // namespace exitproof::testing
