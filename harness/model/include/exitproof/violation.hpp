#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/contract.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/process_path.hpp"

namespace exitproof {

/// What the next run made of what a trial left.
enum class Recovery : std::uint8_t {
  not_asked,  ///< no next run was made, or it could not be judged
  clean,      ///< nothing was left
  recovered,  ///< the next run removed or repaired it
  leaked,     ///< the next run works, and it is still there
  blocked,    ///< the next run fails
};

inline constexpr std::size_t recovery_count = 5;

/// "not-asked", "clean", "recovered", "leaked", "blocked".
std::string_view recovery_name(Recovery recovery);

/// How often, and in which way, what a violation is about went wrong.
struct ViolationCase {
  std::string way;     ///< "never run", "missing"; empty where there is but one
  unsigned count = 1;  ///< of processes, files or handlers
  bool operator==(const ViolationCase&) const = default;
};

/// One way in which an invariant was false.
struct Violation {
  std::string invariant;               ///< its name, "no-orphans"
  std::optional<ProcessPath> process;  ///< the process concerned
  std::string command;                 ///< its command
  std::string subject;                 ///< what was left: file pattern, command, handler
  std::string detail;                  ///< one sentence in words that the program's author accepts
  Manner manner = Manner::normal;
  Recovery recovery = Recovery::not_asked;
  std::string file = {};  ///< of a file: its path, of which `subject` is the pattern; of several the first
  std::vector<ViolationCase> cases = {};  ///< each way once; empty: one of the one way that there is
  bool operator==(const Violation&) const = default;
};

/// Something a reader should know that is no violation: transient, recovered, guarded, allowed.
struct Note {
  std::string invariant;
  std::optional<ProcessPath> process;
  std::string command;
  std::string subject;
  std::string detail;
  Recovery recovery = Recovery::not_asked;
  bool operator==(const Note&) const = default;
};

/// What one invariant says of one trial.
struct Opinion {
  std::vector<Violation> violations;
  std::vector<Note> notes;
  std::vector<std::string> skipped;  ///< why it could not be judged; empty: it was
};

enum class Verdict : std::uint8_t { held, violated, not_exercised, flaky, harness_error };

std::string_view verdict_name(Verdict verdict);

/// Violations with one signature are one finding.
std::string signature(const Violation& violation, FaultKind fault_kind);

}  // namespace exitproof
