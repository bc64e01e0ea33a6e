// unix_server SOCKET PIDFILE: listens on a Unix socket, writes its pid file, and sends back what each client
// sends until the client is done. SIGTERM and SIGINT end it with status 0, socket and pid file removed. SIGKILL
// leaves both, and the next one says "in use" and exits 1.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <csignal>
#include <cstring>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

volatile sig_atomic_t stopping = 0;
void on_stop(int) {
  stopping = 1;
}

/// Waits until there is something to read; false when it is to stop.
bool readable(int fd, const sigset_t& open_mask) {
  pollfd awaited{fd, POLLIN, 0};
  while (stopping == 0)
    if (ppoll(&awaited, 1, nullptr, &open_mask) == 1) return true;
  return false;
}

void echo(int client, const sigset_t& open_mask) {
  char block[512];
  while (readable(client, open_mask)) {
    const ssize_t count = read(client, block, sizeof block);
    if (count <= 0 || send(client, block, static_cast<std::size_t>(count), MSG_NOSIGNAL) != count) break;
  }
  close(client);
}

bool write_pid(int file) {
  const bool written = dprintf(file, "%d\n", static_cast<int>(getpid())) > 0;
  return close(file) == 0 && written;
}

int failed(const char* what) {
  std::perror(what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (argc != 3 || std::strlen(argv[1]) >= sizeof address.sun_path) return 2;
  std::strcpy(address.sun_path, argv[1]);
  // Blocked but in ppoll(2): a stop that comes while all is being made ends it cleanly too.
  sigset_t stops, open_mask;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  must(sigprocmask(SIG_BLOCK, &stops, &open_mask) == 0, "sigprocmask");
  must(signal(SIGTERM, on_stop) != SIG_ERR && signal(SIGINT, on_stop) != SIG_ERR, "signal");

  const int pid_file = open(argv[2], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (pid_file < 0) return failed("in use");
  int status = 0;
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool bound = server >= 0 && bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (!bound) status = failed("in use");
  if (!write_pid(pid_file) || (bound && listen(server, 16) != 0)) status = failed("start");
  while (status == 0 && readable(server, open_mask)) {
    const int client = accept4(server, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) echo(client, open_mask);
  }
  if (bound) unlink(argv[1]);
  unlink(argv[2]);
  return status;
}
