#include "ci/certify/certificate_shape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "ci/certify/certificate.hpp"
#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::json;

enum class Type : std::uint8_t { text, digest, number, object, list };

struct Member {
  std::string_view path;  ///< JSON pointer
  Type type;
};

constexpr std::array<Member, 13> of_statement{{{"/subject", Type::list},
                                               {"/predicate", Type::object},
                                               {"/predicate/library/name", Type::text},
                                               {"/predicate/library/version", Type::text},
                                               {"/predicate/tool/name", Type::text},
                                               {"/predicate/machine", Type::object},
                                               {"/predicate/manifest/name", Type::text},
                                               {"/predicate/manifest/digest/sha256", Type::digest},
                                               {"/predicate/seed", Type::text},
                                               {"/predicate/scenarios", Type::list},
                                               {"/predicate/trials/digest/sha256", Type::digest},
                                               {"/predicate/trials/count", Type::number},
                                               {"/predicate/sums", Type::object}}};

constexpr std::array<Member, 2> of_file{{{"/name", Type::text}, {"/digest/sha256", Type::digest}}};

constexpr std::array<Member, 1> of_program{{{"/path", Type::text}}};
constexpr std::array<Member, 1> of_digested{{{"/digest/sha256", Type::digest}}};

constexpr std::array<Member, 10> of_scenario{{{"/name", Type::text},
                                              {"/level", Type::text},
                                              {"/asked", Type::object},
                                              {"/asked_digest/sha256", Type::digest},
                                              {"/files", Type::list},
                                              {"/programs", Type::list},
                                              {"/sites", Type::object},
                                              {"/trials", Type::object},
                                              {"/allowed", Type::list},
                                              {"/skipped", Type::list}}};

std::string_view words_for(Type type) {
  switch (type) {
    case Type::text:
      return "a text";
    case Type::digest:
      return "a SHA-256 of 64 hexadecimal digits";
    case Type::number:
      return "a whole number";
    case Type::object:
      return "an object";
    case Type::list:
      return "a list";
  }
  return {};
}

bool is_digest(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::ranges::all_of(text, is_digit);
}

bool is_of(Type type, const Json& value) {
  switch (type) {
    case Type::text:
      return value.is_string();
    case Type::digest:
      return is_digest(value);
    case Type::number:
      return value.is_number_unsigned();
    case Type::object:
      return value.is_object();
    case Type::list:
      return value.is_array();
  }
  return false;
}

/// `where` is a JSON pointer to the owner.
template <typename Members>
void require(const Json& owner, const Members& members, const std::string& where) {
  for (const Member& member : members) {
    const Json::json_pointer pointer{std::string(member.path)};
    const bool is_there = owner.is_object() && owner.contains(pointer);
    if (is_there && is_of(member.type, owner.at(pointer))) continue;
    throw ParseError(1, fmt::format("{} at {}{}", words_for(member.type), where, member.path),
                     is_there ? owner.at(pointer).type_name() : "none");
  }
}

/// Every entry of a list of the statement, with its pointer.
template <typename Members>
void require_each(const Json& list, const Members& members, const std::string& where) {
  for (std::size_t i = 0; i < list.size(); ++i) require(list[i], members, fmt::format("{}/{}", where, i));
}

/// One that was there in the world of a trial only has no digest.
void require_programs(const Json& programs, const std::string& where) {
  require_each(programs, of_program, where);
  for (std::size_t i = 0; i < programs.size(); ++i) {
    if (programs[i].contains("digest")) require(programs[i], of_digested, fmt::format("{}/{}", where, i));
  }
}

/// "line 3, column 7" of the byte of that index.
std::string place_in(std::string_view text, std::size_t index) {
  const std::string_view before = text.substr(0, index);
  const std::size_t line_begin = before.rfind('\n') + 1;  // of none: 0
  return fmt::format("line {}, column {}", std::ranges::count(before, '\n') + 1, index - line_begin + 1);
}

/// What its parser says of a broken text, without the parser's own words for that.
ParseError broken(std::string_view text, const Json::parse_error& error) {
  constexpr std::string_view mark = "; expected ";
  const std::string_view what = error.what();
  const std::size_t at = what.rfind(mark);
  const std::string expected(at == std::string_view::npos ? "JSON" : what.substr(at + mark.size()));
  const std::size_t index = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
  const bool is_cut = text.find_first_not_of(" \t\r\n", index) == std::string_view::npos;
  return {1, fmt::format("{} in {}", expected, place_in(text, index)),
          is_cut ? "the end of the file" : fmt::format("{:?}", text.substr(index, 1))};
}

Json parse_without_repetition(std::string_view text) {
  std::vector<std::set<std::string>> seen;
  const auto watch = [&](int /*depth*/, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) seen.emplace_back();
    if (event == Json::parse_event_t::object_end) seen.pop_back();
    if (event == Json::parse_event_t::key && !seen.back().insert(parsed.get<std::string>()).second) {
      throw ParseError(1, "every member once", fmt::format("\"{}\" twice", parsed.get<std::string>()));
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    throw broken(text, error);
  } catch (const Json::exception&) {
    throw ParseError(1, "numbers that fit", "another");
  }
}

void require_type(const Json& statement, const char* member, std::string_view type) {
  const bool right = statement.is_object() && statement.value(member, Json()) == Json(type);
  if (!right) throw ParseError(1, fmt::format("{} \"{}\"", member, type), "another");
}

/// The sums cover the members of a certificate: what stands beside them is of somebody else.
void require_no_other(const Json& owner, const std::set<std::string_view>& members, const std::string& where) {
  for (const auto& [key, value] : owner.items()) {
    if (members.contains(key)) continue;
    throw ParseError(1, fmt::format("only {} at {}", fmt::join(members, ", "), where), fmt::format("\"{}\"", key));
  }
}

}  // namespace

Json parse_certificate(std::string_view text) {
  // The parser passes over it, and RFC 8259 forbids it: these are not the bytes that were written.
  if (text.starts_with("\xEF\xBB\xBF")) throw ParseError(1, "JSON", "a byte order mark before it");
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw ParseError(1, "JSON in " + place_in(text, nul), "a NUL character");
  }
  const Json statement = parse_without_repetition(text);
  require_type(statement, "_type", statement_type);
  require_type(statement, "predicateType", certificate_type);
  require_no_other(statement, {"_type", "subject", "predicateType", "predicate"}, "/");
  require(statement, of_statement, "");
  require_each(statement.at("subject"), of_file, "/subject");
  const Json& scenarios = statement.at("predicate").at("scenarios");
  require_each(scenarios, of_scenario, "/predicate/scenarios");
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    require_each(scenarios[i].at("files"), of_file, fmt::format("/predicate/scenarios/{}/files", i));
    require_programs(scenarios[i].at("programs"), fmt::format("/predicate/scenarios/{}/programs", i));
  }
  if (statement.at("subject").empty()) throw ParseError(1, "an artefact at /subject", "none");
  if (scenarios.empty()) throw ParseError(1, "a scenario at /predicate/scenarios", "none");
  return statement;
}

}  // namespace exitproof
