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

/// Trials of the shards that are no part of the whole may show what the whole does not.
void look_beyond(std::span<const JournalRecords> journals, const std::set<std::string>& answered, Merged& merged) {
  std::set<std::string> known;
  for (const Finding& finding : merged.result.findings) known.insert(known_signature(finding.violation));
  FindingBook book;
  for (const JournalRecords* journal : in_order(journals)) {
    for (const std::string& name : journal->names()) {
      if (!is_trial(name) || answered.contains(name)) continue;
      const Evidence evidence = journal->at(name).evidence;
      Judgement judgement = judge(evidence, merged.result.survey.scenario.contract, merged.result.baseline);
      std::erase_if(judgement.violations,
                    [&](const Violation& violation) { return known.contains(known_signature(violation)); });
      book.add(judgement, evidence, static_cast<std::size_t>(merged.beyond++));
    }
  }
  merged.beyond_findings = book.findings();
}

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
  look_beyond(journals, service.answered(), merged);
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
