#include "exitproof/worker_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "exitproof/evidence_json.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using ::testing::HasSubstr;

/// Workers are shell scripts here: $answer is a file with a line of evidence.
class WorkerPoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    folder_ = std::filesystem::temp_directory_path() / ("exitproof-pool-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "answer") << evidence_to_json(testing::clean_run({})) << '\n';
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  WorkerPoolOptions options(const std::string& script, unsigned workers = 1) const {
    WorkerPoolOptions options;
    options.command = {"/bin/sh", "-c", "cd " + folder_.string() + "; read scenario; " + script, "worker"};
    options.workers = workers;
    options.trial_deadline = Millis{5'000};
    return options;
  }

  static Evidence run_one(WorkerPool& pool, TrialService::Ticket ticket = 7) {
    pool.submit(ticket, {});
    const std::optional<TrialService::Answer> answer = pool.next();
    EXPECT_TRUE(answer.has_value());
    EXPECT_EQ(answer->ticket, ticket);
    return answer->evidence;
  }

  std::filesystem::path folder_;
};

TEST_F(WorkerPoolTest, AnswersEachRequest) {
  WorkerPool pool(options("while read request; do cat answer; done", 2));
  pool.set_scenario({});
  for (TrialService::Ticket ticket = 0; ticket < 20; ++ticket) pool.submit(ticket, {});
  std::set<TrialService::Ticket> seen;
  for (int i = 0; i < 20; ++i) {
    const auto answer = pool.next();
    ASSERT_TRUE(answer);
    EXPECT_FALSE(answer->evidence.harness_error);
    seen.insert(answer->ticket);
  }
  EXPECT_EQ(seen.size(), 20U);
}

TEST_F(WorkerPoolTest, SendsTheScenarioFirstAndEachWorkerItsCpu) {
  WorkerPool pool(options("echo \"$scenario\" > scenario; echo $* > words; while read request; do cat answer; done"));
  Scenario scenario;
  scenario.command = {"prog", "two words"};
  pool.set_scenario(scenario);
  run_one(pool);
  std::string line;
  std::getline(std::ifstream(folder_ / "scenario"), line);
  EXPECT_EQ(scenario_from_json(line), scenario);
  std::getline(std::ifstream(folder_ / "words"), line);
  EXPECT_EQ(line, "--cpu 0");
}

TEST_F(WorkerPoolTest, ADeadWorkerIsAHarnessErrorAndIsReplaced) {
  WorkerPool pool(options("read request; if mkdir once 2>/dev/null; then kill -9 $$; fi; cat answer; cat"));
  pool.set_scenario({});
  EXPECT_THAT(run_one(pool).harness_error.value_or(""), HasSubstr("SIGKILL"));
  EXPECT_FALSE(run_one(pool).harness_error);
}

TEST_F(WorkerPoolTest, GivesUpAfterSomeDeathsInARow) {
  WorkerPool pool(options("read request; echo x >> starts; exit 3"));
  pool.set_scenario({});
  for (int i = 0; i < 3; ++i) EXPECT_THAT(run_one(pool).harness_error.value_or(""), HasSubstr("exit 3"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(run_one(pool).harness_error.value_or(""), HasSubstr("no worker"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "starts"), 6U);
}

TEST_F(WorkerPoolTest, RubbishIsAHarnessError) {
  WorkerPool pool(options("while read request; do echo '{\"a\":'; done"));
  pool.set_scenario({});
  EXPECT_THAT(run_one(pool).harness_error.value_or(""), HasSubstr("no evidence"));
}

TEST_F(WorkerPoolTest, AWorkerThatDoesNotAnswerIsKilledAtTheDeadline) {
  WorkerPoolOptions late = options("read request; sleep 1000");
  late.trial_deadline = Millis{200};
  WorkerPool pool(late);
  pool.set_scenario({});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(run_one(pool).harness_error.value_or(""), HasSubstr("200ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(WorkerPoolTest, ACommandThatCannotBeStartedIsAHarnessError) {
  WorkerPoolOptions wrong;
  wrong.command = {"/nonexistent/worker"};
  wrong.trial_deadline = Millis{5'000};
  WorkerPool pool(wrong);
  pool.set_scenario({});
  EXPECT_TRUE(run_one(pool).harness_error);
}

TEST_F(WorkerPoolTest, AnInterruptEndsTheWaitAndTheWorkers) {
  std::array<int, 2> signals{};
  ASSERT_EQ(::pipe(signals.data()), 0);
  WorkerPoolOptions slow = options("echo $$ > pid; read request; sleep 1000");
  slow.interrupt_fd = signals[0];
  const auto begin = std::chrono::steady_clock::now();
  {
    WorkerPool pool(slow);
    pool.set_scenario({});
    pool.submit(1, {});
    for (int i = 0; i < 5'000 && !std::filesystem::exists(folder_ / "pid"); ++i) ::usleep(1'000);
    ASSERT_EQ(::write(signals[1], "x", 1), 1);
    EXPECT_FALSE(pool.next());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  int pid = 0;
  std::ifstream(folder_ / "pid") >> pid;
  EXPECT_EQ(::kill(pid, 0), -1);
  ::close(signals[0]);
  ::close(signals[1]);
}

TEST_F(WorkerPoolTest, IdleWorkersEndWithTheirInput) {
  {
    WorkerPool pool(options("while read request; do cat answer; done; echo bye > bye"));
    pool.set_scenario({});
    run_one(pool);
  }
  EXPECT_TRUE(std::filesystem::exists(folder_ / "bye"));
}

}  // namespace
}  // namespace exitproof
