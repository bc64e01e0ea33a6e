#include "exitproof/scenario.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "exitproof/check.hpp"
#include "exitproof/names.hpp"
#include "exitproof/regex.hpp"
#include "harness/model/name_table.hpp"
#include "harness/model/text_cursor.hpp"

namespace exitproof {
namespace {

constexpr NameTable<WorldKind, 3> world_names{{{
    {WorldKind::overlay, "overlay"},
    {WorldKind::private_, "private"},
    {WorldKind::none, "none"},
}}};
static_assert(world_names.complete_up_to(WorldKind::none));

constexpr NameTable<TimeMode, 2> time_mode_names{{{
    {TimeMode::real, "real"},
    {TimeMode::virtual_, "virtual"},
}}};
static_assert(time_mode_names.complete_up_to(TimeMode::virtual_));

struct ReadyForm {
  ReadyWhen::Kind kind;
  std::string_view word;      ///< with its ':' when something follows
  std::string_view argument;  ///< what follows, in words
};

constexpr std::array<ReadyForm, 4> ready_forms{{
    {ReadyWhen::Kind::quiet, "quiet", ""},
    {ReadyWhen::Kind::file, "file:", "a glob"},
    {ReadyWhen::Kind::output, "out:", "a regular expression"},
    {ReadyWhen::Kind::listen, "listen:", "a port or a socket's path"},
}};

constexpr std::string_view expected_ready = "quiet, file:GLOB, out:REGEX or listen:PORT-or-PATH";

void check_regex(const TextCursor& cursor, const std::string& text) {
  try {
    const Regex tried(text);
  } catch (const ParseError& error) {
    throw ParseError(cursor.offset() + error.column(), error.expected(), error.found());
  }
}

void check_port(const TextCursor& cursor) {
  TextCursor port = cursor;
  if (!std::ranges::all_of(port.rest(), is_digit)) return;
  port.number("a port from 1 to 65535", {.min = 1, .max = 65'535});
}

}  // namespace

ReadyWhen ReadyWhen::parse(std::string_view text) {
  TextCursor cursor(text);
  for (const ReadyForm& form : ready_forms) {
    if (!cursor.accept(form.word)) continue;
    if (form.argument.empty()) {
      cursor.expect_end();
    } else if (cursor.at_end()) {
      cursor.fail(form.argument);
    }
    ReadyWhen ready{.kind = form.kind, .what = std::string(cursor.rest())};
    if (form.kind == Kind::output) check_regex(cursor, ready.what);
    if (form.kind == Kind::listen) check_port(cursor);
    return ready;
  }
  cursor.fail(expected_ready);
}

std::string ReadyWhen::print() const {
  for (const ReadyForm& form : ready_forms)
    if (form.kind == kind) return std::string(form.word) + what;
  check(false, "a way to be ready without a text form");
  return {};
}

StopBy StopBy::parse(std::string_view text) {
  const TextCursor cursor(text);
  if (text.empty()) cursor.fail("a signal's name, ctrl-c, eof or a command");
  if (text == "ctrl-c") return {.kind = Kind::ctrl_c, .command = {}};
  if (text == "eof") return {.kind = Kind::eof, .command = {}};
  if (const std::optional<int> number = signal_number(text))
    return {.kind = Kind::signal, .signal = *number, .command = {}};
  // A misspelt signal would run as a command that does not exist: no stop at all.
  const bool one_word = text.find_first_of(" \t\n/") == std::string_view::npos;
  if (const std::string whole = "SIG" + std::string(text); signal_number(whole))
    cursor.fail(fmt::format("a signal's whole name, {}, or a command's path", quote(whole)));
  if (one_word && text.starts_with("SIG")) cursor.fail_at_name(0, text, "a signal's name", all_signal_names());
  return {.kind = Kind::command, .command = std::string(text)};
}

std::string StopBy::print() const {
  switch (kind) {
    case Kind::signal:
      return signal_name(signal);
    case Kind::ctrl_c:
      return "ctrl-c";
    case Kind::eof:
      return "eof";
    case Kind::command:
      return command;
  }
  check(false, "a way to stop without a text form");
  return {};
}

std::string_view world_kind_name(WorldKind kind) {
  return world_names.name(kind);
}

std::optional<WorldKind> world_kind_of_name(std::string_view name) {
  return world_names.value(name);
}

std::string_view time_mode_name(TimeMode mode) {
  return time_mode_names.name(mode);
}

std::optional<TimeMode> time_mode_of_name(std::string_view name) {
  return time_mode_names.value(name);
}

}  // namespace exitproof
