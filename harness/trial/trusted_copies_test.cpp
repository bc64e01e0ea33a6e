#include "harness/trial/trusted_copies.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exitproof {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A machine on which a trial from the start takes 10 ms and a copy 2 ms, by a clock of its own.
class Machine {
 public:
  TrustedCopies copies() {
    return {[this](const TrialRequest& request) {
              now_ += start_takes;
              ++starts;
              return from_start ? from_start(request) : Evidence();
            },
            [this](const TrialRequest& request) {
              now_ += copy_takes;
              ++attempts;
              return as_copy ? as_copy(request) : TrustedCopies::Attempt{.evidence = copied(), .why_never = {}};
            },
            [this] { return now_; }};
  }
  static Evidence copied(int status = 0) {
    Evidence evidence;
    evidence.from_snapshot = true;
    if (status != 0) {
      evidence.root_end = WaitStatus::from_raw(status);
    }
    return evidence;
  }

  std::function<Evidence(const TrialRequest&)> from_start;
  std::function<TrustedCopies::Attempt(const TrialRequest&)> as_copy;
  milliseconds start_takes{10};
  milliseconds copy_takes{2};
  unsigned starts = 0;
  unsigned attempts = 0;

 private:
  std::chrono::steady_clock::time_point now_;
};

TrialRequest request_of(unsigned number) {
  TrialRequest request;
  request.plan = FaultPlan::parse(fmt::format("kill@0:open:{}", number + 1));
  return request;
}

TEST(TrustedCopies, are_compared_at_first_and_now_and_then) {
  Machine machine;
  TrustedCopies copies = machine.copies();
  for (unsigned trial = 0; trial < TrustedCopies::checked_first; ++trial) {
    EXPECT_FALSE(copies.run(request_of(trial)).from_snapshot);
  }
  EXPECT_EQ(machine.starts, TrustedCopies::checked_first);
  unsigned compared = 0;
  constexpr unsigned more = 400;
  for (unsigned trial = 0; trial < more; ++trial) {
    compared += copies.run(request_of(trial)).from_snapshot ? 0U : 1U;
  }
  EXPECT_EQ(machine.starts, TrustedCopies::checked_first + compared);
  EXPECT_GT(compared, more / TrustedCopies::checked_one_in / 3);
  EXPECT_LT(compared, more / TrustedCopies::checked_one_in * 3);
}

TEST(TrustedCopies, end_at_the_first_difference) {
  Machine machine;
  machine.as_copy = [](const TrialRequest&) {
    return TrustedCopies::Attempt{.evidence = Machine::copied(256), .why_never = {}};
  };
  TrustedCopies copies = machine.copies();
  const Evidence first = copies.run(request_of(0));
  EXPECT_FALSE(first.from_snapshot);
  EXPECT_THAT(first.skipped,
              ::testing::ElementsAre(HasSubstr("differed from a trial from the start in its exit status")));
  EXPECT_EQ(machine.starts, 1 + TrustedCopies::controls);
  EXPECT_THAT(copies.run(request_of(1)).skipped, IsEmpty());
  EXPECT_EQ(machine.attempts, 1U);
}

TEST(TrustedCopies, may_differ_in_what_no_two_trials_agree_on) {
  Machine machine;
  unsigned printed = 0;
  const auto print = [&](Evidence evidence) {
    evidence.out.bytes = ++printed;
    return evidence;
  };
  machine.from_start = [&](const TrialRequest&) { return print(Evidence()); };
  machine.as_copy = [&](const TrialRequest&) {
    return TrustedCopies::Attempt{.evidence = print(Machine::copied()), .why_never = {}};
  };
  TrustedCopies copies = machine.copies();
  EXPECT_THAT(copies.run(request_of(0)).skipped, IsEmpty());
  EXPECT_EQ(machine.starts, 2U);
  copies.run(request_of(1));
  EXPECT_EQ(machine.starts, 3U);
}

TEST(TrustedCopies, are_given_up_when_one_fails) {
  Machine machine;
  machine.as_copy = [](const TrialRequest&) {
    Evidence evidence = Machine::copied();
    evidence.harness_error = "no luck";
    return TrustedCopies::Attempt{.evidence = std::move(evidence), .why_never = {}};
  };
  TrustedCopies copies = machine.copies();
  const Evidence evidence = copies.run(request_of(0));
  EXPECT_FALSE(evidence.harness_error);
  EXPECT_THAT(evidence.skipped, ::testing::ElementsAre(HasSubstr("one failed: no luck")));
}

TEST(TrustedCopies, are_given_up_when_there_can_be_none) {
  Machine machine;
  machine.as_copy = [](const TrialRequest&) {
    return TrustedCopies::Attempt{.evidence = {}, .why_never = "it has several threads"};
  };
  TrustedCopies copies = machine.copies();
  EXPECT_THAT(copies.run(request_of(0)).skipped,
              ::testing::ElementsAre("snapshots: there are none: it has several threads"));
  copies.run(request_of(1));
  EXPECT_EQ(machine.attempts, 1U);
}

TEST(TrustedCopies, leave_alone_a_trial_that_strikes_before_the_template) {
  Machine machine;
  machine.as_copy = [](const TrialRequest&) { return TrustedCopies::Attempt(); };
  TrustedCopies copies = machine.copies();
  EXPECT_THAT(copies.run(request_of(0)).skipped, IsEmpty());
  copies.run(request_of(1));
  EXPECT_EQ(machine.attempts, 2U);
}

TEST(TrustedCopies, are_given_up_when_they_save_no_time) {
  Machine machine;
  machine.copy_takes = milliseconds(11);
  TrustedCopies copies = machine.copies();
  std::vector<std::string> said;
  for (unsigned trial = 0; trial < 20; ++trial) {
    const Evidence evidence = copies.run(request_of(trial));
    said.insert(said.end(), evidence.skipped.begin(), evidence.skipped.end());
  }
  EXPECT_THAT(said, ::testing::ElementsAre("snapshots: off, since they save no time here"));
  EXPECT_EQ(machine.attempts, 3U);
}

TEST(TrustedCopies, are_kept_as_long_as_they_save_time) {
  Machine machine;
  TrustedCopies copies = machine.copies();
  for (unsigned trial = 0; trial < 100; ++trial) {
    EXPECT_THAT(copies.run(request_of(trial)).skipped, IsEmpty());
  }
  EXPECT_EQ(machine.attempts, 100U);
}

TEST(Differences, name_what_verdicts_are_made_of) {
  const Evidence one = Machine::copied();
  EXPECT_THAT(differences(one, Evidence()), IsEmpty());
  Evidence other = one;
  other.files.emplace_back().path = "/tmp/left";
  other.took = Micros(7);
  EXPECT_THAT(differences(one, other), ::testing::ElementsAre("files"));
  other.processes.emplace_back().pid = 3;
  other.digest.by_thread = "another";
  EXPECT_THAT(differences(one, other), SizeIs(3));
}

}  // namespace
}  // namespace exitproof
