#include "exitproof/worker_pool.hpp"

#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <deque>
#include <system_error>

#include "exitproof/check.hpp"
#include "exitproof/evidence_json.hpp"
#include "exitproof/parse_error.hpp"
#include "properties/search/worker_process.hpp"

namespace exitproof {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned failures_allowed = 2;

struct Job {
  TrialService::Ticket ticket = 0;
  TrialRequest request;
};

/// A place for a worker, which may be replaced.
struct Slot {
  std::unique_ptr<WorkerProcess> worker;
  std::optional<Job> job;
  Clock::time_point deadline;
  unsigned failures = 0;  ///< in a row
  bool usable() const { return failures <= failures_allowed; }
};

Evidence failed_trial(const TrialRequest& request, std::string why) {
  Evidence evidence;
  evidence.plan = request.plan;
  evidence.harness_error = std::move(why);
  return evidence;
}

}  // namespace

unsigned allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

Millis longest_trial(const Scenario& scenario) {
  return 5 * scenario.timeout + scenario.contract.grace + scenario.contract.zombie + Millis{30'000};
}

class WorkerPool::Impl {
 public:
  explicit Impl(WorkerPoolOptions options) : options_(std::move(options)), slots_(options_.workers) {
    check(!options_.command.empty() && options_.workers > 0, "a worker pool has a command and workers");
  }

  ~Impl() { end_workers(); }

  unsigned capacity() const { return options_.workers; }

  void set_scenario(const Scenario& scenario) {
    check(waiting_.empty() && answers_.empty(), "the scenario is set while no answer is due");
    end_workers();
    scenario_line_ = scenario_to_json(scenario);
    deadline_ = options_.trial_deadline > Millis{0} ? options_.trial_deadline : longest_trial(scenario);
  }

  void submit(Ticket ticket, const TrialRequest& request) {
    waiting_.push_back({ticket, request});
    dispatch();
  }

  std::optional<Answer> next() {
    while (true) {
      dispatch();
      if (!answers_.empty()) {
        Answer answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
      }
      if (!wait()) return std::nullopt;
      fail_the_late();
    }
  }

 private:
  void end_workers() {
    for (Slot& slot : slots_) {
      if (!slot.worker) continue;
      slot.worker->close_input();
      if (slot.job) slot.worker->kill();  // it would not look at its input before the trial is over
    }
    slots_.clear();
    slots_.resize(options_.workers);
  }

  /// Gives waiting jobs to idle workers.
  void dispatch() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Slot& slot = slots_[i];
      while (!waiting_.empty() && !slot.job && slot.usable()) {
        slot.job = std::move(waiting_.front());
        waiting_.pop_front();
        start_job(i);
      }
    }
    const bool any_usable = std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.usable(); });
    while (!any_usable && !waiting_.empty()) {
      answers_.push_back({waiting_.front().ticket, failed_trial(waiting_.front().request, "no worker is left")});
      waiting_.pop_front();
    }
  }

  void start_job(std::size_t index) {
    Slot& slot = slots_[index];
    try {
      if (!slot.worker) start_worker(index);
    } catch (const std::system_error& error) {
      return fail(slot, std::string("starting a worker: ") + error.what());
    }
    slot.worker->send(trial_request_to_json(slot.job->request));
    slot.deadline = Clock::now() + deadline_;
    if (!slot.worker->flush()) fail(slot, "the worker " + slot.worker->describe_end());
  }

  void start_worker(std::size_t index) {
    std::vector<std::string> command = options_.command;
    command.insert(command.end(), {"--cpu", std::to_string(index)});
    slots_[index].worker = std::make_unique<WorkerProcess>(command);
    slots_[index].worker->send(scenario_line_);
  }

  /// Answers the slot's job with a harness error and gives the worker up.
  void fail(Slot& slot, std::string why) {
    if (slot.worker) slot.worker->kill();
    slot.worker.reset();
    ++slot.failures;
    answers_.push_back({slot.job->ticket, failed_trial(slot.job->request, std::move(why))});
    slot.job.reset();
  }

  /// Waits for something to happen to the workers or until a deadline. False: interrupted.
  bool wait() {
    std::vector<pollfd> polled{{options_.interrupt_fd, POLLIN, 0}};
    std::vector<std::pair<Slot*, bool>> meaning{{nullptr, false}};
    Clock::time_point until = Clock::time_point::max();
    for (Slot& slot : slots_) {
      if (!slot.job) continue;
      until = std::min(until, slot.deadline);
      polled.push_back({slot.worker->output_fd(), POLLIN, 0});
      meaning.emplace_back(&slot, false);
      if (!slot.worker->has_unsent()) continue;
      polled.push_back({slot.worker->input_fd(), POLLOUT, 0});
      meaning.emplace_back(&slot, true);
    }
    check(polled.size() > 1, "next() is asked for only while an answer is due");
    const auto left = std::max(Millis{0}, std::chrono::ceil<Millis>(until - Clock::now()));
    if (::poll(polled.data(), polled.size(), static_cast<int>(std::min(left, Millis{60'000}).count())) < 0) {
      if (errno == EINTR) return true;
      throw std::system_error(errno, std::generic_category(), "waiting for the workers");
    }
    if (polled.front().revents != 0) return false;
    for (std::size_t i = 1; i < polled.size(); ++i) {
      const auto [slot, is_input] = meaning[i];
      if (polled[i].revents == 0 || !slot->job) continue;
      if (!is_input) {
        receive(*slot);
      } else if (!slot->worker->flush()) {
        fail(*slot, "the worker does not read its requests");
      }
    }
    return true;
  }

  void receive(Slot& slot) {
    const bool open = slot.worker->fill();
    if (const std::optional<std::string> line = slot.worker->take_line()) return accept(slot, *line);
    if (open) return;
    fail(slot, "the worker " + describe_end_soon(*slot.worker));
  }

  /// It has closed its output; the kernel needs a moment to make its end known.
  static std::string describe_end_soon(WorkerProcess& worker) {
    for (int patience = 0; patience < 100; ++patience) {
      std::string end = worker.describe_end();
      if (end != "is still running") return end;
      ::poll(nullptr, 0, 1);
    }
    return worker.describe_end();
  }

  void accept(Slot& slot, const std::string& line) {
    try {
      Evidence evidence = evidence_from_json(line);
      answers_.push_back({slot.job->ticket, std::move(evidence)});
      slot.job.reset();
      slot.failures = 0;
    } catch (const ParseError& error) {
      fail(slot, std::string("the worker's answer is no evidence: ") + error.what());
    }
  }

  void fail_the_late() {
    const Clock::time_point now = Clock::now();
    for (Slot& slot : slots_) {
      if (slot.job && now >= slot.deadline) {
        fail(slot, "the trial took longer than " + print_duration(deadline_) + " and was killed");
      }
    }
  }

  WorkerPoolOptions options_;
  std::vector<Slot> slots_;
  std::deque<Job> waiting_;
  std::deque<Answer> answers_;
  std::string scenario_line_;
  Millis deadline_{0};
};

WorkerPool::WorkerPool(WorkerPoolOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
WorkerPool::~WorkerPool() = default;
unsigned WorkerPool::capacity() const {
  return impl_->capacity();
}
void WorkerPool::set_scenario(const Scenario& scenario) {
  impl_->set_scenario(scenario);
}
void WorkerPool::submit(Ticket ticket, const TrialRequest& request) {
  impl_->submit(ticket, request);
}
std::optional<TrialService::Answer> WorkerPool::next() {
  return impl_->next();
}

}  // namespace exitproof
