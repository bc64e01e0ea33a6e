// writes_whole: writes to what takes all or nothing, as the manual pages say: an eventfd, a memfd, /dev/null, a file of
// /proc, which it opens as a shell's > does, a datagram socket and one of sequenced packets; and to a stream socket,
// which may take a part. Prints what each returned.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cstdint>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr char text[] = "message";

void tell(const char* what, ssize_t result) {
  if (result < 0) {
    std::printf("%s: errno %d\n", what, errno);
  } else {
    std::printf("%s: %zd\n", what, result);
  }
}

void send_by(const char* what, int type) {
  int ends[2] = {-1, -1};
  must(socketpair(AF_UNIX, type, 0, ends) == 0, "socketpair");
  tell(what, write(ends[0], text, sizeof text - 1));
}

int open_as_shell(const char* path) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  must(fd >= 0, path);
  return fd;
}

}  // namespace

int main() {
  const std::uint64_t one = 1;
  tell("eventfd", write(eventfd(0, 0), &one, sizeof one));
  tell("memfd", write(memfd_create("buffer", 0), text, sizeof text - 1));
  tell("device", write(open_as_shell("/dev/null"), text, sizeof text - 1));
  tell("proc", write(open_as_shell("/proc/self/comm"), text, sizeof text - 1));
  send_by("datagram", SOCK_DGRAM);
  send_by("packet", SOCK_SEQPACKET);
  send_by("stream", SOCK_STREAM);
  return 0;
}
