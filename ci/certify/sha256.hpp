#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace exitproof {

/// SHA-256 (FIPS 180-4) as 64 hexadecimal digits: what certificates name files by.
std::string sha256_of(std::string_view text);

/// The same of a regular file's content. Throws std::system_error.
std::string sha256_of_file(const std::filesystem::path& path);

/// Digests of files, each taken once: under whatever name a document has a file, it has one digest.
class FileDigests {
 public:
  /// sha256_of_file() when it was first asked for. Throws std::system_error.
  const std::string& of(const std::filesystem::path& path);

 private:
  std::map<std::filesystem::path, std::string> digests_;  ///< by paths without symbolic links
};

}  // namespace exitproof
