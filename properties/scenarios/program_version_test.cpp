#include "properties/scenarios/program_version.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace exitproof {
namespace {

std::string read(std::string_view text) {
  const std::optional<ProgramVersion> version = ProgramVersion::in(text);
  return version ? version->print() : "none";
}

TEST(ProgramVersion, IsReadOutOfWhatProgramsSay) {
  EXPECT_EQ(read("Python 3.11.2"), "3.11.2");
  EXPECT_EQ(read("GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)"), "5.2.15");
  EXPECT_EQ(read("xargs (GNU findutils) 4.9.0\nCopyright (C) 2022"), "4.9.0");
  EXPECT_EQ(read("Python 3.14.0rc1"), "3.14.0");
  EXPECT_EQ(read("GNU Make 4.3\n"), "4.3");
  EXPECT_EQ(read("Copyright 2022"), "none");
  EXPECT_EQ(read("99999999999999.1"), "none");
  EXPECT_EQ(read(""), "none");
}

TEST(ProgramVersion, IsComparedNumberByNumber) {
  EXPECT_LT(ProgramVersion({3, 9}), ProgramVersion({3, 11, 2}));
  EXPECT_LT(ProgramVersion({3, 9}), ProgramVersion({3, 9, 1}));
  EXPECT_EQ(ProgramVersion({3, 9}), ProgramVersion({3, 9, 0}));
}

TEST(ProgramVersion, DecidesWhichFactsAreSaid) {
  Fact fact;
  fact.since = "3.9";
  fact.until = "3.13";
  EXPECT_FALSE(applies_to(fact, {{3, 8, 20}}));
  EXPECT_TRUE(applies_to(fact, {{3, 9}}));
  EXPECT_TRUE(applies_to(fact, {{3, 12, 7}}));
  EXPECT_FALSE(applies_to(fact, {{3, 13}}));
  fact.until = "soon";
  EXPECT_THROW(applies_to(fact, {{3, 9}}), std::runtime_error);
}

TEST(ProgramVersion, IsAskedForOfTheProgramThatIsRun) {
  Scenario scenario;
  scenario.environment = {{"PATH", "/usr/bin:/bin"}};
  scenario.command = {"bash", "-c", "exit 3"};
  EXPECT_GT(version_found(scenario), ProgramVersion({3, 0}));
  scenario.command = {"/bin/true", "and so on"};
  EXPECT_GT(version_found(scenario), ProgramVersion({1, 0}));
  scenario.command = {"/bin/bash-that-is-not-there"};
  EXPECT_THROW(version_found(scenario), std::runtime_error);
}

}  // namespace
}  // namespace exitproof
