#include "exitproof/finding.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

const Frame in_libc{"/lib/x86_64-linux-gnu/libc.so.6", 0x10, "open", "open64.c", 41};
const Frame in_library{"/usr/lib/libother.so", 0x20, "helper", "", 0};
const Frame in_program{"/usr/bin/prog", 0x30, "main", "", 0};
const Frame in_program_with_line{"/usr/bin/prog", 0x40, "save", "prog.cpp", 12};
const Frame in_agent{"/usr/bin/agents/libexitproof-new.so", 0x50, "operator new", "preload_new.cpp", 7};

TEST(TellingFrame, PrefersASourceLineOutsideTheCLibraryAndTheAgents) {
  const std::vector<Frame> stack{in_libc, in_agent, in_library, in_program_with_line, in_program};
  ASSERT_NE(telling_frame(stack, "/usr/bin/prog"), nullptr);
  EXPECT_EQ(telling_frame(stack, "/usr/bin/prog")->function, "save");
}

TEST(TellingFrame, ElseTheExecutableElseTheInnermost) {
  EXPECT_EQ(telling_frame({in_libc, in_library, in_program}, "/usr/bin/prog")->function, "main");
  EXPECT_EQ(telling_frame({in_libc, in_library}, "/usr/bin/prog")->function, "open");
  EXPECT_EQ(telling_frame({}, "/usr/bin/prog"), nullptr);
}

}  // namespace
}  // namespace exitproof
