#include "properties/search/simpler_plans.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "properties/search/place.hpp"

namespace exitproof {
namespace {

/// Of more faults than this, not every part is a candidate: only one fault, or one fewer.
constexpr std::size_t faults_with_all_parts = 6;

class Simplification {
 public:
  Simplification(const FaultPlan& plan, const Catalog& catalog) : plan_(plan), places_(catalog) {}

  std::vector<FaultPlan> run() {
    with_fewer_faults();
    for (std::size_t i = 0; i < plan_.faults.size(); ++i) with_simpler_action(i);
    for (std::size_t i = 0; i < plan_.faults.size(); ++i) with_earlier_site(i);
    return std::move(simpler_);
  }

 private:
  void with_fewer_faults() {
    const std::size_t count = plan_.faults.size();
    if (count < 2) return;
    if (count > faults_with_all_parts) {
      for (std::size_t i = 0; i < count; ++i) add(with_faults([&](std::size_t each) { return each == i; }));
      for (std::size_t i = 0; i < count; ++i) add(with_faults([&](std::size_t each) { return each != i; }));
      return;
    }
    for (int size = 1; size < static_cast<int>(count); ++size) {
      for (unsigned part = 1; part < 1U << count; ++part) {
        if (std::popcount(part) == size) add(with_faults([&](std::size_t each) { return (part >> each & 1U) != 0; }));
      }
    }
  }

  template <typename Kept>
  FaultPlan with_faults(Kept kept) const {
    FaultPlan smaller{.faults = {}, .schedule = plan_.schedule};
    for (std::size_t i = 0; i < plan_.faults.size(); ++i) {
      if (kept(i)) smaller.faults.push_back(plan_.faults[i]);
    }
    return smaller;
  }

  void with_simpler_action(std::size_t index) {
    const Fault& fault = plan_.faults[index];
    const auto change = [&](auto simplify) {
      Fault simpler = fault;
      simplify(simpler);
      with(index, simpler);
    };
    if (fault.site.delay != Millis{0}) change([](Fault& one) { one.site.delay = Millis{0}; });
    if (fault.persistent) change([](Fault& one) { one.persistent = false; });
    if (fault.pause) change([](Fault& one) { one.pause.reset(); });
    if (fault.site.after) change([](Fault& one) { one.site.after = false; });
  }

  void with_earlier_site(std::size_t index) {
    const Fault& fault = plan_.faults[index];
    const std::uint64_t nth = std::visit([](const auto& point) { return point.nth; }, fault.site.point);
    for (const std::uint64_t earlier : {std::uint64_t{1}, nth / 2, nth - 1}) {
      if (earlier == 0 || earlier >= nth) continue;
      Fault simpler = fault;
      std::visit([&](auto& point) { point.nth = earlier; }, simpler.site.point);
      if (places_.find(simpler.site) != nullptr) with(index, simpler);
    }
  }

  void with(std::size_t index, Fault fault) {
    FaultPlan changed = plan_;
    changed.faults[index] = std::move(fault);
    add(std::move(changed));
  }

  void add(FaultPlan plan) {
    if (plan != plan_ && seen_.insert(plan.print()).second) simpler_.push_back(std::move(plan));
  }

  const FaultPlan& plan_;
  SurveyedPlaces places_;
  std::vector<FaultPlan> simpler_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<FaultPlan> simpler_plans(const FaultPlan& plan, const Catalog& catalog) {
  return Simplification(plan, catalog).run();
}

}  // namespace exitproof
