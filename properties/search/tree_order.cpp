#include "properties/search/tree_order.hpp"

#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

namespace exitproof {
namespace {

bool is_quiet(const SiteRecord& record) {
  return std::holds_alternative<QuietPoint>(record.site.point);
}

bool is_fork(const SiteRecord& record) {
  const auto* call = std::get_if<CallPoint>(&record.site.point);
  return call != nullptr && call->call_class == CallClass::fork;
}

ProcessPath thread_of(const SiteRecord& record) {
  const auto* path = record.site.process ? std::get_if<ProcessPath>(&*record.site.process) : nullptr;
  return path != nullptr ? *path : ProcessPath::root();
}

class TreeOrder {
 public:
  explicit TreeOrder(std::vector<SiteRecord> sites) {
    for (SiteRecord& record : sites) {
      if (is_quiet(record)) {
        ordered_.push_back(std::move(record));
        continue;
      }
      const ProcessPath thread = thread_of(record);
      enter(thread.process());
      threads_[thread].push_back(std::move(record));
    }
  }

  std::vector<SiteRecord> take() {
    put_all(children_[std::nullopt]);
    return std::move(ordered_);
  }

 private:
  using Processes = std::set<ProcessPath>;

  /// With those that it descends from, whether they have sites or not.
  void enter(const ProcessPath& process) {
    std::optional<ProcessPath> child = process;
    while (child && children_[child->parent()].insert(*child).second) child = child->parent();
  }

  void put(const ProcessPath& process) {
    Processes left = std::move(children_[process]);
    std::uint32_t forks = 0;
    for (SiteRecord& record : threads_[process]) {
      const bool forks_here = is_fork(record);
      ordered_.push_back(std::move(record));
      if (forks_here && left.erase(process.child(++forks)) != 0) put(process.child(forks));
    }
    const auto is_ours = [&](const ProcessPath& thread) { return thread.process() == process; };
    for (auto thread = threads_.upper_bound(process); thread != threads_.end() && is_ours(thread->first); ++thread) {
      std::move(thread->second.begin(), thread->second.end(), std::back_inserter(ordered_));
    }
    put_all(left);
  }

  void put_all(const Processes& processes) {
    for (const ProcessPath& process : processes) put(process);
  }

  std::vector<SiteRecord> ordered_;
  std::map<ProcessPath, std::vector<SiteRecord>> threads_;
  std::map<std::optional<ProcessPath>, Processes> children_;
};

}  // namespace

std::vector<SiteRecord> in_tree_order(std::vector<SiteRecord> sites) {
  return TreeOrder(std::move(sites)).take();
}

}  // namespace exitproof
