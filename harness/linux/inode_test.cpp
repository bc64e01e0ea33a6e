#include "harness/linux/inode.hpp"

#include <gtest/gtest.h>

namespace exitproof::sys {
namespace {

TEST(Inode, print_then_parse_is_identity) {
  for (const Inode& inode : {Inode{}, Inode{0xfe01, 42, 1'700'000'000'123'456'789}, Inode{~dev_t{0}, ~ino_t{0}, -1}})
    EXPECT_EQ(parse_inode(print(inode)), inode) << print(inode);
}

TEST(Inode, is_nothing_but_three_numbers) {
  for (const char* text :
       {"", "1", "1:2", "1:2:", "1:2:3:4", "1:2:3\n", " 1:2:3", "-1:2:3", "+1:2:3", "1::3", "99999999999999999999:2:3"})
    EXPECT_FALSE(parse_inode(text)) << text;
}

}  // namespace
}  // namespace exitproof::sys
