// Three threads take twelve jobs from a queue; each job makes a file in the temporary directory and removes it. Which
// thread does which job is the schedule's choice. Exits 0.
#include <fcntl.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr int jobs = 12;
std::mutex mutex;
std::condition_variable changed;
std::deque<int> queue;
bool closed = false;

void do_job(int job) {
  const std::string name = "threads_share_queue." + std::to_string(job);
  const int fd = open(name.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  must(fd >= 0, "open");
  must(write(fd, "x", 1) == 1, "write");
  must(close(fd) == 0, "close");
  must(unlink(name.c_str()) == 0, "unlink");
}

void work() {
  for (;;) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [] { return closed || !queue.empty(); });
    if (queue.empty()) return;
    const int job = queue.front();
    queue.pop_front();
    lock.unlock();
    do_job(job);
  }
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(work);
  for (int job = 0; job < jobs; ++job) {
    const std::lock_guard lock(mutex);
    queue.push_back(job);
    changed.notify_one();
  }
  {
    const std::lock_guard lock(mutex);
    closed = true;
    changed.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
}
