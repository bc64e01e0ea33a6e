#include "exitproof/fault.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exitproof/generators.hpp"
#include "harness/model/parse_error_testing.hpp"

namespace exitproof {
namespace {

using namespace std::chrono_literals;

RC_GTEST_PROP(Fault, print_then_parse_is_identity, ()) {
  const Fault fault = *generators::fault();
  RC_ASSERT(Fault::parse(fault.print()) == fault);
}

RC_GTEST_PROP(FaultPlan, print_then_parse_is_identity, ()) {
  const FaultPlan plan = *generators::plan();
  RC_ASSERT(FaultPlan::parse(plan.print()) == plan);
}

RC_GTEST_PROP(FaultPlan, needs_no_quotes_in_a_shell_or_a_makefile, ()) {
  const std::string text = (*generators::plan()).print();
  constexpr std::string_view safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%:@,=+/";
  RC_ASSERT(text.find_first_not_of(safe) == std::string::npos);
  RC_ASSERT(text.front() != '=' && text.front() != '-' && text.front() != '%');
}

RC_GTEST_PROP(FaultPlan, a_broken_text_never_parses_into_another_plan, ()) {
  std::string text = (*generators::plan()).print();
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  text[at] = *rc::gen::arbitrary<char>();
  try {
    RC_ASSERT(FaultPlan::parse(FaultPlan::parse(text).print()) == FaultPlan::parse(text));
  } catch (const ParseError& error) {
    RC_ASSERT(error.column() >= 1U);
    RC_ASSERT(error.column() <= text.size() + 1);
  }
}

struct NoMore {
  void operator()(Fault&) const {}
};

template <typename Rest = NoMore>
Fault fault_of(Action action, Site site, Rest set_the_rest = {}) {
  Fault fault;
  fault.action = action;
  fault.site = std::move(site);
  set_the_rest(fault);
  return fault;
}

Site root_site(Point point) {
  return {.process = ProcessPath::root(), .point = std::move(point)};
}

Site root_call(CallClass call_class, std::uint64_t nth) {
  return root_site(CallPoint{call_class, std::nullopt, nth});
}

TEST(Fault, reads_the_forms_of_the_design) {
  const Site anywhere{.process = std::nullopt, .point = QuietPoint{1}};
  const Site fork = root_call(CallClass::fork, 2);
  const Site write = root_call(CallClass::write, 5);
  const Site read = root_call(CallClass::read, 1);
  const std::pair<std::string_view, Fault> cases[] = {
      {"kill@0:quiet:1", fault_of(Action::kill, root_site(QuietPoint{1}))},
      {"kill-tree@quiet:1", fault_of(Action::kill_tree, anywhere)},
      {"ctrl-c@0:write:5", fault_of(Action::ctrl_c, write)},
      {"SIGTERM@0:fork:2", fault_of(Action::signal, fork, [](Fault& fault) { fault.signal = SIGTERM; })},
      {"SIGRTMIN+3@0:fork:2", fault_of(Action::signal, fork, [](Fault& fault) { fault.signal = SIGRTMIN + 3; })},
      {"hangup@quiet:1", fault_of(Action::hangup, anywhere)},
      {"full@0:write:5", fault_of(Action::full, write)},
      {"ENOSPC@0:write:5", fault_of(Action::fail, write, [](Fault& fault) { fault.error = ENOSPC; })},
      {"ENOSPC+@0:write:5", fault_of(Action::fail, write,
                                     [](Fault& fault) {
                                       fault.error = ENOSPC;
                                       fault.persistent = true;
                                     })},
      {"short=3@0:write:5", fault_of(Action::short_write, write, [](Fault& fault) { fault.bytes = 3; })},
      {"epipe@0:out:1", fault_of(Action::epipe, root_call(CallClass::out, 1))},
      {"pause=200ms@0:read:1", fault_of(Action::pause, read, [](Fault& fault) { fault.pause = 200ms; })},
      {"pause@0:read:1", fault_of(Action::pause, read)},
      {"throw@0:probe=save:1", fault_of(Action::throw_, root_site(ProbePoint{"save", 1}))},
      {"bad-alloc@0:new:17", fault_of(Action::bad_alloc, root_site(NewPoint{17}))},
      {"raise=KeyboardInterrupt@0:line=report:12",
       fault_of(Action::raise, root_site(LinePoint{"report", 12}),
                [](Fault& fault) { fault.exception = "KeyboardInterrupt"; })},
  };
  for (const auto& [text, fault] : cases) {
    EXPECT_EQ(Fault::parse(text), fault) << text;
    EXPECT_EQ(fault.print(), text);
  }
}

TEST(FaultPlan, reads_none_lists_and_a_schedule) {
  for (const std::string_view text : {"none", "none,schedule=7", "kill@0:write:1", "kill@0:write:1,schedule=0",
                                      "SIGINT@0.1:write:3,kill@0:quiet:2,full@quiet:1,schedule=18446744073709551615"})
    EXPECT_EQ(FaultPlan::parse(text).print(), text);
  EXPECT_TRUE(FaultPlan::parse("none").faults.empty());
  EXPECT_EQ(FaultPlan::parse("none,schedule=7").schedule, 7U);
  EXPECT_EQ(FaultPlan::parse("SIGINT@0.1:write:3,kill@0:quiet:2").faults.size(), 2U);
}

TEST(FaultPlan, refuses_with_the_column_in_the_whole_plan_and_a_proposal) {
  const testing::BadText cases[] = {
      {"", 1, "a fault, such as kill@0:write:1"},
      {"kil@0:write:1", 1, "perhaps 'kill'?"},
      {"SIGTREM@0:write:1", 1, "perhaps 'SIGTERM'?"},
      {"ENOSPACE@0:write:1", 1, "perhaps 'ENOSPC'?"},
      {"explode@0:write:1", 1, "an action, a signal or an errno, found 'explode'"},
      {"SIGKILL@0:write:1", 1, "'kill' for SIGKILL"},
      {"kill", 5, "'@' and a site"},
      {"kill@", 6, "a process"},
      {"kill=3@0:write:1", 5, "'@' and a site"},
      {"kill+@0:write:1", 5, "'@' and a site"},
      {"kill@quiet:1", 6, "a process before the point"},
      {"short@0:write:1", 6, "'=' and a number of bytes"},
      {"short=x@0:write:1", 7, "a number of bytes"},
      {"pause=x@0:write:1", 7, "a duration"},
      {"raise@0:line=a:1", 6, "'=' and an exception's class"},
      {"raise=3x@0:line=a:1", 7, "an exception's class"},
      {"raise=a..b@0:line=a:1", 7, "an exception's class"},
      {"raise=@0:line=a:1", 7, "an exception's class"},
      {"throw@0:write:1", 7, "a point of the probe"},
      {"bad-alloc@0:write:1", 11, "an allocation"},
      {"raise=E@0:write:1", 9, "a Python event"},
      {"ENOSPC@0:quiet:1", 8, "a call"},
      {"ENOSPC@0:write:1:after", 8, "no :after"},
      {"ENOSPC@0:write:1+3ms", 8, "no delay"},
      {"short=3@0:open:1", 9, "a write, out or send"},
      {"kill@0:write:1,", 16, "a fault"},
      {"kill@0:write:1;kill@0:write:2", 15, "',' or the end"},
      {"kill@0:write:1,kil@0:write:2", 16, "perhaps 'kill'?"},
      {"kill@0:write:1,kill@0:renam:2", 23, "perhaps 'rename'?"},
      {"kill@0:write:1,schedule=", 25, "the schedule's seed"},
      {"kill@0:write:1,schedule=7,kill@0:write:1", 26, "the end"},
      {"schedule=7", 1, "an action"},
      {"none,kill@0:write:1", 6, "'schedule=SEED' after none"},
      {"kill@0:write:1,none", 16, "an action"},
      {" kill@0:write:1", 1, "an action"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(FaultPlan::parse, text, column, words);
}

TEST(FaultKind, every_kind_has_a_name_of_its_own_that_gives_it_back) {
  std::set<std::string_view> names;
  for (const FaultKind kind : all_fault_kinds()) {
    EXPECT_EQ(fault_kind_of_name(fault_kind_name(kind)), kind);
    names.insert(fault_kind_name(kind));
  }
  EXPECT_EQ(names.size(), fault_kind_count);
  EXPECT_EQ(fault_kind_of_name("explode"), std::nullopt);
}

TEST(FaultKind, is_that_of_the_action) {
  const std::pair<std::string_view, FaultKind> cases[] = {
      {"kill@0:write:1", FaultKind::kill},         {"kill-tree@quiet:1", FaultKind::kill_tree},
      {"ctrl-c@quiet:1", FaultKind::ctrl_c},       {"SIGHUP@0:write:1", FaultKind::signals},
      {"hangup@quiet:1", FaultKind::hangup},       {"full@quiet:1", FaultKind::full},
      {"ENOSPC@0:write:1", FaultKind::enospc},     {"EIO+@0:write:1", FaultKind::errno_},
      {"short=1@0:write:1", FaultKind::short_},    {"epipe@0:out:1", FaultKind::epipe},
      {"pause@0:write:1", FaultKind::pause},       {"throw@0:probe=a:1", FaultKind::exception},
      {"bad-alloc@0:new:1", FaultKind::exception}, {"raise=E@0:line=a:1", FaultKind::exception},
  };
  for (const auto& [text, kind] : cases) EXPECT_EQ(fault_kind(Fault::parse(text)), kind) << text;
}

}  // namespace
}  // namespace exitproof
