#include "properties/search/replay_findings.hpp"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "properties/search/control_run.hpp"

namespace exitproof {
namespace {

class Replays {
 public:
  explicit Replays(CampaignState& state) : state_(state) {}

  /// The first replay of each finding comes before the second of any: time that ends early leaves none unseen.
  void run() {
    for (unsigned round = 0; round < state_.options.replays; ++round) {
      for (const auto& [name, entry] : state_.book.entries()) {
        if (!is_fault_free(entry.candidates.front().finding.plan)) waiting_.push_back({name, 0, round});
      }
    }
    // Last, since they take as long as the clock says.
    for (const auto& [name, entry] : state_.book.entries()) {
      if (virtual_time() && !is_fault_free(entry.candidates.front().finding.plan)) waiting_.push_back(really(name, 0));
    }
    for (const Replay& replay : waiting_) ++outstanding_[replay.signature];
    TrialService::Ticket ticket = 0;
    std::map<TrialService::Ticket, Replay> due;
    while (true) {
      while (due.size() < state_.service.capacity() && !waiting_.empty()) {
        const Replay next = waiting_.front();
        waiting_.pop_front();
        if (!has_time(next)) continue;
        if (!state_.service.announce(name_of(next))) {
          enter_none(next);
          continue;
        }
        state_.service.submit(ticket, request_for(next));
        due.emplace(ticket++, next);
      }
      if (due.empty()) return;
      const std::optional<TrialService::Answer> answer = state_.service.next();
      if (!answer) {
        state_.result.interrupted = true;
        return;
      }
      const Replay done = due.at(answer->ticket);
      due.erase(answer->ticket);
      enter(done, answer->evidence);
    }
  }

 private:
  struct Replay {
    std::string signature;
    std::size_t candidate = 0;
    unsigned nth = 0;  ///< of the candidate's replays
    bool real_time = false;
    bool rich() const { return nth == 0; }
  };

  bool virtual_time() const { return state_.result.survey.scenario.time_mode == TimeMode::virtual_; }
  static Replay really(const std::string& name, std::size_t candidate) { return {name, candidate, 1, true}; }

  const Finding& finding_of(const Replay& replay) const {
    return state_.book.entry(replay.signature).candidates.at(replay.candidate).finding;
  }

  std::string name_of(const Replay& replay) const {
    const FaultPlan& plan = finding_of(replay).plan;
    if (replay.real_time) return name_of_real_replay(plan, replay.signature);
    return name_of_replay(replay.nth, plan, replay.signature);
  }

  TrialRequest request_for(const Replay& replay) const {
    const FaultPlan& plan = finding_of(replay).plan;
    TrialRequest request = replay.rich() ? state_.close_look_at(plan) : state_.request_for(plan);
    request.real_time = replay.real_time;
    return request;
  }

  bool has_time(const Replay& replay) {
    const Millis time = state_.options.time;
    const bool in_time = state_.elapsed() < (replay.rich() || replay.real_time ? time + time / 2 : time);
    if (!in_time) state_.result.out_of_time = true;
    return in_time;
  }

  void queue(const std::string& name, std::size_t candidate) {
    for (unsigned i = 0; i < state_.options.replays; ++i) waiting_.push_back({name, candidate, i});
    outstanding_[name] = state_.options.replays;
    if (virtual_time()) {
      waiting_.push_back(really(name, candidate));
      ++outstanding_[name];
    }
  }

  void enter(const Replay& replay, const Evidence& evidence) {
    if (evidence.harness_error) {
      state_.errors.insert(*evidence.harness_error);
    } else if (replay.real_time) {
      state_.book.add_real_replay(replay.signature, replay.candidate, state_.judge_one(evidence));
    } else {
      state_.book.add_replay(replay.signature, replay.candidate, state_.judge_one(evidence), evidence, replay.rich());
    }
    const Finding& finding = finding_of(replay);
    if (replay.rich()) {
      state_.listener.keep(finding.violation.invariant + '.' + finding.plan.print(), evidence);
    }
    enter_none(replay);
    state_.listener.progress(state_.result);
  }

  /// What follows when it is over, or is not made.
  void enter_none(const Replay& replay) {
    if (--outstanding_[replay.signature] == 0) {
      const std::size_t next = replay.candidate + 1;
      const bool another = next < state_.book.entry(replay.signature).candidates.size();
      if (finding_of(replay).flaky() && another && state_.elapsed() < state_.options.time)
        queue(replay.signature, next);
      state_.book.choose_best(replay.signature);
    }
  }

  CampaignState& state_;
  std::deque<Replay> waiting_;
  std::map<std::string, unsigned> outstanding_;
};

/// What no replay shows any more, since the baseline asks for less.
void take_back_what_varies(CampaignState& state) {
  std::vector<std::string> gone;
  for (const auto& [name, entry] : state.book.entries()) {
    const Finding& best = entry.candidates.at(entry.best).finding;
    if (rests_on_outputs(best) && best.replayed > 0 && best.same == 0) gone.push_back(name);
  }
  for (const std::string& name : gone) {
    const std::uint64_t trials = state.book.take_back(name);
    state.result.trials.violated -= trials;
    state.result.trials.held += trials;
  }
}

}  // namespace

void replay_findings(CampaignState& state) {
  const bool asks_for_less = look_at_outputs_again(state);
  if (state.result.interrupted) return;
  Replays(state).run();
  if (asks_for_less) take_back_what_varies(state);
}

std::string name_of_replay(unsigned nth, const FaultPlan& plan, const std::string& signature) {
  return fmt::format("replay {} of {} for {}", nth + 1, plan.print(), signature);
}

std::string name_of_real_replay(const FaultPlan& plan, const std::string& signature) {
  return fmt::format("replay of {} in real time for {}", plan.print(), signature);
}

}  // namespace exitproof
