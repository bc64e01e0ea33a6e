#include "harness/trial/changing_calls.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "harness/linux/system_calls.hpp"

namespace exitproof {

namespace {

bool is_changing(CallClass call_class) {
  switch (call_class) {
    case CallClass::open:
    case CallClass::write:
    case CallClass::rename:
    case CallClass::unlink:
    case CallClass::mkdir:
    case CallClass::link:
    case CallClass::truncate:
    case CallClass::chmod:
    case CallClass::shm:
    case CallClass::fork:
    case CallClass::exec:
    case CallClass::kill:
    case CallClass::bind:
    case CallClass::connect:
    case CallClass::send:
    case CallClass::out:
      return true;
    case CallClass::read:
    case CallClass::close:
    case CallClass::sync:
    case CallClass::lock:
    case CallClass::wait:
    case CallClass::exit:
    case CallClass::sigaction:
    case CallClass::sleep:
    case CallClass::poll:
    case CallClass::futex:
    case CallClass::accept:
    case CallClass::recv:
      return false;
  }
  return true;
}

std::uint64_t open_flags(pid_t tid, const sys::CallEntry& entry, const sys::SystemCall& known) {
  const std::uint64_t argument = entry.args[known.flags_position];
  if (known.filter != sys::CallFilter::opens_how) {
    return argument;
  }
  std::uint64_t flags = 0;  // the first member of openat2(2)'s struct
  const std::string how = sys::read_memory(tid, argument, sizeof flags);
  if (how.size() == sizeof flags) {
    std::memcpy(&flags, how.data(), sizeof flags);
  }
  return flags;
}

std::uint64_t signal_sent(const sys::CallEntry& entry) {
  const bool to_thread_of_group = entry.number == SYS_tgkill || entry.number == SYS_rt_tgsigqueueinfo;
  return entry.args[to_thread_of_group ? 2 : 1];
}

}  // namespace

bool changes_something(pid_t tid, const sys::CallEntry& entry) {
  const sys::SystemCall* known = entry.native ? sys::find_system_call(entry.number) : nullptr;
  if (known == nullptr) {
    return !entry.native;
  }
  switch (known->filter) {
    case sys::CallFilter::opens_for_change:
    case sys::CallFilter::opens_how:
      return (open_flags(tid, entry, *known) & (unsigned{O_WRONLY} | unsigned{O_RDWR} | unsigned{O_CREAT})) != 0;
    case sys::CallFilter::always:
    case sys::CallFilter::lock_command:
      break;
  }
  const bool to_stderr = known->by_descriptor && known->call_class == CallClass::write &&
                         entry.args[known->position] == STDERR_FILENO;  // which is nobody's output
  return is_changing(known->call_class) && !to_stderr &&
         (known->call_class != CallClass::kill || signal_sent(entry) != 0);
}

}  // namespace exitproof
