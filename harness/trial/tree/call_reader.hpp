#pragma once

#include <optional>
#include <string>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// The files the harness gave the subject as stdout and stderr: what is written there is `out`.
struct GivenOutputs {
  sys::FileIdentity out;
  sys::FileIdentity err;
  dev_t terminal = 0;  ///< device number of the world's terminal, when it is on 1 and 2
};

/// Decodes calls that a task is about to make.
class CallReader {
 public:
  explicit CallReader(GivenOutputs outputs) : outputs_(outputs) {}

  /// Name, class and arguments: what counting needs. Reads the descriptor behind a write or a read
  /// only when `CallClass::out`, `send` or `recv` could be meant.
  MetCall read(const Task& task, const sys::CallEntry& entry) const;

  /// Fills object: a path as the subject sees it, a descriptor's file, a pid; and regular_file: the descriptor's file,
  /// or the one that is opened or made, is a regular one of a disk, and, of a close, open for writing.
  void describe(const Task& task, MetCall& call) const;

  /// The file that was there before and that the call changes or gives another name: of a rename and a link, the old
  /// name. As the subject sees it; empty for a call of another kind.
  std::string existing_file_changed_by(const Task& task, const MetCall& call) const;

  /// Whether the call's path ends with the text, or, for written data, contains it.
  bool matches_text(const Task& task, const MetCall& call, const std::string& text) const;

 private:
  std::optional<CallClass> class_of(const Task& task, const sys::CallEntry& entry) const;

  GivenOutputs outputs_;
};

}  // namespace exitproof
