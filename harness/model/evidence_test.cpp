#include "exitproof/evidence.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

const ProcessPath root = ProcessPath::root();

Evidence two_processes() {
  Evidence evidence;
  evidence.processes.resize(2);
  evidence.processes[0].command = "python3";
  evidence.processes[1].path = root.child(2);
  return evidence;
}

TEST(Evidence, finds_a_process_by_any_of_its_threads) {
  const Evidence evidence = two_processes();
  EXPECT_EQ(evidence.find(root), &evidence.processes[0]);
  EXPECT_EQ(evidence.find(root.extra_thread(3)), &evidence.processes[0]);
  EXPECT_EQ(evidence.find(root.child(2)), &evidence.processes[1]);
  EXPECT_EQ(evidence.find(root.child(1)), nullptr);
}

TEST(Evidence, names_processes_as_findings_do) {
  const Evidence evidence = two_processes();
  EXPECT_EQ(evidence.describe(root), "python3 (0)");
  EXPECT_EQ(evidence.describe(root.extra_thread(3)), "python3 (0/3)");
  EXPECT_EQ(evidence.describe(root.child(2)), "process 0.2");
  EXPECT_EQ(evidence.describe(root.child(7)), "process 0.7");
}

TEST(Evidence, all_faults_fired_asks_for_a_record_of_each) {
  Evidence evidence;
  EXPECT_TRUE(evidence.all_faults_fired());
  evidence.plan = FaultPlan::parse("kill@0:write:1,kill@0:write:2");
  EXPECT_FALSE(evidence.all_faults_fired());
  evidence.faults.resize(2);
  for (FaultRecord& record : evidence.faults) record.fired = true;
  EXPECT_TRUE(evidence.all_faults_fired());
  evidence.faults[1].fired = false;
  EXPECT_FALSE(evidence.all_faults_fired());
}

TEST(BlockedTask, says_once_what_it_does) {
  BlockedTask task;
  EXPECT_EQ(task.state(), "waits in no system call");
  task.call = "read";
  EXPECT_EQ(task.state(), "waits in read");
  task.object = "pipe:[4711]";
  EXPECT_EQ(task.state(), "waits in read of pipe:[4711]");
  task.object.clear();
  task.call = BlockedTask::stopped;
  EXPECT_EQ(task.state(), "is stopped by job control");
  task.call = BlockedTask::running;
  EXPECT_EQ(task.state(), "runs on and on");
}

TEST(Evidence, names_of_its_enumerations) {
  EXPECT_EQ(phase_name(Phase::work), "work");
  EXPECT_EQ(event_kind_name(EventKind::call_end), "call-end");
  EXPECT_EQ(landing_name(Landing::thrown), "thrown");
  EXPECT_EQ(change_kind_name(ChangeKind::deleted), "deleted");
  EXPECT_EQ(file_type_name(FileType::posix_queue), "posix-queue");
}

}  // namespace
}  // namespace exitproof
