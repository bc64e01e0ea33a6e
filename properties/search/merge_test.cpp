#include "exitproof/merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "properties/search/journaled_campaign_testing.hpp"

namespace exitproof {
namespace {

using testing::all_ways_to_search;
using testing::FakeTrials;
using ::testing::HasSubstr;
using testing::head_of;
using ::testing::IsEmpty;
using testing::journaled;
using testing::lively;
using testing::ScratchFolder;
using testing::story;

constexpr unsigned shards = 8;

class Merge : public ::testing::Test {
 protected:
  std::string path(unsigned index) const { return folder_.file("shard-" + std::to_string(index)); }

  CampaignResult run_shard(unsigned index, SearchOptions options, const FakeTrials::Subject& subject = lively) {
    options.shard = {.index = index, .of = shards};
    FakeTrials trials(subject);
    CampaignResult result = journaled(trials, {}, path(index), options);
    requests_ += trials.requests.size();
    return result;
  }

  void run_all(const SearchOptions& options, const FakeTrials::Subject& subject = lively) {
    for (unsigned index = 1; index <= shards; ++index) run_shard(index, options, subject);
  }

  /// The last one first: the order does not matter.
  std::vector<JournalRecords> read_all() const {
    std::vector<JournalRecords> journals;
    for (unsigned index = shards; index >= 1; --index) journals.emplace_back(path(index));
    return journals;
  }

  static std::string refusal(const std::vector<JournalRecords>& journals) {
    try {
      check_shards(journals);
    } catch (const JournalError& error) {
      return error.what();
    }
    return "they were accepted";
  }

  static Merged merged(const std::vector<JournalRecords>& journals) {
    check_shards(journals);
    CampaignListener nobody;
    return merge_shards(journals, nobody);
  }

  ScratchFolder folder_;
  std::size_t requests_ = 0;
};

TEST_F(Merge, GivesWhatOneRunGives) {
  const std::vector<SearchOptions> searches = [] {
    SearchOptions seeded = all_ways_to_search();
    seeded.seeded = true;
    SearchOptions single = all_ways_to_search();
    single.explore = Explore::exhaustive;
    single.second_plans = 0;
    single.max_trials = 0;
    SearchOptions regressions = single;
    regressions.regressions = {{.plan = FaultPlan::parse("kill@0.1:write:1")},
                               {.plan = FaultPlan::parse("kill@0.1:write:1")},
                               {.plan = FaultPlan::parse("kill@0:write:2")}};
    return std::vector{all_ways_to_search(), seeded, single, regressions};
  }();
  for (const SearchOptions& search : searches) {
    FakeTrials trials(lively);
    const CampaignResult whole = journaled(trials, {}, "", search);
    requests_ = 0;
    run_all(search);
    EXPECT_LT(requests_, trials.requests.size() * 3) << "shards share the trials, but for surveys, looks and replays";
    const Merged all = merged(read_all());
    EXPECT_EQ(story(all.result), story(whole));
    EXPECT_EQ(all.result.regressions, whole.regressions);
    EXPECT_THAT(all.missing, IsEmpty());
    EXPECT_THAT(all.out_of_time, IsEmpty());
    for (unsigned index = 1; index <= shards; ++index) std::filesystem::remove(path(index));
  }
}

TEST_F(Merge, EachTrialIsMadeByOneShard) {
  SearchOptions search = all_ways_to_search();
  search.explore = Explore::exhaustive;
  search.second_plans = 0;
  std::size_t made = 0;
  std::size_t planned = 0;
  for (unsigned index = 1; index <= shards; ++index) {
    const CampaignResult result = run_shard(index, search);
    made += result.trials.total;
    planned = result.trials.planned;
  }
  EXPECT_EQ(made, planned);
}

TEST_F(Merge, CountsWhatOnlyAShardHasFound) {
  SearchOptions search = all_ways_to_search();
  search.explore = Explore::exhaustive;
  search.second_plans = 4;  // of each shard, and of one run
  search.max_trials = 0;
  FakeTrials first(lively);
  journaled(first, {}, "", search);
  const std::vector<std::string> tried = first.plans();
  const FakeTrials::Subject fails_elsewhere = [&tried](const TrialRequest& request) {
    const FaultPlan& plan = request.plan;
    const bool by_one_run = plan.faults.size() == 2 && std::ranges::find(tried, plan.print()) != tried.end();
    return by_one_run ? testing::struck_run(plan) : lively(request);
  };
  FakeTrials trials(fails_elsewhere);
  const CampaignResult whole = journaled(trials, {}, "", search);
  run_all(search, fails_elsewhere);
  const Merged all = merged(read_all());
  ASSERT_EQ(all.result.findings.size(), whole.findings.size() + 1);
  const Finding& found = all.result.findings.back();
  EXPECT_THAT(found.plan.print(), ::testing::MatchesRegex("ctrl-c@0:.*,kill@0:.*"));
  EXPECT_EQ(found.replayed, search.replays);
  EXPECT_EQ(found.same, search.replays);
  EXPECT_GT(all.beyond_violated, 0U);
  EXPECT_EQ(found.trials, all.beyond_violated);
  const Tally& tally = all.result.trials;
  EXPECT_EQ(tally.violated, whole.trials.violated + all.beyond_violated);
  EXPECT_EQ(tally.total, whole.trials.total + all.beyond_violated);
  EXPECT_EQ(tally.planned, whole.trials.planned + all.beyond_violated);
  EXPECT_EQ(tally.held, whole.trials.held);
  EXPECT_EQ(all.result.second->tried, whole.second->tried + all.beyond_violated);
  EXPECT_EQ(all.result.statistics.by_kind.at("kill").violated,
            whole.statistics.by_kind.at("kill").violated + all.beyond_violated);
}

TEST_F(Merge, OfOneJournalOfAWholeCampaignIsItsResult) {
  FakeTrials trials(lively);
  const std::string whole = story(journaled(trials, {}, path(1), all_ways_to_search()));
  std::vector<JournalRecords> journals;
  journals.emplace_back(path(1));
  EXPECT_EQ(story(merged(journals).result), whole);
}

TEST_F(Merge, NamesTheShardsThatAreMissing) {
  run_all(all_ways_to_search());
  std::vector<JournalRecords> journals = read_all();
  journals.erase(journals.begin() + 2);
  EXPECT_THAT(refusal(journals), HasSubstr("8 shards, and found none of shard 6/8"));
  journals.erase(journals.begin());
  EXPECT_THAT(refusal(journals), HasSubstr("found none of shards 6/8, 8/8"));
  EXPECT_THAT(refusal({}), HasSubstr("found none"));
}

TEST_F(Merge, RefusesShardsThatDoNotBelongTogether) {
  run_all(all_ways_to_search());
  {
    std::vector<JournalRecords> doubled = read_all();
    doubled.emplace_back(path(3));
    EXPECT_THAT(refusal(doubled), HasSubstr("are both of shard 3/8"));
  }
  SearchOptions other = all_ways_to_search();
  other.seed = 43;
  std::filesystem::remove(path(5));
  run_shard(5, other);
  EXPECT_THAT(refusal(read_all()), HasSubstr("different campaigns, search.seed: 42 and 43"));
}

TEST_F(Merge, RefusesAShardThatWasEndedBeforeItsEnd) {
  run_all(all_ways_to_search());
  std::filesystem::remove(path(5));
  SearchOptions options = all_ways_to_search();
  options.shard = {.index = 5, .of = shards};
  FakeTrials trials(lively);
  trials.interrupt_after = 9;
  journaled(trials, {}, path(5), options);
  EXPECT_THAT(refusal(read_all()), HasSubstr("shard 5/8 was ended before its end"));
}

TEST_F(Merge, SaysHowFaultFreeRunsDiffer) {
  run_all(all_ways_to_search());
  std::filesystem::remove(path(5));
  run_shard(5, all_ways_to_search(), [](const TrialRequest& request) {
    Evidence evidence = lively(request);
    if (request.plan.faults.empty()) evidence.sites[3].stack_key = 99;
    return evidence;
  });
  EXPECT_THAT(refusal(read_all()),
              ::testing::AllOf(HasSubstr("fault-free runs"), HasSubstr("0:write:2 write in prog, stack 63")));
}

TEST_F(Merge, SaysWhichTrialsNoShardHasMadeAndHasThemMade) {
  SearchOptions search = all_ways_to_search();
  FakeTrials trials(lively);
  const std::string whole = story(journaled(trials, {}, "", search));
  search.time = Millis{1};  // every later look at the clock is too late
  int looks = 0;
  search.now = [&] { return std::chrono::steady_clock::time_point(Millis{looks++ / 20}); };
  run_all(search);
  const std::vector<JournalRecords> journals = read_all();
  const Merged part = merged(journals);
  EXPECT_THAT(part.out_of_time, ::testing::Not(IsEmpty()));
  EXPECT_THAT(part.missing, ::testing::Not(IsEmpty()));
  EXPECT_THAT(part.result.skipped.back().check, HasSubstr("that one run would have made"));

  const std::string one = folder_.file("one");
  write_merged(journals, one);
  std::vector<JournalRecords> joined;
  joined.emplace_back(one);
  FakeTrials rest(lively);
  EXPECT_EQ(story(journaled(rest, joined, one, all_ways_to_search())), whole);
  EXPECT_LT(rest.requests.size(), trials.requests.size());
}

}  // namespace
}  // namespace exitproof
