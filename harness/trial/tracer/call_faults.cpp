#include "harness/trial/tracer/call_faults.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "exitproof/errnos.hpp"
#include "exitproof/names.hpp"
#include "harness/linux/file_kind.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/linux/system_calls.hpp"

namespace exitproof {

namespace {

// The position of the argument that says how much is to be written.
std::optional<std::size_t> size_argument(std::uint64_t call) {
  switch (call) {
    case SYS_write:
    case SYS_pwrite64:
    case SYS_sendto:
    case SYS_tee:
      return 2;
    case SYS_sendfile:
      return 3;
    case SYS_copy_file_range:
    case SYS_splice:
      return 4;
    default:
      return std::nullopt;
  }
}

bool writes_vectors(std::uint64_t call) {
  return call == SYS_writev || call == SYS_pwritev || call == SYS_pwritev2;
}

std::vector<iovec> read_vectors(const Task& task, const MetCall& call) {
  constexpr std::size_t most = 1024;  // UIO_MAXIOV
  std::vector<iovec> vectors(std::min<std::size_t>(call.args[2], most));
  const std::string bytes = sys::read_memory(task.tid, call.args[1], vectors.size() * sizeof(iovec));
  vectors.resize(bytes.size() / sizeof(iovec));
  std::memcpy(vectors.data(), bytes.data(), vectors.size() * sizeof(iovec));
  return vectors;
}

std::uint64_t work_of(const Task& task, const MetCall& call) {
  if (const auto argument = size_argument(call.number)) {
    return call.args[*argument];
  }
  std::uint64_t sum = 0;
  for (const iovec& part : read_vectors(task, call)) {
    sum += part.iov_len;
  }
  return sum;
}

// pipe(7). Who hands over pages, as splice(2) does, may be short at any of them.
bool is_atomic(const MetCall& call, std::uint64_t work) {
  return call.call_class == CallClass::write && (call.number == SYS_write || writes_vectors(call.number)) &&
         work <= PIPE_BUF;
}

// Why a file of this kind takes all of the work or nothing; empty when it may take a part.
std::string why_whole(const MetCall& call, sys::FileKind kind, std::uint64_t work) {
  switch (kind) {
    case sys::FileKind::disk:
    case sys::FileKind::stream:
    case sys::FileKind::terminal:
      return {};
    case sys::FileKind::pipe:
      return is_atomic(call, work) ? fmt::format("a pipe, which takes {} bytes or less whole or not at all", PIPE_BUF)
                                   : std::string();
    case sys::FileKind::directory:
    case sys::FileKind::message:
    case sys::FileKind::memory:
    case sys::FileKind::special:
    case sys::FileKind::unknown:
      return fmt::format("{}, which takes it whole or not at all", sys::file_kind_name(kind));
  }
  return {};
}

void set_argument(const Task& task, std::size_t argument, std::uint64_t value) {
  if (auto registers = sys::read_registers(task.tid)) {
    sys::argument_register(*registers, argument) = value;
    sys::write_registers(task.tid, *registers);
  }
}

// The number of vectors that hold `bytes`, the last of them shortened in the task's own memory.
std::uint64_t cut_vectors(Task& task, const MetCall& call, std::uint64_t bytes, ChangedCall& changed) {
  const std::vector<iovec> vectors = read_vectors(task, call);
  std::uint64_t whole = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    if (whole + vectors[i].iov_len < bytes) {
      whole += vectors[i].iov_len;
      continue;
    }
    const std::uint64_t rest = bytes - whole;
    changed.patched_at = call.args[1] + i * sizeof(iovec) + offsetof(iovec, iov_len);
    changed.patched_was = vectors[i].iov_len;
    sys::write_memory(task.tid, changed.patched_at, &rest, sizeof rest);
    return i + 1;
  }
  return vectors.size();
}

bool makes_file(const MetCall& call) {
  const sys::SystemCall* known = sys::find_system_call(call.number);
  return known == nullptr || known->filter != sys::CallFilter::opens_for_change ||
         (call.args[known->flags_position] & unsigned{O_CREAT}) != 0;
}

bool is_of_the_disk(int error) {
  return error == ENOSPC || error == EIO || error == EFBIG || error == EDQUOT;
}

}  // namespace

std::string why_cannot_fail(const MetCall& call, int error) {
  const std::string name = errno_name(error);
  if (!can_return(call.name, error)) {
    return fmt::format("{} cannot return {}", call.name, name);
  }
  if (call.call_class == CallClass::open && error == ENOSPC && !makes_file(call)) {
    return fmt::format("this {} makes no file, and so cannot return {}", call.name, name);
  }
  const bool writes =
      call.call_class == CallClass::write || call.call_class == CallClass::send || call.call_class == CallClass::close;
  if (writes && is_of_the_disk(error) && !call.regular_file) {
    return fmt::format("this {} is of no regular file that is written, and so cannot return {}", call.name, name);
  }
  if (call.call_class == CallClass::open && is_of_the_disk(error) && !call.regular_file) {
    return fmt::format("this {} is of no regular file of a disk, and so cannot return {}", call.name, name);
  }
  return {};
}

void fail_call(Task& task, const MetCall& call, int error) {
  if (call.call_class == CallClass::close) {
    ChangedCall changed;
    changed.result = -error;
    task.changed = changed;
  } else {
    sys::skip_call(task.tid, -error);
    task.unmade = true;
  }
}

std::string why_cannot_cut(const Task& task, const MetCall& call, std::uint64_t bytes) {
  if (!size_argument(call.number) && !writes_vectors(call.number)) {
    return fmt::format("{} cannot be cut short", call.name);
  }
  const std::uint64_t work = work_of(task, call);
  if (work <= bytes) {
    return fmt::format("this {} writes {} bytes only", call.name, work);
  }
  if (call.call_class == CallClass::out) {
    return {};
  }
  const int fd = static_cast<int>(call.args[sys::find_system_call(call.number)->position]);
  const std::string why = why_whole(call, sys::kind_of_descriptor(task.process->pid, fd), work);
  return why.empty() ? why : fmt::format("this {} of {} bytes is to {}", call.name, work, why);
}

void cut_call(Task& task, const MetCall& call, std::uint64_t bytes) {
  constexpr std::size_t vector_count_argument = 2;
  ChangedCall changed;
  changed.argument = size_argument(call.number).value_or(vector_count_argument);
  changed.former = call.args[changed.argument];
  const bool plain = size_argument(call.number).has_value();
  set_argument(task, changed.argument, plain ? bytes : cut_vectors(task, call, bytes, changed));
  task.changed = changed;
}

void put_right(Task& task) {
  if (!task.changed) {
    return;
  }
  const ChangedCall changed = *task.changed;
  task.changed.reset();
  if (changed.patched_at != 0) {
    sys::write_memory(task.tid, changed.patched_at, &changed.patched_was, sizeof changed.patched_was);
  }
  auto registers = sys::read_registers(task.tid);
  if (!registers) {
    return;
  }
  if (changed.former) {
    sys::argument_register(*registers, changed.argument) = *changed.former;
  }
  if (changed.result) {
    registers->rax = static_cast<unsigned long long>(*changed.result);
  }
  sys::write_registers(task.tid, *registers);
}

}  // namespace exitproof
