#pragma once

#include <sys/stat.h>

#include <map>
#include <string>

namespace exitproof::sys {

/// What a file has besides its content.
struct FileAttributes {
  struct stat status {};
  std::map<std::string, std::string> extended;
  /// The owner's rights for a copy that belongs to the caller though the original may not: they
  /// grant the caller no more than what it may do with the original.
  mode_t rights_of_caller = 0;
};

/// The extended attributes of an open file (O_PATH will do), but for those with which an overlay or
/// a security module keeps its books. Needs /proc.
std::map<std::string, std::string> extended_attributes(int fd);

/// Reads them all from an open file, O_PATH will do. Needs /proc. Throws std::system_error.
FileAttributes read_attributes(int fd);

/// Gives the open file `to`, which the caller owns, these attributes. Where the owner cannot be
/// given, because the caller's user namespace does not know it, the owner's rights become those of
/// the caller. Throws std::system_error.
void give_attributes(int to, const FileAttributes& attributes);

/// Writes the content of the open regular file `from` to `to`, both from their start.
/// Throws std::system_error.
void copy_content(int from, int to);

/// Makes `to_directory/name` a copy of `from_directory/name`: a regular file of at most `limit`
/// bytes, a symbolic link, or a directory without what is in it. Returns false when it is anything
/// else or cannot be read; a directory that is there already is left as it is. Throws std::system_error when the copy cannot be written.
bool copy_entry(int from_directory, int to_directory, const std::string& name, long limit);

}  // namespace exitproof::sys
