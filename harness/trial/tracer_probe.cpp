#include <cerrno>

#include "harness/trial/tracer.hpp"

// What the subject says of itself, by the probe.
namespace exitproof {

void Tracer::handle_message(Task& task, const sys::CallEntry& entry) {
  const auto message = read_probe_message(task.tid, entry);
  if (!message) {
    sys::skip_call(task.tid, -EINVAL);  // as the kernel does: a later protocol must find that nobody listens
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  handlers_.hear(task, *message);
  if (message->kind == EXITPROOF_POINT) {
    context_.log(EventKind::point, task.path, "probe", message->text);
  }
  sys::skip_call(task.tid, EXITPROOF_GO_ON);
  stops_.resume(task, sys::ResumeMode::run);
}

}  // namespace exitproof
