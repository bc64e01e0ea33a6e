#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "ci/certify/outcome.hpp"
#include "ci/cli/output.hpp"
#include "ci/report/report_context.hpp"
#include "exitproof/shard.hpp"

namespace exitproof::cli {

/// "1 scenario", "2 scenarios".
std::string counted(std::size_t count, std::string_view word);

/// Says what is being tried, how long it may still take, and what came of it. All must outlive it.
class CertifyProgress : public CertifyListener {
 public:
  /// `shard`: the part of the trials that is made here.
  CertifyProgress(Output& output, const ReportContext& context, std::size_t scenarios, const Shard& shard);

  void begins(const ManifestScenario& scenario) override;
  void surveyed(const CampaignResult& so_far) override;
  void progress(const CampaignResult& so_far) override;
  void found(const Finding& finding) override;
  void ended(const ScenarioOutcome& outcome) override;

 private:
  std::string time_left(const Tally& trials) const;

  Output& output_;
  const ReportContext& context_;
  std::size_t scenarios_;
  Shard shard_;
  std::size_t number_ = 0;
  bool found_one_ = false;
  const ManifestScenario* scenario_ = nullptr;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace exitproof::cli
