#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "exitproof/evidence.hpp"
#include "exitproof/trial_request.hpp"

namespace exitproof {

/// In what two trials of one plan differ, as far as verdicts and reports are made of it: "stdout", "files", ... Times
/// are left out.
std::set<std::string> differences(const Evidence& one, const Evidence& other);

/// Decides which trials may begin with copies, and whether copies may be trusted at all. Knows nothing of how either
/// trial is made.
///
/// The first ones are made both ways, and of those that follow one in twenty, chosen by its plan; what is answered then
/// is the trial from the start. Where a copy differs in what trials from the start agree on, among five more, no copy is
/// made any more; nor is one where they save no time. That is said under `skipped`, once.
class TrustedCopies {
 public:
  using FromStart = std::function<Evidence(const TrialRequest&)>;
  struct Attempt {
    std::optional<Evidence> evidence;  ///< nothing: this trial must begin at the start
    std::string why_never;             ///< why every one must; empty: others may be copies
  };
  using AsCopy = std::function<Attempt(const TrialRequest&)>;
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  TrustedCopies(
      FromStart from_start, AsCopy as_copy, Clock clock = [] { return std::chrono::steady_clock::now(); });

  /// Of a request that may begin with a copy.
  Evidence run(const TrialRequest& request);

  static constexpr unsigned checked_first = 10;
  static constexpr unsigned checked_one_in = 20;
  static constexpr unsigned controls = 5;

 private:
  using Duration = std::chrono::steady_clock::duration;

  Evidence run_timed(const TrialRequest& request);
  Evidence compare(const TrialRequest& request, const Evidence& copy, Duration copy_took);
  void judge_gain();
  void give_up(Evidence& evidence, std::string why);

  FromStart from_start_;
  AsCopy as_copy_;
  Clock clock_;
  bool off_ = false;
  unsigned agreed_ = 0;
  std::set<std::string> unsteady_;  ///< in what trials from the start differ among themselves
  Duration start_time_{0};          ///< of all trials from the start that were timed
  unsigned starts_ = 0;
  Duration copy_time_{0};
  unsigned copies_ = 0;
  bool saves_nothing_ = false;
};

}  // namespace exitproof
