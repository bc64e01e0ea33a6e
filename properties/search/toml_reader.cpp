#include "properties/search/toml_reader.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "exitproof/names.hpp"
#include "exitproof/scenario_settings.hpp"

namespace exitproof {
namespace {

std::string describe(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return fmt::format("the text \"{}\"", node.as_string()->get());
    case toml::node_type::integer:
      return fmt::format("the number {}", node.as_integer()->get());
    case toml::node_type::floating_point:
      return fmt::format("the number {}", node.as_floating_point()->get());
    case toml::node_type::boolean:
      return node.as_boolean()->get() ? "true" : "false";
    case toml::node_type::array:
      return node.as_array()->empty() ? "an empty list" : "a list";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

}  // namespace

TomlError::TomlError(const toml::source_position& where, const std::string& what)
    : std::runtime_error(fmt::format("{}:{}: {}", where.line, where.column, what)) {}

toml::table parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw TomlError(error.source().begin, std::string(error.description()));
  }
}

void TomlReader::refuse(const toml::node& node, const ParseError& error, const std::string& text) {
  throw TomlError(node.source().begin, fmt::format("expected {}, found {}, at column {} of \"{}\"", error.expected(),
                                                   error.found(), error.column(), text));
}

void TomlReader::refuse_type(const toml::node& node, std::string_view key, std::string_view expected) {
  throw TomlError(node.source().begin, fmt::format("{}: expected {}, found {}", key, expected, describe(node)));
}

toml::source_position TomlReader::position_of(std::string_view key) const {
  const toml::node* node = table_.get(key);
  const toml::source_position where = (node != nullptr ? node : &table_)->source().begin;
  // The document itself begins nowhere.
  return where.line == 0 ? toml::source_position{1, 1} : where;
}

std::string TomlReader::place_of(std::string_view key) const {
  const toml::source_position where = position_of(key);
  return fmt::format("{}:{}", where.line, where.column);
}

void TomlReader::refuse(std::string_view key, const std::string& what) const {
  throw TomlError(position_of(key), what);
}

void TomlReader::refuse(std::string_view key, const std::string& expected, const std::string& found) const {
  refuse(key, fmt::format("{}: expected {}, found {}", key, expected, found));
}

const toml::node* TomlReader::take(std::string_view key) {
  known_.insert(std::string(key));
  return table_.get(key);
}

std::string TomlReader::text_of(const toml::node& node, std::string_view key) {
  if (!node.is_string()) refuse_type(node, key, "a text in quotes");
  const std::string& text = node.as_string()->get();
  // Cut there, it would pass for what was tried: no argument, variable, path or pattern goes on after one.
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos) {
    throw TomlError(node.source().begin,
                    fmt::format("{}: expected a text without NUL, found one after \"{}\"", key, text.substr(0, nul)));
  }
  return text;
}

std::vector<std::string> TomlReader::texts_of(const toml::node& node, std::string_view key) {
  if (!node.is_array()) return {text_of(node, key)};
  std::vector<std::string> all;
  for (const toml::node& one : *node.as_array()) all.push_back(text_of(one, key));
  return all;
}

std::string TomlReader::text(std::string_view key) {
  const std::optional<std::string> text = text_if(key);
  if (!text) refuse(key, fmt::format("expected {} in {}, found none", key, name_));
  if (text->find_first_not_of(" \t\r\n\v\f") == std::string::npos) refuse(key, "a text", "an empty one");
  return *text;
}

std::optional<std::string> TomlReader::text_if(std::string_view key) {
  const toml::node* node = take(key);
  return node != nullptr ? std::optional(text_of(*node, key)) : std::nullopt;
}

std::optional<bool> TomlReader::flag_if(std::string_view key) {
  const toml::node* node = take(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) refuse_type(*node, key, "true or false");
  return node->as_boolean()->get();
}

std::optional<std::uint64_t> TomlReader::number_if(std::string_view key, std::uint64_t least) {
  const toml::node* node = take(key);
  if (node == nullptr) return std::nullopt;
  const auto* number = node->as_integer();
  if (number == nullptr || number->get() < 0 || static_cast<std::uint64_t>(number->get()) < least) {
    refuse_type(*node, key, fmt::format("a whole number from {}", least));
  }
  return static_cast<std::uint64_t>(number->get());
}

std::vector<std::string> TomlReader::texts(std::string_view key) {
  const toml::node* node = take(key);
  return node != nullptr ? texts_of(*node, key) : std::vector<std::string>();
}

std::size_t TomlReader::tables(std::string_view key, const std::function<void(TomlReader&)>& read) {
  const toml::node* node = take(key);
  if (node == nullptr) return 0;
  if (!node->is_array()) refuse_type(*node, key, fmt::format("a list of tables [[{}]]", key));
  for (const toml::node& one : *node->as_array()) {
    if (!one.is_table()) refuse_type(one, key, "a table");
    TomlReader reader(*one.as_table(), fmt::format("[[{}]]", key));
    read(reader);
    reader.finish();
  }
  return node->as_array()->size();
}

void TomlReader::table_if(std::string_view key, const std::function<void(TomlReader&)>& read) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  if (!node->is_table()) refuse_type(*node, key, fmt::format("a table [{}]", key));
  TomlReader reader(*node->as_table(), fmt::format("[{}]", key));
  read(reader);
  reader.finish();
}

SaidSettings TomlReader::settings(Scenario& scenario, const std::set<std::string_view>& others) {
  SaidSettings said;
  for (const ScenarioSetting& setting : scenario_settings()) {
    const toml::node* node = others.contains(setting.name) ? nullptr : take(setting.name);
    if (node == nullptr) continue;
    std::vector<std::string> words;
    switch (setting.takes) {
      case ScenarioSetting::Takes::text:
        words = {text_of(*node, setting.name)};
        break;
      case ScenarioSetting::Takes::texts:
        words = texts_of(*node, setting.name);
        break;
      case ScenarioSetting::Takes::number:
        words = {std::to_string(*number_if(setting.name, 1))};
        break;
      case ScenarioSetting::Takes::flag:
        words = {*flag_if(setting.name) ? "true" : "false"};
        break;
    }
    try {
      setting.apply(scenario, words);
    } catch (const ParseError& error) {
      refuse(setting.name, error.expected(), error.found());
    }
    said[std::string(setting.name)] = std::move(words);
  }
  if (const auto contradiction = settle_settings(scenario)) refuse("inside", *contradiction);
  return said;
}

void TomlReader::finish() const {
  for (const auto& [key, value] : table_) {
    if (known_.contains(key.str())) continue;
    const std::vector<std::string_view> candidates(known_.begin(), known_.end());
    const auto near = nearest_name(key.str(), candidates);
    throw TomlError(key.source().begin,
                    near ? fmt::format("{} has no key {}: did you mean {}?", name_, key.str(), *near)
                         : fmt::format("{} has no key {}, but {}", name_, key.str(), fmt::join(known_, ", ")));
  }
}

// TOML's basic strings are JSON's, but for DEL. What is no UTF-8 is replaced: neither has a form for it.
std::string toml_quoted(const std::string& text) {
  using Json = nlohmann::json;
  std::string quoted;
  for (const char character : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (character == '\x7f') {
      quoted += "\\u007F";
    } else {
      quoted += character;
    }
  }
  return quoted;
}

}  // namespace exitproof
