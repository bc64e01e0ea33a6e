#pragma once

#include <sys/stat.h>

#include <string>

namespace exitproof {

/// Copies of files of the machine, to be put back after a trial. They lie in a folder on the disk, each with the path
/// it belongs to, so that any process, a later one too, can put them back.
class KeptFiles {
 public:
  static constexpr long largest = 16L << 20;

  /// The folder is made when it is not there. Copies that are in it already are taken over.
  /// Throws std::system_error.
  explicit KeptFiles(std::string folder);

  /// Keeps a copy of the regular file `path`, when it is small and can be read and none is kept yet; see has().
  /// Throws std::system_error when the copy cannot be written.
  void keep(const std::string& path, const struct stat& status);
  bool has(const std::string& path) const;

  /// Makes `path` what it was when it was kept, in content, owner, mode and times; does nothing for one that is.
  /// A file with other names stays under them. False when it cannot be done.
  bool put_back(const std::string& path) const;
  /// The same for all. False when any cannot be put back.
  bool put_all_back() const;
  bool empty() const;

 private:
  std::string place_of(const std::string& path) const;
  std::string folder_;
};

}  // namespace exitproof
