#include "harness/trial/snapshot_trials.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace exitproof {

std::string why_no_copies(const Scenario& scenario) {
  if (scenario.world != WorldKind::overlay) {
    return "they need a world of copied files";
  }
  if (!scenario.own_network) {
    return "its network is the machine's";
  }
  if (scenario.time_mode != TimeMode::real) {
    return "its clocks are its own";
  }
  if (scenario.tty) {
    return "its outputs are a terminal";
  }
  if (scenario.ready || scenario.stop || !scenario.drive.empty()) {
    return "it is driven and stopped from outside";
  }
  return scenario.contract.validators.empty() ? "" : "what validates its outputs runs in its world";
}

bool may_begin_with_copy(const TrialRequest& request) {
  const auto fits = [](const Fault& fault) {
    const bool after_start =
        std::holds_alternative<CallPoint>(fault.site.point) || std::holds_alternative<QuietPoint>(fault.site.point);
    const bool shared = fault.action == Action::full || fault.action == Action::epipe || fault.action == Action::hangup;
    return after_start && !shared && fault.site.delay.count() == 0;
  };
  return !request.events && !request.sites && !request.decide_waiting && !request.plan.schedule &&
         std::all_of(request.plan.faults.begin(), request.plan.faults.end(), fits);
}

SnapshotTrials::SnapshotTrials(const Scenario& scenario, std::function<TrialTools(const TrialRequest&)> tools_for)
    : scenario_(scenario), tools_for_(std::move(tools_for)) {}

// As late as possible, which is in vain where it keeps a socket open.
void SnapshotTrials::make_template(const std::vector<std::string>& copy_up) {
  const auto make = [&] {
    template_ = std::make_unique<RootTemplate>(tools_for_(TrialRequest()), scenario_, copy_up, watch_);
  };
  if (watch_ == StartWatch::with_sockets) {
    try {
      return make();
    } catch (const std::runtime_error&) {
      watch_ = StartWatch::strictly;
    }
  }
  make();
}

SnapshotTrials::Answer SnapshotTrials::run(const TrialRequest& request) {
  if (template_ && (!template_->is_good() || template_->copied_up() != request.copy_up)) {
    template_.reset();
  }
  if (!template_) {
    try {
      make_template(request.copy_up);
    } catch (const std::runtime_error& error) {
      return {.evidence = {}, .why_never = error.what()};
    }
  }
  if (!template_->comes_before(request.plan)) {
    return {};
  }
  TrialTools tools = tools_for_(request);
  tools.origin = template_.get();
  Evidence evidence = OneTrial(tools, scenario_, request).run();
  if (!template_->is_good()) {
    template_.reset();
  }
  return {.evidence = std::move(evidence), .why_never = {}};
}

}  // namespace exitproof
