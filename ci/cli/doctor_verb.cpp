#include <fmt/format.h>

#include <optional>
#include <string>

#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/interrupts.hpp"
#include "ci/cli/output.hpp"
#include "ci/cli/scenario_options.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/verbs.hpp"
#include "exitproof/survey.hpp"
#include "harness/trial/world/machine.hpp"

namespace exitproof::cli {
namespace {

std::string describe(const Capability& capability, const Paint& paint) {
  const std::string mark = capability.available ? paint.green("yes") : paint.red("no ");
  std::string text = fmt::format("{}  {}\n", mark, capability.name);
  if (capability.available) return text;
  if (!capability.why_not.empty()) text += fmt::format("       why: {}\n", capability.why_not);
  text += fmt::format("       without it: {}\n", capability.cost);
  if (!capability.remedy.empty()) text += fmt::format("       remedy: {}\n", capability.remedy);
  return text;
}

/// What speaks for or against this machine in the end: one trial of a program that does nothing.
/// Why it cannot be made; nothing when it can.
std::optional<std::string> try_one(const Scenario& scenario, const Interrupts& interrupts) {
  WorkerPool pool(pool_options(1, interrupts));
  const Survey survey = take_survey(pool, scenario, {.runs = 1, .sites = false});
  return survey.interrupted ? "interrupted" : survey.refusal;
}

int execute() {
  Interrupts interrupts;
  Output output(interrupts);
  for (const Capability& capability : examine_machine()) output.print(describe(capability, output.paint()));
  const ScenarioOptions usual;
  Scenario scenario = usual.scenario({"/bin/true"});
  output.print(settle_world(usual.leave_world_open(), scenario));
  output.print(fmt::format("trials run with --world {}{}\n", world_kind_name(scenario.world),
                           scenario.world == WorldKind::overlay ? "" : ", one at a time"));
  const std::optional<std::string> failure = try_one(scenario, interrupts);
  output.print(failure ? fmt::format("A trial of /bin/true cannot be made: {}\n", *failure)
                       : "A trial of /bin/true works.\n");
  return finish(interrupts, failure ? exit_cannot_try : exit_held);
}

}  // namespace

Verb add_doctor(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("doctor", "tell what this machine can and cannot do for trials");
  set_usage(*verb, "exitproof doctor");
  set_examples(*verb, {{"exitproof doctor", "as the user who will run the trials"}});
  return {verb, 0, false, [](const Invocation&) { return execute(); }};
}

}  // namespace exitproof::cli
