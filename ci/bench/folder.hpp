#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace exitproof::bench {

/// A folder of its own, gone at the end.
class Folder {
 public:
  /// Throws std::runtime_error when it cannot be made.
  explicit Folder(const std::filesystem::path& parent) {
    std::string name = (parent / "exitproof-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder in " + parent.string());
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

  /// The fastest place for files: in memory, where there is one.
  static std::filesystem::path fastest_parent() {
    return std::filesystem::is_directory("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                     : std::filesystem::temp_directory_path();
  }

 private:
  std::string path_;
};

}  // namespace exitproof::bench
