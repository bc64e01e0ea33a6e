// unix_client SOCKET TEXT [MS]: connects to a Unix socket, sends TEXT, waits MS (0), and checks that the same
// comes back. Exits 0; 1 with the reason on stderr otherwise.
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

int failed(const char* what) {
  std::perror(what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (argc < 3 || std::strlen(argv[1]) >= sizeof address.sun_path) return 2;
  std::strcpy(address.sun_path, argv[1]);
  const std::string text = argv[2];
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(server >= 0, "socket");
  if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return failed("connect");
  if (send(server, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) return failed("send");
  sleep_ms(argc > 3 ? std::atoi(argv[3]) : 0);
  std::string back(text.size(), '\0');
  if (recv(server, back.data(), back.size(), MSG_WAITALL) != static_cast<ssize_t>(back.size())) return failed("recv");
  return back == text ? 0 : 1;
}
