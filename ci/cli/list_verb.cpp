#include <fmt/format.h>

#include <array>
#include <csignal>
#include <memory>

#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/interrupts.hpp"
#include "ci/cli/output.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/verbs.hpp"
#include "exitproof/call_class.hpp"
#include "exitproof/enumerate.hpp"
#include "exitproof/invariant.hpp"
#include "exitproof/names.hpp"

namespace exitproof::cli {
namespace {

std::string_view describe_kind(FaultKind kind) {
  switch (kind) {
    case FaultKind::none:
      return "no fault";
    case FaultKind::kill:
      return "SIGKILL to one process";
    case FaultKind::kill_tree:
      return "SIGKILL to all processes at one instant";
    case FaultKind::ctrl_c:
      return "the interrupt key on the controlling terminal";
    case FaultKind::signals:
      return "SIGINT, SIGTERM, SIGHUP, SIGQUIT or SIGPIPE to one process";
    case FaultKind::hangup:
      return "the terminal goes away";
    case FaultKind::full:
      return "the disk is full from here on";
    case FaultKind::errno_:
      return "the call fails";
    case FaultKind::short_:
      return "the call writes only a part; never of 4096 bytes or less to a pipe, but stdout and stderr stand for any "
             "file";
    case FaultKind::epipe:
      return "the reader of stdout is gone";
    case FaultKind::exception:
      return "throw at a point of the probe, std::bad_alloc from operator new, raise in Python";
    case FaultKind::pause:
      return "a thread is held";
    case FaultKind::enospc:
      return "a full disk, and ENOSPC for one call";
  }
  return "";
}

std::string list_faults() {
  std::string text;
  for (const FaultKind kind : all_fault_kinds()) {
    if (kind == FaultKind::none) continue;
    const auto bit = static_cast<std::size_t>(kind);
    const std::string_view mark = default_fault_kinds().test(bit) ? " (tried by default)"
                                  : kind == FaultKind::exception  ? " (tried by default where an agent is active)"
                                                                  : "";
    text += fmt::format("  {:<12} {}{}\n", fault_kind_name(kind), describe_kind(kind), mark);
  }
  return text;
}

std::string list_invariants() {
  std::string text;
  for (const Invariant& invariant : all_invariants())
    text += fmt::format("  {:<20} {}\n", invariant.name, invariant.claim);
  return text;
}

std::string list_classes() {
  std::string text;
  const CallClasses surveyed = default_survey_classes();
  for (const CallClass call_class : all_call_classes()) {
    const bool by_default = surveyed.test(static_cast<std::size_t>(call_class));
    text += fmt::format("  {}{}\n", call_class_name(call_class), by_default ? "" : " (not surveyed by default)");
  }
  return text;
}

std::string list_statuses() {
  std::string text;
  constexpr std::array<std::pair<ExitStatus, std::string_view>, 6> statuses{{
      {exit_held, "everything that was tried held"},
      {exit_violated, "a violation was found"},
      {exit_usage, "the command line asks for something that cannot be"},
      {exit_nothing_tried, "nothing was tried: no fault has fired"},
      {exit_cannot_try, "this machine or this subject cannot be tried"},
      {exit_harness_failed, "the harness failed"},
  }};
  for (const auto& [status, meaning] : statuses) text += fmt::format("  {:<3} {}\n", static_cast<int>(status), meaning);
  return text;
}

struct Topic {
  std::string_view name;
  std::string (*list)();
};

constexpr std::array topics{Topic{"faults", list_faults}, Topic{"invariants", list_invariants},
                            Topic{"classes", list_classes}, Topic{"statuses", list_statuses}};

int execute(const std::string& wanted) {
  std::string text;
  std::vector<std::string_view> names;
  for (const Topic& topic : topics) {
    names.push_back(topic.name);
    if (wanted.empty() || wanted == topic.name) text += fmt::format("{}\n{}", topic.name, topic.list());
  }
  if (text.empty()) {
    throw UsageError(fmt::format("list expects one of {}, and found \"{}\"", fmt::join(names, ", "), wanted));
  }
  Interrupts interrupts;
  Output(interrupts).print(text);
  return finish(interrupts, exit_held);
}

}  // namespace

Verb add_list(CLI::App& app) {
  const auto topic = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("list", "name the faults, invariants, call classes and exit statuses");
  set_usage(*verb, "exitproof list [faults|invariants|classes|statuses]");
  verb->add_option("TOPIC", *topic, "only these");
  return {verb, 1, false, [topic](const Invocation&) { return execute(*topic); }};
}

}  // namespace exitproof::cli
