#include "harness/trial/untraced_calls.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "harness/linux/call_notices.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/linux/system_calls.hpp"

namespace exitproof {

namespace {

bool waits(int listener) {
  pollfd readable{listener, POLLIN, 0};
  return ::poll(&readable, 1, 0) > 0 && (readable.revents & POLLIN) != 0;
}

// Nothing: the call is made.
std::optional<int> answer_to(const Task& task, const sys::CallNotice& notice, FileLedger& ledger, Tree& tree,
                             const OwnProcesses& own) {
  const auto target = sys::signal_target(task.process->pid, task.tid, notice.number, notice.args, notice.native);
  if (const auto answer = target ? own.answer(tree, task, *target) : std::nullopt) {
    return static_cast<int>(*answer);
  }
  const sys::SystemCall* known = notice.native ? sys::find_system_call(notice.number) : nullptr;
  if (known == nullptr) {
    return std::nullopt;
  }
  MetCall call;
  call.number = notice.number;
  call.call_class = known->call_class;
  std::copy(std::begin(notice.args), std::end(notice.args), std::begin(call.args));
  const int error = ledger.assume_call(task, call);
  return error == 0 ? std::nullopt : std::optional(-error);
}

}  // namespace

void book_untraced_calls(int listener, FileLedger& ledger, Tree& tree, const OwnProcesses& own) {
  while (listener >= 0 && waits(listener)) {
    const auto notice = sys::receive_notice(listener);
    if (!notice) {
      continue;
    }
    Process process;
    process.pid = sys::read_thread_group(notice->tid).value_or(notice->tid);
    Task task;
    task.tid = notice->tid;
    task.process = &process;
    sys::answer_notice(listener, *notice, answer_to(task, *notice, ledger, tree, own));
  }
}

}  // namespace exitproof
