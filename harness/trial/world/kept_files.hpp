#pragma once

#include <string>

namespace exitproof {

/// Copies of files of the machine, to be put back after a trial. They lie in a folder on the disk, each with the path
/// it belongs to and which file it is of, so that any process, a later one too, can put them back.
class KeptFiles {
 public:
  static constexpr long largest = 16L << 20;

  /// The folder is made when it is not there. Copies that are in it already are taken over.
  /// Throws std::system_error.
  explicit KeptFiles(std::string folder);

  /// Keeps a copy of a regular file for `path`, when it is small and can be read and none is kept yet; see has(). It
  /// is found at `now_at`, another path of the same last name, when its directory was moved.
  /// Throws std::system_error when the copy cannot be written.
  void keep(const std::string& path, const std::string& now_at);
  bool has(const std::string& path) const;

  /// Makes `path` what it was when it was kept, in content, owner, mode and times; does nothing for one that is.
  /// The same file is written, so that its other names show it too. Another one that has the name now is replaced
  /// only when it is younger than the folder or has other names: an old file, which was moved there, is not lost.
  /// False when it cannot be done.
  bool put_back(const std::string& path) const;
  /// The same for all. False when any cannot be put back.
  bool put_all_back() const;
  /// Whether a file was written to long after the last copy was made: maybe by its user, long after the trial.
  bool may_be_outdated() const;
  bool empty() const;

  /// Drops the copy for `path`, which is as it was, or somebody else's by now.
  void forget(const std::string& path);

 private:
  std::string place_of(const std::string& path) const;
  std::string folder_;
};

}  // namespace exitproof
