#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ci/report/report_context.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/gtest/scenario.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/worker_pool.hpp"

namespace exitproof::gtest {

/// The machine, or the subject by its nature, cannot be tried: the test is skipped.
class CannotTry : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// SIGPIPE is ignored while one of these is there: a worker that dies must not take us with it.
class IgnoredPipe {
 public:
  IgnoredPipe();
  ~IgnoredPipe();
  IgnoredPipe(const IgnoredPipe&) = delete;
  IgnoredPipe& operator=(const IgnoredPipe&) = delete;
};

/// Keeps the evidence that findings are shown by, by the names that a campaign gives it.
class KeptEvidence : public CampaignListener {
 public:
  void keep(const std::string& name, const Evidence& evidence) override { kept_.insert_or_assign(name, evidence); }
  const Evidence* find(const Finding& finding) const;

 private:
  std::map<std::string, Evidence> kept_;
};

/// One scenario in use: as the harness takes it, and the workers that try it, which are this program started anew.
class Session {
 public:
  /// Throws std::invalid_argument for a scenario that makes no sense, std::logic_error when main lacks its init().
  explicit Session(const Scenario& wanted);

  const exitproof::Scenario& scenario() const { return scenario_; }
  const SearchOptions& search() const { return search_; }

  /// Workers for the scenario as it is now. While they are used, the session must stay.
  std::unique_ptr<WorkerPool> start_workers() const;

  /// After a survey was refused: whether it is worth another try, since this machine refuses the world that nobody
  /// insisted on. Then the scenario's world is another one. Throws CannotTry for another refusal that is no mistake,
  /// std::runtime_error for one that is.
  bool settle_for_less(const std::optional<std::string>& refusal);

 private:
  exitproof::Scenario scenario_;
  SearchOptions search_;
  bool any_world_;
  unsigned jobs_;
  IgnoredPipe pipe_;
};

/// How this program is started for one of its tests only.
std::vector<std::string> test_command(const std::string& test);

/// What reports say of a scenario of the running test, which `exitproof replay` can replay where it knows all of it.
ReportContext context_of(const Scenario& wanted, const exitproof::Scenario& scenario, const std::string& test,
                         const std::string& plan_prefix);

/// Writes the result document where it is asked for. Throws std::system_error.
void write_document(const std::string& name, const CampaignResult& result, const ReportContext& context);

}  // namespace exitproof::gtest
