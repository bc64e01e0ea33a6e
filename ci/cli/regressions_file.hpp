#pragma once

#include <string>
#include <vector>

#include "exitproof/finding.hpp"
#include "exitproof/regressions.hpp"

namespace exitproof::cli {

/// The file of `--regressions FILE`: plans that failed once, written by the command and kept by people.
class RegressionsFile {
 public:
  /// Reads it; an empty path, and a file that is not there yet, have nothing in them. Throws UsageError when it cannot
  /// be read, is malformed, or what is found could not be added.
  explicit RegressionsFile(std::string path);

  const std::vector<Regression>& regressions() const { return regressions_; }

  /// Appends what replays every time and is not there yet; says how many these were. What people wrote stays as it is.
  /// Throws std::system_error.
  std::size_t add(const std::vector<Finding>& findings) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<Regression> regressions_;
};

}  // namespace exitproof::cli
