#include "properties/scenarios/program_version.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <boost/process/search_path.hpp>
#include <cctype>
#include <charconv>
#include <iterator>
#include <stdexcept>

namespace exitproof {
namespace {

bool is_digit(char character) {
  return std::isdigit(static_cast<unsigned char>(character)) != 0;
}

/// "5.2.15(1)" as {5, 2, 15}: what comes after the numbers is passed over.
std::vector<unsigned> numbers_at_start(std::string_view text) {
  std::vector<unsigned> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end && is_digit(*at)) {
    unsigned number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) break;
    numbers.push_back(number);
    at = rest;
    if (at == end || *at != '.') break;
    ++at;
  }
  return numbers;
}

std::string answer_to_version(const Scenario& scenario) {
  namespace process = boost::process;
  process::environment environment;
  for (const auto& [name, value] : scenario.environment) environment[name] = value;
  boost::filesystem::path program = scenario.command.front();
  if (!program.has_parent_path()) program = process::search_path(program);
  process::ipstream answer;
  process::child child(process::exe = program, process::args = {std::string("--version")}, environment,
                       process::std_in<process::null, (process::std_out & process::std_err)> answer);
  std::string text(std::istreambuf_iterator<char>(answer), {});
  child.wait();
  return text;
}

}  // namespace

std::optional<ProgramVersion> ProgramVersion::in(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins_word = at == 0 || std::isspace(static_cast<unsigned char>(text[at - 1])) != 0;
    if (!begins_word || !is_digit(text[at])) continue;
    if (std::vector<unsigned> numbers = numbers_at_start(text.substr(at)); numbers.size() > 1) {
      return ProgramVersion{std::move(numbers)};
    }
  }
  return std::nullopt;
}

std::string ProgramVersion::print() const {
  return fmt::format("{}", fmt::join(numbers, "."));
}

std::strong_ordering operator<=>(const ProgramVersion& left, const ProgramVersion& right) {
  const std::size_t count = std::max(left.numbers.size(), right.numbers.size());
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned one = i < left.numbers.size() ? left.numbers[i] : 0;
    const unsigned other = i < right.numbers.size() ? right.numbers[i] : 0;
    if (one != other) return one <=> other;
  }
  return std::strong_ordering::equal;
}

bool operator==(const ProgramVersion& left, const ProgramVersion& right) {
  return (left <=> right) == std::strong_ordering::equal;
}

ProgramVersion version_found(const Scenario& scenario) {
  const std::optional<ProgramVersion> version = ProgramVersion::in(answer_to_version(scenario));
  if (!version) throw std::runtime_error(fmt::format("{} --version tells no version", scenario.command.front()));
  return *version;
}

bool applies_to(const Fact& fact, const ProgramVersion& version) {
  const auto bound = [](const std::string& text) {
    const std::optional<ProgramVersion> read = ProgramVersion::in(text);
    if (!read) throw std::runtime_error(fmt::format("\"{}\" is no version", text));
    return *read;
  };
  if (!fact.since.empty() && version < bound(fact.since)) return false;
  return fact.until.empty() || version < bound(fact.until);
}

}  // namespace exitproof
