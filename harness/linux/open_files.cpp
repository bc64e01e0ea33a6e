#include "harness/linux/open_files.hpp"

#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "harness/linux/proc_files.hpp"

namespace exitproof::sys {

bool share_open_file(pid_t one, pid_t other, int fd) {
  const long order = ::syscall(SYS_kcmp, one, other, KCMP_FILE, fd, fd);
  if (order >= 0 || errno == EBADF || errno == ESRCH) {
    return order == 0;
  }
  const auto here = identify_descriptor(one, fd);
  const auto there = identify_descriptor(other, fd);
  return here && there && here->same_file(*there);
}

}  // namespace exitproof::sys
