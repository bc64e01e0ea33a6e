#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/catalog.hpp"
#include "exitproof/enumerate.hpp"
#include "exitproof/explore.hpp"
#include "exitproof/finding.hpp"
#include "exitproof/invariant.hpp"
#include "exitproof/own_invariant.hpp"
#include "exitproof/regressions.hpp"
#include "exitproof/shard.hpp"
#include "exitproof/statistics.hpp"
#include "exitproof/survey.hpp"
#include "exitproof/tally.hpp"
#include "exitproof/trial_service.hpp"

namespace exitproof {

struct SearchOptions {
  EnumerateOptions faults;
  Explore explore = Explore::exhaustive;
  std::size_t most_faults = 3;          ///< in a random plan
  bool seeded = false;                  ///< every run has a schedule of its own
  std::vector<Regression> regressions;  ///< tried first
  unsigned shrink_runs = 60;            ///< at most, for each finding of a random plan
  bool exceptions_where_told = false;   ///< FaultKind::exception is added where an agent is active in a fault-free run
  std::uint64_t seed = 0;
  std::uint64_t max_trials = 0;  ///< 0: as many as the time allows
  /// For the trials and the replays of their findings; the survey takes what it takes. A trial or a replay that has
  /// begun is finished, and each finding is replayed once up to half of the time later.
  Millis time{60'000};
  unsigned replays = 5;  ///< of each finding
  bool strict = false;   ///< stop at a violation of the fault-free runs
  bool survey_only = false;
  bool reads = false;  ///< the survey looks at the files that are used, too (SurveyOptions)
  /// At most so many plans of two faults, the second of them at what the subject does because of the first; 0: none.
  /// They have an equal share of the time with the other ways to search.
  std::uint64_t second_plans = 0;
  std::optional<FaultKinds> second_kinds = {};  ///< of the second faults; nothing: kill, ctrl-c and enospc
  /// The part of the plans that is tried: of those of one step every N-th. Second faults follow the first ones that
  /// the shard has tried itself; what it finds it makes simpler and replays.
  Shard shard = {};
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
  std::function<void()> in_another_second;  ///< of the survey (SurveyOptions)
  OwnInvariants own_invariants = {};        ///< judged beside the others
};

/// A check that could not be made.
struct Skip {
  std::string check;
  std::string why;
  auto operator<=>(const Skip&) const = default;  // NOLINT(modernize-use-nullptr): of the compiler's own 0
};

/// How far second faults were tried.
struct SecondFaults {
  std::uint64_t reactions = 0;  ///< first faults after which the subject had something to do
  std::uint64_t looked_at = 0;  ///< those of them that were tried once more, to see what it does
  std::uint64_t followed = 0;   ///< those of these after which it had something to do again
  std::uint64_t plans = 0;      ///< plans of two faults that this gave
  std::uint64_t planned = 0;    ///< those of them that were to be tried
  std::uint64_t tried = 0;
  bool operator==(const SecondFaults&) const = default;
};

/// What a campaign showed.
struct CampaignResult {
  Survey survey;
  Catalog catalog;
  Baseline baseline;
  std::uint64_t seed = 0;
  std::uint64_t sites_tried = 0;  ///< distinct sites at which a fault fired
  Tally trials;
  std::optional<SecondFaults> second;  ///< nothing: they were not asked for
  Statistics statistics;
  std::vector<RegressionOutcome> regressions;  ///< in the order of the options
  std::vector<Finding> findings;               ///< fault-free ones first, then by the order of their plans
  std::vector<CountedNote> notes;
  std::vector<Skip> skipped;
  std::vector<std::string> harness_errors;  ///< distinct messages
  bool interrupted = false;
  bool gave_up = false;      ///< a fault changed the machine for good: no later trial would begin as that one did
  bool out_of_time = false;  ///< something was not tried, or not replayed, for want of time
};

/// One trial of a campaign, not of its survey, its shrinking or its replays.
struct TriedPlan {
  const FaultPlan& plan;
  const std::vector<KnownViolation>& known;  ///< what its first fault shows by itself: no violation of this plan
  const Judgement& judgement;
};

/// Hears of a campaign while it runs. The default is to listen to nothing.
class CampaignListener {
 public:
  virtual ~CampaignListener() = default;
  /// The survey is over; catalog, baseline and fault-free findings are there.
  virtual void surveyed(const CampaignResult& /*so_far*/) {}
  /// A trial or a replay is over.
  virtual void progress(const CampaignResult& /*so_far*/) {}
  /// A trial was judged; in the order of the plans.
  virtual void tried(const TriedPlan& /*trial*/) {}
  /// A plan that fails is being made simpler: so many of at most so many runs are over.
  virtual void shrinking(const FaultPlan& /*simplest*/, unsigned /*runs*/, unsigned /*most*/) {}
  /// A violation with a new signature. It has not been replayed yet.
  virtual void found(const Finding& /*finding*/) {}
  /// The evidence of a fault-free run, or that which a finding is shown by.
  virtual void keep(const std::string& /*name*/, const Evidence& /*evidence*/) {}
};

/// Surveys the scenario; within the budget tries the regressions, every plan of one fault breadth first, second faults
/// and random plans where they are asked for; makes the random plans that fail simpler, and replays each finding. What
/// is tried, in which order, depends on the survey and the options alone, but for the time. Returns early, with what
/// it had, when the service ends the search.
CampaignResult run_campaign(TrialService& service, const Scenario& scenario, const SearchOptions& options,
                            CampaignListener& listener);

}  // namespace exitproof
