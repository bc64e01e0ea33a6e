#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exitproof/journal_file.hpp"
#include "exitproof/trial_service.hpp"

namespace exitproof {

/// Answers the trials that journals have, and has a service run the others. As what a campaign does depends on the
/// answers alone, but for the time, one that was ended goes on where it was, and shards add up to a whole.
///
/// Trials that the search does not name (announce()) are passed on and not kept, nor are fault-free runs that failed in
/// the harness.
class JournaledService : public TrialService {
 public:
  using Clock = std::chrono::steady_clock;

  /// All must outlive this. Of journals that have the same trial the first answers. `writer`: keeps what the service
  /// answers; null: nobody does.
  JournaledService(TrialService& service, std::vector<const JournalRecords*> journals, JournalWriter* writer,
                   std::function<Clock::time_point()> now = Clock::now);

  unsigned capacity() const override { return service_.capacity(); }
  void set_scenario(const Scenario& scenario) override { service_.set_scenario(scenario); }
  bool announce(const std::string& name) override;
  /// Throws JournalError when the journal has another trial by that name.
  void submit(Ticket ticket, const TrialRequest& request) override;
  std::optional<Answer> next() override;

  /// SearchOptions::now: a clock that what the journals have took its time by, without a wait.
  Clock::time_point now() const { return now_() + ahead_; }

  /// JournalRecord::name of the trials that journals answered.
  const std::set<std::string>& answered() const { return answered_; }

 private:
  struct Asked {
    std::string name;
    std::string request;
    bool of_survey = false;
  };

  void keep(Answer& answer);
  const JournalRecords* journal_with(const std::string& name) const;
  Millis at() const { return std::chrono::duration_cast<Millis>(now() - begun_); }

  TrialService& service_;
  std::vector<const JournalRecords*> journals_;
  JournalWriter* writer_;
  std::function<Clock::time_point()> now_;
  Clock::time_point begun_;
  Clock::duration ahead_{0};
  std::string announced_;
  std::map<std::string, unsigned> times_;  ///< submitted, by name
  std::map<Ticket, Asked> due_;            ///< of the service
  std::deque<std::pair<Ticket, JournalRecord>> recalled_;
  std::set<std::string> answered_;
};

}  // namespace exitproof
