#include "ci/cli/standard_descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace exitproof::cli {

void occupy_standard_descriptors() {
  // Each opened for what it is not used for.
  constexpr std::array<int, 3> other_use{O_WRONLY, O_RDONLY, O_RDONLY};
  for (int fd = 0; fd < 3; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      // The lowest free number is this one.
      static_cast<void>(::open("/dev/null", other_use.at(static_cast<std::size_t>(fd))));
    }
  }
}

void complain(std::string_view message) noexcept {
  std::fprintf(stderr, "exitproof: %.*s\n", static_cast<int>(message.size()), message.data());
}

}  // namespace exitproof::cli
