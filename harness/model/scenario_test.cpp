#include "exitproof/scenario.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/parse_error_testing.hpp"
#include "harness/model/record_generators_testing.hpp"

namespace exitproof {
namespace {

RC_GTEST_PROP(ReadyWhen, print_then_parse_is_identity, ()) {
  const ReadyWhen ready = *generators::ready_when();
  RC_ASSERT(ReadyWhen::parse(ready.print()) == ready);
}

RC_GTEST_PROP(StopBy, print_then_parse_is_identity, ()) {
  const StopBy stop = *generators::stop_by();
  RC_ASSERT(StopBy::parse(stop.print()) == stop);
}

TEST(ReadyWhen, reads_its_forms) {
  const std::pair<std::string_view, ReadyWhen> cases[] = {
      {"quiet", {ReadyWhen::Kind::quiet, ""}},
      {"file:/run/*.pid", {ReadyWhen::Kind::file, "/run/*.pid"}},
      {"out:listening on :[0-9]+", {ReadyWhen::Kind::output, "listening on :[0-9]+"}},
      {"listen:8080", {ReadyWhen::Kind::listen, "8080"}},
      {"listen:/run/a.sock", {ReadyWhen::Kind::listen, "/run/a.sock"}},
  };
  for (const auto& [text, ready] : cases) {
    EXPECT_EQ(ReadyWhen::parse(text), ready) << text;
    EXPECT_EQ(ready.print(), text);
  }
}

TEST(ReadyWhen, refuses_with_the_column) {
  const testing::BadText cases[] = {
      {"", 1, "quiet, file:GLOB, out:REGEX or listen:PORT-or-PATH"},
      {"loud", 1, "quiet, file:GLOB"},
      {"quiet:1", 6, "the end"},
      {"file:", 6, "a glob"},
      {"out:", 5, "a regular expression"},
      {"out:(", 5, "a regular expression"},
      {"listen:", 8, "a port or a socket's path"},
      {"listen:0", 8, "a port from 1 to 65535"},
      {"listen:65536", 8, "a port from 1 to 65535"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(ReadyWhen::parse, text, column, words);
}

TEST(StopBy, reads_its_forms) {
  EXPECT_EQ(StopBy::parse("SIGTERM"), (StopBy{StopBy::Kind::signal, SIGTERM, ""}));
  EXPECT_EQ(StopBy::parse("SIGRTMIN+3").signal, SIGRTMIN + 3);
  EXPECT_EQ(StopBy::parse("ctrl-c").kind, StopBy::Kind::ctrl_c);
  EXPECT_EQ(StopBy::parse("eof").kind, StopBy::Kind::eof);
  EXPECT_EQ(StopBy::parse("redis-cli shutdown").command, "redis-cli shutdown");
  EXPECT_EQ(StopBy::parse("kill -TERM $EXITPROOF_PID").kind, StopBy::Kind::command);
}

TEST(StopBy, a_misspelt_signal_is_no_command) {
  const testing::BadText cases[] = {
      {"", 1, "a signal's name, ctrl-c, eof or a command"},
      {"SIGTREM", 1, "perhaps 'SIGTERM'?"},
      {"TERM", 1, "a signal's whole name, 'SIGTERM'"},
      {"SIGRTMIN+99", 1, "a signal's name"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(StopBy::parse, text, column, words);
}

TEST(TimeMode, names) {
  for (const TimeMode mode : {TimeMode::real, TimeMode::virtual_})
    EXPECT_EQ(time_mode_of_name(time_mode_name(mode)), mode);
  EXPECT_EQ(time_mode_of_name("fast"), std::nullopt);
}

TEST(WorldKind, names) {
  for (const WorldKind kind : {WorldKind::overlay, WorldKind::private_, WorldKind::none})
    EXPECT_EQ(world_kind_of_name(world_kind_name(kind)), kind);
  EXPECT_EQ(world_kind_name(WorldKind::private_), "private");
  EXPECT_EQ(world_kind_of_name("public"), std::nullopt);
}

}  // namespace
}  // namespace exitproof
