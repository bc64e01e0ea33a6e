#include "exitproof/journaled_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace exitproof {
namespace {

std::string numbered(const std::string& name, unsigned times_before) {
  return times_before == 0 ? name : fmt::format("{} #{}", name, times_before + 1);
}

}  // namespace

JournaledService::JournaledService(TrialService& service, std::vector<const JournalRecords*> journals,
                                   JournalWriter* writer, std::function<Clock::time_point()> now)
    : service_(service), journals_(std::move(journals)), writer_(writer), now_(std::move(now)), begun_(now_()) {}

const JournalRecords* JournaledService::journal_with(const std::string& name) const {
  const auto found = std::ranges::find_if(journals_, [&](const auto* journal) { return journal->has(name); });
  return found == journals_.end() ? nullptr : *found;
}

bool JournaledService::announce(const std::string& name) {
  announced_ = name;
  const auto times = times_.find(name);
  return journal_with(numbered(name, times == times_.end() ? 0 : times->second)) != nullptr || service_.announce(name);
}

void JournaledService::submit(Ticket ticket, const TrialRequest& request) {
  const std::string announced = std::exchange(announced_, {});
  if (announced.empty()) return service_.submit(ticket, request);
  Asked asked{.name = numbered(announced, times_[announced]++),
              .request = digest_of_request(request),
              .of_survey = request.decide_waiting};
  const JournalRecords* journal = journal_with(asked.name);
  if (journal == nullptr) {
    due_.insert_or_assign(ticket, std::move(asked));
    return service_.submit(ticket, request);
  }
  JournalRecord record = journal->at(asked.name);
  if (record.request != asked.request) {
    throw JournalError(
        fmt::format("the journal {}: \"{}\" asked for something else there, since its fault-free runs "
                    "were others",
                    journal->path(), asked.name));
  }
  answered_.insert(asked.name);
  recalled_.emplace_back(ticket, std::move(record));
}

std::optional<TrialService::Answer> JournaledService::next() {
  if (!recalled_.empty()) {
    auto [ticket, record] = std::move(recalled_.front());
    recalled_.pop_front();
    if (record.at > at()) ahead_ += record.at - at();
    return Answer{.ticket = ticket, .evidence = std::move(record.evidence)};
  }
  std::optional<Answer> answer = service_.next();
  if (answer) keep(*answer);
  return answer;
}

void JournaledService::keep(Answer& answer) {
  const auto found = due_.find(answer.ticket);
  if (found == due_.end()) return;
  const Asked asked = std::move(found->second);
  due_.erase(found);
  // A machine that could not be tried may be so later.
  const bool no_survey = asked.of_survey && answer.evidence.harness_error;
  if (writer_ == nullptr || no_survey) return;
  JournalLine line(
      JournalRecord{.name = asked.name, .request = asked.request, .at = at(), .evidence = std::move(answer.evidence)});
  writer_->write(line);
  answer.evidence = std::move(std::get<JournalRecord>(line).evidence);
}

}  // namespace exitproof
