#include "harness/linux/call_filter.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/remote_calls.hpp"
#include "harness/linux/system_calls.hpp"
#include "harness/linux/timed_calls.hpp"
#include "harness/linux/turn_calls.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/linux/vdso_clock.hpp"
#include "harness/probe/include/exitproof/probe.h"

namespace exitproof::sys {

namespace {

constexpr int ipc_calls[] = {SYS_shmget, SYS_semget, SYS_msgget};
constexpr int timer_calls[] = {SYS_alarm, SYS_setitimer, SYS_timer_settime, SYS_timer_delete};

// What must be answered where a subject has clocks of its own.
constexpr int clock_calls[] = {SYS_clock_gettime, SYS_gettimeofday, SYS_time};
constexpr int time_calls[] = {SYS_getitimer,
                              SYS_timer_gettime,
                              SYS_timer_getoverrun,
                              SYS_timerfd_settime,
                              SYS_timerfd_gettime,
                              SYS_stat,
                              SYS_lstat,
                              SYS_fstat,
                              SYS_newfstatat,
                              SYS_statx};

// What a world keeps from root, who has it outside.
constexpr int admin_calls[] = {SYS_mount,  SYS_umount2, SYS_pivot_root, SYS_open_tree,     SYS_move_mount, SYS_fsopen,
                               SYS_fspick, SYS_fsmount, SYS_fsconfig,   SYS_mount_setattr, SYS_unshare,    SYS_setns};

// What reaches beyond the namespaces and the copy-on-write files of a world.
constexpr int machine_calls[] = {
    SYS_reboot,       SYS_kexec_load,    SYS_kexec_file_load, SYS_init_module, SYS_finit_module,      SYS_delete_module,
    SYS_settimeofday, SYS_clock_settime, SYS_swapon,          SYS_swapoff,     SYS_sethostname,       SYS_setdomainname,
    SYS_add_key,      SYS_request_key,   SYS_keyctl,          SYS_acct,        SYS_open_by_handle_at, SYS_iopl,
    SYS_ioperm};

constexpr int signal_calls[] = {
    SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_send_signal};

class FilterBuilder {
 public:
  /// `foreign` is done with the calls of other architectures.
  explicit FilterBuilder(std::uint32_t foreign) : context_(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release) {
    if (!context_) {
      throw std::system_error(ENOMEM, std::generic_category(), "seccomp_init");
    }
    check(::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, foreign), "badarch");
    check(::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimize");
  }

  static std::uint32_t trap(TrapReason reason) { return SCMP_ACT_TRACE(static_cast<std::uint16_t>(reason)); }

  void always(int call, std::uint32_t action) { check(::seccomp_rule_add(context_.get(), action, call, 0), "rule"); }

  void when(int call, std::uint32_t action, const scmp_arg_cmp& condition) { when_all(call, action, {condition}); }

  void when_all(int call, std::uint32_t action, std::initializer_list<scmp_arg_cmp> conditions) {
    check(::seccomp_rule_add_array(context_.get(), action, call, static_cast<unsigned>(conditions.size()),
                                   conditions.begin()),
          "rule with a condition");
  }

  FilterProgram finish() {
    const UniqueFd file(::memfd_create("filter", MFD_CLOEXEC));
    if (!file.is_open()) {
      throw std::system_error(errno, std::generic_category(), "memfd_create");
    }
    check(::seccomp_export_bpf(context_.get(), file.get()), "export");
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    // A file that may not grow any more takes a part, and the library does not look at how much.
    if (rlimit most{}; ::getrlimit(RLIMIT_FSIZE, &most) == 0 && static_cast<rlim_t>(size) >= most.rlim_cur) {
      throw std::system_error(EFBIG, std::generic_category(),
                              fmt::format("write of the call filter to a file, which may have {} bytes at most "
                                          "(RLIMIT_FSIZE, ulimit -f)",
                                          most.rlim_cur));
    }
    FilterProgram program(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
      throw std::system_error(errno, std::generic_category(), "reading the exported filter");
    }
    return program;
  }

 private:
  static void check(int result, const char* what) {
    if (result < 0) {
      throw std::system_error(-result, std::generic_category(), std::string("libseccomp: ") + what);
    }
  }

  std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
};

scmp_arg_cmp bits_equal(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

scmp_arg_cmp equal(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp unequal(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_NE, value, 0};
}

void add_call(FilterBuilder& filter, const SystemCall& call, std::uint32_t action) {
  const int number = static_cast<int>(call.number);
  switch (call.filter) {
    case CallFilter::always:
    case CallFilter::opens_how:
      filter.always(number, action);
      break;
    case CallFilter::opens_for_change:
      for (const unsigned flag : {unsigned{O_WRONLY}, unsigned{O_RDWR}, unsigned{O_CREAT}}) {
        filter.when(number, action, bits_equal(call.flags_position, flag, flag));
      }
      break;
    case CallFilter::lock_command:
      for (const unsigned command :
           {unsigned{F_SETLK}, unsigned{F_SETLKW}, unsigned{F_OFD_SETLK}, unsigned{F_OFD_SETLKW}}) {
        filter.when(number, action, equal(call.flags_position, command));
      }
      break;
  }
}

constexpr std::uint32_t futex_command_mask = ~std::uint32_t{FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME};

// What only asks whether there is seccomp gives no program, and is refused.
void add_sandbox_calls(FilterBuilder& filter, std::uint32_t action) {
  constexpr std::uint64_t whole_int = std::numeric_limits<std::uint32_t>::max();
  filter.when_all(SYS_seccomp, action, {bits_equal(0, whole_int, SECCOMP_SET_MODE_FILTER), unequal(2, 0)});
  filter.when_all(SYS_seccomp, action, {bits_equal(0, whole_int, SECCOMP_SET_MODE_STRICT), equal(1, 0), equal(2, 0)});
  filter.when_all(SYS_prctl, action,
                  {bits_equal(0, whole_int, PR_SET_SECCOMP), equal(1, SECCOMP_MODE_FILTER), unequal(2, 0)});
  filter.when_all(SYS_prctl, action, {bits_equal(0, whole_int, PR_SET_SECCOMP), equal(1, SECCOMP_MODE_STRICT)});
}

void add_signal_owners(FilterBuilder& filter, std::uint32_t action) {
  constexpr std::uint64_t whole_int = std::numeric_limits<std::uint32_t>::max();
  for (const unsigned command : {unsigned{F_SETOWN}, unsigned{F_SETOWN_EX}}) {
    filter.when(SYS_fcntl, action, bits_equal(1, whole_int, command));
  }
  for (const unsigned command : {unsigned{FIOSETOWN}, unsigned{SIOCSPGRP}}) {
    filter.when(SYS_ioctl, action, bits_equal(1, whole_int, command));
  }
}

// What is counted is trapped already.
void add_turn_calls(FilterBuilder& filter, const CallClasses& counted) {
  const std::uint32_t turn = FilterBuilder::trap(TrapReason::turn);
  const auto is_counted = [&counted](CallClass call_class) {
    return counted.test(static_cast<std::size_t>(call_class));
  };
  for (const SystemCall& call : counted_system_calls()) {
    if (turn_classes().test(static_cast<std::size_t>(call.call_class)) && !is_counted(call.call_class)) {
      add_call(filter, call, turn);
    }
  }
  for (const std::uint32_t number : waiting_calls()) {
    const SystemCall* known = find_system_call(number);
    const bool added = known != nullptr && (turn_classes().test(static_cast<std::size_t>(known->call_class)) ||
                                            is_counted(known->call_class));
    if (!added && number == SYS_futex) {
      for (const int wait : futex_waits) {
        filter.when(SYS_futex, turn, bits_equal(1, futex_command_mask, static_cast<std::uint64_t>(wait)));
      }
    } else if (!added) {
      filter.always(static_cast<int>(number), turn);
    }
  }
}

// With turns, all that may wait is trapped already.
void add_timed_calls(FilterBuilder& filter, const CallClasses& counted) {
  const std::uint32_t time = FilterBuilder::trap(TrapReason::time);
  for (const TimedCall& call : timed_calls()) {
    const int number = static_cast<int>(call.number);
    const SystemCall* known = find_system_call(call.number);
    if (known != nullptr && counted.test(static_cast<std::size_t>(known->call_class))) {
      continue;
    }
    if (call.number == SYS_futex) {
      for (const int wait : futex_waits) {
        filter.when_all(
            number, time,
            {bits_equal(1, futex_command_mask, static_cast<std::uint64_t>(wait)), unequal(call.argument, 0)});
      }
    } else if (call.form == TimeoutForm::timespec || call.form == TimeoutForm::timeval) {
      filter.when(number, time, unequal(call.argument, 0));
    } else {
      filter.always(number, time);
    }
  }
}

void add_time(FilterBuilder& filter, const FilterWish& wish) {
  const std::uint32_t time = FilterBuilder::trap(TrapReason::time);
  for (const int call : clock_calls) {
    filter.when(call, time, unequal(5, clock_cookie));
  }
  for (const int call : time_calls) {
    filter.always(call, time);
  }
  if (!wish.turns) {
    add_timed_calls(filter, wish.classes);
  }
}

}  // namespace

bool may_make_ipc_object(long call) {
  return std::find(std::begin(ipc_calls), std::end(ipc_calls), call) != std::end(ipc_calls);
}

bool takes_admin_right(long call) {
  return std::find(std::begin(admin_calls), std::end(admin_calls), call) != std::end(admin_calls);
}

bool may_get_filter(std::uint64_t call, std::span<const std::uint64_t, 6> args) {
  return call == SYS_seccomp ? static_cast<std::uint32_t>(args[0]) == SECCOMP_SET_MODE_FILTER
                             : args[1] == SECCOMP_MODE_FILTER;
}

FilterProgram build_call_filter(const FilterWish& wish) {
  const CallClasses& classes = wish.classes;
  const bool turns = wish.turns;
  FilterBuilder filter(FilterBuilder::trap(TrapReason::foreign));
  for (const SystemCall& call : counted_system_calls()) {
    if (classes.test(static_cast<std::size_t>(call.call_class))) {
      add_call(filter, call, FilterBuilder::trap(TrapReason::counted));
    }
  }
  if (turns) {
    add_turn_calls(filter, classes);
  }
  if (wish.time) {
    add_time(filter, wish);
  }
  if (!turns && !classes.test(static_cast<std::size_t>(CallClass::fork))) {
    const std::uint32_t birth = FilterBuilder::trap(TrapReason::birth);
    for (std::uint64_t flags = namespace_flags | CLONE_UNTRACED; flags != 0; flags &= flags - 1) {
      const std::uint64_t flag = flags & ~(flags - 1);
      filter.when(SYS_clone, birth, bits_equal(0, flag, flag));
    }
    filter.always(SYS_clone3, birth);  // its flags lie in memory, where a filter cannot look
  }
  if (!turns && !classes.test(static_cast<std::size_t>(CallClass::shm))) {
    for (const int call : ipc_calls) {
      filter.always(call, FilterBuilder::trap(TrapReason::ipc));
    }
  }
  const std::uint32_t right = FilterBuilder::trap(TrapReason::right);
  if (!turns && !classes.test(static_cast<std::size_t>(CallClass::mkdir))) {
    for (const unsigned device : {unsigned{S_IFCHR}, unsigned{S_IFBLK}}) {
      filter.when(SYS_mknod, right, bits_equal(1, S_IFMT, device));
      filter.when(SYS_mknodat, right, bits_equal(2, S_IFMT, device));
    }
  }
  for (const int call : admin_calls) {
    filter.always(call, right);
  }
  for (const int call : timer_calls) {
    filter.always(call, FilterBuilder::trap(TrapReason::timer));
  }
  for (const int call : machine_calls) {
    filter.always(call, FilterBuilder::trap(TrapReason::machine));
  }
  const std::uint32_t signal = FilterBuilder::trap(TrapReason::signal);
  const auto kill = static_cast<std::size_t>(CallClass::kill);
  if (!classes.test(kill) && !(turns && turn_classes().test(kill))) {
    for (const int call : signal_calls) {
      filter.always(call, signal);
    }
  }
  add_signal_owners(filter, signal);
  // prctl(2) takes an int: what the upper half of the register holds is the caller's accident.
  filter.when(SYS_prctl, FilterBuilder::trap(TrapReason::probe),
              bits_equal(0, std::numeric_limits<std::uint32_t>::max(), EXITPROOF_PROBE_MAGIC));
  add_sandbox_calls(filter, FilterBuilder::trap(TrapReason::sandbox));
  filter.always(SYS_ptrace, FilterBuilder::trap(TrapReason::tracing));
  filter.always(SYS_io_uring_setup, SCMP_ACT_ERRNO(ENOSYS));
  return filter.finish();
}

FilterProgram build_untraced_filter(const CallClasses& reported) {
  const bool reports_signals = reported.test(static_cast<std::size_t>(CallClass::kill));
  FilterBuilder filter(reports_signals ? SCMP_ACT_NOTIFY : SCMP_ACT_ALLOW);
  for (const SystemCall& call : counted_system_calls()) {
    if (reported.test(static_cast<std::size_t>(call.call_class))) {
      add_call(filter, call, SCMP_ACT_NOTIFY);
    }
  }
  if (reports_signals) {
    add_signal_owners(filter, SCMP_ACT_NOTIFY);
  } else {
    for (const int call : signal_calls) {
      if (call != SYS_pidfd_send_signal) {
        filter.when(call, SCMP_ACT_ERRNO(::geteuid() == 0 ? 0 : EPERM), equal(0, 1));
      }
    }
  }
  for (const int call : machine_calls) {
    filter.always(call, SCMP_ACT_ERRNO(EPERM));
  }
  filter.always(SYS_ptrace, SCMP_ACT_ERRNO(EPERM));
  filter.always(SYS_io_uring_setup, SCMP_ACT_ERRNO(ENOSYS));
  return filter.finish();
}

void try_call_filter() {
  checked(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(NO_NEW_PRIVS)");
  const std::uint32_t action = SECCOMP_RET_TRACE;
  checked(::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action), "seccomp(RET_TRACE)");
  if (!install_call_filter({BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)})) {
    throw_errno("seccomp filter");
  }
}

bool install_call_filter(const FilterProgram& program) noexcept {
  const sock_fprog filter{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

void install_call_filter(RemoteCalls& task, const FilterProgram& program) {
  const std::size_t size = program.size() * sizeof(sock_filter);
  // The program first, and then what points to it.
  std::string bytes(sizeof(sock_fprog) + size, '\0');
  std::memcpy(bytes.data() + sizeof(sock_fprog), program.data(), size);
  const std::uint64_t at = task.give(bytes.data(), bytes.size());
  const sock_fprog filter{static_cast<unsigned short>(program.size()),
                          reinterpret_cast<sock_filter*>(at + sizeof(sock_fprog))};
  std::memcpy(bytes.data(), &filter, sizeof filter);
  task.give(bytes.data(), bytes.size());
  const std::int64_t result = task.call(SYS_seccomp, {SECCOMP_SET_MODE_FILTER, 0, at});
  if (result < 0) {
    throw std::system_error(static_cast<int>(-result), std::generic_category(), "seccomp filter of a stopped task");
  }
}

}  // namespace exitproof::sys
