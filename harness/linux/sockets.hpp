#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace exitproof::sys {

/// The listening sockets among `descriptors` (targets of /proc/PID/fd links, "socket:[INODE]"), in words:
/// "port 127.0.0.1:8080", "port [::]:80", "socket /run/a.sock". Reads /proc/PID/net.
std::vector<std::string> listening_sockets(pid_t pid, const std::vector<std::string>& descriptors);

/// The file locks that a process holds, in words: "lock on /run/a.lock" (/proc/PID/fdinfo).
std::vector<std::string> held_locks(pid_t pid);

}  // namespace exitproof::sys
