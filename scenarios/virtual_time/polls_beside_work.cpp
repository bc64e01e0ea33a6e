// A thread that looks every 100 ms whether it is to end, beside workers that sleep and hand each other a turn: what
// happens when depends on their clocks. Writes a line for each look and each turn.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "scenarios/subject.hpp"

namespace {

std::mutex mutex;
std::condition_variable changed;
int turn = 0;
bool over = false;

void say(const char* what, int number) {
  char line[64];
  const int size = std::snprintf(line, sizeof line, "%s %d\n", what, number);
  subject::must(write(1, line, static_cast<std::size_t>(size)) == size, "write");
}

void poll_for_end() {
  std::unique_lock lock(mutex);
  for (int looks = 1; !over; ++looks) {
    lock.unlock();
    subject::sleep_ms(100);
    lock.lock();
    say("look", looks);
  }
}

void work(int self, int count) {
  for (int i = 0; i < count; ++i) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::milliseconds(250), [&] { return turn == self; });
    turn = 1 - self;
    say("turn of", self);
    changed.notify_all();
    lock.unlock();
    subject::sleep_ms(70 + 30 * self);
  }
}

}  // namespace

int main() {
  std::thread poller(poll_for_end);
  std::thread first(work, 0, 12);
  std::thread second(work, 1, 10);
  first.join();
  second.join();
  {
    const std::lock_guard lock(mutex);
    over = true;
  }
  poller.join();
}
