#pragma once

#include <string>

#include "exitproof/evidence.hpp"

namespace exitproof::cli {

/// The folder of `--evidence DIR`: one JSON file for each evidence that is kept.
class EvidenceFolder {
 public:
  /// Makes the folder; an empty path keeps nothing. Throws UsageError when it cannot be made.
  explicit EvidenceFolder(std::string path);
  /// Writes NAME.json. Throws std::system_error.
  void keep(const std::string& name, const Evidence& evidence) const;

 private:
  std::string path_;
};

}  // namespace exitproof::cli
