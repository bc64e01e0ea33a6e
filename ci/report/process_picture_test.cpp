#include "ci/report/process_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <pugixml.hpp>

#include "ci/report/picture_axis.hpp"
#include "ci/report/picture_lanes.hpp"
#include "ci/report/sample_result_testing.hpp"

namespace exitproof {
namespace {

using ::testing::AllOf;
using testing::golden;
using ::testing::HasSubstr;
using ::testing::Not;

/// A root that never reaps its first child and is outlived by its second, which had reaped its own.
Evidence family() {
  Evidence evidence;
  evidence.plan = FaultPlan::parse("SIGTERM@0:quiet:1");
  const auto add = [&](const char* path, int born) -> ProcessRecord& {
    ProcessRecord& process = evidence.processes.emplace_back();
    process.path = ProcessPath::parse(path);
    process.maker = process.path.parent();
    process.command = "prog";
    process.born = Micros{born};
    return process;
  };
  const auto end = [](ProcessRecord& process, int died, WaitStatus status) {
    process.died = Micros{died};
    process.end = status;
  };
  ProcessRecord& root = add("0", 0);
  end(root, 900'000, WaitStatus::exited(1));
  root.struck = true;
  end(add("0.1", 500), 2'000, WaitStatus::exited(0));
  add("0.2", 600);
  ProcessRecord& grandchild = add("0.2.1", 700);
  end(grandchild, 1'500, WaitStatus::killed(SIGSEGV));
  grandchild.reaping = Reaping::by_parent;
  grandchild.reaped = Micros{1'600};
  grandchild.reaper = ProcessPath::parse("0.2");
  evidence.zombies = {{.process = ProcessPath::parse("0.1"),
                       .parent = ProcessPath::root(),
                       .unreaped_for = Micros{898'000},
                       .at_parents_end = true,
                       .reaped_after = {}}};
  Survivor survivor;
  survivor.process = ProcessPath::parse("0.2");
  survivor.holds = {"lock /run/<a>.lock"};
  evidence.survivors = {survivor};
  FaultRecord& record = evidence.faults.emplace_back();
  record.fault = evidence.plan.faults.front();
  record.fired = true;
  record.at = Micros{3'000};
  record.struck = {ProcessPath::root()};
  evidence.events.push_back({.at = Micros{3'010},
                             .kind = EventKind::signal,
                             .who = ProcessPath::root(),
                             .call = "SIGTERM",
                             .object = std::string(Event::caught),
                             .result = 0,
                             .site = {}});
  evidence.root_end = WaitStatus::exited(1);
  evidence.root_ended_at = Micros{900'000};
  FileChange file;
  file.path = "/tmp/x&y\n";
  evidence.files = {file};
  return evidence;
}

TEST(ProcessPicture, HasItsFixedShape) {
  const std::string actual = process_picture(family(), "finding-1");
  EXPECT_EQ(actual, golden("picture.svg", actual));
}

TEST(ProcessPicture, IsXmlWhoseTextSaysTheSame) {
  const std::string picture = process_picture(family(), "p");
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(picture.c_str()));
  EXPECT_THAT(
      document.child("svg").child("desc").text().get(),
      AllOf(HasSubstr("prog (0.2) is born at 600 us; still alive, holds lock /run/<a>.lock."),
            HasSubstr("prog (0.1) is born at 500 us; exit 0, a zombie for 898"), HasSubstr("SIGSEGV, reaped by 0.2"),
            HasSubstr("At 3.0 ms: SIGTERM@0:quiet:1."), HasSubstr("/tmp/x&y\\x0a")));
}

TEST(ProcessPicture, DrawsNothingOfNothing) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(process_picture({}, "p").c_str()));
}

TEST(PictureLanes, OfALargeTreeShowWhatMatters) {
  Evidence evidence = family();
  for (int i = 3; i < 100; ++i) {
    ProcessRecord process;
    process.path = ProcessPath::root().child(static_cast<std::uint32_t>(i));
    process.died = Micros{i};
    evidence.processes.push_back(process);
  }
  evidence.processes.back().struck = true;
  const Lanes lanes = choose_lanes(evidence, 5);
  std::vector<std::string> paths;
  for (const Lane& lane : lanes.lanes) paths.push_back(lane.process->path.print());
  EXPECT_THAT(paths, ::testing::ElementsAre("0", "0.1", "0.2", "0.2.1", "0.99"));
  EXPECT_EQ(lanes.left_out, 96U);
  EXPECT_THAT(process_picture(evidence, "p"), HasSubstr("and 61 more processes, not drawn"));
}

TEST(PictureAxis, KeepsTheOrderAndShowsSmallAndLarge) {
  const PictureAxis axis({Micros{0}, Micros{10}, Micros{2'000'000}, Micros{10}}, 100, 200);
  EXPECT_DOUBLE_EQ(axis.x(Micros{0}), 100);
  EXPECT_DOUBLE_EQ(axis.x(Micros{2'000'000}), 200);
  EXPECT_GT(axis.x(Micros{10}), 105);
  EXPECT_LT(axis.x(Micros{10}), 150);
  EXPECT_DOUBLE_EQ(PictureAxis({Micros{7}}, 100, 200).x(Micros{7}), 100);
}

}  // namespace
}  // namespace exitproof
