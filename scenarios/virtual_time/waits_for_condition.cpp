// Waits ten seconds for a condition that nobody brings about, and exits with 0 when it gave up.
#include <chrono>
#include <condition_variable>
#include <mutex>

int main() {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  return never.wait_for(lock, std::chrono::seconds(10)) == std::cv_status::timeout ? 0 : 1;
}
