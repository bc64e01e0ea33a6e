#include "harness/trial/tree/call_paths.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <array>
#include <climits>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/linux/system_calls.hpp"
#include "harness/trial/tree/open_flags.hpp"

namespace exitproof {

namespace {

constexpr int most_links = 40;  // as path_resolution(7)

struct NamedFile {
  std::string path;
  bool follow = false;
};

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : std::string();
}

std::string link_target(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

// "self" is another process for us.
std::string without_self(const Task& task, const std::string& path) {
  constexpr std::string_view self = "/proc/self/";
  constexpr std::string_view thread = "/proc/thread-self/";
  if (path.starts_with(self)) {
    return fmt::format("/proc/{}/{}", task.process->pid, path.substr(self.size()));
  }
  if (path.starts_with(thread)) {
    return fmt::format("/proc/{}/task/{}/{}", task.process->pid, task.tid, path.substr(thread.size()));
  }
  return path;
}

// "a//b" and "a/./b" are "a/b" whatever these are; "a/../b" need not be "b". At its end, "/." asks for a directory.
std::string without_detours(const std::string& path) {
  std::string shorter;
  bool at_start = true;  // of a name
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool slash = path[i] == '/';
    if (at_start && path.compare(i, 2, "./") == 0 && i + 2 < path.size()) {
      ++i;
    } else if (!slash || !at_start || i == 0) {
      shorter += path[i];
      at_start = slash;
    }
  }
  return shorter;
}

class PathsOfCall {
 public:
  PathsOfCall(const Task& task, const MetCall& call, const sys::SystemCall& known)
      : task_(task), call_(call), known_(known) {}

  std::vector<NamedFile> find() {
    switch (known_.call_class) {
      case CallClass::open:
        return opened();
      case CallClass::rename:
        return call_.number == SYS_rename ? both(at_cwd(0), at_cwd(1)) : both(at(0), at(2));
      case CallClass::mkdir:
      case CallClass::unlink:
        return one(object(), false);
      case CallClass::link:
        return linked();
      case CallClass::truncate:
      case CallClass::chmod:
        return one(object(), !leaves_links());
      case CallClass::bind:
        return call_.number == SYS_bind ? one(from(AT_FDCWD, bound_path(task_, call_)), false)
                                        : std::vector<NamedFile>();
      case CallClass::shm:
        return call_.number == SYS_mq_open || call_.number == SYS_mq_unlink
                   ? one("/dev/mqueue/" + sys::read_string(task_.tid, call_.args[0]), false)
                   : std::vector<NamedFile>();
      default:
        return {};
    }
  }

 private:
  static std::vector<NamedFile> one(std::string path, bool follow) { return {{std::move(path), follow}}; }
  static std::vector<NamedFile> both(std::string first, std::string second) {
    return {{std::move(first), false}, {std::move(second), false}};
  }

  std::vector<NamedFile> opened() {
    constexpr std::uint64_t nameless = O_TMPFILE;
    constexpr std::uint64_t exclusive = O_CREAT | O_EXCL;
    const std::uint64_t flags = open_flags(task_.tid, call_.number, call_.args);
    if ((flags & nameless) == nameless) {
      return {};
    }
    return one(object(), (flags & O_NOFOLLOW) == 0 && (flags & exclusive) != exclusive);
  }

  // What is written to the new name of a file is written to the old one.
  std::vector<NamedFile> linked() {
    if (call_.number == SYS_link) {
      return both(at_cwd(0), at_cwd(1));
    }
    if (call_.number != SYS_linkat) {
      return one(object(), false);
    }
    return {{at(0), (call_.args[4] & AT_SYMLINK_FOLLOW) != 0}, {at(2), false}};
  }

  bool leaves_links() const {
    const bool flagged = (call_.number == SYS_fchownat && (call_.args[4] & AT_SYMLINK_NOFOLLOW) != 0) ||
                         (call_.number == SYS_utimensat && (call_.args[3] & AT_SYMLINK_NOFOLLOW) != 0);
    return flagged || call_.number == SYS_lchown || call_.number == SYS_lsetxattr || call_.number == SYS_lremovexattr;
  }

  std::string from(int directory, const std::string& path) const {
    return path.empty() ? path : without_self(task_, absolute_path(task_, directory, path));
  }
  std::string at_cwd(std::size_t argument) const {
    return from(AT_FDCWD, sys::read_string(task_.tid, call_.args[argument]));
  }
  std::string at(std::size_t argument) const {
    const int directory = static_cast<int>(call_.args[argument]);
    const std::string path =
        call_.args[argument + 1] == 0 ? std::string() : sys::read_string(task_.tid, call_.args[argument + 1]);
    // An empty path is the descriptor's own file (AT_EMPTY_PATH, or none for utimensat(2)).
    return path.empty() && directory != AT_FDCWD ? sys::read_descriptor(task_.process->pid, directory)
                                                 : from(directory, path);
  }

  std::string object() const {
    switch (known_.object) {
      case sys::ObjectKind::path:
      case sys::ObjectKind::two_paths:
        return at_cwd(known_.position);
      case sys::ObjectKind::path_at:
      case sys::ObjectKind::two_paths_at:
        return at(known_.position);
      case sys::ObjectKind::descriptor:
        return sys::read_descriptor(task_.process->pid, static_cast<int>(call_.args[known_.position]));
      case sys::ObjectKind::none:
      case sys::ObjectKind::pid:
      case sys::ObjectKind::number:
        return {};
    }
    return {};
  }

  const Task& task_;
  const MetCall& call_;
  const sys::SystemCall& known_;
};

}  // namespace

std::string bound_path(const Task& task, const MetCall& call) {
  sockaddr_un address{};
  const std::string bytes =
      sys::read_memory(task.tid, call.args[1], std::min<std::size_t>(call.args[2], sizeof address));
  std::memcpy(&address, bytes.data(), bytes.size());
  const bool named = address.sun_family == AF_UNIX && bytes.size() > offsetof(sockaddr_un, sun_path);
  return named ? std::string(address.sun_path, ::strnlen(address.sun_path, sizeof address.sun_path)) : std::string();
}

std::string absolute_path(const Task& task, int directory, std::string path) {
  path = without_detours(path);
  if (path.empty() || path.front() == '/') {
    return path;
  }
  const pid_t pid = task.process->pid;
  const std::string base =
      directory == AT_FDCWD ? sys::read_working_directory(pid) : sys::read_descriptor(pid, directory);
  return base.empty() ? path : base == "/" ? "/" + path : base + "/" + path;
}

std::string resolve_path(const std::string& path, bool follow) {
  std::string rest = path;
  for (int links = 0; links < most_links; ++links) {
    while (rest.size() > 1 && rest.ends_with('/')) {
      rest.pop_back();
    }
    const std::size_t slash = rest.rfind('/');
    const std::string name = slash == std::string::npos ? rest : rest.substr(slash + 1);
    if (slash == std::string::npos || name.empty() || name == "." || name == "..") {
      return real_path(rest);
    }
    const std::string parent = real_path(rest.substr(0, slash + 1));
    if (parent.empty()) {
      return {};
    }
    std::string whole = parent == "/" ? "/" + name : parent + "/" + name;
    const std::string target = follow ? link_target(whole) : std::string();
    if (target.empty()) {
      return whole;
    }
    // Descriptors in /proc only look like links to a path.
    if (parent.starts_with("/proc/")) {
      return real_path(whole);
    }
    rest = target.front() == '/' ? target : parent + "/" + target;
  }
  return {};
}

std::vector<std::string> paths_changed_by(const Task& task, const MetCall& call) {
  const sys::SystemCall* known = sys::find_system_call(call.number);
  if (known == nullptr) {
    return {};
  }
  std::vector<std::string> paths;
  for (const NamedFile& file : PathsOfCall(task, call, *known).find()) {
    std::string path = file.path.starts_with('/') ? resolve_path(file.path, file.follow) : std::string();
    if (!path.empty()) {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

}  // namespace exitproof
