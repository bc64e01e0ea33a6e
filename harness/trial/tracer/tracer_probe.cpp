#include <cerrno>

#include "harness/trial/tracer/call_places.hpp"
#include "harness/trial/tracer/tracer.hpp"

// What the subject says of itself, by the probe.
namespace exitproof {

void Tracer::handle_message(Task& task, const sys::CallEntry& entry) {
  const auto message = read_probe_message(task.tid, entry);
  if (!message) {
    sys::skip_call(task.tid, -EINVAL);  // as the kernel does: a later protocol must find that nobody listens
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  constexpr std::string_view not_raised = "raise: ";
  if (message->kind == EXITPROOF_SKIPPED && message->text.starts_with(not_raised)) {
    take_back_raise(task, message->text.substr(not_raised.size()));
  } else {
    handlers_.hear(task, *message);
  }
  task.each_call = task.each_call || watches_start_ != StartWatch::none;
  if (PointBook::is_point(*message)) {
    pass_point(task, entry, *message);
    return;
  }
  sys::skip_call(task.tid, EXITPROOF_GO_ON);
  stops_.resume(task, sys::ResumeMode::run);
}

// Another exception comes in its place, so that the fault that was planned has not fired.
void Tracer::take_back_raise(const Task& task, std::string why) {
  for (FaultRecord& record : context_.evidence.faults) {
    if (record.fired && record.fault.action == Action::raise && record.at_thread == task.path) {
      record.fired = false;
      record.why_not = std::move(why);
      return;
    }
  }
}

exitproof_probe_answer Tracer::answer_to(const Task& task, const PassedPoint& passed) const {
  return plan_.needs_points_like(passed.point) || !points_.has_enough(task, passed) ? EXITPROOF_GO_ON
                                                                                    : EXITPROOF_ENOUGH;
}

void Tracer::pass_point(Task& task, const sys::CallEntry& entry, const ProbeMessage& message) {
  const bool again = comes_again(task, place_of(entry));
  const PassedPoint passed = PointBook::count(task, message, again);
  if (!again) {
    plan_.count_point(task, passed.point);
    points_.record(task, passed);
  }
  MetCall call;
  call.name = passed.call;
  call.object = passed.object;
  while (const auto index = plan_.match_point(task, passed.point)) {
    if (put_off(*index)) {
      break;
    }
    const AfterStrike after = striker_.strike(
        *index, task.process, {&task, &call, true, message.text_at, passed.source ? &*passed.source : nullptr});
    plan_.fired(*index);
    if (leaves_by_itself(task, *index)) {
      return;
    }
    if (after == AfterStrike::again) {
      remember_place(task, place_of(entry));
      stops_.resume(task, sys::ResumeMode::run);
      return;
    }
    if (after == AfterStrike::hold) {
      sys::skip_call(task.tid, answer_to(task, passed));
      hold(task, *index);
      return;
    }
    if (after == AfterStrike::raise) {
      sys::skip_call(task.tid, EXITPROOF_THROW);  // and so it does not pass here a second time
      stops_.resume(task, sys::ResumeMode::run);
      return;
    }
  }
  sys::skip_call(task.tid, answer_to(task, passed));
  stops_.resume(task, sys::ResumeMode::run);
}

}  // namespace exitproof
