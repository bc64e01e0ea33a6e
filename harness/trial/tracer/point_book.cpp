#include "harness/trial/tracer/point_book.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exitproof {

namespace {

std::string file_and_line(const ProbeMessage& message) {
  return fmt::format("{}:{}", message_field(message.text, 1), message.line);
}

std::string place_in_source(const ProbeMessage& message) {
  return fmt::format("{}\n{}", message_field(message.text, 0), file_and_line(message));
}

std::string_view plural_of(const Point& point) {
  if (std::holds_alternative<ProbePoint>(point)) {
    return "points of the probe";
  }
  if (std::holds_alternative<NewPoint>(point)) {
    return "allocations";
  }
  return std::holds_alternative<LinePoint>(point) ? "lines" : "call events";
}

std::uint64_t count_name(Task& task, const std::pair<int, std::string>& name, bool again) {
  auto& passed = task.points.passed;
  const bool is_nameless = name.first != EXITPROOF_NEW && name.second.empty();  // no site can tell of it
  if (is_nameless || (passed.size() >= PointBook::names_of_thread && !passed.contains(name))) {
    return 0;
  }
  return passed[name] += again ? 0 : 1;
}

bool has_all(const Task& thread, std::size_t kind) {
  return thread.points.sites[kind] >= PointBook::sites_of_thread ||
         thread.points.told[kind] >= PointBook::told_by_thread;
}

}  // namespace

bool PointBook::is_point(const ProbeMessage& message) {
  return message.kind == EXITPROOF_POINT || message.kind == EXITPROOF_NEW || message.kind == EXITPROOF_LINE ||
         message.kind == EXITPROOF_CALL;
}

PassedPoint PointBook::count(Task& task, const ProbeMessage& message, bool again) {
  const bool in_module = message.kind == EXITPROOF_LINE || message.kind == EXITPROOF_CALL;
  const std::string name = in_module ? message_field(message.text, 0) : message.text;
  const std::uint64_t nth = count_name(task, {message.kind, name}, again);
  PassedPoint passed;
  if (message.kind == EXITPROOF_NEW) {
    passed = {NewPoint{nth}, nth, "new", {}, {}, {}};
  } else if (message.kind == EXITPROOF_LINE) {
    passed = {LinePoint{name, nth}, nth, "line", file_and_line(message), place_in_source(message), {}};
  } else if (message.kind == EXITPROOF_CALL) {
    passed = {CallEventPoint{name, nth}, nth, "call", file_and_line(message), place_in_source(message), {}};
  } else {
    passed = {ProbePoint{name, nth}, nth, "probe", name, {}, {}};
  }
  if (in_module) {
    passed.source = Frame{.module = task.process->executable,
                          .offset = 0,
                          .function = message_field(message.text, 2),
                          .file = message_field(message.text, 1),
                          .line = message.line};
  }
  if (!again) {
    ++task.points.told[passed.point.index()];
    ++task.process->points_told[passed.point.index()];
  }
  return passed;
}

void PointBook::forget_program(Process& process) {
  process.points_told = {};
  process.points_left_out = {};
  for (Task* task : process.tasks) {
    task->points.told = {};
    task->points.sites = {};
    task->points.of_place.clear();
  }
}

Site PointBook::site_of(const Task& task, const PassedPoint& passed) const {
  Site site;
  site.process = task.path;
  site.point = passed.point;
  return site;
}

std::uint64_t PointBook::key_of(const Task& task, const PassedPoint& passed) {
  if (!passed.place.empty()) {
    return sys::stack_key({}, {}, passed.call + '\n' + passed.place);
  }
  return context_.request.stacks ? sys::stack_key(task.process->executable, stacks_.read(task.process->pid, task.tid),
                                                  passed.call + passed.object)
                                 : 0;
}

void PointBook::record(Task& task, const PassedPoint& passed) {
  const std::size_t kind = passed.point.index();
  std::uint64_t& sites = task.points.sites[kind];
  const bool is_full = sites >= sites_of_thread || passed.nth == 0;
  if (!is_full || passed.call == "probe") {
    context_.log(EventKind::point, task.path, passed.call, passed.object, 0,
                 passed.nth == 0 ? std::nullopt : std::optional(site_of(task, passed)));
  }
  if (!context_.request.sites) {
    sites += is_full ? 0 : 1;  // what is logged is bounded all the same
    return;
  }
  const std::uint64_t key = is_full ? 0 : key_of(task, passed);
  if (is_full || (key != 0 && task.points.of_place[key]++ >= sites_of_place)) {
    say_incomplete(task, passed);
    return;
  }
  ++sites;
  SiteRecord record;
  record.site = site_of(task, passed);
  record.command = task.process->command;
  record.call = passed.call;
  record.object = passed.object;
  record.stack_key = key;
  record.phase = context_.evidence.reached;
  record.alive = {task.process->path};
  context_.evidence.sites.push_back(std::move(record));
}

void PointBook::say_incomplete(const Task& task, const PassedPoint& passed) {
  bool& said = task.process->points_left_out[passed.point.index()];
  if (said) {
    return;
  }
  said = true;
  context_.skip(fmt::format("sites: {} passes more {} than are sites: {} of one place in the code, {} of a thread",
                            task.process->command, plural_of(passed.point), sites_of_place, sites_of_thread));
}

bool PointBook::has_enough(const Task& task, const PassedPoint& passed) const {
  const std::size_t kind = passed.point.index();
  if (std::holds_alternative<ProbePoint>(passed.point)) {
    return false;  // the program's own points have no agent that could fall silent
  }
  const Process& process = *task.process;
  return !context_.request.sites || process.points_told[kind] >= told_by_thread * (process.threads_born + 1) ||
         std::all_of(process.tasks.begin(), process.tasks.end(),
                     [kind](const Task* thread) { return has_all(*thread, kind); });
}

}  // namespace exitproof
