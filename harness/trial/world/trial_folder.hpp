#pragma once

#include <string>

#include "exitproof/scenario.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof {

/// Removes the directory and all that is in it, however its rights were changed; follows no link.
/// False when something is left.
bool remove_tree(const std::string& path);

/// A directory of the user's own, in the place for temporary files, for what a world without namespaces needs on the
/// disk: PATH/tmp for the subject's temporary files, PATH/kept for copies of files of the machine.
///
/// It has the first name that is free, exitproof-1, exitproof-2 and so on, so that subjects meet the same paths in
/// every campaign. It is locked as long as a process holds it. One of ours that is not locked was left by a harness
/// that was killed: what is kept in it is put back, and its name is taken over.
class TrialFolder {
 public:
  /// Chooses $TMPDIR or one of the machine's places for temporary files, outside of the working directory if it can.
  /// Throws std::system_error.
  explicit TrialFolder(const Scenario& scenario);

  const std::string& path() const { return path_; }
  std::string temporary_files() const { return path_ + "/tmp"; }
  std::string kept_files() const { return path_ + "/kept"; }

  /// Whether among the temporary files is one, under its only name, that is older than the folder of copies: the
  /// trial has moved it there, and it must not be lost.
  bool holds_old_file() const;

  /// Puts back what is kept, and removes the directory. Keeps it, for the user, when a file cannot be put back or
  /// it holds an old one: then, and when it cannot be removed, false.
  bool remove() const;

 private:
  bool take(const std::string& path);
  std::string path_;
  sys::UniqueFd lock_;
};

}  // namespace exitproof
