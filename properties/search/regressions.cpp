#include "exitproof/regressions.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "exitproof/parse_error.hpp"
#include "exitproof/pattern.hpp"
#include "properties/search/toml_reader.hpp"

namespace exitproof {
namespace {

constexpr std::string_view table_name = "regression";
constexpr std::array<std::string_view, 5> keys{"plan", "invariant", "command", "subject", "reason"};

[[noreturn]] void refuse(const toml::node& node, const std::string& what) {
  throw std::runtime_error(fmt::format("line {}: {}", node.source().begin.line, what));
}

std::string text_of(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return {};
  const auto* text = node->as_string();
  if (text == nullptr) refuse(*node, fmt::format("{} is expected to be a text in quotes", key));
  return text->get();
}

FaultPlan plan_of(const toml::table& table) {
  const std::string text = text_of(table, "plan");
  if (text.empty()) refuse(table, "a [[regression]] is expected to have a plan");
  try {
    return FaultPlan::parse(text);
  } catch (const ParseError& error) {
    refuse(*table.get("plan"), fmt::format("the plan \"{}\", {}", text, error.what()));
  }
}

Regression regression_of_table(const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) refuse(node, "a table [[regression]] is expected");
  for (const auto& [key, value] : *table) {
    if (std::ranges::find(keys, key.str()) == keys.end()) {
      refuse(value, fmt::format("plan, invariant, command, subject or reason is expected, and {} is found", key.str()));
    }
  }
  return {.plan = plan_of(*table),
          .invariant = text_of(*table, "invariant"),
          .command = text_of(*table, "command"),
          .subject = text_of(*table, "subject"),
          .reason = text_of(*table, "reason")};
}

toml::table parsed(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw std::runtime_error(fmt::format("line {}: {}", error.source().begin.line, error.description()));
  }
}

}  // namespace

std::string_view regression_state_name(RegressionState state) {
  switch (state) {
    case RegressionState::untried:
      return "untried";
    case RegressionState::fails:
      return "fails";
    case RegressionState::fails_otherwise:
      return "fails-otherwise";
    case RegressionState::holds:
      return "holds";
    case RegressionState::gone:
      return "gone";
  }
  return {};
}

std::vector<Regression> parse_regressions(std::string_view text) {
  const toml::table document = parsed(text);
  std::vector<Regression> regressions;
  for (const auto& [key, value] : document) {
    const toml::array* tables = value.as_array();
    if (key.str() != table_name || tables == nullptr) {
      refuse(value, fmt::format("tables [[regression]] are expected, and {} is found", key.str()));
    }
    for (const toml::node& table : *tables) regressions.push_back(regression_of_table(table));
  }
  return regressions;
}

std::string print_regression(const Regression& regression) {
  std::string text = fmt::format("[[{}]]\n", table_name);
  const std::array<std::string, keys.size()> values{regression.plan.print(), regression.invariant, regression.command,
                                                    regression.subject, regression.reason};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!values[i].empty()) text += fmt::format("{} = {}\n", keys[i], toml_quoted(values[i]));
  }
  return text;
}

Regression regression_of(const Finding& finding) {
  return {.plan = finding.plan,
          .invariant = finding.violation.invariant,
          .command = finding.violation.command,
          .subject = name_pattern(finding.violation.subject),
          .reason = finding.violation.detail};
}

}  // namespace exitproof
