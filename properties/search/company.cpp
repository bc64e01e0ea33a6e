#include "exitproof/company.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace exitproof {
namespace {

/// What takes less than this is work, not waiting.
constexpr Micros shortest_wait{1'000};

struct Task {
  Micros begins{0};
  std::optional<Micros> in_call_since;
  std::vector<Micros> waits;
};

/// What the run's events say of its tasks, and when each site was passed.
class Timeline {
 public:
  explicit Timeline(const Evidence& run) {
    for (const Event& event : run.events) enter(event);
  }

  Company company_of(const SiteRecord& record) const {
    Company company;
    const auto* who = record.site.process ? std::get_if<ProcessPath>(&*record.site.process) : nullptr;
    const auto passed = passed_.find(record.site.print());
    if (who == nullptr || passed == passed_.end()) return company;
    const auto* call = std::get_if<CallPoint>(&record.site.point);
    company.others = call != nullptr && call->call_class == CallClass::fork;  // just after it there are two
    std::vector<Micros> waits;
    for (const auto& [path, task] : tasks_) {
      if (path == *who) continue;
      if (task.begins <= passed->second) company.others = true;
      std::ranges::copy(task.waits, std::back_inserter(waits));
    }
    if (company.others) company.pauses = pauses_for(std::move(waits));
    return company;
  }

 private:
  void enter(const Event& event) {
    if (event.kind == EventKind::quiet || event.kind == EventKind::phase || event.kind == EventKind::driver) return;
    Task& task =
        tasks_.try_emplace(event.who, Task{.begins = event.at, .in_call_since = {}, .waits = {}}).first->second;
    // What its end has cut short was to take longer: nobody knows how long.
    if (task.in_call_since && event.kind != EventKind::death && event.at - *task.in_call_since >= shortest_wait) {
      task.waits.push_back(event.at - *task.in_call_since);
    }
    task.in_call_since = event.kind == EventKind::call ? std::optional(event.at) : std::nullopt;
    if (event.site) passed_.try_emplace(event.site->print(), event.at);
  }

  static std::vector<Millis> pauses_for(std::vector<Micros> waits) {
    if (waits.empty()) return {pause_beyond(Micros{0})};
    std::ranges::sort(waits);
    std::vector<Millis> pauses{pause_beyond(waits.back())};
    const Millis usual = pause_beyond(waits[(waits.size() - 1) / 2]);
    if (usual != pauses.front()) pauses.push_back(usual);
    return pauses;
  }

  std::map<ProcessPath, Task> tasks_;
  std::map<std::string, Micros> passed_;
};

}  // namespace

std::vector<Company> companies(const Evidence& run, std::span<const SiteRecord> sites) {
  const Timeline timeline(run);
  std::vector<Company> companies;
  for (const SiteRecord& record : sites) companies.push_back(timeline.company_of(record));
  return companies;
}

Millis pause_beyond(Micros wait) {
  static constexpr std::array lengths{Millis{20}, Millis{50}, Millis{100}, Millis{200}, Millis{500}};
  static_assert(lengths.back() < longest_open_pause);
  const auto enough = std::ranges::find_if(lengths, [&](Millis length) { return length >= wait + wait / 5; });
  return enough != lengths.end() ? *enough : longest_open_pause;
}

}  // namespace exitproof
