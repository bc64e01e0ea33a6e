#include "harness/model/steady_events.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

Event event(EventKind kind, const std::string& call, const std::string& object, std::int64_t result = 0) {
  return {.kind = kind, .who = ProcessPath::root(), .call = call, .object = object, .result = result, .site = {}};
}

Event call_at(const std::string& site, const std::string& call, const std::string& object) {
  Event made = event(EventKind::call, call, object);
  made.site = Site::parse(site);
  made.who = std::get<ProcessPath>(*made.site->process);
  return made;
}

std::string text_of(const Event& one) {
  const auto steady = SteadyEvents().next(one);
  return steady ? steady->text : "left out";
}

TEST(SteadyEvents, HaveNoTime) {
  Event late = call_at("0:write:1", "write", "/tmp/a");
  late.at = Micros{4'711};
  EXPECT_EQ(text_of(late), text_of(call_at("0:write:1", "write", "/tmp/a")));
}

TEST(SteadyEvents, HaveNamesAsPatterns) {
  EXPECT_EQ(text_of(call_at("0:open:1", "openat", "/tmp/tmp.kX81hQ2zDq")), "call openat /tmp/tmp.*");
  EXPECT_EQ(text_of(call_at("0:read:1", "read", "pipe:[47]")), "call read pipe:[*]");
  EXPECT_EQ(text_of(call_at("0:write:1", "write", "socket:[4711]")), "call write socket:[*]");
  EXPECT_EQ(text_of(call_at("0:open:1", "openat", "/proc/12/status")), "call openat /proc/*/status");
  EXPECT_EQ(text_of(call_at("0:exit:1", "exit_group", "255")), "call exit_group 255");
}

TEST(SteadyEvents, HaveNoPidsAndAddresses) {
  EXPECT_EQ(text_of(call_at("0:kill:1", "kill", "12")), "call kill *");
  EXPECT_EQ(text_of(call_at("0:wait:1", "wait4", "12")), "call wait4 *");
  EXPECT_EQ(text_of(call_at("0:wait:1", "wait4", "-1")), "call wait4 -1");
  EXPECT_EQ(text_of(call_at("0:futex:1", "futex", "77")), "call futex *");
  EXPECT_EQ(text_of(event(EventKind::birth, "", "0", 12)), "birth  0");
}

TEST(SteadyEvents, HaveResultsThatTellSomething) {
  EXPECT_EQ(text_of(event(EventKind::call_end, "openat", "/a", 3)), "call-end openat /a = *");
  EXPECT_EQ(text_of(event(EventKind::call_end, "openat", "/a", -2)), "call-end openat /a = ENOENT");
  EXPECT_EQ(text_of(event(EventKind::call_end, "write", "/a", 512)), "call-end write /a = 512");
  EXPECT_EQ(text_of(event(EventKind::call_end, "wait4", "-1", 14)), "call-end wait4 -1 = *");
}

TEST(SteadyEvents, LeaveOutWhatIsNotTheSubjectsDoing) {
  EXPECT_EQ(text_of(event(EventKind::phase, "", "work")), "left out");
  EXPECT_EQ(text_of(event(EventKind::quiet, "", "", 1)), "left out");
  EXPECT_EQ(text_of(event(EventKind::driver, "starts", "curl")), "left out");
  EXPECT_EQ(text_of(event(EventKind::note, "", "tells of itself: python")), "left out");
  EXPECT_EQ(text_of(event(EventKind::signal, "SIGCHLD", "not caught")), "left out");
  EXPECT_EQ(text_of(event(EventKind::reap, "process 1", "")), "left out");
}

TEST(SteadyEvents, LeaveOutACallThatComesAgain) {
  SteadyEvents steady;
  EXPECT_TRUE(steady.next(call_at("0:wait:1", "wait4", "-1")));
  EXPECT_TRUE(steady.next(call_at("0:write:1", "write", "/a")));  // of a signal handler
  EXPECT_FALSE(steady.next(call_at("0:wait:1", "wait4", "-1")));
  EXPECT_TRUE(steady.next(call_at("0:wait:2", "wait4", "-1")));
  EXPECT_TRUE(steady.next(call_at("0.1:wait:1", "wait4", "-1")));
}

TEST(SteadyEvents, KnowWhatHasAPlaceInItsThread) {
  EXPECT_TRUE(SteadyEvents().next(event(EventKind::signal, "SIGTERM", "caught"))->in_thread);
  EXPECT_FALSE(SteadyEvents().next(event(EventKind::signal, "SIGCHLD", "caught"))->in_thread);
  EXPECT_TRUE(SteadyEvents().next(event(EventKind::fault, "write", "kill@0:write:1"))->in_thread);
  EXPECT_FALSE(SteadyEvents().next(event(EventKind::fault, "", "kill@0:quiet:1"))->in_thread);
}

}  // namespace
}  // namespace exitproof
