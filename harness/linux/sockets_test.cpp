#include "harness/linux/sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool is_limited(const UniqueFd& fd, bool connects = false) {
  return socket_wait_is_limited(::getpid(), fd.get(), connects);
}

TEST(Sockets, that_listen_are_read_from_the_tables) {
  const std::string tcp =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0 0 10 0\n"
      "   1: 0100007F:1F91 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 78 1 0 100 0 0 10 0\n"
      "   2: 00000000000000000000000000000000:0050 0:0000 0A 0:0 00:0 0     0        0 79 1 0 100 0 0 10 0\n";
  EXPECT_THAT(parse_listening_tcp(tcp, {77, 78, 79}), ElementsAre("port 127.0.0.1:8080", "port [::]:80"));
  EXPECT_THAT(parse_listening_tcp(tcp, {78}), IsEmpty());
  const std::string local =
      "Num       RefCount Protocol Flags    Type St Inode Path\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 80 /run/a b.sock\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 81\n"
      "0000000000000000: 00000002 00000000 00000000 0001 01 82 /run/c.sock\n";
  EXPECT_THAT(parse_listening_unix(local, {80, 81, 82}), ElementsAre("socket /run/a b.sock", "socket without a name"));
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

TEST(Sockets, have_sent_what_nobody_has_acknowledged_yet) {
  const std::string head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
  const std::string listening = "   0: 0100007F:1F90 00000000:0000 0A 00000005:00000001 00:00000000 00000000     0\n";
  const std::string settled = "   1: 0100007F:1F90 0100007F:D2F0 01 00000000:00000007 00:00000000 00000000     0\n";
  const std::string sending = "   2: 0100007F:D2F0 0100007F:1F90 01 0000000A:00000000 01:00000014 00000000     0\n";
  EXPECT_FALSE(parse_unanswered_data(""));
  EXPECT_FALSE(parse_unanswered_data(head + listening + settled));
  EXPECT_TRUE(parse_unanswered_data(head + listening + settled + sending));
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
