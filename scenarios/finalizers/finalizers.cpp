// finalizers [DEFECT]: a pool of two workers does four jobs and counts them in shared memory; then the pool is closed
// and joined, and finalizers write report.txt and remove the shared memory, in this order, which their priorities say.
// A worker hands in its count by a finalizer of its own. Memory that a killed run has left is taken away by the next
// start. Exits 0; 1 when something has failed, and 2 when another run is under way in the same folder; 128 + N when
// signal N asked it to end.
#include <sys/ipc.h>
#include <sys/shm.h>

#include <atomic>

#include "exitproof/probe.hpp"
#include "scenarios/finalizers/finalizer.hpp"
#include "scenarios/orderly.hpp"
#include "scenarios/whole_file.hpp"

using namespace subject;

namespace {

constexpr int jobs = 4;
constexpr int workers = 2;

struct Shared {
  std::atomic<int> done;
};

int segment = -1;
Shared* shared = nullptr;
bool all_done = true;  // as far as anybody knows
int counted = 0;       // by this worker

void remove_segment() {
  if (shared != nullptr) shmdt(std::exchange(shared, nullptr));
  if (shmctl(segment, IPC_RMID, nullptr) != 0) finalizer::any_failed = true;
}

void write_report() {
  if (!all_done) return;
  if (shared == nullptr) finalizer::any_failed = true;
  exitproof::point("report");
  char text[32];
  const int length = std::snprintf(text, sizeof text, "jobs done: %d\n", shared != nullptr ? shared->done.load() : 0);
  if (!write_whole("report.txt", {text, static_cast<std::size_t>(length)})) finalizer::any_failed = true;
}

void hand_in_count() {
  shared->done += counted;
}

// A segment to which nobody is attached is one that a killed run has left: who makes one attaches at once.
int make_segment() {
  const key_t key = ftok(".", 'f');
  const int made = shmget(key, sizeof(Shared), IPC_CREAT | IPC_EXCL | 0600);
  if (made >= 0 || errno != EEXIST) return made;
  const int left = shmget(key, 0, 0);
  shmid_ds state{};
  if (left < 0 || shmctl(left, IPC_STAT, &state) != 0) return -1;
  if (state.shm_nattch != 0) _exit(2);
  shmctl(left, IPC_RMID, nullptr);
  return shmget(key, sizeof(Shared), IPC_CREAT | IPC_EXCL | 0600);
}

bool open_segment() {
  segment = make_segment();
  if (segment < 0) return false;
  if (!defect::is("finalizer_after_fork")) finalizer::add(0, remove_segment, "remove_segment");
  void* const memory = shmat(segment, nullptr, 0);
  if (memory == reinterpret_cast<void*>(-1)) return false;
  shared = new (memory) Shared{};
  return true;
}

int work(int read_end) noexcept {
  if (!defect::is("keeps_inherited")) finalizer::forget_parents();
  finalizer::add(5, hand_in_count, "hand_in_count");
  char job = 0;
  for (; read(read_end, &job, 1) == 1; ++counted) sleep_ms(20);
  finalizer::run_all();
  return 0;
}

struct Pool {
  pid_t pids[workers] = {-1, -1};
  int jobs[2] = {-1, -1};  // the ends of a pipe
};

bool start(Pool& pool) {
  if (pipe2(pool.jobs, O_CLOEXEC) != 0) return false;
  for (pid_t& pid : pool.pids) {
    pid = fork_tied([&pool] {
      close(pool.jobs[1]);
      return work(pool.jobs[0]);
    });
    if (pid < 0) return false;
  }
  return true;
}

// No job comes after this: a worker that has none ends.
void close_pool(Pool& pool) {
  for (int& end : pool.jobs)
    if (end >= 0) close(std::exchange(end, -1));
}

void join_pool(Pool& pool) {
  for (pid_t& pid : pool.pids)
    if (pid > 0 && !reap_success(std::exchange(pid, -1))) all_done = false;
}

bool run(Pool& pool) {
  const bool ready = open_segment() && start(pool);
  if (!ready && defect::is("finalizer_after_fork")) return false;
  if (defect::is("finalizer_after_fork")) finalizer::add(0, remove_segment, "remove_segment");
  finalizer::add(10, write_report, "write_report");
  return ready && stop_asked() == 0 && write_all(pool.jobs[1], {"jjjj", jobs});
}

void end_by_signals() {
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv,
                 {"not_joined", "priorities_reversed", "keeps_inherited", "throws_past_the_rest",
                  "finalizer_after_fork", "signals_let_go"});
  hold_stop_signals();
  Pool pool;
  if (!run(pool)) all_done = false;
  close_pool(pool);
  if (!defect::is("not_joined")) join_pool(pool);
  if (defect::is("signals_let_go")) end_by_signals();
  try {
    finalizer::run_all();
  } catch (const std::exception&) {
    return 1;
  }
  if (const int asked = stop_asked()) return 128 + asked;
  return all_done && !finalizer::any_failed ? 0 : 1;
}
