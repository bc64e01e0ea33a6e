// tries_machine --in-a-world PORT [PATH...]: tries to change the machine, and prints what each attempt gave:
// rewrites kernel.core_pattern with what it holds, sets the host name, switches Ctrl+Alt+Del off, mounts a tmpfs
// on /mnt, sets the clock to what it shows, deletes each PATH, and listens on PORT. Exits 0 whatever happened.
// Never run it outside a world: most of it succeeds for root. After a trial the machine must be unchanged, and
// the next trial must print the same.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "scenarios/subject.hpp"

namespace {

void tell(const char* what, bool done) {
  std::printf("%s: %s\n", what, done ? "done" : std::strerror(errno));
}

bool rewrite(const char* path) {
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  char text[4096];
  const ssize_t size = pread(file, text, sizeof text, 0);
  const bool done = size >= 0 && pwrite(file, text, static_cast<std::size_t>(size), 0) == size;
  close(file);
  return done;
}

bool listens(int port) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return server >= 0 && bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
         listen(server, 1) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || std::string_view(argv[1]) != "--in-a-world") return 2;
  tell("sysctl", rewrite("/proc/sys/kernel/core_pattern"));
  tell("sethostname", sethostname("stolen", 6) == 0);
  tell("reboot", reboot(RB_DISABLE_CAD) == 0);
  tell("mount", mount("stolen", "/mnt", "tmpfs", 0, nullptr) == 0);
  timeval now{};
  tell("settimeofday", gettimeofday(&now, nullptr) == 0 && settimeofday(&now, nullptr) == 0);
  for (int i = 3; i < argc; ++i) tell(argv[i], unlink(argv[i]) == 0);
  tell("listen", listens(std::atoi(argv[2])));
  return 0;
}
