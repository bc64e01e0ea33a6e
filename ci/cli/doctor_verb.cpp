#include <fmt/format.h>

#include <vector>

#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/interrupts.hpp"
#include "ci/cli/output.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/verbs.hpp"
#include "harness/trial/machine.hpp"

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

int execute() {
  Interrupts interrupts;
  Output output(interrupts);
  bool all = true;
  for (const Capability& capability : examine_machine()) {
    output.print(describe(capability, output.paint()));
    all = all && capability.available;
  }
  return finish(interrupts, all ? exit_held : exit_cannot_try);
}

}  // namespace

Verb add_doctor(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("doctor", "tell what this machine can and cannot do for trials");
  set_usage(*verb, "exitproof doctor");
  return {verb, 0, false, [](const Invocation&) { return execute(); }};
}

}  // namespace exitproof::cli
