#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace exitproof::sys {

/// The listening sockets among `descriptors` (targets of /proc/PID/fd links, "socket:[INODE]"), in words:
/// "port 127.0.0.1:8080", "port [::]:80", "socket /run/a.sock". Reads /proc/PID/net.
std::vector<std::string> listening_sockets(pid_t pid, const std::vector<std::string>& descriptors);

/// The same from the text of /proc/PID/net/tcp or tcp6, or of /proc/PID/net/unix, for sockets with these inodes.
std::vector<std::string> parse_listening_tcp(const std::string& table, const std::set<unsigned long>& inodes);
std::vector<std::string> parse_listening_unix(const std::string& table, const std::set<unsigned long>& inodes);

/// Whether a TCP connection in the process's network has sent what the other side has not acknowledged yet
/// (/proc/PID/net/tcp and tcp6).
bool has_unanswered_data(pid_t pid);
/// The same from the text of such a file.
bool parse_unanswered_data(const std::string& table);

/// Whether a wait for the socket behind a descriptor is limited: SO_RCVTIMEO or SO_SNDTIMEO is set (socket(7)), or,
/// for connect(2), the protocol gives up some time, as TCP does. False for other files, true where the socket
/// cannot be asked. The caller must trace the process, or be it (pidfd_getfd(2)).
bool socket_wait_is_limited(pid_t pid, int fd, bool connects);

/// SO_TYPE of the socket behind a descriptor (socket(7)); nothing where it cannot be asked. The caller as above.
std::optional<int> socket_type(pid_t pid, int fd);

/// The file locks that a process holds, in words: "lock on /run/a.lock" (/proc/PID/fdinfo).
std::vector<std::string> held_locks(pid_t pid);

}  // namespace exitproof::sys
