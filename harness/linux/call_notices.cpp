#include "harness/linux/call_notices.hpp"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace exitproof::sys {

int install_reporting_filter(const FilterProgram& program) noexcept {
  const sock_fprog filter{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
  // A signal must not interrupt a call that we look at; kernels before 5.19 do not know how.
  const unsigned long best = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
  long listener = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, best, &filter);
  if (listener < 0 && errno == EINVAL) {
    listener = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  }
  return static_cast<int>(listener);
}

void try_reporting_filter() {
  checked(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(NO_NEW_PRIVS)");
  UniqueFd(checked(install_reporting_filter({BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}),
                   "seccomp filter with a listener"));
}

std::optional<CallNotice> receive_notice(int listener) {
  seccomp_notif received{};
  if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &received) != 0) {
    return std::nullopt;
  }
  CallNotice notice;
  notice.id = received.id;
  notice.tid = static_cast<pid_t>(received.pid);
  notice.native = received.data.arch == AUDIT_ARCH_X86_64;
  notice.number = static_cast<std::uint64_t>(received.data.nr);
  std::copy(std::begin(received.data.args), std::end(received.data.args), std::begin(notice.args));
  return notice;
}

void answer_notice(int listener, const CallNotice& notice, std::optional<int> result) {
  seccomp_notif_resp answer{};
  answer.id = notice.id;
  answer.error = result.value_or(0);
  answer.flags = result ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

}  // namespace exitproof::sys
