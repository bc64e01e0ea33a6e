#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using testing::found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::opinion_of;
using testing::Story;

Story raw() {
  return Story("vi").terminal("echo off, canonical mode off");
}

TEST(terminal_restored, alone_flags_a_terminal_left_raw) {
  EXPECT_THAT(found(raw().evidence), ElementsAre("terminal-restored vi"));
  EXPECT_THAT(opinion_of("terminal-restored", raw().evidence).violations.at(0).detail,
              HasSubstr("echo off, canonical mode off"));
  EXPECT_THAT(found(raw().fault("SIGTERM@0:read:1", {"0"}, Landing::caught).ended("0", "exit 1").evidence),
              ElementsAre("terminal-restored vi"));
}

TEST(terminal_restored, never_flags_a_restored_terminal) {
  EXPECT_THAT(found(Story("vi").fault("SIGTERM@0:read:1", {"0"}, Landing::caught).evidence), IsEmpty());
}

TEST(terminal_restored, does_not_ask_who_could_not_restore_it) {
  EXPECT_THAT(found(raw().fault("kill@0:read:1", {"0"}, Landing::death).ended("0", "SIGKILL").evidence), IsEmpty());
  EXPECT_THAT(found(raw().fault("kill-tree@quiet:1", {"0"}, Landing::death).ended("0", "SIGKILL").evidence), IsEmpty());
  EXPECT_THAT(found(raw().fault("SIGTERM@0:read:1", {"0"}, Landing::death).ended("0", "SIGTERM").evidence), IsEmpty());
  EXPECT_THAT(found(raw().fault("hangup@quiet:1", {"0"}, Landing::caught).evidence), IsEmpty());
}

TEST(terminal_restored, only_notes_what_a_killed_child_left) {
  Story run("git");
  run.process("0.1", "less").ended("0.1", "SIGKILL").terminal("echo off");
  run.fault("kill@0.1:read:1", {"0.1"}, Landing::death);
  EXPECT_THAT(found(run.evidence), IsEmpty());
  EXPECT_EQ(opinion_of("terminal-restored", run.evidence).notes.size(), 1U);
}

}  // namespace
}  // namespace exitproof
