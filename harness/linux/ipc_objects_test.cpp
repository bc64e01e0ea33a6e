#include "harness/linux/ipc_objects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exitproof/parse_error.hpp"

namespace exitproof::sys {
namespace {

using testing::ElementsAre;

TEST(IpcObjects, reads_the_list_of_segments_without_those_that_are_going_away) {
  constexpr const char* text =
      "       key      shmid perms                  size  cpid  lpid nattch   uid   gid\n"
      "      4711          3   600                  4096   101   102      0     0     0\n"
      "         0          4  1600                  8192   101   102      1     0     0\n"
      "-559038737      32773   644                     1   101   102      0     0     0\n";
  EXPECT_THAT(parse_sysvipc(IpcKind::shared_memory, text),
              ElementsAre(IpcObject{IpcKind::shared_memory, 4711, 3, 4096},
                          IpcObject{IpcKind::shared_memory, -559038737, 32773, 1}));
}

TEST(IpcObjects, reads_the_lists_of_semaphores_and_queues) {
  EXPECT_THAT(parse_sysvipc(IpcKind::semaphores, "key semid perms nsems uid\n 7 0 600 12 0\n"),
              ElementsAre(IpcObject{IpcKind::semaphores, 7, 0, 12}));
  EXPECT_THAT(parse_sysvipc(IpcKind::messages, "key msqid perms cbytes qnum\n 0 1 1600 99 3\n"),
              ElementsAre(IpcObject{IpcKind::messages, 0, 1, 99}));
}

TEST(IpcObjects, refuses_what_is_no_line_of_it) {
  EXPECT_THROW(parse_sysvipc(IpcKind::messages, "head\nnonsense\n"), ParseError);
}

TEST(IpcObjects, can_be_read_here) {
  EXPECT_NO_THROW(read_ipc_objects());
}

TEST(IpcObjects, refuses_permissions_that_are_no_octal_number) {
  EXPECT_THROW(parse_sysvipc(IpcKind::messages, "key msqid perms cbytes\n 0 1 rw 99\n"), ParseError);
  EXPECT_THROW(parse_sysvipc(IpcKind::messages, "key msqid perms cbytes\n 0 1 7777777777777777777777777 99\n"),
               ParseError);
}

}  // namespace
}  // namespace exitproof::sys
