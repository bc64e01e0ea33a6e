#include "harness/linux/sockets.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <sstream>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

namespace {

constexpr unsigned tcp_listen = 0x0A;          // TCP_LISTEN in the st column of /proc/net/tcp
constexpr unsigned unix_accepts = 0x00010000;  // __SO_ACCEPTCON in the Flags column of /proc/net/unix

std::set<unsigned long> socket_inodes(const std::vector<std::string>& descriptors) {
  std::set<unsigned long> inodes;
  for (const std::string& file : descriptors) {
    unsigned long inode = 0;
    if (std::sscanf(file.c_str(), "socket:[%lu]", &inode) == 1) {
      inodes.insert(inode);
    }
  }
  return inodes;
}

// Addresses stand as host-order 32-bit words in hexadecimal.
std::string print_address(const std::string& hex, unsigned port) {
  unsigned char bytes[16] = {};
  for (std::size_t word = 0; word * 8 + 8 <= hex.size() && word < 4; ++word) {
    std::uint32_t value = 0;
    std::from_chars(hex.data() + word * 8, hex.data() + word * 8 + 8, value, 16);
    std::memcpy(bytes + word * 4, &value, sizeof value);
  }
  char text[INET6_ADDRSTRLEN] = {};
  const bool v6 = hex.size() == 32;
  ::inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, text, sizeof text);
  return v6 ? fmt::format("port [{}]:{}", text, port) : fmt::format("port {}:{}", text, port);
}

std::string net_table(pid_t pid, const char* name) {
  return read_small_file(fmt::format("/proc/{}/net/{}", pid, name)).value_or("");
}

UniqueFd copy_descriptor(pid_t pid, int fd) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
}

}  // namespace

std::vector<std::string> parse_listening_tcp(const std::string& table, const std::set<unsigned long>& inodes) {
  std::vector<std::string> found;
  std::istringstream lines(table);
  std::string line;
  while (std::getline(lines, line)) {
    char address[33] = {};
    unsigned port = 0;
    unsigned state = 0;
    unsigned long inode = 0;
    if (std::sscanf(line.c_str(), " %*d: %32[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*s %*s %lu", address, &port, &state,
                    &inode) == 4 &&
        state == tcp_listen && inodes.contains(inode)) {
      found.push_back(print_address(address, port));
    }
  }
  return found;
}

std::vector<std::string> parse_listening_unix(const std::string& table, const std::set<unsigned long>& inodes) {
  std::vector<std::string> found;
  std::istringstream lines(table);
  std::string line;
  while (std::getline(lines, line)) {
    unsigned flags = 0;
    unsigned long inode = 0;
    int path_at = 0;
    if (std::sscanf(line.c_str(), "%*s %*s %*s %x %*s %*s %lu %n", &flags, &inode, &path_at) == 2 &&
        (flags & unix_accepts) != 0 && inodes.contains(inode)) {
      const auto length = static_cast<std::size_t>(path_at);
      found.push_back("socket " + (length > 0 && length < line.size() ? line.substr(length) : "without a name"));
    }
  }
  return found;
}

std::vector<std::string> listening_sockets(pid_t pid, const std::vector<std::string>& descriptors) {
  std::vector<std::string> found;
  const auto inodes = socket_inodes(descriptors);
  if (inodes.empty()) {
    return found;
  }
  for (const char* const table : {"tcp", "tcp6"}) {
    std::ranges::move(parse_listening_tcp(net_table(pid, table), inodes), std::back_inserter(found));
  }
  std::ranges::move(parse_listening_unix(net_table(pid, "unix"), inodes), std::back_inserter(found));
  return found;
}

std::optional<int> socket_type(pid_t pid, int fd) {
  const UniqueFd socket = copy_descriptor(pid, fd);
  int type = 0;
  socklen_t size = sizeof type;
  return socket.is_open() && ::getsockopt(socket.get(), SOL_SOCKET, SO_TYPE, &type, &size) == 0 ? std::optional(type)
                                                                                                : std::nullopt;
}

bool parse_unanswered_data(const std::string& table) {
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    unsigned state = 0;
    unsigned long unacknowledged = 0;
    // The second column of a listening socket's queues is another: how many connections wait.
    if (std::sscanf(line.c_str(), " %*[^:]: %*s %*s %x %lx:", &state, &unacknowledged) == 2 && state != tcp_listen &&
        unacknowledged != 0) {
      return true;
    }
  }
  return false;
}

bool has_unanswered_data(pid_t pid) {
  return parse_unanswered_data(net_table(pid, "tcp")) || parse_unanswered_data(net_table(pid, "tcp6"));
}

bool socket_wait_is_limited(pid_t pid, int fd, bool connects) {
  if (!read_descriptor(pid, fd).starts_with("socket:")) {
    return false;
  }
  const UniqueFd socket = copy_descriptor(pid, fd);
  int domain = 0;
  socklen_t size = sizeof domain;
  if (!socket.is_open() || ::getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) {
    return true;
  }
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    timeval limit{};
    socklen_t limit_size = sizeof limit;
    if (::getsockopt(socket.get(), SOL_SOCKET, option, &limit, &limit_size) != 0 || limit.tv_sec != 0 ||
        limit.tv_usec != 0) {
      return true;
    }
  }
  return connects && domain != AF_UNIX;
}

std::vector<std::string> held_locks(pid_t pid) {
  std::vector<std::string> found;
  for (const int fd : list_descriptors(pid)) {
    // fdinfo names the locks of this very descriptor (proc(5)), in every pid namespace.
    const std::string info = read_small_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd)).value_or("");
    if (info.find("lock:\t") != std::string::npos) {
      found.push_back("lock on " + read_descriptor(pid, fd));
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace exitproof::sys
