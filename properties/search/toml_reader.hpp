#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/parse_error.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// A TOML text is not what was expected: "LINE:COLUMN: expected WHAT, found WHAT". Who knows the file's name puts it
/// before.
class TomlError : public std::runtime_error {
 public:
  TomlError(const toml::source_position& where, const std::string& what);
};

/// Parses a document. Throws TomlError.
toml::table parse_toml(std::string_view text);

/// What was said of a scenario: settings by their names, each with its words.
using SaidSettings = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Reads one table, key by key, and refuses with a TomlError what it did not expect: a key of another type at its
/// value, and in finish() a key that nobody asked for, with the nearest one that somebody did.
class TomlReader {
 public:
  /// `name` is what errors call the table: "[[scenario]]". The table must outlive the reader.
  TomlReader(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  /// "LINE:COLUMN" of the value of a key, for who finds out later that it is wrong.
  std::string place_of(std::string_view key) const;
  /// Whoever asks whether it is there knows what to do with it: finish() does not refuse it.
  bool has(std::string_view key) { return take(key) != nullptr; }

  /// A text that must be there, with something else in it than blanks.
  std::string text(std::string_view key);
  std::optional<std::string> text_if(std::string_view key);
  std::optional<bool> flag_if(std::string_view key);
  /// A whole number from `least`.
  std::optional<std::uint64_t> number_if(std::string_view key, std::uint64_t least);
  /// A list of texts, or one text alone; empty when it is not there.
  std::vector<std::string> texts(std::string_view key);

  /// Reads the text with a parser that throws ParseError.
  template <typename Parse>
  auto parsed(std::string_view key, Parse parse) {
    const std::string word = text(key);
    try {
      return parse(word);
    } catch (const ParseError& error) {
      refuse(*table_.get(key), error, word);
    }
  }

  /// Each table of an array of tables, in its order; each is finished when it is read. How many there were.
  std::size_t tables(std::string_view key, const std::function<void(TomlReader&)>& read);
  /// The table of that key, when it is there.
  void table_if(std::string_view key, const std::function<void(TomlReader&)>& read);

  /// Applies each key that is a setting of a scenario (scenario_settings()), but for those in `others`, and answers
  /// them with their words.
  SaidSettings settings(Scenario& scenario, const std::set<std::string_view>& others = {});

  void finish() const;

  /// Refuses the value of a key, or the whole table when the key is not there.
  [[noreturn]] void refuse(std::string_view key, const std::string& expected, const std::string& found) const;
  [[noreturn]] void refuse(std::string_view key, const std::string& what) const;

 private:
  [[noreturn]] static void refuse(const toml::node& node, const ParseError& error, const std::string& text);
  [[noreturn]] static void refuse_type(const toml::node& node, std::string_view key, std::string_view expected);
  static std::string text_of(const toml::node& node, std::string_view key);
  static std::vector<std::string> texts_of(const toml::node& node, std::string_view key);
  const toml::node* take(std::string_view key);
  toml::source_position position_of(std::string_view key) const;

  const toml::table& table_;
  std::string name_;
  std::set<std::string, std::less<>> known_;
};

/// A text as TOML writes it, in quotes.
std::string toml_quoted(const std::string& text);

}  // namespace exitproof
