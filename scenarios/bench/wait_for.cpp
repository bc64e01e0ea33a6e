// What ci/bench measures: a wait for something that does not come, three seconds long.
#include <chrono>
#include <condition_variable>
#include <mutex>

int main() {
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_lock lock(mutex);
  return changed.wait_for(lock, std::chrono::seconds(3), [] { return false; }) ? 1 : 0;
}
