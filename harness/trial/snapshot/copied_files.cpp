#include "harness/trial/snapshot/copied_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <system_error>

#include "harness/linux/proc_files.hpp"

namespace exitproof {

namespace {

constexpr unsigned memory_devices = 1;  // null, zero, full, random, urandom: Documentation/admin-guide/devices.txt

std::optional<std::int64_t> number_after(const std::string& text, std::string_view label, int base) {
  const auto at = text.find(label);
  const char* begin = at == std::string::npos ? nullptr : text.data() + at + label.size();
  std::int64_t value = 0;
  return begin != nullptr && std::from_chars(begin, text.data() + text.size(), value, base).ec == std::errc{}
             ? std::optional(value)
             : std::nullopt;
}

// "pos:\t0\nflags:\t0100000\n..."
std::optional<CopiedFile> read_place(pid_t pid, int number) {
  const auto info = sys::read_small_file(fmt::format("/proc/{}/fdinfo/{}", pid, number));
  const auto offset = info ? number_after(*info, "pos:\t", 10) : std::nullopt;
  const auto flags = info ? number_after(*info, "flags:\t", 8) : std::nullopt;
  if (!offset || !flags) {
    return std::nullopt;
  }
  return CopiedFile{number, static_cast<int>(*flags), *offset, false};
}

// Whether a copy can open it again by the name that /proc has for it; the reason, when it cannot be copied at all.
std::string why_no_copy(pid_t pid, CopiedFile& file) {
  const std::string path = fmt::format("/proc/{}/fd/{}", pid, file.number);
  struct stat status {};
  struct statfs disk {};
  if (::stat(path.c_str(), &status) != 0 || ::statfs(path.c_str(), &disk) != 0) {
    return fmt::format("descriptor {} cannot be looked at", file.number);
  }
  const bool read_only = (file.flags & O_ACCMODE) == O_RDONLY && (file.flags & O_PATH) == 0;
  const bool of_disk = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
  if (S_ISDIR(status.st_mode) && file.offset != 0) {
    // Where it goes on there means something else when an upper layer has come to the directory meanwhile.
    return fmt::format("it has read a part of {}", sys::read_descriptor(pid, file.number));
  }
  if (of_disk && read_only && status.st_nlink > 0 && disk.f_type != PROC_SUPER_MAGIC) {
    file.reopened = true;
    return {};
  }
  const bool given = file.number <= 2 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode));
  const bool plain_device = S_ISCHR(status.st_mode) && ::major(status.st_rdev) == memory_devices;
  return given || plain_device ? std::string() : fmt::format("it has {} open", sys::read_descriptor(pid, file.number));
}

// "7f..-7f.. rw-s ...": what is written there, every copy would see.
bool shares_memory(pid_t pid) {
  const auto maps = sys::read_small_file(fmt::format("/proc/{}/maps", pid));
  return !maps || maps->find(" rw-s ") != std::string::npos || maps->find(" rwxs ") != std::string::npos ||
         maps->find(" -w-s ") != std::string::npos;
}

std::string why_not_alone(pid_t pid) {
  if (sys::list_tasks(pid).size() != 1) {
    return "it has several threads";
  }
  const auto children = sys::read_small_file(fmt::format("/proc/{0}/task/{0}/children", pid));
  if (!children || !children->empty()) {
    return "it has children";
  }
  const auto timers = sys::read_posix_timers(pid);
  if (!timers || !timers->empty()) {
    return "it has timers";
  }
  const auto signals = sys::read_signal_sets(pid);
  if (!signals || signals->pending != 0 || signals->pending_shared != 0) {
    return "signals are pending";
  }
  return shares_memory(pid) ? "it shares memory" : "";
}

std::int64_t checked_call(std::int64_t result, const char* attempt) {
  if (result < 0) {
    throw std::system_error(static_cast<int>(-result), std::generic_category(), attempt);
  }
  return result;
}

void reopen(sys::RemoteCalls& copy, const CopiedFile& file) {
  const auto number = static_cast<std::uint64_t>(file.number);
  const std::uint64_t path = copy.give(fmt::format("/proc/self/fd/{}", file.number));
  const auto flags = static_cast<std::uint64_t>(file.flags & ~O_NOFOLLOW) | O_CLOEXEC;
  const auto fresh = static_cast<std::uint64_t>(
      checked_call(copy.call(SYS_open, {path, flags, 0}), "opening a file of a snapshot again in its copy"));
  if (file.offset != 0) {
    checked_call(copy.call(SYS_lseek, {fresh, static_cast<std::uint64_t>(file.offset), SEEK_SET}),
                 "going to the place in a file of a snapshot's copy");
  }
  const auto cloexec = static_cast<std::uint64_t>(file.flags & O_CLOEXEC);
  checked_call(copy.call(SYS_dup3, {fresh, number, cloexec}), "giving a file of a snapshot's copy its number");
  checked_call(copy.call(SYS_close, {fresh}), "closing a second descriptor of a snapshot's copy");
}

}  // namespace

CopyableState look_at_copyable(pid_t pid) {
  CopyableState state;
  state.why_not = why_not_alone(pid);
  for (const int number : sys::list_descriptors(pid)) {
    auto file = read_place(pid, number);
    if (!state.why_not.empty()) {
      return state;
    }
    state.why_not = file ? why_no_copy(pid, *file) : fmt::format("descriptor {} cannot be looked at", number);
    if (file) {
      state.files.push_back(*file);
    }
  }
  return state;
}

void separate_files(sys::RemoteCalls& copy, pid_t pid, const std::vector<CopiedFile>& files) {
  for (const CopiedFile& file : files) {
    if (file.reopened) {
      reopen(copy, file);
      continue;
    }
    // Shared with all copies, one of which may have changed its flags.
    const auto now = read_place(pid, file.number);
    if (!now || now->flags != file.flags) {
      checked_call(copy.call(SYS_fcntl, {static_cast<std::uint64_t>(file.number), F_SETFL,
                                         static_cast<std::uint64_t>(file.flags & ~O_CLOEXEC)}),
                   "giving a file of a snapshot's copy its flags");
    }
  }
}

}  // namespace exitproof
