#include "harness/trial/next_run.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "harness/trial/aftermath.hpp"
#include "harness/trial/untraced_calls.hpp"
#include "harness/trial/untraced_tree.hpp"

namespace exitproof {

namespace {

using Clock = TrialContext::Clock;
using std::chrono::milliseconds;

constexpr milliseconds look_every{5};
constexpr milliseconds waits_for_ever_after{1'000};
constexpr milliseconds may_linger{300};   // what the root leaves may end a little later, whatever it waits for
constexpr milliseconds orphan_after{60};  // beyond that: nothing can wake it, that long

bool sets_timers(const Timers& timers) {
  return timers.real || !timers.posix.empty() || timers.unknown;
}

}  // namespace

Scenario next_scenario(const Scenario& scenario) {
  Scenario next = scenario;
  if (!scenario.contract.restart.empty()) {
    next.command = {"/bin/sh", "-c", scenario.contract.restart};
  }
  return next;
}

TrialRequest next_request(const TrialRequest& request) {
  TrialRequest next;
  next.decide_waiting = request.decide_waiting;
  next.next_run_limit = request.next_run_limit;
  return next;
}

Millis limit_of_next_run(const Scenario& scenario, const TrialRequest& request) {
  return request.next_run_limit.count() > 0 ? request.next_run_limit : scenario.timeout;
}

bool wants_next_run(const Evidence& evidence, const TrialRequest& request, const Contract& contract) {
  if (request.next_run == NextRunWhen::never || evidence.harness_error || !evidence.root_end) {
    return false;
  }
  if (request.next_run == NextRunWhen::always || !contract.restart.empty()) {
    return true;
  }
  const bool survived = std::any_of(evidence.survivors.begin(), evidence.survivors.end(),
                                    [](const Survivor& survivor) { return !survivor.ended_after; });
  if (evidence.files.empty() || survived) {
    return survived;
  }
  std::vector<std::string> state;
  std::transform(evidence.files.begin(), evidence.files.end(), std::back_inserter(state), state_of);
  std::sort(state.begin(), state.end());
  return state != request.clean_state;
}

NextRunner::NextRunner(World& world, const sys::FilterProgram& untraced, TrialContext& trial,
                       std::function<void()> serve_trial)
    : world_(world),
      untraced_(untraced),
      trial_(trial),
      serve_trial_(std::move(serve_trial)),
      scenario_(next_scenario(trial.scenario)),
      request_(next_request(trial.request)),
      context_(scenario_, request_) {}

NextRunner::~NextRunner() = default;

NextRun NextRunner::run() {
  start();
  live();
  if (ended()) {
    settle();
  }
  streams_->drain(terminal_, scenario_.tty);
  Evidence seen;
  streams_->finish(seen);
  result_.out = std::move(seen.out);
  result_.err = std::move(seen.err);
  result_.root_end = root_end_;
  result_.stopped_by_harness = context_.evidence.stopped_by_harness;
  result_.files = world_.changes();
  result_.took = context_.now();
  return std::move(result_);
}

void NextRunner::start() {
  const bool eof = scenario_.stop && scenario_.stop->kind == StopBy::Kind::eof && !scenario_.tty;
  streams_ = std::make_unique<Streams>(eof, std::vector<std::string>());
  leader_ = std::make_unique<Leader>(world_, scenario_, untraced_,
                                     RootStreams{streams_->given_in(), streams_->given_out(), streams_->given_err()},
                                     Entrance::again);
  streams_->close_given();
  context_.leader = leader_->pid();
  terminal_ = sys::Terminal(leader_->take_terminal());
  phases_ = std::make_unique<Phases>(context_, *leader_, *streams_, terminal_);
  context_.start = Clock::now();
  context_.tree.add_root(leader_->root(), context_.now()).tasks.front()->state = Task::State::running;
  leader_->release_root();
}

void NextRunner::hear_leader() {
  while (const auto report = leader_->next_report()) {
    if (report->kind == LeaderReport::Kind::root_reaped) {
      root_end_ = WaitStatus::from_raw(report->value);
    } else if (report->kind == LeaderReport::Kind::command_ended) {
      phases_->command_ended(report->value);
    }
  }
  char ignored[4096];
  while (::read(leader_->command_output(), ignored, sizeof ignored) > 0) {
  }
}

void NextRunner::pump() {
  serve_trial_();
  pollfd sources[] = {{streams_->out(), POLLIN, 0},
                      {streams_->err(), POLLIN, 0},
                      {terminal_.master(), POLLIN, 0},
                      {leader_->socket(), POLLIN, 0},
                      {leader_->listener(), POLLIN, 0}};
  const timespec limit{0, std::chrono::nanoseconds(look_every).count()};
  sigset_t none;
  ::sigemptyset(&none);
  ::ppoll(sources, std::size(sources), &limit, &none);
  if (FileLedger* ledger = world_.ledger()) {
    book_untraced_calls(leader_->listener(), *ledger, context_.tree, OwnProcesses(leader_->pid()));
  }
  streams_->drain(terminal_, scenario_.tty);
  hear_leader();
  look_at_tree(context_.tree, trial_.tree, {trial_.leader, trial_.frozen, leader_->pid()}, context_.now());
  context_.quiet.look(context_.tree, Clock::now());
}

void NextRunner::live() {
  while (!ended() && result_.failure.empty()) {
    pump();
    if (const auto leader = sys::read_process_stat(leader_->pid()); !ended() && (!leader || leader->state == 'Z')) {
      throw std::runtime_error("the next run ended the harness's own process that would have seen its end");
    }
    if (const int error = leader_->exec_error(); error != 0) {
      fail(fmt::format("'{}' could not be executed: {}", scenario_.command.front(), std::strerror(error)));
    } else if (!ended() && !given_up()) {
      phases_->advance();
    }
  }
}

bool NextRunner::given_up() {
  if (context_.evidence.harness_error) {
    fail(*context_.evidence.harness_error);  // its driver failed
    return true;
  }
  const milliseconds limit = limit_of_next_run(scenario_, request_);
  const bool staged_wait = scenario_.stop && context_.evidence.reached != Phase::stop;
  if (Clock::now() - phases_->mark() >= limit && !phases_->give_up_waiting()) {
    fail(fmt::format("it did not end within {}{}", print_duration(limit), what_it_waits_for(context_.tree)));
    return true;
  }
  // A timer of its own may wake it that nobody saw being set.
  const bool may_have_timers = std::any_of(trial_.tree.processes().begin(), trial_.tree.processes().end(),
                                           [](const auto& process) { return sets_timers(process->timers); });
  if (staged_wait || request_.decide_waiting || may_have_timers || phases_->driver_runs() || !context_.quiet.quiet() ||
      Clock::now() - context_.quiet.since() < waits_for_ever_after) {
    return false;
  }
  const Stillness still = judge_stillness(context_.tree, context_.quiet, Clock::now());
  if (!still.timed && !still.outside) {
    fail("it waits for ever" + what_it_waits_for(context_.tree));
    return true;
  }
  return false;
}

void NextRunner::fail(std::string why) {
  result_.failure = std::move(why);
}

std::string what_it_waits_for(const Tree& tree) {
  const auto waits = describe_waits(tree);
  if (waits.empty()) {
    return {};
  }
  // Who waits for another one of them is not the reason.
  const auto reason =
      std::find_if(waits.begin(), waits.end(), [](const BlockedTask& task) { return !task.call.starts_with("wait"); });
  const BlockedTask& shown = reason == waits.end() ? waits.front() : *reason;
  return fmt::format(": {} {}", shown.command, shown.state());
}

void NextRunner::settle() {
  const auto ended = Clock::now();
  const milliseconds grace = scenario_.contract.grace;
  while (!context_.tree.alive().empty() && Clock::now() < ended + grace) {
    pump();
    if (Clock::now() >= ended + may_linger && nothing_can_wake()) {
      break;
    }
  }
}

bool NextRunner::nothing_can_wake() const {
  const auto now = Clock::now();
  if (!context_.quiet.quiet() || now - context_.quiet.since() < orphan_after) {
    return false;
  }
  const Stillness still = judge_stillness(context_.tree, context_.quiet, now);
  return !still.timed && (scenario_.own_network || !still.outside);
}

}  // namespace exitproof
