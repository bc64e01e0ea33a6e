#include "exitproof/journaled_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/search/journaled_campaign_testing.hpp"

namespace exitproof {
namespace {

using testing::all_ways_to_search;
using testing::FakeTrials;
using ::testing::HasSubstr;
using testing::journaled;
using testing::lively;
using testing::ScratchFolder;
using testing::story;

std::string uninterrupted() {
  FakeTrials trials(lively);
  return story(journaled(trials, {}, "", all_ways_to_search()));
}

std::vector<JournalRecords> read_all(const std::vector<std::string>& paths) {
  std::vector<JournalRecords> journals;
  for (const std::string& path : paths) journals.emplace_back(path);
  return journals;
}

TEST(JournaledService, ACampaignHasWhatTheseTestsLookFor) {
  const std::string whole = uninterrupted();
  EXPECT_THAT(whole, ::testing::AllOf(HasSubstr("150 total"), HasSubstr("ctrl-c@quiet:1,kill@"), HasSubstr("5 of 5")));
  EXPECT_THAT(whole, ::testing::Not(HasSubstr("drawn 0"))) << whole;
  EXPECT_THAT(whole, ::testing::Not(HasSubstr(" 0 runs for simpler"))) << whole;
}

TEST(JournaledService, GoesOnAfterAnEndAnywhereWithoutRepeatingATrial) {
  const std::string whole = uninterrupted();
  FakeTrials counted(lively);
  journaled(counted, {}, "", all_ways_to_search());
  const auto all = static_cast<int>(counted.requests.size());
  for (int before = 0; before < all; before += 7) {
    const ScratchFolder folder;
    const std::string file = folder.file("journal");
    FakeTrials first(lively);
    first.interrupt_after = before;
    EXPECT_TRUE(journaled(first, {}, file, all_ways_to_search()).interrupted);
    const std::vector<JournalRecords> journals = read_all({file});
    EXPECT_EQ(journals.front().names().size(), static_cast<std::size_t>(before));
    EXPECT_FALSE(journals.front().end());
    FakeTrials second(lively, 1);
    EXPECT_EQ(story(journaled(second, journals, file, all_ways_to_search())), whole) << before;
    const std::vector<JournalRecords> now = read_all({file});
    EXPECT_TRUE(now.front().end());
    EXPECT_EQ(now.front().names().size(), static_cast<std::size_t>(before) + second.requests.size());
  }
}

TEST(JournaledService, AWholeJournalNeedsNoTrial) {
  const ScratchFolder folder;
  FakeTrials first(lively);
  journaled(first, {}, folder.file("journal"), all_ways_to_search());
  FakeTrials none([](const TrialRequest& request) -> Evidence {
    ADD_FAILURE() << request.plan.print();
    return {};
  });
  const std::vector<JournalRecords> journals = read_all({folder.file("journal")});
  EXPECT_EQ(story(journaled(none, journals, "", all_ways_to_search())), uninterrupted());
}

TEST(JournaledService, TakesAsLongAsTheTrialsTookWithoutWaiting) {
  const ScratchFolder folder;
  SearchOptions options = all_ways_to_search();
  options.time = Millis{1'000};
  const auto campaign = [&](FakeTrials& trials, const std::vector<JournalRecords>& journals) {
    JournalWriter writer(folder.file("journal"), testing::head_of(options));
    JournaledService service(trials, testing::pointers_to(journals), &writer, [&] {
      return std::chrono::steady_clock::time_point(Millis{10} * trials.requests.size());
    });
    options.now = [&] { return service.now(); };
    CampaignListener nobody;
    return run_campaign(service, testing::head_of(options).scenario, options, nobody);
  };
  FakeTrials first(lively, 1);
  first.interrupt_after = 40;
  campaign(first, {});
  FakeTrials second(lively, 1);
  const CampaignResult result = campaign(second, read_all({folder.file("journal")}));
  EXPECT_TRUE(result.out_of_time);
  EXPECT_LE(second.requests.size(), 70U);
}

TEST(JournaledService, RefusesAJournalOfOtherTrials) {
  const ScratchFolder folder;
  FakeTrials first(lively);
  first.interrupt_after = 20;
  journaled(first, {}, folder.file("journal"), all_ways_to_search());
  const std::vector<JournalRecords> journals = read_all({folder.file("journal")});
  FakeTrials none(lively);
  JournaledService service(none, testing::pointers_to(journals), nullptr);
  service.announce(journals.front().names().back());
  EXPECT_THROW(service.submit(0, {}), JournalError);
}

TEST(JournaledService, TellsTrialsOfOneNameApart) {
  const ScratchFolder folder;
  int answers = 0;
  FakeTrials counting([&](const TrialRequest&) {
    Evidence evidence = testing::clean_run({});
    evidence.stops = static_cast<std::uint64_t>(++answers);
    return evidence;
  });
  const auto three = [](JournaledService& service) {
    std::vector<std::uint64_t> stops;
    for (TrialService::Ticket ticket = 0; ticket < 3; ++ticket) {
      EXPECT_TRUE(service.announce("one"));
      service.submit(ticket, {});
      stops.push_back(service.next()->evidence.stops);
    }
    return stops;
  };
  {
    JournalWriter writer(folder.file("journal"), testing::head_of({}));
    JournaledService service(counting, {}, &writer);
    EXPECT_EQ(three(service), (std::vector<std::uint64_t>{1, 2, 3}));
  }
  const std::vector<JournalRecords> journals = read_all({folder.file("journal")});
  JournaledService service(counting, testing::pointers_to(journals), nullptr);
  EXPECT_EQ(three(service), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(answers, 3);
}

}  // namespace
}  // namespace exitproof
