#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ci/cli/output.hpp"

namespace exitproof::cli {

/// A document that an option asks for, `--json FILE`; `-` is standard output, and results for people go to standard
/// error then.
class DocumentFile {
 public:
  /// An empty path asks for none. Throws UsageError, which names the option, when the file cannot be written: long
  /// before there is a document.
  DocumentFile(const std::string& option, const std::string& path, Output& output);
  bool wanted() const { return !path_.empty(); }
  /// Nothing when it is not wanted. Throws std::system_error.
  void write(const std::string& document, Output& output) const;

 private:
  std::string path_;
};

/// Options that ask for a file, with their values. Throws UsageError where two ask for the same: one would be lost. A
/// device may be asked for twice.
void require_distinct_files(const std::vector<std::pair<std::string, std::string>>& asked);

}  // namespace exitproof::cli
