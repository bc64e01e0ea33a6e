#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace exitproof::sys {

/// What stands behind a file, as far as it decides how reading and writing it can fail.
enum class FileKind : std::uint8_t {
  disk,       ///< a regular file of a file system that stores it, a tmpfs among them: it can be full and can fail
  directory,  ///< a directory of such a file system
  pipe,       ///< a pipe or a fifo
  stream,     ///< a stream socket: what is sent has no bounds
  message,    ///< another socket: a message goes whole or not at all (send(2))
  terminal,
  memory,   ///< a memfd: no disk
  special,  ///< a device, an eventfd, or a file that the kernel makes up (/proc, /sys): it takes all or nothing
  unknown,  ///< it is gone, or cannot be looked at
};

/// In words, with its article: "an eventfd, a device or a file of the kernel's".
std::string_view file_kind_name(FileKind kind);

/// Of the file behind a descriptor. The caller must trace the process, or be it: a socket's type is asked of the socket
/// itself (pidfd_getfd(2)).
FileKind kind_of_descriptor(pid_t pid, int fd);

/// Of the file at this absolute path of the process; where there is none yet, of a file made there. What a link of
/// proc(5) itself leads to is not looked at: the answer is `special`.
FileKind kind_of_path(pid_t pid, const std::string& path);

}  // namespace exitproof::sys
