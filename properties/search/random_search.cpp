#include "properties/search/random_search.hpp"

#include <fmt/format.h>

#include "exitproof/seed.hpp"
#include "properties/search/generate_plans.hpp"

namespace exitproof {
namespace {

/// After so many plans in a row that were there already, there is next to nothing left to draw.
constexpr int repetitions_most = 1000;

class Draws {
 public:
  explicit Draws(CampaignState& state)
      : state_(state),
        generator_(state.result.catalog, {.faults = state.faults(), .most_faults = state.options.most_faults}) {}

  /// Plans the next one; false when there is none.
  bool next() {
    if (state_.options.seeded) return next_with_schedule();
    bool& drawn_out = state_.result.statistics.drawn_out;
    if (generator_.empty() || drawn_out) return false;
    for (int i = 0; i < repetitions_most; ++i) {
      FaultPlan plan = generator_.draw(split_seed(state_.options.seed, fmt::format("random plan {}", drawn_++)));
      if (state_.can_be_tried(plan) && state_.plan_once(std::move(plan), Origin::random)) return true;
    }
    drawn_out = true;
    return false;
  }

 private:
  /// One in so many plans is nothing but its schedule: an order of the tasks may be fault enough.
  static constexpr std::uint64_t plans_for_one_without_fault = 4;

  /// Each plan gets a schedule of its own, so that none is there already.
  bool next_with_schedule() {
    const std::uint64_t seed = split_seed(state_.options.seed, fmt::format("random plan {}", drawn_++));
    const bool no_fault = generator_.empty() || draw_below(seed, plans_for_one_without_fault) == 0;
    FaultPlan plan = no_fault ? FaultPlan{} : generator_.draw(seed);
    state_.plan(state_.can_be_tried(plan) ? std::move(plan) : FaultPlan{}, Origin::random);
    return true;
  }

  CampaignState& state_;
  PlanGenerator generator_;
  std::uint64_t drawn_ = 0;
};

}  // namespace

void search_randomly(CampaignState& state) {
  Draws draws(state);
  Statistics& statistics = state.result.statistics;
  state.explore({.begin = state.trials.size(),
                 .end = state.trials.size(),
                 .more = [&] { return draws.next(); },
                 .judged =
                     [&](std::size_t, const Evidence& evidence, const Judgement& judgement) {
                       if (evidence.harness_error || !evidence.all_faults_fired()) return;
                       ++statistics.drawn;
                       if (judgement.verdict == Verdict::violated) ++statistics.drawn_violated;
                     }});
}

}  // namespace exitproof
