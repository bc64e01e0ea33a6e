#include "harness/linux/stack.hpp"

#include <gtest/gtest.h>

#include "harness/linux/code_map.hpp"
#include "harness/linux/symbols.hpp"

namespace exitproof::sys {
namespace {

Frame frame_at(std::string module, std::uint64_t offset) {
  Frame frame;
  frame.module = std::move(module);
  frame.offset = offset;
  return frame;
}

TEST(StackKey, depends_on_executable_place_and_class_only) {
  const std::vector<Frame> frames = {frame_at("/lib/libc.so.6", 0x1234), frame_at("/bin/a", 0x99)};
  const std::uint64_t key = stack_key("/bin/a", frames, CallClass::write);
  EXPECT_EQ(key, stack_key("/bin/a", frames, CallClass::write));
  EXPECT_NE(key, stack_key("/bin/b", frames, CallClass::write));
  EXPECT_NE(key, stack_key("/bin/a", frames, CallClass::open));
  EXPECT_NE(key, stack_key("/bin/a", {frames[0]}, CallClass::write));
  EXPECT_NE(key, stack_key("/bin/a", {frames[1], frames[0]}, CallClass::write));

  std::vector<Frame> named = frames;
  named[0].function = "write";
  named[0].line = 7;
  EXPECT_EQ(key, stack_key("/bin/a", named, CallClass::write));
}

TEST(StackKey, is_the_same_in_every_build) {
  EXPECT_EQ(stack_key("/bin/a", {frame_at("/bin/a", 0x10)}, CallClass::kill), 14350767967367619787u);
}

constexpr std::string_view maps =
    "555555554000-555555556000 r--p 00000000 fe:00 11 /world/usr/bin/a\n"
    "555555556000-555555558000 r-xp 00002000 fe:00 11 /world/usr/bin/a\n"
    "7ffff7d00000-7ffff7d01000 rwxp 00000000 00:00 0 \n"
    "7ffff7e00000-7ffff7e01000 r-xp 00001000 fe:00 12 /worldly/a name (deleted)\n"
    "7ffff7fc9000-7ffff7fcb000 r-xp 00000000 00:00 0                          [vdso]\n";

TEST(CodeMap, keeps_what_can_be_executed) {
  const auto ranges = parse_code_map(maps, "/world");
  ASSERT_EQ(ranges.size(), 4u);
  EXPECT_EQ(ranges[0].start, 0x555555556000u);
  EXPECT_EQ(ranges[0].end, 0x555555558000u);
  EXPECT_EQ(ranges[0].file_offset, 0x2000u);
  EXPECT_EQ(ranges[0].module, "/usr/bin/a");
  EXPECT_EQ(ranges[1].module, "[anon]");
  EXPECT_EQ(ranges[2].module, "/worldly/a name (deleted)");
  EXPECT_EQ(ranges[3].module, "[vdso]");
}

TEST(CodeMap, strips_no_prefix_when_the_root_is_ours) {
  EXPECT_EQ(parse_code_map(maps, "/").front().module, "/world/usr/bin/a");
  EXPECT_EQ(parse_code_map(maps, "").front().module, "/world/usr/bin/a");
}

TEST(CodeMap, survives_text_that_is_none) {
  EXPECT_TRUE(parse_code_map("", "/").empty());
  EXPECT_TRUE(parse_code_map("\n\nx\nnonsense xx", "/").empty());
}

TEST(Symbols, demangles_what_is_mangled) {
  EXPECT_EQ(demangled("_ZN6stacks6Caller4callEv"), "stacks::Caller::call()");
  EXPECT_EQ(demangled("main"), "main");
  EXPECT_EQ(demangled("__libc_start_main@@GLIBC_2.34"), "__libc_start_main");
}

TEST(StackReader, returns_nothing_for_a_task_that_is_not_held) {
  StackReader reader;
  EXPECT_TRUE(reader.read(getpid(), getpid()).empty());
  EXPECT_TRUE(reader.read(0, 0).empty());
  reader.forget(12345);
}

}  // namespace
}  // namespace exitproof::sys
