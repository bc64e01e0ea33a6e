// The checkers are tested themselves: each mistake that is planted in one of them would be told of by a scenario.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <stdexcept>

#include "properties/invariants/planted.hpp"
#include "properties/scenarios/scenarios_testing.hpp"
#include "properties/scenarios/surveyed_scenario.hpp"

namespace exitproof {

namespace {
std::string_view the_planted;  // NOLINT(*-avoid-non-const-global-variables): what a fault is to a subject
}

bool is_planted(std::string_view mistake) {
  return mistake == the_planted;
}

namespace {

enum class Of : std::uint8_t { defect, reference };

/// A mistake of a checker, and the trial that tells of it: of a defect's plan, on the defect or on the reference.
struct Planted {
  std::string_view mistake;
  std::string_view scenario;
  std::string_view defect;
  Of subject = Of::defect;
};

constexpr std::array all_planted{
    Planted{"no-zombies: another may reap in its parent's place", "lazy_reaper", "lazy"},
    Planted{"no-zombies: the end of a parent pays its debts", "lazy_reaper", "never_reaped"},
    Planted{"no-orphans: a killed parent answers for nobody", "worker_pool", "long_task_never_notices"},
    Planted{"no-orphans: there is no grace", "boost_process", "not_tied", Of::reference},
    Planted{"no-leftovers: only plain files are left", "signal_escalation", "late_handler"},
    Planted{"no-leftovers: nothing is reclaimed", "signal_forwarder", "signal_is_zero", Of::reference},
    Planted{"handlers-once: more is better", "exit_registry", "runs_without_clearing"},
    Planted{"handlers-once: a handler may stay unrun", "exit_registry", "worker_leaves_at_once"},
    Planted{"honest-exit-status: files are not looked at", "lazy_reaper", "steals_status"},
    Planted{"honest-exit-status: stdout is not looked at", "init_reaper", "signal_is_zero"},
    Planted{"no-hang: what nothing can wake will wake", "event_broadcast", "blocked_worker"},
    Planted{"no-hang: every deadline is kept", "parent_watchdog", "unreaped_parent"},
    Planted{"whole-outputs: a log may end anywhere", "shared_flag_manager", "log_left_open"},
    Planted{"whole-outputs: a part is the whole", "report_writer", "writes_in_place"},
    Planted{"own-files-only: children own what their parents make", "stale_daemon", "worker_cleans_up"},
    Planted{"own-files-only: siblings own what they make together", "report_writer", "sweeps_the_living"},
    Planted{"terminal-restored: an orderly end restores it", "password_prompt", "not_restored"},
    Planted{"terminal-restored: a signal excuses it", "password_prompt", "handler_leaves"},
    Planted{"restarts: who still holds it will let go", "inherited_lock", "no_cloexec"},
    Planted{"restarts: what lies in the way is swept", "stale_daemon", "existing_pid_file_means_running"},
};

const Manifest& manifest_named(std::string_view name) {
  const auto found = std::ranges::find(testing::all_manifests(), name, &Manifest::name);
  if (found == testing::all_manifests().end()) throw std::invalid_argument(std::string(name));
  return *found;
}

const Defect& defect_named(const Manifest& manifest, std::string_view name) {
  const auto found = std::ranges::find(manifest.defects, name, &Defect::name);
  if (found == manifest.defects.end()) throw std::invalid_argument(std::string(name));
  return *found;
}

void PrintTo(const Planted& one, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << one.mistake;
}

class Checkers : public ::testing::TestWithParam<Planted> {
 protected:
  ~Checkers() override { the_planted = {}; }
};

TEST_P(Checkers, MistakesAreToldOfByTheScenarios) {
  const Planted& planted = GetParam();
  const Manifest& manifest = manifest_named(planted.scenario);
  const Defect& defect = defect_named(manifest, planted.defect);
  const bool right = planted.subject == Of::reference;
  WorkerPool pool(testing::built_workers(1));
  SurveyedScenario scenario(pool, right ? manifest.references.front().scenario : defect.scenario, 1);
  const Evidence evidence = scenario.run(defect.plan);
  ASSERT_TRUE(evidence.all_faults_fired()) << defect.plan.print();
  // What the tests of defects and references state of it.
  const auto as_stated = [&] {
    const Judgement judgement = scenario.judge(evidence);
    return right ? judgement.verdict == Verdict::held : is_violated(judgement, defect.invariant);
  };
  ASSERT_TRUE(as_stated()) << "without a mistake";
  the_planted = planted.mistake;
  EXPECT_FALSE(as_stated()) << "nobody tells of it";
}

INSTANTIATE_TEST_SUITE_P(Planted, Checkers, ::testing::ValuesIn(all_planted), [](const auto& one) {
  return testing::test_name(std::string(one.param.scenario), std::string(one.param.mistake));
});

TEST(AllCheckers, HaveTwoMistakesEach) {
  std::map<std::string_view, int> mistakes;
  for (const Planted& one : all_planted) ++mistakes[one.mistake.substr(0, one.mistake.find(':'))];
  for (const Invariant& invariant : all_invariants()) EXPECT_EQ(mistakes[invariant.name], 2) << invariant.name;
}

}  // namespace
}  // namespace exitproof
