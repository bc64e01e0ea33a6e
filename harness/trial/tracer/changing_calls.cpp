#include "harness/trial/tracer/changing_calls.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/linux/system_calls.hpp"
#include "harness/trial/tree/open_flags.hpp"

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
      return opens_for_change(open_flags(tid, entry.number, entry.args));
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
