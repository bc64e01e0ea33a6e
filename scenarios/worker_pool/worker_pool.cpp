// worker_pool [DEFECT]: a pool of three workers, each with a socket pair of its own for tasks and results. Two of them
// map four tasks of 20 ms, the third is daemonic: its task takes a minute, nobody waits for the result, and it is
// terminated at the end. The root prints the sum and exits 0. A worker that is lost is replaced and its task done
// again. However the root ends, its ends of the socket pairs are closed, and the workers end: the idle at once, and
// the busy too, since they look for that during their tasks.
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr int quick_ms = 20;
constexpr int minute_ms = 60'000;
constexpr int replacements_at_most = 4;

struct Task {
  int number;  ///< 0: there are no more
  int takes_ms;
};

int token[2];  ///< dies_with_token: who has read the byte may tell of its progress

struct Worker {
  pid_t pid = 0;
  int line = -1;  ///< the root's end of its socket pair
  Task task{};
  bool busy = false;
};

bool send_whole(int line, const void* bytes, std::size_t size) {
  ssize_t sent = 0;
  do sent = send(line, bytes, size, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(size);
}

bool receive_whole(int line, void* room, std::size_t size) {
  return careful::read_some(line, room, size) == static_cast<ssize_t>(size);
}

/// False when the root is gone before the time is over.
bool take_time(int line, int ms) {
  if (defect::is("long_task_never_notices")) {
    sleep_ms(ms);
    return true;
  }
  // While a task is done nothing is to read: what comes is the end.
  const timespec end = careful::after_now(ms);
  pollfd root{line, POLLRDHUP, 0};
  timespec left = careful::left_until(end);
  while (ppoll(&root, 1, &left, nullptr) < 0 && errno == EINTR) left = careful::left_until(end);
  return root.revents == 0;
}

/// One write of a short line needs no lock.
void tell(int number) {
  const bool locks = defect::is("dies_with_token");
  char byte = 0;
  if (locks) careful::read_some(token[0], &byte, 1);
  dprintf(STDERR_FILENO, "task %d is done\n", number);
  if (locks) careful::write_all(token[1], ".");
}

int work(int line) {
  Task task;
  while (receive_whole(line, &task, sizeof task) && task.number != 0) {
    if (!take_time(line, task.takes_ms)) return 1;
    tell(task.number);
    const int result = task.number * task.number;
    if (!send_whole(line, &result, sizeof result)) return 1;
  }
  return 0;
}

class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { end(); }

  bool start() {
    for (Worker& worker : workers_)
      if (!start(worker)) return false;
    return give(workers_.back(), {5, minute_ms});
  }

  /// The sum of the squares of 1 to 4; -1 when it could not be had.
  int map() {
    int next = 1;
    int sum = 0;
    for (int results = 0; results < 4;) {
      for (std::size_t i = 0; i < mappers; ++i)
        if (!workers_.at(i).busy && next <= 4 && !give(workers_.at(i), {next++, quick_ms})) return -1;
      const int result = next_result();
      if (result < 0) return -1;
      results += result > 0 ? 1 : 0;
      sum += result;
    }
    return sum;
  }

 private:
  static constexpr std::size_t mappers = 2;

  bool start(Worker& worker) {
    int pair[2];
    // A packet is a whole task or a whole result.
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0) return false;
    const pid_t pid = fork();
    if (pid == 0) {
      for (const Worker& other : workers_)
        if (other.line >= 0) close(other.line);
      if (!defect::is("own_pipe_inherited")) close(pair[0]);
      _exit(work(pair[1]));
    }
    close(pair[1]);
    worker.line = pair[0];
    worker.pid = pid;
    if (pid < 0) close(std::exchange(worker.line, -1));
    return pid > 0;
  }

  /// A worker may be lost before it has its task: then another is made that gets it.
  bool give(Worker& worker, Task task) {
    worker.task = task;
    worker.busy = true;
    return send_whole(worker.line, &task, sizeof task) || replace(worker);
  }

  bool replace(Worker& lost) {
    if (++replaced_ > replacements_at_most) return false;
    close(std::exchange(lost.line, -1));
    const pid_t corpse = std::exchange(lost.pid, 0);
    if (!defect::is("replaced_never_reaped")) {
      kill(corpse, SIGKILL);  // Its line may be broken and it alive.
      reap(corpse);
    }
    return start(lost) && give(lost, lost.task);
  }

  bool lost(Worker& worker) {
    if (!defect::is("lost_result_awaited")) return replace(worker);
    close(std::exchange(worker.line, -1));  // poll(2) passes over it.
    return true;
  }

  /// 0: a worker was replaced instead; -1: that could not be done.
  int next_result() {
    std::array<pollfd, 3> lines;
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i] = {workers_[i].line, POLLIN, 0};
    if (poll(lines.data(), lines.size(), -1) < 0) return errno == EINTR ? 0 : -1;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].revents == 0) continue;
      int result = 0;
      if (!receive_whole(workers_[i].line, &result, sizeof result)) return lost(workers_[i]) ? 0 : -1;
      workers_[i].busy = false;
      return result;
    }
    return 0;
  }

  void end() {
    const Task no_more{};
    for (Worker& worker : workers_) {
      if (worker.pid <= 0) continue;
      if (worker.busy || !send_whole(worker.line, &no_more, sizeof no_more)) kill(worker.pid, SIGKILL);
      close(std::exchange(worker.line, -1));
      reap(std::exchange(worker.pid, 0));
    }
  }

  std::array<Worker, 3> workers_;
  int replaced_ = 0;
};

int run() {
  Pool pool;
  return pool.start() ? pool.map() : -1;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv,
                 {"long_task_never_notices", "own_pipe_inherited", "lost_result_awaited", "replaced_never_reaped",
                  "dies_with_token"});
  if (defect::is("dies_with_token")) must(pipe(token) == 0 && careful::write_all(token[1], "."), "pipe");
  const int sum = run();
  if (sum < 0) return 1;
  const std::string_view answer = sum == 30 ? "1 + 4 + 9 + 16 = 30\n" : "the sum is wrong\n";
  return careful::write_all(STDOUT_FILENO, answer) && sum == 30 ? 0 : 1;
}
