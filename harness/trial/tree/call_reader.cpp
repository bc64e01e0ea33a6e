#include "harness/trial/tree/call_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "harness/linux/file_kind.hpp"
#include "harness/linux/system_calls.hpp"
#include "harness/trial/tree/call_paths.hpp"
#include "harness/trial/tree/open_flags.hpp"

namespace exitproof {

namespace {

constexpr std::size_t data_limit = std::size_t{64} << 10U;

int descriptor_argument(const sys::SystemCall& known, const std::uint64_t (&args)[6]) {
  return static_cast<int>(args[known.position]);
}

// What was only read cannot fail when it is closed: there is nothing to be written back.
bool is_open_for_writing(pid_t pid, int fd) {
  const auto flags = sys::read_descriptor_flags(pid, fd);
  return flags && (*flags & O_ACCMODE) != O_RDONLY;
}

std::string written_data(const Task& task, const MetCall& call) {
  const bool vector = call.number == SYS_writev || call.number == SYS_pwritev || call.number == SYS_pwritev2;
  const bool plain = call.number == SYS_write || call.number == SYS_pwrite64 || call.number == SYS_sendto;
  if (plain) {
    return sys::read_memory(task.tid, call.args[1], std::min<std::size_t>(call.args[2], data_limit));
  }
  std::string data;
  if (vector) {
    const std::string raw =
        sys::read_memory(task.tid, call.args[1], std::min<std::size_t>(call.args[2], 64) * sizeof(iovec));
    for (std::size_t at = 0; at + sizeof(iovec) <= raw.size() && data.size() < data_limit; at += sizeof(iovec)) {
      iovec part;
      std::memcpy(&part, raw.data() + at, sizeof part);
      data += sys::read_memory(task.tid, reinterpret_cast<std::uint64_t>(part.iov_base),
                               std::min<std::size_t>(part.iov_len, data_limit));
    }
  }
  return data;
}

bool changes_read_to_recv(CallClass call_class) {
  return call_class == CallClass::read;
}

}  // namespace

std::optional<CallClass> CallReader::class_of(const Task& task, const sys::CallEntry& entry) const {
  const sys::SystemCall* known = sys::find_system_call(entry.number);
  if (known == nullptr || !entry.native) {
    return std::nullopt;
  }
  if (known->filter == sys::CallFilter::opens_how) {
    return opens_for_change(open_flags(task.tid, entry.number, entry.args)) ? std::optional(CallClass::open)
                                                                            : std::nullopt;
  }
  if (!known->by_descriptor) {
    return known->call_class;
  }
  const auto file = sys::identify_descriptor(task.process->pid, descriptor_argument(*known, entry.args));
  if (!file) {
    return known->call_class;
  }
  if (S_ISSOCK(file->mode)) {
    return changes_read_to_recv(known->call_class) ? CallClass::recv : CallClass::send;
  }
  const bool given = file->same_file(outputs_.out) || file->same_file(outputs_.err);
  const bool terminal = outputs_.terminal != 0 && S_ISCHR(file->mode) && file->device_number == outputs_.terminal;
  if (known->call_class == CallClass::write && (given || terminal)) {
    return CallClass::out;
  }
  return known->call_class;
}

MetCall CallReader::read(const Task& task, const sys::CallEntry& entry) const {
  MetCall call;
  call.number = entry.number;
  std::copy(std::begin(entry.args), std::end(entry.args), std::begin(call.args));
  call.call_class = class_of(task, entry);
  return call;
}

void CallReader::describe(const Task& task, MetCall& call) const {
  call.name = sys::system_call_name(call.number);
  const sys::SystemCall* known = sys::find_system_call(call.number);
  if (known == nullptr) {
    return;
  }
  const std::uint64_t first = call.args[known->position];
  const auto path_at = [&](std::size_t directory_argument) {
    return absolute_path(task, static_cast<int>(call.args[directory_argument]),
                         sys::read_string(task.tid, call.args[directory_argument + 1]));
  };
  switch (known->object) {
    case sys::ObjectKind::none:
      break;
    case sys::ObjectKind::path:
    case sys::ObjectKind::two_paths:
      call.object = absolute_path(task, AT_FDCWD, sys::read_string(task.tid, first));
      break;
    case sys::ObjectKind::path_at:
    case sys::ObjectKind::two_paths_at:
      call.object = path_at(known->position);
      break;
    case sys::ObjectKind::descriptor: {
      const int fd = static_cast<int>(first);
      call.regular_file = sys::kind_of_descriptor(task.process->pid, fd) == sys::FileKind::disk &&
                          (call.call_class != CallClass::close || is_open_for_writing(task.process->pid, fd));
      call.object = sys::read_descriptor(task.process->pid, fd);
      call.object = call.object.empty() ? fmt::format("descriptor {}", fd) : call.object;
      break;
    }
    case sys::ObjectKind::pid:
      call.object = fmt::format("{}", static_cast<int>(first));
      break;
    case sys::ObjectKind::number:
      call.object = fmt::format("{}", static_cast<std::int64_t>(first));
      break;
  }
  if (call.call_class == CallClass::out && !call.object.starts_with('/')) {
    call.object = call.args[known->position] == 2 ? "stderr" : "stdout";
  }
  if (call.call_class == CallClass::open && call.object.starts_with('/')) {
    const sys::FileKind kind = sys::kind_of_path(task.process->pid, call.object);
    call.regular_file = kind == sys::FileKind::disk || kind == sys::FileKind::directory;  // of a directory: O_TMPFILE
  }
}

std::string CallReader::existing_file_changed_by(const Task& task, const MetCall& call) const {
  const auto path_at = [&](int directory, std::uint64_t address) {
    return absolute_path(task, directory, sys::read_string(task.tid, address));
  };
  switch (call.number) {
    case SYS_rename:
    case SYS_link:
      return path_at(AT_FDCWD, call.args[0]);
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_linkat:
      return path_at(static_cast<int>(call.args[0]), call.args[1]);
    default:
      break;
  }
  const auto kind = call.call_class;
  if (kind != CallClass::open && kind != CallClass::chmod && kind != CallClass::unlink && call.number != SYS_truncate) {
    return {};
  }
  MetCall described = call;
  describe(task, described);
  return described.object;
}

bool CallReader::matches_text(const Task& task, const MetCall& call, const std::string& text) const {
  const auto kind = call.call_class;
  if (kind == CallClass::out || kind == CallClass::send || kind == CallClass::write) {
    return written_data(task, call).find(text) != std::string::npos;
  }
  MetCall described = call;
  describe(task, described);
  return described.object.ends_with(text);
}

}  // namespace exitproof
