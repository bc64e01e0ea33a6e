#include "properties/search/replay_findings.hpp"

#include <deque>
#include <map>
#include <string>

namespace exitproof {
namespace {

class Replays {
 public:
  explicit Replays(CampaignState& state) : state_(state) {}

  /// The first replay of each finding comes before the second of any: time that ends early leaves none unseen.
  void run() {
    for (unsigned round = 0; round < state_.options.replays; ++round) {
      for (const auto& [name, entry] : state_.book.entries()) {
        if (!is_fault_free(entry.candidates.front().finding.plan)) waiting_.push_back({name, 0, round == 0});
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
    bool rich = false;
    bool real_time = false;
  };

  bool virtual_time() const { return state_.result.survey.scenario.time_mode == TimeMode::virtual_; }
  static Replay really(const std::string& name, std::size_t candidate) { return {name, candidate, false, true}; }

  const Finding& finding_of(const Replay& replay) const {
    return state_.book.entry(replay.signature).candidates.at(replay.candidate).finding;
  }

  TrialRequest request_for(const Replay& replay) const {
    const FaultPlan& plan = finding_of(replay).plan;
    TrialRequest request = replay.rich ? state_.close_look_at(plan) : state_.request_for(plan);
    request.real_time = replay.real_time;
    return request;
  }

  bool has_time(const Replay& replay) const {
    const Millis time = state_.options.time;
    return state_.elapsed() < (replay.rich || replay.real_time ? time + time / 2 : time);
  }

  void queue(const std::string& name, std::size_t candidate) {
    for (unsigned i = 0; i < state_.options.replays; ++i) waiting_.push_back({name, candidate, i == 0});
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
      state_.book.add_replay(replay.signature, replay.candidate, state_.judge_one(evidence), evidence, replay.rich);
    }
    const Finding& finding = finding_of(replay);
    if (replay.rich) {
      state_.listener.keep(finding.violation.invariant + '.' + finding.plan.print(), evidence);
    }
    if (--outstanding_[replay.signature] == 0) {
      const std::size_t next = replay.candidate + 1;
      const bool another = next < state_.book.entry(replay.signature).candidates.size();
      if (finding.flaky() && another && state_.elapsed() < state_.options.time) queue(replay.signature, next);
      state_.book.choose_best(replay.signature);
    }
    state_.listener.progress(state_.result);
  }

  CampaignState& state_;
  std::deque<Replay> waiting_;
  std::map<std::string, unsigned> outstanding_;
};

}  // namespace

void replay_findings(CampaignState& state) {
  Replays(state).run();
}

}  // namespace exitproof
