#include "exitproof/merge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "exitproof/invariant.hpp"
#include "exitproof/journaled_service.hpp"
#include "properties/search/campaign_state.hpp"
#include "properties/search/count_faults.hpp"
#include "properties/search/finding_book.hpp"
#include "properties/search/place.hpp"
#include "properties/search/replay_findings.hpp"

namespace exitproof {
namespace {

/// Makes no trial, and remembers which ones it was asked for.
class NoTrials : public TrialService {
 public:
  unsigned capacity() const override { return 1; }
  void set_scenario(const Scenario& /*scenario*/) override {}
  bool announce(const std::string& name) override {
    missing.push_back(name);
    return false;
  }
  /// A survey goes on whatever it is told.
  void submit(Ticket ticket, const TrialRequest& request) override {
    Evidence evidence;
    evidence.plan = request.plan;
    evidence.harness_error = "no journal has a fault-free run that is needed";
    answers_.push_back({ticket, std::move(evidence)});
  }
  std::optional<Answer> next() override {
    Answer answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  std::vector<std::string> missing;

 private:
  std::deque<Answer> answers_;
};

/// The whole campaign that the journal's shard is a part of, by a clock that stands still.
SearchOptions whole_search(const JournalHead& head) {
  SearchOptions search = head.search;
  search.shard = {};
  search.now = [] { return std::chrono::steady_clock::time_point(); };
  return search;
}

/// What a journal's fault-free runs showed of what can be struck, and what its trials were compared with.
struct SurveySaid {
  std::vector<std::string> sites;
  std::vector<std::pair<std::string, std::string>> others;
};

std::string describe_known(const std::vector<KnownViolation>& known) {
  std::string text;
  for (const KnownViolation& one : known) text += fmt::format("{} {} {}, ", one.signature, one.way, one.most);
  return text;
}

SurveySaid survey_of(const JournalRecords& journal) {
  NoTrials none;
  JournaledService service(none, {&journal}, nullptr);
  const SearchOptions search = whole_search(*journal.head());
  CampaignListener nobody;
  CampaignState state(service, search, nobody);
  const bool can_try = state.survey(journal.head()->scenario);
  SurveySaid said;
  said.others.emplace_back("whether it can be tried", state.result.survey.refusal.value_or(can_try ? "yes" : "no"));
  for (const SiteRecord& site : state.result.catalog.stable) {
    said.sites.push_back(
        fmt::format("{} {} in {}, stack {:x}", site.site.print(), site.call, site.command, site.stack_key));
  }
  const Baseline& baseline = state.result.baseline;
  const auto tell = [&](std::string_view what, const std::string& value) { said.others.emplace_back(what, value); };
  tell("whether it ends", baseline.ended ? "yes" : "no");
  tell("how it ends", baseline.root_end ? baseline.root_end->print() : "in several ways");
  tell("its outputs", fmt::format("{}", fmt::join(baseline.outputs, ", ")));
  tell("its varying outputs", fmt::format("{}", fmt::join(baseline.varying_outputs, ", ")));
  for (const StableOutput& output : baseline.stable_outputs) tell("the content of " + output.path, output.digest);
  tell("what it writes to its standard output", baseline.out ? baseline.out->digest : "this and that");
  tell("what it violates without a fault", describe_known(baseline.known_violations));
  tell("what it changes and leaves", digest_of_request(state.common));
  return said;
}

[[noreturn]] void fail_surveys(const JournalRecords& one, const JournalRecords& other, const std::string& what) {
  throw JournalError(
      fmt::format("the fault-free runs of {} and {} differ, and so do their trials: {}; was it the same program on the "
                  "same system?",
                  one.path(), other.path(), what));
}

void compare_surveys(const JournalRecords& one, const SurveySaid& said, const JournalRecords& other) {
  const SurveySaid also = survey_of(other);
  const auto [left, right] = std::ranges::mismatch(said.sites, also.sites);
  if (left != said.sites.end() || right != also.sites.end()) {
    fail_surveys(one, other,
                 fmt::format("where one has {}, the other has {}", left != said.sites.end() ? *left : "no more sites",
                             right != also.sites.end() ? *right : "no more sites"));
  }
  for (std::size_t i = 0; i < std::min(said.others.size(), also.others.size()); ++i) {
    const auto& [what, value] = said.others[i];
    const auto& [what_too, value_too] = also.others[i];
    if (what != what_too || value != value_too) {
      fail_surveys(one, other, fmt::format("{}: \"{}\", and {}: \"{}\"", what, value, what_too, value_too));
    }
  }
}

void check_heads(std::span<const JournalRecords> journals) {
  if (journals.empty()) throw JournalError("expected the journals of all shards, and found none");
  for (const JournalRecords& journal : journals) {
    if (!journal.head()) throw JournalError(fmt::format("the journal {} was cut in its first line", journal.path()));
    if (const auto difference = first_difference(*journals.front().head(), *journal.head())) {
      throw JournalError(fmt::format("{} and {} are of different campaigns, {}", journals.front().path(),
                                     journal.path(), *difference));
    }
  }
}

void check_all_shards_are_there(std::span<const JournalRecords> journals) {
  const unsigned of = journals.front().head()->search.shard.of;
  std::map<unsigned, std::string> paths;
  for (const JournalRecords& journal : journals) {
    const Shard shard = journal.head()->search.shard;
    const auto [at, added] = paths.emplace(shard.index, journal.path());
    if (!added) {
      throw JournalError(fmt::format("{} and {} are both of shard {}", at->second, journal.path(), shard.print()));
    }
  }
  std::vector<std::string> missing;
  for (unsigned index = 1; index <= of; ++index) {
    if (!paths.contains(index)) missing.push_back(Shard{.index = index, .of = of}.print());
  }
  if (!missing.empty()) {
    throw JournalError(fmt::format("expected the journals of {} shards, and found none of shard{} {}", of,
                                   missing.size() == 1 ? "" : "s", fmt::join(missing, ", ")));
  }
}

void check_that_it_ends(const JournalHead& head) {
  const bool randomly = head.search.explore == Explore::random || head.search.explore == Explore::both;
  if (!randomly || head.search.max_trials != 0) return;
  throw JournalError("a random search that only time ended is a part of no whole: it needs --trials N");
}

void check_ends(std::span<const JournalRecords> journals) {
  for (const JournalRecords& journal : journals) {
    if (journal.end()) continue;
    throw JournalError(fmt::format("shard {} was ended before its end: the same command with --journal {} goes on",
                                   journal.head()->search.shard.print(), journal.path()));
  }
}

/// In the order of the shards, whatever order they are given in.
std::vector<const JournalRecords*> in_order(std::span<const JournalRecords> journals) {
  std::vector<const JournalRecords*> ordered;
  for (const JournalRecords& journal : journals) ordered.push_back(&journal);
  std::ranges::sort(ordered, {}, [](const JournalRecords* one) { return one->head()->search.shard.index; });
  return ordered;
}

bool is_trial(const std::string& name) {
  constexpr std::string_view origins[] = {"regression ", "single ", "second ", "random "};
  return std::ranges::any_of(origins, [&](std::string_view origin) { return name.starts_with(origin); });
}

/// Trials of the shards that are no part of the whole may show what the whole does not. Those that do are counted as if
/// it had made them, with the replays that their shard has made.
class Beyond {
 public:
  Beyond(std::span<const JournalRecords> journals, CampaignListener& listener, Merged& merged)
      : journals_(in_order(journals)),
        replays_(journals.front().head()->search.replays),
        listener_(listener),
        merged_(merged),
        surveyed_(merged.result.catalog) {
    for (const Finding& finding : merged.result.findings) known_.insert(known_signature(finding.violation));
  }

  void look(const std::set<std::string>& answered) {
    std::set<std::string> seen;
    for (const JournalRecords* journal : journals_) {
      for (const std::string& name : journal->names()) {
        if (!is_trial(name) || !seen.insert(name).second) continue;
        if (answered.contains(name)) {
          note_places(journal->at(name).evidence);
        } else {
          ++merged_.beyond;
          enter(name, journal->at(name).evidence);
        }
      }
    }
    if (merged_.beyond_violated == 0) return;
    for (const std::string& signature : signatures_of_entries()) replay(signature);
    CampaignResult& result = merged_.result;
    result.sites_tried = std::max<std::uint64_t>(result.sites_tried, places_.size());
    const std::uint64_t flaky = book_.flaky_trials();
    result.trials.flaky += flaky;
    result.trials.violated -= std::min(result.trials.violated, flaky);
    for (Finding& finding : book_.findings()) result.findings.push_back(std::move(finding));
  }

 private:
  Judgement judge_alone(const Evidence& evidence) const {
    return judge(evidence, merged_.result.survey.scenario.contract, merged_.result.baseline);
  }

  /// Those that the whole shows too; they are taken out of the judgement.
  std::vector<Violation> take_known(Judgement& judgement) const {
    std::vector<Violation>& all = judgement.violations;
    const auto is_new = [&](const Violation& violation) { return !known_.contains(known_signature(violation)); };
    const auto rest = std::stable_partition(all.begin(), all.end(), is_new);
    std::vector<Violation> taken(rest, all.end());
    all.erase(rest, all.end());
    return taken;
  }

  void note_places(const Evidence& evidence) {
    for (const FaultRecord& record : evidence.faults) {
      if (record.fired) places_.insert(place_of(record.fault.site));
    }
  }

  void enter(const std::string& name, const Evidence& evidence) {
    Judgement judgement = judge_alone(evidence);
    const std::vector<KnownViolation> known = known_by(take_known(judgement));
    if (judgement.verdict != Verdict::violated || judgement.violations.empty()) return;
    CampaignResult& result = merged_.result;
    ++result.trials.planned;
    result.trials.count(Verdict::violated);
    if (result.second && name.starts_with("second ")) {
      ++result.second->planned;
      ++result.second->tried;
      result.second->plans = std::max(result.second->plans, result.second->planned);
    }
    count_faults(result.statistics, evidence, Verdict::violated, surveyed_);
    note_places(evidence);
    const std::vector<Finding> fresh = book_.add(judgement, evidence, merged_.beyond_violated++);
    for (const Finding& finding : fresh) listener_.found(finding);
    listener_.tried({.plan = evidence.plan, .known = known, .judgement = judgement});
  }

  std::vector<std::string> signatures_of_entries() const {
    std::vector<std::string> signatures;
    for (const auto& [signature, entry] : book_.entries()) signatures.push_back(signature);
    return signatures;
  }

  void replay(const std::string& signature) {
    const std::size_t candidates = book_.entry(signature).candidates.size();
    for (std::size_t candidate = 0; candidate < candidates; ++candidate) {
      const Finding finding = book_.entry(signature).candidates[candidate].finding;
      const JournalRecords* of = nullptr;  // one shard's replays, not those of several that found the same
      for (unsigned nth = 0; nth < replays_; ++nth) {
        const std::string name = name_of_replay(nth, finding.plan, signature);
        if (of == nullptr) of = first_with(name);
        if (of == nullptr || !of->has(name)) break;
        const Evidence evidence = of->at(name).evidence;
        if (evidence.harness_error) continue;
        book_.add_replay(signature, candidate, judge_alone(evidence), evidence, nth == 0);
        if (nth == 0) listener_.keep(finding.violation.invariant + '.' + finding.plan.print(), evidence);
      }
      const std::string really = name_of_real_replay(finding.plan, signature);
      if (of == nullptr || !of->has(really)) continue;
      const Evidence evidence = of->at(really).evidence;
      if (!evidence.harness_error) book_.add_real_replay(signature, candidate, judge_alone(evidence));
    }
    book_.choose_best(signature);
  }

  const JournalRecords* first_with(const std::string& name) const {
    const auto found = std::ranges::find_if(journals_, [&](const JournalRecords* one) { return one->has(name); });
    return found == journals_.end() ? nullptr : *found;
  }

  std::vector<const JournalRecords*> journals_;
  unsigned replays_;  ///< of each finding
  CampaignListener& listener_;
  Merged& merged_;
  SurveyedPlaces surveyed_;
  std::set<std::string> known_;
  std::set<std::string> places_;
  FindingBook book_;
};

}  // namespace

void check_shards(std::span<const JournalRecords> journals) {
  check_heads(journals);
  check_all_shards_are_there(journals);
  check_that_it_ends(*journals.front().head());
  check_ends(journals);
  const SurveySaid said = survey_of(journals.front());
  for (const JournalRecords& journal : journals.subspan(1)) compare_surveys(journals.front(), said, journal);
}

Merged merge_shards(std::span<const JournalRecords> journals, CampaignListener& listener) {
  Merged merged;
  NoTrials none;
  JournaledService service(none, in_order(journals), nullptr);
  const JournalHead& head = *journals.front().head();
  merged.result = run_campaign(service, head.scenario, whole_search(head), listener);
  merged.missing = std::move(none.missing);
  for (const JournalRecords& journal : journals) {
    if (journal.end()->out_of_time) merged.out_of_time.push_back(journal.head()->search.shard);
  }
  if (!merged.missing.empty()) {
    const std::size_t count = merged.missing.size();
    merged.result.skipped.push_back(
        {fmt::format("{} that one run would have made", count == 1 ? "a trial" : fmt::format("{} trials", count)),
         "no shard has made " + merged.missing.front() + (count == 1 ? "" : " and others")});
  }
  Beyond(journals, listener, merged).look(service.answered());
  return merged;
}

void write_merged(std::span<const JournalRecords> journals, const std::string& path) {
  JournalHead head = *journals.front().head();
  head.search.shard = {};
  JournalWriter writer(path, head);
  const std::vector<std::string>& there = writer.there().names();
  std::set<std::string> written(there.begin(), there.end());
  for (const JournalRecords* journal : in_order(journals)) {
    for (const std::string& name : journal->names()) {
      if (written.insert(name).second) writer.write(journal->at(name));
    }
  }
}

}  // namespace exitproof
