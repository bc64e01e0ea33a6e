#include "properties/search/trial_batch.hpp"

#include <map>
#include <optional>
#include <utility>

namespace exitproof {
namespace {

constexpr unsigned attempts_per_trial = 2;

/// One slow trial must not let the evidence of the others pile up.
constexpr std::size_t early_most = 1000;

class BatchRun {
 public:
  BatchRun(TrialService& service, const TrialBatch& batch) : service_(service), batch_(batch) {}

  bool run() {
    while (true) {
      const bool all_begun = fill();
      enter_in_order();
      if (due_.empty() && all_begun) return true;
      if (due_.empty()) continue;
      std::optional<TrialService::Answer> answer = service_.next();
      if (!answer) break;
      take(std::move(*answer));
    }
    for (const auto& [index, evidence] : early_) enter(index, evidence);
    return false;
  }

 private:
  struct Trial {
    std::size_t index = 0;
    unsigned attempt = 1;
    bool from_start = false;
  };

  /// Whether the batch has no more for now.
  bool fill() {
    while (due_.size() < service_.capacity() && early_.size() < early_most) {
      if (!batch_.goes_on(begun_)) return true;
      begin({.index = begun_++});
    }
    return false;
  }

  void begin(const Trial& trial) {
    const bool left_out = batch_.left_out && batch_.left_out(trial.index);
    if (left_out || !submit(trial)) early_.emplace(trial.index, std::nullopt);
  }

  bool submit(const Trial& trial) {
    const char* manner = trial.from_start ? " from the start" : "";
    if (!service_.announce(batch_.name(trial.index) + manner + (trial.attempt == 1 ? "" : " again"))) return false;
    TrialRequest request = batch_.request(trial.index);
    request.snapshot = request.snapshot && !trial.from_start;
    service_.submit(ticket_, request);
    due_.emplace(ticket_++, trial);
    return true;
  }

  void take(TrialService::Answer answer) {
    const Trial trial = due_.at(answer.ticket);
    due_.erase(answer.ticket);
    const bool once_more = answer.evidence.harness_error && trial.attempt < attempts_per_trial;
    if (once_more && submit({.index = trial.index, .attempt = trial.attempt + 1, .from_start = trial.from_start})) {
      return;
    }
    const bool doubted = answer.evidence.from_snapshot && batch_.doubts && batch_.doubts(trial.index, answer.evidence);
    if (doubted && submit({.index = trial.index, .attempt = 1, .from_start = true})) return;
    early_.emplace(trial.index, doubted ? std::nullopt : std::optional(std::move(answer.evidence)));
    enter_in_order();
  }

  void enter_in_order() {
    for (auto next = early_.find(entered_); next != early_.end(); next = early_.find(entered_)) {
      enter(entered_++, next->second);
      early_.erase(next);
    }
  }

  void enter(std::size_t index, const std::optional<Evidence>& evidence) {
    if (evidence) batch_.enter(index, *evidence);
  }

  TrialService& service_;
  const TrialBatch& batch_;
  std::map<TrialService::Ticket, Trial> due_;
  std::map<std::size_t, std::optional<Evidence>> early_;  ///< whose turn has not come; nothing: not made here
  TrialService::Ticket ticket_ = 0;
  std::size_t begun_ = 0;
  std::size_t entered_ = 0;
};

}  // namespace

bool run_batch(TrialService& service, const TrialBatch& batch) {
  return BatchRun(service, batch).run();
}

}  // namespace exitproof
