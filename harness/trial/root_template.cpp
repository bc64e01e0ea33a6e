#include "harness/trial/root_template.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <termios.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/trial/giving_up.hpp"
#include "harness/trial/snapshot/spared_processes.hpp"

namespace exitproof {

namespace {

using Clock = TrialContext::Clock;

constexpr pid_t leader_pid = 2;
constexpr pid_t frozen_pid = 30'001;  // out of the way: no trial that lasts comes so far by itself
// Clocks go on while it is stopped, and what is drawn at random is the same in all its copies: it is made anew often,
// but not so often that this would cost what copies save.
constexpr std::chrono::seconds usual_life{2};
constexpr int life_by_making = 20;

void wait_for_children(Clock::time_point until) {
  const auto pause = std::max(Clock::duration(0), until - Clock::now());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(pause);
  const timespec limit{seconds.count(), std::chrono::nanoseconds(pause - seconds).count()};
  sigset_t none;
  ::sigemptyset(&none);
  ::ppoll(nullptr, 0, &limit, &none);
}

// An address that is in use for a while after the last socket is closed (tcp(7)) would be missing in the next trial.
bool has_quiet_network(pid_t pid) {
  return std::ranges::all_of(std::array{"tcp", "tcp6"}, [pid](const char* protocol) {
    const auto sockets = sys::read_small_file(fmt::format("/proc/{}/net/{}", pid, protocol));
    return !sockets || std::ranges::count(*sockets, '\n') <= 1;  // a line of titles
  });
}

bool has_thread(const Site& site, const ProcessPath& path) {
  const auto* process = site.process ? std::get_if<ProcessPath>(&*site.process) : nullptr;
  return process != nullptr && *process == path;
}

}  // namespace

RootTemplate::RootTemplate(const TrialTools& tools, const Scenario& scenario, const std::vector<std::string>& copy_up,
                           StartWatch watch)
    : tools_(tools), scenario_(scenario), copy_up_(copy_up), context_(scenario_, request_) {
  request_.events = true;
  context_.agents = tools.agents;
  context_.world_takes_rights = tools.world.takes_rights();
  const auto begun = Clock::now();
  try {
    start(watch);
    follow();
    freeze();
  } catch (...) {
    close();
    throw;
  }
  const auto made = Clock::now();
  good_until_ = made + std::max<Clock::duration>(usual_life, (made - begun) * life_by_making);
}

RootTemplate::~RootTemplate() {
  close();
}

void RootTemplate::start(StartWatch watch) {
  streams_ = std::make_unique<Streams>(false, scenario_.contract.once);
  tools_.world.open();
  if (!copy_up_.empty()) {
    tools_.world.copy_up(copy_up_);
  }
  tools_.next_pid.set(leader_pid);
  leader_ = std::make_unique<Leader>(tools_.world, scenario_, tools_.filter,
                                     RootStreams{-1, streams_->given_out(), streams_->given_err()});
  context_.leader = leader_->pid();
  tools_.world.entered(leader_->pid());
  streams_->close_given();
  room_ = streams_->room();
  terminal_ = sys::Terminal(leader_->take_terminal());
  context_.surroundings = {.fill_disk = [] { return std::string(); },
                           .make_own_copy = [](const std::string&, bool) {},
                           .close_stdout = [] { return std::string(); },
                           .drain = [] {}};
  tracer_ =
      std::make_unique<Tracer>(context_, CallReader(streams_->identities(terminal_, false)), terminal_, tools_.stacks);
  tracer_->watch_start(watch);
  context_.start = Clock::now();
  tracer_->seize_root(leader_->root());
  leader_->release_root();
}

void RootTemplate::follow() {
  const auto until = Clock::now() + scenario_.timeout;
  while (!tracer_->left_before()) {
    tracer_->handle_reports();
    const Process* root = context_.tree.root();
    if (context_.evidence.harness_error || given_up() || root->dead || Clock::now() >= until) {
      throw std::runtime_error("it did not come as far as where it could be stopped");
    }
    if (!tracer_->left_before()) {
      wait_for_children(until);
    }
  }
}

void RootTemplate::freeze() {
  const pid_t root = leader_->root();
  const CopyableState state = look_at_copyable(root);
  if (!state.why_not.empty()) {
    throw std::runtime_error(state.why_not);
  }
  if (!tools_.world.changes().empty()) {
    throw std::runtime_error("it changes files at its start");
  }
  const auto parent = sys::read_process_stat(root);
  if (!parent || parent->parent != leader_->pid()) {
    throw std::runtime_error("it has left its parent");
  }
  frozen_.emplace(root, *tracer_->left_before(), state.files, frozen_pid, tools_.next_pid);
  leader_->await_end_of_root();
  tools_.world.hide_process(frozen_->pid());
}

bool RootTemplate::comes_before(const FaultPlan& plan) const {
  const auto& counts = context_.tree.tasks().begin()->second->counts;
  for (std::size_t index = 0; index < plan.faults.size(); ++index) {
    const Site& site = plan.faults[index].site;
    const auto* point = std::get_if<CallPoint>(&site.point);
    if (point == nullptr) {
      continue;  // a quiet moment: none has been yet
    }
    const std::uint64_t passed = counts[static_cast<std::size_t>(point->call_class)];
    const auto* name = site.process ? std::get_if<ProcessName>(&*site.process) : nullptr;
    const bool may_be_root =
        has_thread(site, ProcessPath::root()) || (name != nullptr && context_.tree.has_name(name->base));
    // How often a text has come is not known; of a second fault, a call that has passed must be one that has passed.
    if (may_be_root && passed > 0 && (point->text || name != nullptr || (index == 0 && point->nth <= passed))) {
      return false;
    }
  }
  return true;
}

bool RootTemplate::is_good() const {
  return !spoiled_ && Clock::now() < good_until_ && sys::is_at_stop(frozen_->pid());
}

sys::UniqueFd RootTemplate::terminal() const {
  return sys::UniqueFd(
      sys::checked(::fcntl(terminal_.master(), F_DUPFD_CLOEXEC, 3), "duplicating a terminal's master side"));
}

pid_t RootTemplate::make_copy(const sys::FilterProgram& filter) {
  spoiled_ = true;  // until it has worked
  if (restored_) {
    tools_.world.open();
    restored_ = false;
  }
  const pid_t root = frozen_->copy(filter, tools_.next_pid);
  leader_->give_terminal_to(root);
  spoiled_ = false;
  return root;
}

void RootTemplate::take_back(const TrialContext& context, bool reusable) {
  const Evidence& seen = context.evidence;
  const bool clean = reusable && end_all_but({leader_->pid(), frozen_->pid()}) && !context.signalled_everybody &&
                     seen.terminal_changes.empty() && streams_->room() == room_ && !context.disk_is_full &&
                     has_quiet_network(leader_->pid());
  ::tcflush(terminal_.master(), TCIOFLUSH);
  restored_ = clean && tools_.world.restore(seen.next_run ? seen.next_run->files : seen.files);
  spoiled_ = spoiled_ || !restored_;
}

void RootTemplate::close() noexcept {
  try {
    tools_.world.end_processes();
    if (restored_) {
      tools_.world.open();
    }
    tools_.world.close();
    tools_.stacks.clear();
  } catch (const std::exception&) {
    spoiled_ = true;
  }
}

}  // namespace exitproof
