#include "harness/trial/tracer/changing_calls.hpp"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "harness/linux/open_files.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/linux/system_calls.hpp"
#include "harness/trial/tree/open_flags.hpp"

namespace exitproof {

namespace {

enum class Reach : std::uint8_t {
  nobody,
  sharers,  ///< those that have the same open file
  anybody,
};

Reach reach_of_class(CallClass call_class) {
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
      return Reach::anybody;
    case CallClass::read:
    case CallClass::lock:
    case CallClass::accept:
    case CallClass::recv:
      return Reach::sharers;
    case CallClass::close:
    case CallClass::sync:
    case CallClass::wait:
    case CallClass::exit:
    case CallClass::sigaction:
    case CallClass::sleep:
    case CallClass::poll:
    case CallClass::futex:
      return Reach::nobody;
  }
  return Reach::anybody;
}

Reach reach_of_command(std::uint64_t fcntl_command) {
  switch (fcntl_command) {
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
    case F_SETFL:
    case F_SETOWN:
    case F_SETOWN_EX:
    case F_SETSIG:
    case F_SETLEASE:
      return Reach::sharers;
    case F_ADD_SEALS:
    case F_SETPIPE_SZ:
      return Reach::anybody;
    default:
      return Reach::nobody;
  }
}

Reach reach_of_request(std::uint64_t ioctl_request) {
  switch (static_cast<unsigned>(ioctl_request)) {
    case FIONBIO:
    case FIOASYNC:
      return Reach::sharers;
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
    case TCSETA:
    case TCSETAW:
    case TCSETAF:
    case TCSETS2:
    case TCSETSW2:
    case TCSETSF2:
    case TCFLSH:
    case TCXONC:
    case TCSBRK:
    case TCSBRKP:
    case TIOCSETD:
    case TIOCSWINSZ:
    case TIOCSPGRP:
    case TIOCSTI:
    case TIOCEXCL:
    case TIOCNXCL:
    case FICLONE:
    case FICLONERANGE:
    case FIDEDUPERANGE:
    case FS_IOC_SETFLAGS:
    case FS_IOC_FSSETXATTR:
      return Reach::anybody;
    default:
      return Reach::nobody;
  }
}

bool wakes_others(const sys::CallEntry& entry) {
  const auto operation = static_cast<int>(entry.args[1]);
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
    case FUTEX_WAKE_OP:
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_CMP_REQUEUE_PI:
    case FUTEX_UNLOCK_PI:
      return (operation & FUTEX_PRIVATE_FLAG) == 0;
    default:
      return false;
  }
}

// Of the calls that no fault strikes at, and so have no class.
Reach reach_of_other(const sys::CallEntry& entry) {
  switch (entry.number) {
    case SYS_shutdown:
    case SYS_semop:
    case SYS_semtimedop:
    case SYS_msgsnd:
    case SYS_msgrcv:
    case SYS_mq_timedsend:
    case SYS_mq_timedreceive:
    case SYS_mount:
    case SYS_umount2:
    case SYS_move_mount:
    case SYS_process_vm_writev:
    case SYS_io_submit:
    case SYS_io_uring_enter:
      return Reach::anybody;
    case SYS_setsockopt:
    case SYS_epoll_ctl:
    case SYS_timerfd_settime:
      return Reach::sharers;
    case SYS_lseek: {
      const bool only_asks = entry.args[1] == 0 && entry.args[2] == SEEK_CUR;
      return only_asks ? Reach::nobody : Reach::sharers;
    }
    case SYS_ioctl:
      return reach_of_request(entry.args[1]);
    default:
      return Reach::nobody;
  }
}

// Reading takes what no other reader gets, or moves the offset; pread(2) does neither, nor does a device end.
bool takes_by_reading(const Task& task, const sys::SystemCall& call, int fd) {
  if (call.number == SYS_pread64 || call.number == SYS_preadv || call.number == SYS_preadv2) {
    return false;
  }
  const auto file = sys::identify_descriptor(task.process->pid, fd);
  return file && (S_ISREG(file->mode) || S_ISFIFO(file->mode) || S_ISSOCK(file->mode));
}

std::uint64_t signal_sent(const sys::CallEntry& entry) {
  const bool to_thread_of_group = entry.number == SYS_tgkill || entry.number == SYS_rt_tgsigqueueinfo;
  return entry.args[to_thread_of_group ? 2 : 1];
}

Reach reach_of_known(const Task& task, const sys::SystemCall& known, const sys::CallEntry& entry) {
  switch (known.filter) {
    case sys::CallFilter::opens_for_change:
    case sys::CallFilter::opens_how:
      return opens_for_change(open_flags(task.tid, entry.number, entry.args)) ? Reach::anybody : Reach::nobody;
    case sys::CallFilter::lock_command:
      return reach_of_command(entry.args[known.flags_position]);
    case sys::CallFilter::always:
      break;
  }
  const auto descriptor = static_cast<int>(entry.args[known.position]);
  bool counts = true;
  if (known.call_class == CallClass::write) {
    counts = descriptor != STDERR_FILENO;  // which is nobody's output
  } else if (known.call_class == CallClass::read) {
    counts = takes_by_reading(task, known, descriptor);
  } else if (known.call_class == CallClass::kill) {
    counts = signal_sent(entry) != 0;
  } else if (known.call_class == CallClass::futex) {
    return wakes_others(entry) ? Reach::anybody : Reach::nobody;
  }
  return counts ? reach_of_class(known.call_class) : Reach::nobody;
}

bool is_shared(const Tree& tree, const Process& process, int fd) {
  return std::any_of(tree.processes().begin(), tree.processes().end(), [&](const auto& other) {
    return other.get() != &process && !other->dead && sys::share_open_file(process.pid, other->pid, fd);
  });
}

}  // namespace

bool changes_something(const Tree& tree, const Task& task, const sys::CallEntry& entry) {
  if (!entry.native) {
    return true;
  }
  const sys::SystemCall* known = sys::find_system_call(entry.number);
  switch (known != nullptr ? reach_of_known(task, *known, entry) : reach_of_other(entry)) {
    case Reach::nobody:
      return false;
    case Reach::sharers:  // of the first argument, with every such call
      return is_shared(tree, *task.process, static_cast<int>(entry.args[0]));
    case Reach::anybody:
      return true;
  }
  return true;
}

}  // namespace exitproof
