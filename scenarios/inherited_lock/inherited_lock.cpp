// inherited_lock [DEFECT]: a build that only one may do at a time holds a lock on build.lock for 60 ms. Meanwhile a
// thread starts a server for this build and the next ones, here sleep(1), that lives on by design. The build prints "built" and exits 0; 1 when another
// one holds the lock. The file stays: the lock is what counts, and the kernel takes it back from whoever ends.
#include <pthread.h>
#include <spawn.h>
#include <sys/file.h>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

const char* const lock_file = "build.lock";

/// A session of its own: it does not hear the terminal of the build.
void* start_server(void* started) {
  char name[] = "sleep";
  char seconds[] = "20";
  char* arguments[] = {name, seconds, nullptr};
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t server = 0;
  *static_cast<bool*>(started) = posix_spawnp(&server, name, nullptr, &attributes, arguments, environ) == 0;
  posix_spawnattr_destroy(&attributes);
  return nullptr;
}

class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  bool open_file() {
    const bool exclusive = defect::is("exists_means_locked");
    const bool leaks = defect::is("no_cloexec") || defect::is("cloexec_afterwards");
    file_ = open(lock_file, O_RDWR | O_CREAT | (exclusive ? O_EXCL : 0) | (leaks ? 0 : O_CLOEXEC), 0644);
    return file_ >= 0;
  }

  bool take() {
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) return false;
    return !defect::is("cloexec_afterwards") || fcntl(file_, F_SETFD, FD_CLOEXEC) == 0;
  }

  /// For all who have inherited it, too.
  ~Lock() {
    if (file_ < 0) return;
    if (defect::is("exists_means_locked")) unlink(lock_file);
    flock(file_, LOCK_UN);
    close(file_);
  }

 private:
  int file_ = -1;
};

/// The server is nobody's business any more: the kernel reaps it, should it end before the build.
void leave_children_to_kernel() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  action.sa_flags = SA_NOCLDWAIT;
  must(sigaction(SIGCHLD, &action, nullptr) == 0, "sigaction");
}

bool build() {
  bool started = false;
  pthread_t starter;
  Lock lock;
  if (!lock.open_file()) {
    std::perror(lock_file);
    return false;
  }
  if (pthread_create(&starter, nullptr, start_server, &started) != 0) return false;
  const bool locked = lock.take();
  if (!locked) std::perror(lock_file);
  pthread_join(starter, nullptr);
  if (locked && started) sleep_ms(60);
  return locked && started;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv, {"no_cloexec", "exists_means_locked", "cloexec_afterwards"});
  leave_children_to_kernel();
  if (!build()) return 1;
  return careful::write_all(STDOUT_FILENO, "built\n") ? 0 : 1;
}
