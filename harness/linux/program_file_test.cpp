#include "harness/linux/program_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/model/test_paths_testing.hpp"

namespace exitproof::sys {
namespace {

using exitproof::testing::subject;

TEST(ProgramFileTest, a_program_of_c_plus_plus) {
  const ProgramFile program = read_program_file(subject("allocates"));
  EXPECT_TRUE(program.is_native);
  EXPECT_TRUE(program.interpreter.starts_with("/lib64/ld-linux")) << program.interpreter;
  EXPECT_TRUE(std::any_of(program.needed.begin(), program.needed.end(),
                          [](const std::string& library) { return library.starts_with("libstdc++.so"); }));
  EXPECT_FALSE(program.has_sanitizer);
  EXPECT_FALSE(program.has_own_new);
  EXPECT_FALSE(program.has_linked_new);
}

TEST(ProgramFileTest, what_makes_it_another) {
  EXPECT_EQ(read_program_file(subject("ends_static")).interpreter, "");
  EXPECT_TRUE(read_program_file(subject("ends_asan")).has_sanitizer);
  EXPECT_TRUE(read_program_file(subject("allocates_itself")).has_own_new);
  const ProgramFile linked = read_program_file(subject("allocates_cxxstatic"));
  EXPECT_TRUE(linked.has_linked_new);
  EXPECT_FALSE(linked.has_own_new);
}

TEST(ProgramFileTest, what_is_no_program) {
  EXPECT_FALSE(read_program_file("/proc/self/status").is_native);
  EXPECT_FALSE(read_program_file("/proc/nothing").is_native);
  EXPECT_FALSE(read_program_file("/dev/null").is_native);
}

}  // namespace
}  // namespace exitproof::sys
