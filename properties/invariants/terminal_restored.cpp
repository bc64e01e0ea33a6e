#include <fmt/format.h>

#include <algorithm>

#include "exitproof/invariant.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/planted.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "terminal-restored";

// A full-screen program that was struck down below a root that never touched the terminal.
bool another_was_struck_down(const Evidence& evidence) {
  return std::ranges::any_of(evidence.processes, [&](const ProcessRecord& process) {
    return !process.path.is_root() && struck_down(evidence, process.path);
  });
}

Opinion opinion(const Evidence& evidence, const Contract&, const Baseline&) {
  Opinion result;
  if (const auto why = why_no_end(evidence)) {
    result.skipped.push_back(*why);
    return result;
  }
  const ProcessPath root = ProcessPath::root();
  const Manner manner = manner_of(evidence, root);
  if (is_planted(manner == Manner::normal ? "terminal-restored: an orderly end restores it"
                                          : "terminal-restored: a signal excuses it")) {
    return result;
  }
  const bool gone = fired(evidence, Action::hangup);
  if (evidence.terminal_changes.empty() || gone || asked(Duty::terminal_restored, manner) == Asked::no) return result;
  const std::string command = command_of(evidence, root);
  const std::string detail =
      fmt::format("the terminal is not as it was after {}: {}", how_root_ended(evidence), evidence.terminal_changes);
  if (another_was_struck_down(evidence)) {
    result.notes.push_back({std::string(name), root, command, command, "not asked of the root: " + detail});
  } else {
    result.violations.push_back({std::string(name), root, command, command, detail, manner});
  }
  return result;
}

}  // namespace

extern const Invariant terminal_restored;
const Invariant terminal_restored{"terminal-restored", "the terminal is as it was before the subject", opinion};

}  // namespace exitproof
