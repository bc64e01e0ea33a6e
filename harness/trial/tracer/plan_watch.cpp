#include "harness/trial/tracer/plan_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exitproof {

namespace {

constexpr std::uint64_t tick_us = 10'000;

const Task* find_thread(const Tree& tree, const ProcessPath& path) {
  for (const auto& [tid, task] : tree.tasks()) {
    if (task->path == path) {
      return task.get();
    }
  }
  return nullptr;
}

/// Of points that the probe tells of: what they are, and the name that a site gives.
struct ToldKind {
  std::string_view plural;
  std::string name;
};

std::optional<ToldKind> told_kind(const Point& point) {
  if (const auto* probe = std::get_if<ProbePoint>(&point)) {
    return ToldKind{"points", " named " + probe->name};
  }
  if (std::holds_alternative<NewPoint>(point)) {
    return ToldKind{"allocations", {}};
  }
  if (const auto* line = std::get_if<LinePoint>(&point)) {
    return ToldKind{"lines", " of module " + line->module};
  }
  if (const auto* event = std::get_if<CallEventPoint>(&point)) {
    return ToldKind{"call events", " of module " + event->module};
  }
  return std::nullopt;
}

std::uint64_t number_of(const Point& point) {
  return std::visit([](const auto& each) { return each.nth; }, point);
}

/// Whether two points of the probe are the same but for their numbers.
bool same_name(Point one, const Point& other) {
  std::visit([&other](auto& each) { each.nth = number_of(other); }, one);
  return one == other;
}

}  // namespace

PlanWatch::PlanWatch(TrialContext& context)
    : context_(context),
      text_counts_(context.request.plan.faults.size()),
      text_now_(context.request.plan.faults.size()) {
  for (const Fault& planned : context.request.plan.faults) {
    FaultRecord record;
    record.fault = planned;
    context_.evidence.faults.push_back(record);
  }
}

std::optional<std::size_t> PlanWatch::armed() const {
  return next_ < context_.request.plan.faults.size() && waiting_ != next_ ? std::optional(next_) : std::nullopt;
}

bool PlanWatch::is_site_thread(const Site& site, const Task& task) const {
  if (!site.process) {
    return false;
  }
  if (const auto* path = std::get_if<ProcessPath>(&*site.process)) {
    return task.path == *path;
  }
  return task.path.thread == 0 && context_.tree.select(*site.process) == task.process;
}

void PlanWatch::count_text(const CallReader& reader, const Task& task, const MetCall& call) {
  for (std::size_t index = 0; index < text_counts_.size(); ++index) {
    const auto* point = std::get_if<CallPoint>(&fault(index).site.point);
    text_now_[index] = point != nullptr && point->text && point->call_class == call.call_class &&
                       is_site_thread(fault(index).site, task) && reader.matches_text(task, call, *point->text);
    text_counts_[index] += text_now_[index] ? 1U : 0U;
  }
}

std::optional<std::size_t> PlanWatch::match(const Task& task, const MetCall& call) const {
  const auto index = armed();
  const auto* point = index ? std::get_if<CallPoint>(&fault(*index).site.point) : nullptr;
  if (point == nullptr || point->call_class != call.call_class || !is_site_thread(fault(*index).site, task)) {
    return std::nullopt;
  }
  const bool here = point->text ? text_now_[*index] && text_counts_[*index] == point->nth : call.nth == point->nth;
  return here ? index : std::nullopt;
}

void PlanWatch::count_point(const Task& task, const Point& passed) {
  told_[passed.index()] = true;
  if (number_of(passed) == 0) {
    return;
  }
  for (std::size_t index = 0; index < text_counts_.size(); ++index) {
    if (same_name(fault(index).site.point, passed) && is_site_thread(fault(index).site, task)) {
      text_counts_[index] = number_of(passed);
    }
  }
}

std::optional<std::size_t> PlanWatch::match_point(const Task& task, const Point& passed) const {
  const auto index = armed();
  return index && fault(*index).site.point == passed && is_site_thread(fault(*index).site, task) ? index : std::nullopt;
}

bool PlanWatch::needs_points_like(const Point& passed) const {
  for (std::size_t index = next_; index < context_.request.plan.faults.size(); ++index) {
    if (waiting_ != index && fault(index).site.point.index() == passed.index()) {
      return true;
    }
  }
  return false;
}

std::optional<std::size_t> PlanWatch::match_quiet(std::uint64_t moment) const {
  const auto index = armed();
  const auto* point = index ? std::get_if<QuietPoint>(&fault(*index).site.point) : nullptr;
  return point != nullptr && point->nth == moment ? index : std::nullopt;
}

std::optional<std::size_t> PlanWatch::match_tick() const {
  const auto index = armed();
  const auto* point = index ? std::get_if<TickPoint>(&fault(*index).site.point) : nullptr;
  const Process* process = point == nullptr ? nullptr : target(*index);
  if (process == nullptr || process->dead) {
    return std::nullopt;
  }
  const auto used = sys::read_cpu_time_us(process->pid);
  return used && *used >= point->nth * tick_us ? index : std::nullopt;
}

Process* PlanWatch::target(std::size_t index) const {
  const Site& site = fault(index).site;
  return site.process ? context_.tree.select(*site.process) : context_.tree.root();
}

void PlanWatch::fired(std::size_t index) {
  next_ = std::max(next_, index + 1);
  waiting_.reset();
}

std::string PlanWatch::why_not_passed(std::size_t index) const {
  const Site& site = fault(index).site;
  const ToldKind kind = *told_kind(site.point);
  if (!told_[site.point.index()]) {
    return fmt::format("nobody in the subject told of {}", kind.plural);
  }
  return fmt::format("{} passed only {} {}{}", print_selector(*site.process), text_counts_[index], kind.plural,
                     kind.name);
}

std::string PlanWatch::why_not(std::size_t index) const {
  const Site& site = fault(index).site;
  if (site.process && context_.tree.select(*site.process) == nullptr) {
    return fmt::format("there was no process {}", print_selector(*site.process));
  }
  if (std::holds_alternative<QuietPoint>(site.point)) {
    return fmt::format("there were only {} quiet moments", context_.quiet.moments());
  }
  if (told_kind(site.point)) {
    return why_not_passed(index);
  }
  if (const auto* point = std::get_if<CallPoint>(&site.point)) {
    const auto name = call_class_name(point->call_class);
    if (point->text) {
      return fmt::format("too few `{}` calls matched \"{}\"", name, *point->text);
    }
    const auto* path = std::get_if<ProcessPath>(&*site.process);
    const Task* task = path == nullptr ? nullptr : find_thread(context_.tree, *path);
    if (task != nullptr) {
      return fmt::format("{} made only {} `{}` calls", path->print(),
                         task->counts[static_cast<std::size_t>(point->call_class)], name);
    }
    return fmt::format("{} made fewer `{}` calls before it ended", print_selector(*site.process), name);
  }
  return "the site was not reached";
}

void PlanWatch::explain_unfired() {
  for (std::size_t index = next_; index < context_.evidence.faults.size(); ++index) {
    FaultRecord& record = context_.evidence.faults[index];
    if (record.fired || !record.why_not.empty()) {
      continue;
    }
    record.why_not = index > next_       ? "the fault before it did not fire"
                     : waiting_ == index ? "the subject was gone before its delay was over"
                                         : why_not(index);
  }
}

}  // namespace exitproof
