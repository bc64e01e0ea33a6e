#include "harness/linux/system_calls.hpp"
#include "harness/trial/snapshot/harmless_calls.hpp"
#include "harness/trial/tracer/tracer.hpp"

// The start of a root that is to be copied, and how a trial goes on from there.
namespace exitproof {

namespace {

// An open that only reads and an fcntl(2) that locks nothing are of no class: a filter lets them pass.
bool is_counted_harmless(std::uint64_t number) {
  const sys::SystemCall* known = sys::find_system_call(number);
  return known != nullptr && known->filter == sys::CallFilter::always;
}

}  // namespace

bool Tracer::goes_on_in_start(Task& task, const sys::CallEntry& entry) {
  const bool passes = watches_start_ == StartWatch::with_sockets && is_harmless_once_closed(entry);
  if (!passes && !is_harmless(entry)) {
    left_before_ = entry;
    task.state = Task::State::held;
    return false;
  }
  MetCall call = reader_.read(task, entry);
  if (call.call_class && is_counted_harmless(entry.number)) {
    call.nth = ++task.counts[static_cast<std::size_t>(*call.call_class)];
    context_.log(EventKind::call, task.path, sys::system_call_name(call.number), {}, 0, call_site(task, call));
  }
  return true;
}

void Tracer::continue_start(const Tracer& start, pid_t pid, const CallClasses& classes) {
  const Evidence& seen = start.context_.evidence;
  Process& root = context_.tree.add_root_like(start.context_.tree, pid, context_.now());
  context_.evidence.handlers = seen.handlers;
  context_.evidence.agents = seen.agents;
  context_.evidence.denied = seen.denied;
  for (const std::string& line : seen.skipped) {
    context_.skip(line);
  }
  for (const Event& event : seen.events) {
    const auto* point = event.site ? std::get_if<CallPoint>(&event.site->point) : nullptr;
    if (point == nullptr || classes.test(static_cast<std::size_t>(point->call_class))) {
      context_.log(event.kind, event.who, event.call, event.object, event.result, event.site);
    }
  }
  handlers_.continue_from(start.handlers_);
  root_input_ = start.root_input_;
  started_ = true;
  Task& task = *root.tasks.front();
  task.state = Task::State::stopped;
  go_on(task);
}

}  // namespace exitproof
