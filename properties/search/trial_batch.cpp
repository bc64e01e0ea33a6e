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
      while (due_.size() < service_.capacity() && early_.size() < early_most && batch_.goes_on(begun_))
        submit({.index = begun_++, .attempt = 1});
      if (due_.empty()) return true;
      std::optional<TrialService::Answer> answer = service_.next();
      if (!answer) break;
      take(std::move(*answer));
    }
    for (const auto& [index, evidence] : early_) batch_.enter(index, evidence);
    return false;
  }

 private:
  struct Trial {
    std::size_t index = 0;
    unsigned attempt = 1;
  };

  void submit(const Trial& trial) {
    service_.submit(ticket_, batch_.request(trial.index));
    due_.emplace(ticket_++, trial);
  }

  void take(TrialService::Answer answer) {
    const Trial trial = due_.at(answer.ticket);
    due_.erase(answer.ticket);
    if (answer.evidence.harness_error && trial.attempt < attempts_per_trial) {
      submit({.index = trial.index, .attempt = trial.attempt + 1});
      return;
    }
    early_.emplace(trial.index, std::move(answer.evidence));
    for (auto next = early_.find(entered_); next != early_.end(); next = early_.find(entered_)) {
      batch_.enter(entered_++, next->second);
      early_.erase(next);
    }
  }

  TrialService& service_;
  const TrialBatch& batch_;
  std::map<TrialService::Ticket, Trial> due_;
  std::map<std::size_t, Evidence> early_;  ///< answers whose turn has not come
  TrialService::Ticket ticket_ = 0;
  std::size_t begun_ = 0;
  std::size_t entered_ = 0;
};

}  // namespace

bool run_batch(TrialService& service, const TrialBatch& batch) {
  return BatchRun(service, batch).run();
}

}  // namespace exitproof
