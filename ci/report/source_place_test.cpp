#include "ci/report/source_place.hpp"

#include <gtest/gtest.h>

#include "ci/report/sample_result_testing.hpp"

namespace exitproof {
namespace {

TEST(SourcePlace, IsTheTellingFrameSeenFromTheScenario) {
  ScenarioReport scenario = testing::sample_certification().scenarios.front();
  Finding& finding = scenario.result.findings[1];
  finding.struck->stack[1].file = "/home/a/src/prog.cpp";
  EXPECT_EQ(source_place(scenario, finding)->file, "/home/a/src/prog.cpp");
  scenario.result.survey.scenario.working_directory = "/home/a";
  EXPECT_EQ(source_place(scenario, finding)->file, "src/prog.cpp");
  finding.struck->stack[1].file = "/home/a/build/.././src/prog.cpp";
  EXPECT_EQ(source_place(scenario, finding)->file, "src/prog.cpp");
  EXPECT_EQ(source_place(scenario, finding)->line, 12);
  finding.struck->stack[1].line = 0;
  EXPECT_FALSE(source_place(scenario, finding));
  EXPECT_FALSE(source_place(scenario, scenario.result.findings[0]));
}

TEST(SourcePlace, IsNeverInALibraryOfTheSystem) {
  ScenarioReport scenario = testing::sample_certification().scenarios.front();
  scenario.result.survey.scenario.working_directory = "/home/a";
  Finding& finding = scenario.result.findings[1];
  const Frame in_libc{.module = "/usr/lib/x86_64-linux-gnu/libc.so.6",
                      .function = "write",
                      .file = "../sysdeps/unix/sysv/linux/write.c",
                      .line = 26};
  const Frame in_library{.module = "/opt/z/libz.so", .function = "deflate", .file = "/build/z/deflate.c", .line = 7};
  const Frame in_program{.module = "/home/a/prog", .function = "save", .file = "/home/a/save.c", .line = 3};
  finding.struck->stack = {in_libc};
  EXPECT_FALSE(source_place(scenario, finding));
  finding.struck->stack = {in_libc, in_library};
  EXPECT_EQ(source_place(scenario, finding)->file, "/build/z/deflate.c");
  finding.struck->stack = {in_libc, in_library, in_program};
  EXPECT_EQ(source_place(scenario, finding)->file, "save.c");
}

TEST(UriOf, QuotesWhatMayNotStandInOne) {
  EXPECT_EQ(uri_of("src/a b#1.cpp"), "src/a%20b%231.cpp");
  EXPECT_EQ(uri_of("/tmp/\xc3\xa4.c"), "file:///tmp/%C3%A4.c");
  EXPECT_EQ(uri_of("a:b"), "a%3Ab");
}

}  // namespace
}  // namespace exitproof
