#pragma once

#include <sys/stat.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "exitproof/evidence.hpp"
#include "harness/linux/inode.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof {

/// What a file was at one moment.
struct FileState {
  struct stat status {};
  sys::Inode identity;
  std::string digest;  ///< of a small regular file; the target of a link

  bool is_directory() const { return S_ISDIR(status.st_mode); }
};

/// Of the file at `path`, of a link itself; nothing when there is none.
std::optional<FileState> state_at(const std::string& path);

/// The content of a large file is known by its size and its modification time only.
bool same_content(const FileState& a, const FileState& b);

/// Alike in type, content, owner and mode; they need not be one file.
bool same_but_for_time(const FileState& a, const FileState& b);

/// Whether the type, the content or the target is another; nothing: of a large file nobody knows.
std::optional<bool> content_changed(const FileState& before, const FileState& now);

/// What differs of two files but their content, as FileChange::attributes_changed. Of a directory's time nothing is
/// said, since what is put into it changes that.
std::string attributes_changed(const struct stat& before, const struct stat& now, bool extended = false);

/// Alike in type, content, owner, mode and, for regular files, modification time; they need not be one file.
bool same_state(const FileState& a, const FileState& b);

/// A path that the trial's calls named.
struct BookedFile {
  bool is_home = false;                        ///< a path of the time before the trial; `before` is known
  std::optional<FileState> before;             ///< what the trial found there; nothing: there was no file
  bool touched = false;                        ///< a call that named it succeeded, or may have
  bool assumed = false;                        ///< a call whose result is not known may have made it
  std::optional<sys::Inode> left;              ///< what the last call that succeeded left there
  std::shared_ptr<sys::UniqueFd> other_names;  ///< held open, when the file before had others
};

/// All that is known of the files of one trial.
struct BookedFiles {
  std::map<std::string, BookedFile> paths;
  std::set<sys::Inode> made;  ///< files that came to be by a call of the trial
  std::int64_t since = 0;     ///< a file born later is none of before the trial; as Inode::born

  /// The files of the machine among `paths`.
  std::set<sys::Inode> machines() const;
  bool is_young(const sys::Inode& file) const { return file.born != 0 && file.born > since; }
  /// Not what was there before, nor what somebody else put there meanwhile.
  bool is_left_by_trial(const BookedFile& booked, const sys::Inode& now) const;
};

}  // namespace exitproof
