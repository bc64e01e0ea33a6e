#include <fmt/format.h>

#include <utility>

#include "harness/trial/aftermath.hpp"
#include "harness/trial/next_run.hpp"
#include "harness/trial/one_trial.hpp"

// The next run of a trial, with the clock of the trial: a lock that was taken a moment ago must look so, and one that is
// stale by the clock must look stale.
namespace exitproof {

std::optional<NextRun> OneTrial::make_next_run() {
  const bool can_be_traced =
      tools_.next_filter != nullptr && tools_.world.ledger() == nullptr && context_.tree.alive().empty();
  if (!can_be_traced) {
    // What survived is followed by this trial's tracer, and no two can wait for processes at one time.
    if (context_.clock.skips() > 0) {
      asks_for_real_time_ = true;
      return std::nullopt;
    }
    return NextRunner(tools_.world, tools_.untraced, context_, [this] { tracer_->handle_reports(); }).run();
  }
  Scenario scenario = next_scenario(context_.scenario);
  scenario.timeout = limit_of_next_run(context_.scenario, context_.request);
  const TrialRequest request = next_request(context_.request);
  const TrialTools tools{tools_.world, tools_.stacks, tools_.next_pid, tools_.untraced, *tools_.next_filter, nullptr};
  OneTrial next(tools, scenario, request);
  std::optional<NextRun> result = next.run_as_next(context_.clock);
  context_.made_ipc_objects = context_.made_ipc_objects || next.context_.made_ipc_objects;
  asks_for_real_time_ = !result;
  return result;
}

std::optional<NextRun> OneTrial::run_as_next(SubjectClock& clock) {
  context_.clock = clock;
  // Nobody asks one that ends by itself: when nothing can wake it, there is nothing to wait for all the same.
  context_.evidence.end_was_asked = !context_.request.decide_waiting;
  start_again();
  live();
  if (!context_.evidence.harness_error && root_is_gone()) {
    settle();
  }
  clock = context_.clock;
  if (context_.clock.skips() > 0 && !tracer_->has_own_clocks()) {
    return std::nullopt;
  }
  streams_->drain(terminal_, context_.scenario.tty);
  streams_->finish(context_.evidence);
  Evidence& seen = context_.evidence;
  NextRun result;
  result.failure = seen.harness_error ? *seen.harness_error : why_it_did_not_end();
  result.root_end = seen.root_end;
  result.stopped_by_harness = seen.stopped_by_harness;
  result.files = tools_.world.changes();
  result.out = std::move(seen.out);
  result.err = std::move(seen.err);
  result.took = context_.now();
  return result;
}

void OneTrial::start_again() {
  const bool eof =
      context_.scenario.stop && context_.scenario.stop->kind == StopBy::Kind::eof && !context_.scenario.tty;
  streams_ = std::make_unique<Streams>(eof, std::vector<std::string>());
  own_leader_ = std::make_unique<Leader>(
      tools_.world, context_.scenario, tools_.filter,
      RootStreams{streams_->given_in(), streams_->given_out(), streams_->given_err()}, Entrance::again);
  leader_ = own_leader_.get();
  streams_->close_given();
  terminal_ = sys::Terminal(leader_->take_terminal());
  equip();
  tracer_->seize_root(leader_->root());
  leader_->release_root();
}

std::string OneTrial::why_it_did_not_end() {
  if (context_.evidence.root_end) {
    return {};
  }
  const Stillness still = judge_stillness(context_.tree, context_.quiet, context_.clock.now());
  const bool for_ever = context_.quiet.blocked() && !still.timed && !still.outside;
  const std::string what = what_it_waits_for(context_.tree);
  return for_ever ? "it waits for ever" + what
                  : fmt::format("it did not end within {}{}", print_duration(context_.scenario.timeout), what);
}

}  // namespace exitproof
