#include "ci/cli/topics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/cli/exit_status.hpp"
#include "exitproof/call_class.hpp"
#include "exitproof/enumerate.hpp"
#include "exitproof/invariant.hpp"

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

std::vector<TopicEntry> fault_entries() {
  std::vector<TopicEntry> entries;
  for (const FaultKind kind : all_fault_kinds()) {
    if (kind == FaultKind::none) continue;
    const auto bit = static_cast<std::size_t>(kind);
    const std::string_view mark = default_fault_kinds().test(bit) ? " (tried by default)"
                                  : kind == FaultKind::exception  ? " (tried by default where an agent is active)"
                                                                  : "";
    entries.push_back({std::string(fault_kind_name(kind)), fmt::format("{}{}", describe_kind(kind), mark)});
  }
  return entries;
}

std::vector<TopicEntry> invariant_entries() {
  std::vector<TopicEntry> entries;
  for (const Invariant& invariant : all_invariants()) {
    entries.push_back({std::string(invariant.name), std::string(invariant.claim)});
  }
  return entries;
}

std::vector<TopicEntry> class_entries() {
  std::vector<TopicEntry> entries;
  const CallClasses surveyed = default_survey_classes();
  for (const CallClass call_class : all_call_classes()) {
    const bool by_default = surveyed.test(static_cast<std::size_t>(call_class));
    entries.push_back({std::string(call_class_name(call_class)), by_default ? "" : "(not surveyed by default)"});
  }
  return entries;
}

TopicEntry status(ExitStatus number, const char* meaning) {
  return {std::to_string(static_cast<int>(number)), meaning};
}

std::vector<TopicEntry> status_entries() {
  return {
      status(exit_held, "everything that was tried held"),
      status(exit_violated, "a violation was found"),
      status(exit_usage, "the command line asks for something that cannot be"),
      status(exit_nothing_tried, "nothing was tried: no fault has fired"),
      status(exit_cannot_try, "this machine or this subject cannot be tried"),
      status(exit_harness_failed, "the harness failed"),
  };
}

}  // namespace

std::string describe_topic(const Topic& topic) {
  std::size_t width = 0;
  for (const TopicEntry& entry : topic.entries) width = std::max(width, entry.name.size());
  std::string text = fmt::format("{}\n", topic.name);
  for (const TopicEntry& entry : topic.entries) {
    text += entry.text.empty() ? fmt::format("  {}\n", entry.name)
                               : fmt::format("  {:<{}} {}\n", entry.name, width, entry.text);
  }
  return text;
}

std::vector<Topic> all_topics() {
  return {{"faults", "Kinds of faults", fault_entries()},
          {"invariants", "Invariants", invariant_entries()},
          {"classes", "Call classes", class_entries()},
          {"statuses", "Exit statuses", status_entries()}};
}

}  // namespace exitproof::cli
