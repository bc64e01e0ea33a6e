#include "harness/trial/one_trial.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <ctime>

#include "exitproof/names.hpp"
#include "exitproof/pattern.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/trial/aftermath.hpp"
#include "harness/trial/giving_up.hpp"
#include "harness/trial/next_run.hpp"
#include "harness/trial/root_template.hpp"

namespace exitproof {

namespace {

using Clock = TrialContext::Clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr pid_t leader_pid = 2;  // and so the root is 3, in every trial
constexpr microseconds first_look{2'000};
constexpr microseconds usual_look{4'000};
constexpr microseconds first_look_to_skip{100};
constexpr microseconds arrives_at_once{500};
constexpr microseconds arrives_by_terminal{5'000};
constexpr microseconds idle_look{25'000};
constexpr int look_cost_factor = 8;       // looking takes at most an eighth of the time
constexpr milliseconds hang_after{100};   // nothing can wake it: that long, and it is a hang
constexpr milliseconds orphan_after{60};  // the same for what the root has left
constexpr milliseconds leader_may_lag{1'000};
constexpr milliseconds turn_grace{20};
constexpr milliseconds end_may_lag{1'000};
constexpr int shell_found_no_command = 126;  // or 127: found, but not executable, and not found (POSIX sh)
constexpr milliseconds longest_patience{std::chrono::hours(1)};
constexpr milliseconds cut_after{1'000};  // a later run of a subject that does not end, when quiet so long

void remove_alike(std::vector<FileChange>& files, const std::vector<FileChange>& others) {
  std::erase_if(files, [&](const FileChange& file) {
    return std::any_of(others.begin(), others.end(), [&](const FileChange& other) {
      return file.path == other.path && state_of(file) == state_of(other);
    });
  });
}

// What the plan's pauses add to the time that the subject takes.
milliseconds pauses(const Evidence& evidence) {
  milliseconds sum{0};
  for (const FaultRecord& fault : evidence.faults) {
    sum += fault.fired ? fault.fault.pause.value_or(milliseconds(0)) : milliseconds(0);
  }
  return sum;
}

// Of a validator; empty: it judged the file.
std::string why_it_said_nothing(const std::optional<WaitStatus>& end) {
  if (!end) {
    return "did not come to its end";
  }
  if (!end->is_exit()) {
    return fmt::format("was ended by {}", end->print());
  }
  const bool found = end->exit_code() != shell_found_no_command && end->exit_code() != shell_found_no_command + 1;
  return found ? std::string() : fmt::format("could not be run: sh gave {}", end->print());
}

}  // namespace

CallClasses classes_needed(const TrialRequest& request) {
  CallClasses classes = request.classes;
  for (const Fault& fault : request.plan.faults) {
    if (const auto* point = std::get_if<CallPoint>(&fault.site.point)) {
      classes.set(static_cast<std::size_t>(point->call_class));
    }
  }
  const bool fills = std::any_of(request.plan.faults.begin(), request.plan.faults.end(),
                                 [](const Fault& fault) { return fault.action == Action::full; });
  if (fills) {
    // What may need the world's own copy of a file: see Tracer::give_room_for_copies().
    for (const CallClass each : {CallClass::open, CallClass::chmod, CallClass::rename, CallClass::link,
                                 CallClass::unlink, CallClass::truncate}) {
      classes.set(static_cast<std::size_t>(each));
    }
  }
  // write(2) and read(2) belong to `out`, `send` or `recv` too: the descriptor tells, when the call is met.
  if (classes.test(static_cast<std::size_t>(CallClass::out)) ||
      classes.test(static_cast<std::size_t>(CallClass::send))) {
    classes.set(static_cast<std::size_t>(CallClass::write));
  }
  if (classes.test(static_cast<std::size_t>(CallClass::recv))) {
    classes.set(static_cast<std::size_t>(CallClass::read));
  }
  return classes;
}

OneTrial::OneTrial(const TrialTools& tools, const Scenario& scenario, const TrialRequest& request)
    : tools_(tools), context_(scenario, request) {
  context_.evidence.plan = request.plan;
  context_.ledger = tools.world.ledger();
  context_.agents = tools.agents;
  context_.world_takes_rights = tools.world.takes_rights();
}

OneTrial::~OneTrial() = default;

Evidence OneTrial::run() {
  try {
    tools_.origin != nullptr ? start_copy() : start();
    live();
    if (!context_.evidence.harness_error && root_is_gone()) {
      settle();
    }
    gather();
    if (wants_next_run(context_.evidence, context_.request, context_.scenario.contract)) {
      if (tools_.world.sees_untraced()) {
        run_again();
      } else {
        // Nobody sees what it would change of the machine's files, and so nobody could undo it.
        context_.evidence.skipped.emplace_back("restarts: this world can make no next run");
      }
    }
  } catch (const std::exception& error) {
    if (!context_.evidence.harness_error) {
      context_.evidence.harness_error = error.what();
    }
  }
  empty_world();
  context_.evidence.took = context_.now();
  context_.evidence.skipped_time = context_.clock.ahead();
  context_.evidence.skips = context_.clock.skips();
  return std::move(context_.evidence);
}

void OneTrial::start() {
  const bool eof =
      context_.scenario.stop && context_.scenario.stop->kind == StopBy::Kind::eof && !context_.scenario.tty;
  streams_ = std::make_unique<Streams>(eof, context_.scenario.contract.once);
  tools_.world.open();
  if (!context_.request.copy_up.empty()) {
    tools_.world.copy_up(context_.request.copy_up);
  }
  tools_.next_pid.set(leader_pid);
  own_leader_ =
      std::make_unique<Leader>(tools_.world, context_.scenario, tools_.filter,
                               RootStreams{streams_->given_in(), streams_->given_out(), streams_->given_err()});
  leader_ = own_leader_.get();
  tools_.world.entered(leader_->pid());
  streams_->close_given();
  terminal_ = sys::Terminal(leader_->take_terminal());
  equip();
  tracer_->seize_root(leader_->root());
  leader_->release_root();
}

void OneTrial::start_copy() {
  RootTemplate& origin = *tools_.origin;
  context_.evidence.from_snapshot = true;
  context_.frozen = origin.frozen();
  streams_ = origin.streams();
  leader_ = &origin.leader();
  terminal_ = sys::Terminal(origin.terminal());
  const CallClasses classes = classes_needed(context_.request);
  // What every trial traps, the template's filter does.
  const pid_t root = origin.make_copy(classes.any() ? tools_.filter : sys::FilterProgram());
  equip();
  tracer_->continue_start(origin.tracer(), root, classes);
}

void OneTrial::equip() {
  context_.leader = leader_->pid();
  context_.surroundings = {
      .fill_disk = [this] { return fill_disk(); },
      .make_own_copy = [this](const std::string& path, bool linked) { tools_.world.make_own_copy(path, linked); },
      .close_stdout = [this] { return close_stdout(); },
      .drain = [this] { streams_->drain(terminal_, context_.scenario.tty); },
  };
  tracer_ = std::make_unique<Tracer>(context_, CallReader(streams_->identities(terminal_, context_.scenario.tty)),
                                     terminal_, tools_.stacks);
  phases_ = std::make_unique<Phases>(context_, *leader_, *streams_, terminal_);
  context_.start = context_.clock.now();
}

std::string OneTrial::fill_disk() {
  try {
    tools_.world.fill_disk();
    return {};
  } catch (const std::system_error& error) {
    return error.what();
  }
}

std::string OneTrial::close_stdout() {
  if (context_.scenario.tty) {
    return "stdout is the terminal, whose reader cannot go alone: hangup is that fault";
  }
  if (streams_->out() < 0) {
    return "nobody writes to stdout any more";
  }
  streams_->close_out(terminal_);
  return {};
}

void OneTrial::hear_leader() {
  while (const auto report = leader_->next_report()) {
    switch (report->kind) {
      case LeaderReport::Kind::root_reaped:
        root_reaped_ = context_.clock.now();
        break;
      case LeaderReport::Kind::command_ended:
        if (validating_) {
          validator_end_ = WaitStatus::from_raw(report->value);
        } else {
          phases_->command_ended(report->value);
        }
        break;
      case LeaderReport::Kind::ready:
      case LeaderReport::Kind::listening:
      case LeaderReport::Kind::foreground:
        break;
      case LeaderReport::Kind::failed:
        context_.evidence.harness_error = fmt::format("the leader of the trial failed: {}", report->text);
        break;
    }
  }
  std::array<char, 4096> ignored;
  while (::read(leader_->command_output(), ignored.data(), ignored.size()) > 0) {
  }
}

void OneTrial::sleep(Clock::time_point until) {
  if (const auto due = tracer_->next_due()) {
    until = std::min(until, *due);
  }
  until = std::min(context_.clock.on_machine(until), next_look_);
  if (const auto turn = tracer_->next_turn()) {
    until = std::min(until, *turn);
  }
  const auto pause = std::max(Clock::duration(0), until - Clock::now());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(pause);
  const timespec limit{seconds.count(), std::chrono::nanoseconds(pause - seconds).count()};
  pollfd sources[] = {{streams_->out(), POLLIN, 0},
                      {streams_->err(), POLLIN, 0},
                      {terminal_.master(), POLLIN, 0},
                      {leader_->socket(), POLLIN, 0},
                      {leader_->command_output(), POLLIN, 0}};
  if (tracer_->leader_is_gone()) {
    sources[3].fd = sources[4].fd = -1;
  }
  sigset_t none;
  ::sigemptyset(&none);
  if (::ppoll(sources, std::size(sources), &limit, &none) > 0) {
    streams_->drain(terminal_, context_.scenario.tty);
    hear_leader();
  }
}

void OneTrial::pump(Clock::time_point until) {
  if (tracer_->handle_reports()) {
    look_pause_ = has_virtual_time(context_.scenario, context_.request) ? first_look_to_skip : first_look;
    next_look_ = Clock::now() + look_pause_;
  }
  if (const auto due = tracer_->next_due(); (due && *due <= context_.clock.now()) || tracer_->watches_ticks()) {
    tracer_->handle_time();
  }
  if (Clock::now() >= next_look_) {
    look(until);
  }
  if (!over()) {
    sleep(until);
  }
}

void OneTrial::look(Clock::time_point until) {
  const auto begun = Clock::now();
  const auto moments = context_.quiet.moments();
  tracer_->look_for_quiet();
  if (has_virtual_time(context_.scenario, context_.request)) {
    // What happens at a new moment comes before time goes on.
    const bool again = context_.quiet.moments() != moments || (may_pass_time() && tracer_->pass_time(until));
    const auto cost = std::chrono::duration_cast<microseconds>(Clock::now() - begun);
    look_pause_ = again ? first_look_to_skip : std::min(look_pause_ * 2, usual_look);
    next_look_ = again ? begun : Clock::now() + std::max(look_pause_, cost * 2);
    return;
  }
  const auto cost = std::chrono::duration_cast<microseconds>(Clock::now() - begun);
  look_pause_ = context_.quiet.quiet() ? std::min(idle_look, look_pause_ * 2) : usual_look;
  next_look_ = Clock::now() + std::max(look_pause_, cost * look_cost_factor);
}

// The driver is no part of the subject, and what was done to the subject may take a moment to arrive.
bool OneTrial::may_pass_time() {
  const Process* root = context_.tree.root();
  const bool root_is_reaped = root != nullptr && (!root->dead || root_reaped_ || tracer_->leader_is_gone());
  const auto done = std::max(context_.struck_at, phases_->mark());
  const auto arrives = context_.scenario.tty ? arrives_by_terminal : arrives_at_once;
  return root_is_reaped && !phases_->driver_runs() && context_.clock.now() - done >= arrives;
}

bool OneTrial::over() {
  if (given_up() && !context_.evidence.harness_error) {
    context_.evidence.harness_error = "the trial was given up, since nobody waits for it any more";
  }
  return context_.evidence.harness_error.has_value();
}

bool OneTrial::root_is_gone() {
  const Process* root = context_.tree.root();
  return root != nullptr && root->dead &&
         (root_reaped_ || tracer_->leader_is_gone() || context_.now() - root->died > leader_may_lag);
}

bool OneTrial::nothing_can_wake(bool outside_counts, milliseconds still_for) {
  if (!context_.quiet.quiet() || context_.clock.now() - context_.quiet.since() < still_for || tracer_->will_disturb() ||
      phases_->driver_runs()) {
    return false;
  }
  const Stillness still = judge_stillness(context_.tree, context_.quiet, context_.clock.now());
  return !still.timed && !(outside_counts && still.outside);
}

void OneTrial::live() {
  while (!over() && !root_is_gone()) {
    pump(limit_of_wait());
    // Before the root's end is looked at: it may have failed and ended within one pump.
    if (!tracer_->started()) {
      if (const int error = leader_->exec_error(); error != 0) {
        context_.evidence.harness_error =
            fmt::format("cannot execute '{}': {}", context_.scenario.command.front(), std::strerror(error));
      }
    }
    if (over() || root_is_gone()) {
      break;
    }
    if (!tracer_->started()) {
      continue;
    }
    phases_->advance();
    if (context_.evidence.end_was_asked && phases_->only_end_is_left() && nothing_can_wake(true, hang_after) &&
        !tracer_->handle_reports()) {
      record_hang(true);
      break;
    }
    if (overdue()) {
      break;
    }
  }
}

Clock::time_point OneTrial::limit_of_wait() const {
  const milliseconds limit = patient_since_ ? longest_patience : context_.scenario.timeout;
  return std::max(phases_->mark(), context_.struck_at) + limit + pauses(context_.evidence);
}

// Of a subject that ends by itself a fault that was not lethal is no reason not to: whether this one does, the
// fault-free runs tell.
bool OneTrial::late() const {
  const bool struck = !context_.request.plan.faults.empty() && context_.evidence.all_faults_fired();
  const auto& tasks = context_.tree.tasks();
  const bool held =
      std::any_of(tasks.begin(), tasks.end(), [](const auto& one) { return one.second->state == Task::State::held; });
  return struck && !held && !phases_->driver_runs();
}

// It may be about to give up: bash tries a failed fork(2) for 31 s.
bool OneTrial::will_be_woken() const {
  return context_.quiet.blocked() && judge_stillness(context_.tree, context_.quiet, context_.clock.now()).by_timer;
}

// In virtual time waiting costs little: as long as the subject's own deadline would really take is spent on a far
// longer one.
bool OneTrial::has_patience() {
  if (!has_virtual_time(context_.scenario, context_.request) || longest_patience <= context_.scenario.timeout) {
    return false;
  }
  patient_since_ = patient_since_.value_or(Clock::now());
  return Clock::now() - *patient_since_ < context_.scenario.timeout && context_.clock.now() < limit_of_wait();
}

bool OneTrial::overdue() {
  const auto now = context_.clock.now();
  const auto& request = context_.request;
  const bool asked = context_.evidence.end_was_asked;
  // Nine in ten: a few sites differ from run to run, and one that does not come must not cost the whole limit.
  const bool enough = request.cut_after_sites > 0 && context_.quiet.quiet() &&
                      now - context_.quiet.since() >= cut_after &&
                      context_.evidence.sites.size() * 10 >= request.cut_after_sites * 9;
  // Who was asked to end is never cut: what it does until the deadline is judged.
  if (!asked && enough) {
    context_.evidence.cut_by_harness = true;
    return true;
  }
  const bool still_patient = patient_since_ && has_patience();
  if ((now < limit_of_wait() && !patient_since_) || still_patient || phases_->give_up_waiting()) {
    return false;
  }
  if (tracer_->handle_reports() && now < limit_of_wait() + end_may_lag) {
    return false;  // on a busy machine, its end may wait to be heard of
  }
  if (asked) {
    record_hang(false);
    return true;
  }
  if (!late()) {
    context_.evidence.cut_by_harness = true;
    return true;
  }
  if (!context_.quiet.blocked() && now < limit_of_wait() + end_may_lag) {
    return false;  // one that wakes and waits again is met between two waits
  }
  const bool goes_on = will_be_woken();
  if (goes_on && has_patience()) {
    return false;
  }
  record_hang(false);
  context_.evidence.hang->by_timer = goes_on && !(patient_since_ && context_.clock.now() >= limit_of_wait());
  return true;
}

void OneTrial::record_hang(bool at_once) {
  Hang hang;
  hang.at_once = at_once;
  const auto since = at_once ? context_.quiet.since() : std::max(phases_->mark(), context_.struck_at);
  hang.blocked_for = std::chrono::duration_cast<Micros>(context_.clock.now() - since);
  hang.skipped = context_.clock.skipped_since(since);
  hang.tasks = describe_waits(context_.tree);
  hang.asked_by = asked_by(context_.evidence, context_.scenario);
  hang.wakes = context_.quiet.wakes() - context_.wakes_when_struck;
  context_.evidence.hang = std::move(hang);
}

void OneTrial::settle() {
  const Process& root = *context_.tree.root();
  const auto ended = root_reaped_.value_or(context_.start + root.died);
  context_.evidence.root_end = root.end;
  context_.evidence.root_ended_at = context_.at(ended);
  context_.evidence.reached = Phase::gone;
  context_.log(EventKind::phase, ProcessPath::root(), {}, std::string(phase_name(Phase::gone)));
  auto deadline = ended + context_.scenario.contract.grace;
  const auto last_deadline = deadline + context_.scenario.contract.grace;
  context_.quiet.disturb();
  tracer_->handle_reports();
  while (!over() && !context_.tree.alive().empty() && context_.clock.now() < deadline) {
    pump(deadline);
    if (tracer_->holds_back() && context_.clock.now() >= deadline) {
      // What a survivor might have done by now, the schedule has kept it from.
      deadline = std::min(context_.clock.now() + turn_grace, last_deadline);
    }
    if (nothing_can_wake(!context_.scenario.own_network, orphan_after)) {
      break;
    }
  }
}

void OneTrial::gather() {
  streams_->drain(terminal_, context_.scenario.tty);
  if (context_.evidence.root_end) {
    record_survivors(context_, tracer_->left_by_root());
  }
  context_.evidence.terminal_changes = terminal_.changes(context_.scenario.tty ? leader_->terminal_flags() : 0);
  context_.evidence.files = tools_.world.changes();
  name_makers(context_);
  tracer_->finish();
  record_processes(context_);
  streams_->finish(context_.evidence);
  gathered_ = true;
  context_.evidence.validations = validate(context_.evidence.files);
  if (validated_) {
    made_by_validators_ = tools_.world.changes();
    remove_alike(made_by_validators_, context_.evidence.files);
  }
  for (const std::string& skipped : tools_.world.skipped()) {
    context_.evidence.skipped.push_back(skipped);
  }
}

void OneTrial::run_again() {
  // What its survivors do meanwhile is no part of the trial any more.
  const Evidence evidence = context_.evidence;
  if (context_.disk_is_full) {
    tools_.world.free_disk();  // the next run is one without a fault
  }
  std::optional<NextRun> result = make_next_run();
  if (result) {
    remove_alike(result->files, made_by_validators_);
    result->validations = validate(result->files);
  }
  context_.evidence = evidence;
  context_.evidence.next_run = std::move(result);
}

std::vector<Validation> OneTrial::validate(const std::vector<FileChange>& files) {
  std::vector<Validation> validations;
  for (const FileChange& file : files) {
    if (file.type != FileType::regular || file.kind == ChangeKind::deleted) {
      continue;
    }
    for (const auto& [glob, command] : context_.scenario.contract.validators) {
      if (file_glob_matches(glob, file.path)) {
        const auto end = run_command(command, file.path);
        validations.push_back({file.path, end && end->success(), why_it_said_nothing(end)});
        validated_ = true;
      }
    }
  }
  return validations;
}

std::optional<WaitStatus> OneTrial::run_command(const std::string& command, const std::string& argument) {
  if (tracer_->leader_is_gone() || phases_->driver_runs()) {
    return std::nullopt;
  }
  validating_ = true;
  validator_end_.reset();
  leader_->start_command(command, argument);
  const auto deadline = Clock::now() + context_.scenario.timeout;
  while (!validator_end_ && !tracer_->leader_is_gone() && Clock::now() < deadline) {
    tracer_->handle_reports();
    next_look_ = deadline;
    sleep(context_.clock.now() + idle_look);
  }
  validating_ = false;
  return validator_end_;
}

void OneTrial::empty_world() {
  tools_.stacks.clear();
  try {
    const bool reusable = gathered_ && !context_.evidence.harness_error && !context_.made_ipc_objects && !validated_;
    if (tools_.origin != nullptr) {
      tools_.origin->take_back(context_, reusable && !tracer_->leader_is_gone());
      return;
    }
    tools_.world.end_processes();
    const Evidence& seen = context_.evidence;
    if (!reusable || !tools_.world.restore(seen.next_run ? seen.next_run->files : seen.files)) {
      tools_.world.close();
    }
    context_.evidence.lasting_changes = tools_.world.lasting_changes();
    for (const std::string& change : context_.evidence.lasting_changes) {
      context_.evidence.skipped.push_back(change + ", and stays so");
    }
  } catch (const std::exception& error) {
    if (!context_.evidence.harness_error) {
      context_.evidence.harness_error = error.what();
    }
  }
}

}  // namespace exitproof
