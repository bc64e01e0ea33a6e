#include "harness/trial/untraced_calls.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>

#include "harness/linux/call_notices.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/linux/system_calls.hpp"

namespace exitproof {

namespace {

bool waits(int listener) {
  pollfd readable{listener, POLLIN, 0};
  return ::poll(&readable, 1, 0) > 0 && (readable.revents & POLLIN) != 0;
}

}  // namespace

void book_untraced_calls(int listener, FileLedger& ledger) {
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
    MetCall call;
    call.number = notice->number;
    std::copy(std::begin(notice->args), std::end(notice->args), std::begin(call.args));
    if (const sys::SystemCall* known = sys::find_system_call(call.number)) {
      call.call_class = known->call_class;
    }
    sys::answer_notice(listener, *notice, ledger.assume_call(task, call));
  }
}

}  // namespace exitproof
