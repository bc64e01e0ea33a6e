#include "properties/search/trial_batch.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

/// Answers in the opposite order of the questions.
class LastFirst : public TrialService {
 public:
  unsigned capacity() const override { return 3; }
  void set_scenario(const Scenario& /*scenario*/) override {}
  void submit(Ticket ticket, const TrialRequest& request) override {
    Evidence evidence = testing::struck_run(request.plan);
    evidence.stops = request.cut_after_sites;
    answers_.push_back({ticket, std::move(evidence)});
  }
  std::optional<Answer> next() override {
    if (left_-- == 0) return std::nullopt;
    Answer answer = std::move(answers_.back());
    answers_.pop_back();
    return answer;
  }
  void end_after(int answers) { left_ = answers; }

 private:
  std::vector<Answer> answers_;
  int left_ = -1;
};

TrialBatch numbered(std::size_t count, std::vector<std::size_t>& entered) {
  return {.goes_on = [count](std::size_t index) { return index < count; },
          .name = [](std::size_t index) { return std::to_string(index); },
          .request =
              [](std::size_t index) {
                TrialRequest request;
                request.cut_after_sites = index;
                return request;
              },
          .enter =
              [&entered](std::size_t index, const Evidence& evidence) {
                EXPECT_EQ(evidence.stops, index);
                entered.push_back(index);
              }};
}

TEST(TrialBatch, EntersInTheOrderOfTheIndicesWhateverOrderTheAnswersComeIn) {
  LastFirst service;
  std::vector<std::size_t> entered;
  EXPECT_TRUE(run_batch(service, numbered(7, entered)));
  EXPECT_EQ(entered, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST(TrialBatch, EntersWhatHasComeWhenTheSearchIsEnded) {
  LastFirst service;
  service.end_after(2);
  std::vector<std::size_t> entered;
  EXPECT_FALSE(run_batch(service, numbered(7, entered)));
  EXPECT_EQ(entered, (std::vector<std::size_t>{2, 3}));
}

TEST(TrialBatch, TriesOnceMoreWhatFailsInTheHarness) {
  int asked = 0;
  testing::FakeTrials trials([&](const TrialRequest& request) {
    Evidence evidence = testing::struck_run(request.plan);
    if (asked++ == 0) evidence.harness_error = "no luck";
    return evidence;
  });
  int failed = 0;
  EXPECT_TRUE(run_batch(trials, {.goes_on = [](std::size_t index) { return index < 1; },
                                 .name = [](std::size_t) { return "one"; },
                                 .request = [](std::size_t) { return TrialRequest{}; },
                                 .enter = [&](std::size_t, const Evidence& e) { failed += e.harness_error ? 1 : 0; }}));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(failed, 0);
}

TEST(TrialBatch, HearsOnlyFromTheStartWhatACopyShowed) {
  std::vector<bool> asked_for_copies;
  testing::FakeTrials trials([&](const TrialRequest& request) {
    asked_for_copies.push_back(request.snapshot);
    Evidence evidence = testing::struck_run(request.plan);
    evidence.from_snapshot = request.snapshot;
    return evidence;
  });
  std::vector<bool> entered;
  TrialBatch batch{.goes_on = [](std::size_t index) { return index < 2; },
                   .name = [](std::size_t index) { return std::to_string(index); },
                   .request =
                       [](std::size_t) {
                         TrialRequest request;
                         request.snapshot = true;
                         return request;
                       },
                   .doubts = [](std::size_t index, const Evidence&) { return index == 1; },
                   .enter = [&](std::size_t, const Evidence& one) { entered.push_back(one.from_snapshot); }};
  EXPECT_TRUE(run_batch(trials, batch));
  EXPECT_EQ(asked_for_copies, (std::vector<bool>{true, true, false}));
  EXPECT_EQ(entered, (std::vector<bool>{true, false}));
}

TEST(TrialBatch, PassesOverWhatIsLeftOut) {
  LastFirst service;
  std::vector<std::size_t> entered;
  TrialBatch batch = numbered(3'000, entered);
  batch.left_out = [](std::size_t index) { return index % 1'000 != 7; };
  EXPECT_TRUE(run_batch(service, batch));
  EXPECT_EQ(entered, (std::vector<std::size_t>{7, 1'007, 2'007}));
}

}  // namespace
}  // namespace exitproof
