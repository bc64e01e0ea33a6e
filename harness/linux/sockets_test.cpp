#include "harness/linux/sockets.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {
namespace {

bool is_limited(const UniqueFd& fd, bool connects = false) {
  return socket_wait_is_limited(::getpid(), fd.get(), connects);
}

TEST(Sockets, wait_as_long_as_they_are_told) {
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_FALSE(is_limited(socket));
    const timeval limit{5, 0};
    ASSERT_EQ(::setsockopt(socket.get(), SOL_SOCKET, option, &limit, sizeof limit), 0);
    EXPECT_TRUE(is_limited(socket));
  }
}

TEST(Sockets, connect_for_a_limited_time_but_within_the_machine) {
  EXPECT_TRUE(is_limited(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), true));
  EXPECT_FALSE(is_limited(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))));
  EXPECT_FALSE(is_limited(UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), true));
}

TEST(Sockets, are_no_pipes) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueFd reading(ends[0]);
  const UniqueFd writing(ends[1]);
  EXPECT_FALSE(is_limited(reading));
}

}  // namespace
}  // namespace exitproof::sys
