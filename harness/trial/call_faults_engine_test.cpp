#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/trial/trial_testing.hpp"

// Faults of single calls and of the disk, by what a program sees of them.
namespace exitproof::testing {
namespace {

Evidence writes(std::string_view plan) {
  Evidence evidence = try_once({"writes_blocks"}, lean_request(plan));
  EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
  return evidence;
}

std::string output(const std::string& four_writes, const std::string& writev, const std::string& close) {
  return "open: 0\n" + four_writes + "writev: " + writev + "\nsecond length: 200\nclose: " + close +
         "\nclose again: errno 9\n";
}

std::uint64_t size_of_output(const Evidence& evidence) {
  const FileChange* file = find_file(evidence, "/tmp/writes_blocks.out");
  return file == nullptr ? 0 : file->size;
}

const std::string enospc = "write: errno " + std::to_string(ENOSPC) + "\n";
const std::string whole = "write: 10000\n";

TEST(CallFaultsTest, an_errno_strikes_once) {
  const Evidence evidence = writes("ENOSPC@0:write:2");
  EXPECT_EQ(evidence.out.head, output(whole + enospc + whole + whole, "300", "0"));
  EXPECT_EQ(size_of_output(evidence), 30'300U);
  EXPECT_TRUE(evidence.all_faults_fired());
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::call);
  EXPECT_FALSE(evidence.end_was_asked);
}

TEST(CallFaultsTest, a_persistent_errno_strikes_every_such_call_from_then_on) {
  const Evidence evidence = writes("ENOSPC+@0:write:3");
  EXPECT_EQ(evidence.out.head, output(whole + whole + enospc + enospc, "errno " + std::to_string(ENOSPC), "0"))
      << "stdout, a pipe, is not struck";
}

TEST(CallFaultsTest, a_close_that_fails_has_closed) {
  const Evidence evidence = writes("EIO@0:close=writes_blocks.out:1");
  EXPECT_EQ(evidence.out.head, output(whole + whole + whole + whole, "300", "errno " + std::to_string(EIO)));
}

TEST(CallFaultsTest, a_short_write_leaves_the_caller_as_it_was) {
  EXPECT_EQ(writes("short=3@0:write:2").out.head, output(whole + "write: 3\n" + whole + whole, "300", "0"));
  EXPECT_EQ(writes("short=150@0:write:5").out.head, output(whole + whole + whole + whole, "150", "0"));
  EXPECT_EQ(writes("short=50@0:write:5").out.head, output(whole + whole + whole + whole, "50", "0"));
}

TEST(CallFaultsTest, a_write_to_a_pipe_is_short_only_where_it_is_not_atomic) {
  const auto first_write = [](const std::string& script) {
    return try_once({"/bin/sh", "-c", script}, lean_request("short=1@0.1:write:1")).faults.at(0);
  };
  EXPECT_EQ(first_write("echo two | cat").why_not,
            "this write of 4 bytes is to a pipe, which takes 4096 bytes or less whole or not at all");
  EXPECT_FALSE(first_write("dd if=/dev/zero bs=4096 count=1 2>/dev/null | cat >/dev/null").fired);
  EXPECT_TRUE(first_write("dd if=/dev/zero bs=4097 count=1 2>/dev/null | cat >/dev/null").fired);
  const Evidence named = try_once({"/bin/sh", "-c", "mkfifo short.fifo; cat short.fifo & echo a >short.fifo; wait"},
                                  lean_request("short=1@0:write:1"));
  EXPECT_FALSE(named.faults.at(0).fired) << explain(named);
  const Evidence out = try_once({"/bin/sh", "-c", "echo two"}, lean_request("short=1@0:out:1"));
  EXPECT_TRUE(out.all_faults_fired()) << "whatever stdout is, where the program is used";
}

TEST(CallFaultsTest, only_what_may_take_a_part_is_short_and_only_a_disk_is_full) {
  const std::string all = "eventfd: 8\nmemfd: 7\ndevice: 7\nproc: 7\ndatagram: 7\npacket: 7\nstream: 7\n";
  const auto unfired = [&](const std::string& plan) {
    const Evidence evidence = try_once({"writes_whole"}, lean_request(plan));
    EXPECT_FALSE(evidence.all_faults_fired()) << plan;
    EXPECT_EQ(evidence.out.head, all) << plan << explain(evidence);
    return evidence.faults.at(0).why_not;
  };
  const std::string whole_or_not = ", which takes it whole or not at all";
  const std::string special = "a device, an eventfd or a file that the kernel makes up";
  EXPECT_EQ(unfired("short=3@0:write:1"), "this write of 8 bytes is to " + special + whole_or_not);
  EXPECT_EQ(unfired("short=3@0:write:2"), "this write of 7 bytes is to a memfd" + whole_or_not);
  EXPECT_EQ(unfired("short=3@0:write:3"), "this write of 7 bytes is to " + special + whole_or_not);
  EXPECT_EQ(unfired("short=3@0:write:4"), "this write of 7 bytes is to " + special + whole_or_not);
  EXPECT_EQ(unfired("short=3@0:send:1"), "this write of 7 bytes is to a socket of messages" + whole_or_not);
  EXPECT_EQ(unfired("short=3@0:send:2"), "this write of 7 bytes is to a socket of messages" + whole_or_not);
  const Evidence stream = try_once({"writes_whole"}, lean_request("short=3@0:send:3"));
  EXPECT_NE(stream.out.head.find("stream: 3\n"), std::string::npos) << explain(stream);
  for (const char* const plan : {"ENOSPC@0:write:1", "ENOSPC@0:write:2", "ENOSPC@0:write:3", "ENOSPC@0:write:4"}) {
    EXPECT_EQ(unfired(plan), "this write is of no regular file that is written, and so cannot return ENOSPC");
  }
  for (const char* const plan : {"ENOSPC@0:open=%2Fdev%2Fnull:1", "ENOSPC@0:open=comm:1"}) {
    EXPECT_EQ(unfired(plan), "this openat is of no regular file of a disk, and so cannot return ENOSPC");
  }
}

TEST(CallFaultsTest, a_full_disk_takes_what_fits_and_then_nothing) {
  const Evidence evidence = writes("full@0:write:2");
  ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_EQ(evidence.out.head,
            output(whole + "write: 2288\n" + enospc + enospc, "errno " + std::to_string(ENOSPC), "0"));
  EXPECT_EQ(size_of_output(evidence), 12'288U) << "three pages";
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::world);
}

TEST(CallFaultsTest, a_full_disk_on_which_nothing_lies_yet_takes_nothing) {
  for (const std::string plan : {"full@0:write:1", "full@0:open=first.txt:1,full@0:write:1"}) {
    const Evidence evidence = try_once({"/bin/sh", "-c", "echo hello >first.txt"}, lean_request(plan));
    ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_FALSE(evidence.root_end == WaitStatus::exited(0)) << explain(evidence);
    const FileChange* file = find_file(evidence, "/tmp/first.txt");
    ASSERT_NE(file, nullptr) << "an empty file needs no room";
    EXPECT_EQ(file->size, 0U);
  }
}

TEST(CallFaultsTest, a_reader_that_is_gone_ends_who_writes_to_it) {
  const Evidence by_default = writes("epipe@0:out:1");
  EXPECT_EQ(by_default.root_end, WaitStatus::killed(13));
  EXPECT_EQ(by_default.out.head, "");
  const Evidence ignored =
      try_once({"/bin/sh", "-c", "trap '' PIPE; echo one; echo two; echo three >&2"}, lean_request("epipe@0:out:2"));
  EXPECT_EQ(ignored.out.head, "one\n");
  EXPECT_NE(ignored.err.head.find("three\n"), std::string::npos) << explain(ignored);
}

TEST(CallFaultsTest, a_fork_an_exec_and_an_open_can_fail) {
  const Evidence fork = try_once({"/bin/sh", "-c", "/bin/true; echo $?"}, lean_request("EAGAIN+@0:fork:1"));
  EXPECT_TRUE(fork.all_faults_fired()) << explain(fork);
  EXPECT_EQ(fork.processes.size(), 1U);
  EXPECT_FALSE(fork.root_end == WaitStatus::exited(0));
  const Evidence exec = try_once({"/bin/sh", "-c", "/bin/true; echo $?"}, lean_request("EACCES@0.1:exec:1"));
  EXPECT_EQ(exec.out.head, "126\n") << explain(exec);
  const Evidence open = try_once({"/bin/sh", "-c", "echo a >call_faults_test.txt; echo $?"},
                                 lean_request("EMFILE@0:open=call_faults_test.txt:1"));
  EXPECT_EQ(open.out.head.substr(open.out.head.size() - 2), "2\n") << explain(open);
  EXPECT_EQ(find_file(open, "/tmp/call_faults_test.txt"), nullptr);
}

TEST(CallFaultsTest, what_cannot_happen_to_a_call_does_not_fire) {
  for (const auto& [plan, why] : {std::pair{"ENOMEM@0:write:1", "write cannot return ENOMEM"},
                                  {"short=10000@0:write:1", "this write writes 10000 bytes only"},
                                  {"short=1@0:write:99", "0 made fewer `write` calls before it ended"}}) {
    const Evidence evidence = writes(plan);
    EXPECT_FALSE(evidence.all_faults_fired()) << plan;
    EXPECT_EQ(evidence.faults.at(0).why_not, why);
    EXPECT_EQ(size_of_output(evidence), 40'300U);
  }
  const Evidence pipe = try_once({"/bin/sh", "-c", "echo a | cat >/dev/null"}, lean_request("ENOSPC@0.1:write:1"));
  EXPECT_EQ(pipe.faults.at(0).why_not, "this write is of no regular file that is written, and so cannot return ENOSPC");
}

TEST(CallFaultsTest, a_failure_from_then_on_names_what_it_did_not_let_anybody_remove) {
  const std::string script = "cd /tmp; : >a.kept; : >b.kept; rm -f a.kept; rm -f a.kept b.kept; exit 1";
  const Evidence evidence = try_once({"/bin/sh", "-c", script}, lean_request("EIO+@0.1:unlink:1"));
  ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_EQ(evidence.faults.at(0).refused_removals, (std::vector<std::string>{"/tmp/a.kept", "/tmp/b.kept"}));
  const Evidence once = try_once({"/bin/sh", "-c", script}, lean_request("EIO@0.1:unlink:1"));
  EXPECT_TRUE(once.faults.at(0).refused_removals.empty());
}

class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "exitproof-full-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    std::ofstream(directory_ / "existing") << std::string(20'000, 'a');
    ASSERT_EQ(::chmod(existing().c_str(), 0644), 0);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string existing() const { return (directory_ / "existing").string(); }

  std::filesystem::path directory_;
};

TEST_F(FullDisk, is_no_failure_of_what_needs_no_room) {
  TrialRequest request = lean_request("full@0:mkdir:1");
  request.copy_up = {existing()};
  const Evidence evidence = try_once({"changes_existing", existing()}, request);
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_EQ(evidence.out.head, "");
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0));
  const FileChange* file = find_file(evidence, existing());
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->kind, ChangeKind::changed);
  EXPECT_FALSE(file->replaced);
  EXPECT_EQ(file->size_before, 20'000U);
}

TEST_F(FullDisk, has_room_for_copies_that_only_the_world_needs) {
  for (const auto& [plan, call] :
       {std::pair{"full@0:mkdir:1", "changes_existing"}, {"full@0:link:1", "links_existing"}}) {
    const Evidence evidence = try_once({call, existing()}, lean_request(plan));
    ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_EQ(evidence.out.head, "") << plan;
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << plan;
  }
}

TEST_F(FullDisk, has_the_room_that_the_subject_frees) {
  const std::string make = "cd /tmp; head -c 500000 /dev/zero >room.old; : >room.mark; ";
  const std::string again = "head -c 400000 /dev/zero >room.new";
  for (const std::string frees :
       {"rm room.old", "truncate -s 0 room.old", ": >room.old", ": >room.small; mv room.small room.old",
        "exec 3<room.old; rm room.old; if head -c 400000 /dev/zero 2>/dev/null >room.new; then exit 3; fi; exec "
        "3<&-"}) {
    const Evidence evidence =
        try_once({"/bin/sh", "-c", make + frees + "; " + again}, lean_request("full@0:open=room.mark:1"));
    EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << frees << ": " << explain(evidence);
    const FileChange* file = find_file(evidence, "/tmp/room.new");
    ASSERT_NE(file, nullptr) << frees;
    EXPECT_EQ(file->size, 400'000U) << frees;
  }
  const Evidence too_much = try_once({"/bin/sh", "-c", make + "rm room.old; head -c 600000 /dev/zero >room.new"},
                                     lean_request("full@0:open=room.mark:1"));
  EXPECT_EQ(too_much.root_end, WaitStatus::exited(1)) << "no more than was freed: " << explain(too_much);
}

TEST_F(FullDisk, is_not_to_blame_where_the_plan_fails_the_call) {
  TrialRequest request = lean_request("full@0:mkdir:1,ENOSPC@0:rename:1");
  request.copy_up = {existing()};
  const Evidence evidence = try_once({"changes_existing", existing()}, request);
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(1));
}

TEST_F(FullDisk, lies_below_a_copy_that_a_mapping_sees_written) {
  TrialRequest request = lean_request("none");
  request.copy_up = {directory_.string(), existing()};
  const Evidence evidence = try_once({"maps_then_writes", existing()}, request);
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0));
}

TEST_F(FullDisk, tells_a_file_that_was_replaced_from_one_that_was_changed) {
  const std::string script =
      "cd " + directory_.string() + " && cp existing two && printf b >>existing && mv two existing";
  const Evidence replaced = try_once({"/bin/sh", "-c", script}, lean_request("none"));
  const FileChange* file = find_file(replaced, existing());
  ASSERT_NE(file, nullptr) << explain(replaced);
  EXPECT_TRUE(file->replaced);
  const Evidence appended = try_once({"/bin/sh", "-c", "echo b >>" + existing()}, lean_request("none"));
  file = find_file(appended, existing());
  ASSERT_NE(file, nullptr) << explain(appended);
  EXPECT_FALSE(file->replaced);
  EXPECT_TRUE(file->ends_line);
}

TEST_F(FullDisk, tells_an_entry_of_another_type_or_target_from_one_with_another_mode) {
  std::filesystem::create_symlink("existing", directory_ / "link");
  const auto change = [&](const std::string& script, const std::filesystem::path& path) {
    const Evidence evidence =
        try_once({"/bin/sh", "-c", "cd \"$0\" && " + script, directory_.string()}, lean_request("none"));
    const FileChange* file = find_file(evidence, path.string());
    EXPECT_NE(file, nullptr) << explain(evidence);
    return file == nullptr ? FileChange{} : *file;
  };
  for (const std::string script : {"ln -sf other link", "rm link; mkdir link", "rm link; mkfifo link"}) {
    const FileChange link = change(script, directory_ / "link");
    EXPECT_EQ(link.kind, ChangeKind::changed) << script;
    EXPECT_EQ(link.content_changed, true) << script;
    EXPECT_TRUE(link.replaced) << script;
  }
  const FileChange mode = change("chmod 0750 .", directory_);
  EXPECT_EQ(mode.content_changed, false);
  EXPECT_TRUE(mode.attributes_changed.starts_with("mode (0750 instead of"));
  EXPECT_FALSE(mode.replaced);
}

TEST_F(FullDisk, tells_that_two_files_have_changed_their_names) {
  const std::string other = (directory_ / "other").string();
  std::ofstream(other) << std::string(20'000, 'b');
  const Evidence exchanged = try_once({"exchanges_existing", existing(), other}, lean_request("none"));
  EXPECT_EQ(exchanged.root_end, WaitStatus::exited(0));
  for (const std::string& path : {existing(), other}) {
    const FileChange* file = find_file(exchanged, path);
    ASSERT_NE(file, nullptr) << explain(exchanged);
    EXPECT_EQ(file->content_changed, true) << path;
    if (::geteuid() == 0) {  // others' overlays keep no record of where a file comes from
      EXPECT_TRUE(file->replaced) << path;
    }
  }
}

TEST_F(FullDisk, tells_what_changed_of_a_file_that_has_as_many_bytes_as_before) {
  const auto change = [&](const std::string& script) {
    const Evidence evidence = try_once({"/bin/sh", "-c", script, existing()}, lean_request("none"));
    const FileChange* file = find_file(evidence, existing());
    EXPECT_NE(file, nullptr) << explain(evidence);
    return file == nullptr ? FileChange{} : *file;
  };
  const FileChange mode = change("chmod 0600 \"$0\"");
  EXPECT_EQ(mode.content_changed, false);
  EXPECT_EQ(mode.attributes_changed, "mode (0600 instead of 0644)");
  const FileChange time = change("touch -d 2001-01-01 \"$0\"");
  EXPECT_EQ(time.content_changed, false);
  EXPECT_EQ(time.attributes_changed, "modification time");
  const FileChange content = change("printf b | dd conv=notrunc status=none of=\"$0\"");
  EXPECT_EQ(content.content_changed, true);
  EXPECT_EQ(content.size, content.size_before);
  EXPECT_FALSE(content.replaced);
}

}  // namespace
}  // namespace exitproof::testing
