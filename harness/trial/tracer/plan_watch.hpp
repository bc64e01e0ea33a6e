#pragma once

#include <array>
#include <optional>
#include <vector>

#include "harness/trial/tracer/context.hpp"
#include "harness/trial/tree/call_reader.hpp"

namespace exitproof {

/// Knows which fault of the plan is armed, and when its site is reached.
class PlanWatch {
 public:
  explicit PlanWatch(TrialContext& context);

  /// The armed fault; nothing when all have fired.
  std::optional<std::size_t> armed() const;

  /// Counts a call for the sites that name a text. To be called once for every call that counts.
  void count_text(const CallReader& reader, const Task& task, const MetCall& call);

  /// The armed fault, when this very call is its site.
  std::optional<std::size_t> match(const Task& task, const MetCall& call) const;

  /// The same for a point of the probe, an allocation, a line or a call event that a thread passes. `passed` has its
  /// number in that thread.
  void count_point(const Task& task, const Point& passed);
  std::optional<std::size_t> match_point(const Task& task, const Point& passed) const;
  /// Whether a fault that waits for its site, or will, waits for a point of this kind, in whatever process.
  bool needs_points_like(const Point& passed) const;

  /// The armed fault, when its site is this quiet moment.
  std::optional<std::size_t> match_quiet(std::uint64_t moment) const;

  /// The armed fault, when its process has used so much CPU time.
  std::optional<std::size_t> match_tick() const;

  /// The process that the fault's site names; the root when it names none.
  Process* target(std::size_t fault) const;

  /// The site of `fault` was reached, and its delay runs: it does not match again.
  void reached(std::size_t fault) { waiting_ = fault; }
  void fired(std::size_t fault);

  /// Says in words why each fault that has not fired has not.
  void explain_unfired();

 private:
  const Fault& fault(std::size_t index) const { return context_.request.plan.faults[index]; }
  bool is_site_thread(const Site& site, const Task& task) const;
  std::string why_not(std::size_t index) const;
  std::string why_not_passed(std::size_t index) const;

  TrialContext& context_;
  std::size_t next_ = 0;
  std::optional<std::size_t> waiting_;
  std::vector<std::uint64_t> text_counts_;  ///< for each fault: matching calls or points of its thread so far
  std::array<bool, std::variant_size_v<Point>> told_{};  ///< whether any process has passed such a point
  std::vector<bool> text_now_;                           ///< for each fault: the call counted last matched
};

}  // namespace exitproof
