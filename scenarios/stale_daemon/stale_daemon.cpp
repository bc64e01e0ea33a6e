// stale_daemon [DEFECT]: a daemon in the foreground with a pid file, a socket and one worker, which answers "ok" to
// who connects and is made again when it ends. Signals that ask it to end do so with status 0. Another start is refused
// with status 1 while it runs, and only then: what says so is a lock on daemon.pid, which nothing can leave behind. So
// neither that file nor daemon.sock is in the way of the next start, whatever they hold.
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

const char* const pid_file = "daemon.pid";
const char* const socket_file = "daemon.sock";

const sigset_t stops = careful::set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE});
const sigset_t events = careful::set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD});
volatile sig_atomic_t stopping = 0;

bool refuse(const char* why) {
  std::fprintf(stderr, "stale_daemon: %s\n", why);
  return false;
}

bool names_a_living_process(const char* text) {
  const int pid = std::atoi(text);
  return pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH;
}

class PidFile {
 public:
  /// Whether this is the only daemon.
  bool claim() {
    if (defect::is("existing_pid_file_means_running")) return create();
    if (defect::is("empty_pid_file_means_running")) return is_of_the_past() && create();
    file_ = open(pid_file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) return refuse("no pid file");
    return flock(file_, LOCK_EX | LOCK_NB) == 0 || refuse("already running");
  }

  bool write() {
    char text[16];
    std::snprintf(text, sizeof text, "%d\n", static_cast<int>(getpid()));
    return ftruncate(file_, 0) == 0 && careful::write_all(file_, text);
  }

  /// In a worker, which is not to hold the lock when the daemon is gone.
  void drop() const { close(file_); }

  /// Who removes a file that others may have locked takes away the lock of a new daemon: it stays, and is empty.
  bool release() {
    const bool by_existence = defect::chosen.ends_with("pid_file_means_running");
    return (by_existence ? unlink(pid_file) : truncate(pid_file, 0)) == 0;
  }

 private:
  bool create() {
    file_ = open(pid_file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    return file_ >= 0 || refuse("already running");
  }

  /// Removes the pid file of a daemon that is not there any more.
  static bool is_of_the_past() {
    const int file = open(pid_file, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    char text[16] = {};
    careful::read_some(file, text, sizeof text - 1);
    close(file);
    if (names_a_living_process(text)) return refuse("the pid file is of a running daemon, or not to be read");
    return unlink(pid_file) == 0;
  }

  int file_ = -1;
};

/// -1, and nothing is left, when it cannot be had.
int listen_on_socket() {
  // It is of the past: the lock says that nobody uses it.
  if (!defect::is("stale_socket") && unlink(socket_file) != 0 && errno != ENOENT) return -1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, socket_file);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return -1;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && listen(listener, 8) == 0)
    return listener;
  std::perror(socket_file);
  close(listener);
  return -1;
}

class Daemon {
 public:
  /// The exit status.
  int run() {
    if (!pid_.claim()) return 1;
    bool good = pid_.write() && pipe(life_) == 0 && (listener_ = listen_on_socket()) >= 0;
    if (good) good = lead();
    // A worker that falls out of its loop comes here as well, if nothing keeps it from doing so.
    if (listener_ >= 0) good = unlink(socket_file) == 0 && good;
    good = pid_.release() && good;
    return good ? 0 : 1;
  }

 private:
  /// Until a stop comes; then the worker is ended and reaped.
  bool lead() {
    for (int made = 0; made < 4; ++made) {
      const pid_t worker = fork();
      if (worker == 0) {
        serve();
        if (defect::is("worker_cleans_up")) return true;
        _exit(0);
      }
      if (worker < 0) return false;
      int event = 0;
      while ((event = careful::await_signal(events, careful::after_now(60'000))) == 0) {
      }
      if (event != SIGCHLD) close(life_[1]);
      reap(worker);
      if (event != SIGCHLD) return true;
    }
    return refuse("its workers do not live");
  }

  /// A worker's life: until it is asked to end, and then made anew, or the daemon wants no more of it or is gone.
  void serve() {
    close(life_[1]);
    pid_.drop();
    std::signal(SIGTERM, [](int) { stopping = 1; });
    std::signal(SIGINT, SIG_IGN);
    sigset_t open_mask;
    sigemptyset(&open_mask);
    sigset_t blocked = careful::set_of({SIGTERM});
    must(sigprocmask(SIG_SETMASK, &blocked, nullptr) == 0, "sigprocmask");
    while (stopping == 0) {
      pollfd ready[2] = {{listener_, POLLIN, 0}, {life_[0], 0, 0}};
      if (ppoll(ready, 2, nullptr, &open_mask) < 0) continue;
      if (ready[1].revents != 0) _exit(0);
      answer();
    }
  }

  void answer() const {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    send(client, "ok\n", 3, MSG_NOSIGNAL);
    close(client);
  }

  PidFile pid_;
  int life_[2] = {-1, -1};  ///< the daemon alone keeps its second end
  int listener_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
  defect::choose(
      argc, argv,
      {"existing_pid_file_means_running", "empty_pid_file_means_running", "stale_socket", "worker_cleans_up"});
  must(sigprocmask(SIG_BLOCK, &events, nullptr) == 0, "sigprocmask");
  return Daemon().run();
}
