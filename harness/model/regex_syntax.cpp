#include "harness/model/regex_syntax.hpp"

#include <array>
#include <optional>

#include "harness/model/text_cursor.hpp"

namespace exitproof::regex_syntax {
namespace {

constexpr unsigned deepest = 100;
constexpr std::uint64_t most_repeats = 100'000;

std::size_t index_of(char c) {
  return static_cast<unsigned char>(c);
}

ByteSet only(char c) {
  return ByteSet().set(index_of(c));
}

void add_range(ByteSet& set, char first, char last) {
  for (std::size_t byte = index_of(first); byte <= index_of(last); ++byte) set.set(byte);
}

ByteSet ranges(std::string_view pairs) {
  ByteSet set;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) add_range(set, pairs[i], pairs[i + 1]);
  return set;
}

struct NamedSet {
  std::string_view name;
  std::string_view pairs;  ///< of first and last byte
};

constexpr std::array<NamedSet, 12> named_sets{{
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"blank", "\t\t  "},
    {"cntrl", std::string_view("\0\x1f\x7f\x7f", 4)},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"xdigit", "09AFaf"},
}};

/// \d, \w, \s and their opposites.
std::optional<ByteSet> class_of_letter(char letter) {
  switch (letter) {
    case 'd':
      return ranges("09");
    case 'D':
      return ~ranges("09");
    case 'w':
      return ranges("09AZaz__");
    case 'W':
      return ~ranges("09AZaz__");
    case 's':
      return ranges("\t\r  ");
    case 'S':
      return ~ranges("\t\r  ");
    default:
      return std::nullopt;
  }
}

std::optional<char> control_of_letter(char letter) {
  constexpr std::string_view letters = "tnvfr0";
  constexpr std::string_view bytes("\t\n\v\f\r\0", 6);
  const std::size_t at = letters.find(letter);
  return at == std::string_view::npos ? std::nullopt : std::optional(bytes[at]);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

class Parser {
 public:
  explicit Parser(std::string_view text) : cursor_(text) {}

  Node whole() {
    Node node = choice(0);
    if (!cursor_.at_end()) cursor_.fail("no ')' without its '('");
    return node;
  }

 private:
  char take() {
    const char c = cursor_.peek();
    cursor_.skip_to(cursor_.offset() + 1);
    return c;
  }

  Node choice(unsigned depth) {
    if (depth > deepest) cursor_.fail("groups that are not nested so deep");
    Node node{.kind = Node::Kind::choice, .parts = {}, .bytes = {}};
    do node.parts.push_back(sequence(depth));
    while (cursor_.accept("|"));
    return node;
  }

  Node sequence(unsigned depth) {
    Node node;
    while (!cursor_.at_end() && cursor_.peek() != '|' && cursor_.peek() != ')') {
      if (const auto kind = assertion())
        node.parts.push_back({.kind = *kind, .parts = {}, .bytes = {}});
      else
        node.parts.push_back(repeated(atom(depth)));
    }
    return node;
  }

  std::optional<Node::Kind> assertion() {
    if (cursor_.accept("^")) return Node::Kind::line_begin;
    if (cursor_.accept("$")) return Node::Kind::line_end;
    if (cursor_.accept("\\b")) return Node::Kind::word_edge;
    if (cursor_.accept("\\B")) return Node::Kind::no_word_edge;
    return std::nullopt;
  }

  Node atom(unsigned depth) {
    if (cursor_.accept("(")) return group(depth);
    if (cursor_.accept("[")) return bytes(set());
    if (cursor_.accept(".")) return bytes(~ranges("\n\n\r\r"));
    if (cursor_.peek() == '\\') return bytes(escaped());
    if (std::string_view("*+?{").find(cursor_.peek()) != std::string_view::npos)
      cursor_.fail("something to repeat, or a backslash before this byte");
    return bytes(only(take()));
  }

  static Node bytes(ByteSet set) { return {.kind = Node::Kind::bytes, .parts = {}, .bytes = set}; }

  Node group(unsigned depth) {
    if (cursor_.rest().starts_with("?=") || cursor_.rest().starts_with("?!"))
      cursor_.fail("no look-ahead, which this kind of expression has not");
    if (!cursor_.accept("?:") && cursor_.peek() == '?') cursor_.fail("'?:' or a group's content");
    Node node = choice(depth + 1);
    cursor_.expect(")", "the group's ')'");
    return node;
  }

  Node repeated(Node node) {
    const std::size_t from = cursor_.offset();
    std::uint64_t least = 0;
    std::uint64_t most = no_limit;
    if (cursor_.accept("+")) {
      least = 1;
    } else if (cursor_.accept("?")) {
      most = 1;
    } else if (cursor_.accept("{")) {
      least = most = cursor_.number("a number of times", {.max = most_repeats});
      if (cursor_.accept(","))
        most = cursor_.peek() == '}' ? no_limit : cursor_.number("a number of times", {.max = most_repeats});
      cursor_.expect("}", "'}'");
      if (least > most) cursor_.fail_at(from, "the smaller number first");
    } else if (!cursor_.accept("*")) {
      return node;
    }
    cursor_.accept("?");  // as few as possible: whether it matches is the same
    Node repeat{.kind = Node::Kind::repeat, .parts = {}, .bytes = {}, .least = least, .most = most};
    repeat.parts.push_back(std::move(node));
    return repeat;
  }

  /// Behind the '['.
  ByteSet set() {
    const bool negated = cursor_.accept("^");
    ByteSet members;
    while (!cursor_.accept("]")) {
      if (cursor_.at_end()) cursor_.fail("the set's ']'");
      const std::size_t from = cursor_.offset();
      const ByteSet first = member();
      const bool is_range = cursor_.rest().starts_with("-") && !cursor_.rest().starts_with("-]");
      if (!is_range) {
        members |= first;
        continue;
      }
      cursor_.accept("-");
      if (cursor_.at_end()) cursor_.fail("the set's ']'");
      const ByteSet last = member();
      if (first.count() != 1 || last.count() != 1 || first._Find_first() > last._Find_first())
        cursor_.fail_at(from, "a range from a byte to one that is not below it");
      add_range(members, static_cast<char>(first._Find_first()), static_cast<char>(last._Find_first()));
    }
    return negated ? ~members : members;
  }

  ByteSet member() {
    if (cursor_.accept("[:")) return named_set();
    if (cursor_.rest().starts_with("[.") || cursor_.rest().starts_with("[="))
      cursor_.fail("a backslash before '[', or a class such as [:alpha:]");
    if (cursor_.accept("\\b")) return only('\b');
    return cursor_.peek() == '\\' ? escaped() : only(take());
  }

  ByteSet named_set() {
    const std::size_t from = cursor_.offset();
    const std::string_view name = cursor_.take_while(is_letter);
    for (const NamedSet& known : named_sets) {
      if (name != known.name) continue;
      cursor_.expect(":]", "':]'");
      return ranges(known.pairs);
    }
    cursor_.fail_at(from, "a class such as alpha, digit or space");
  }

  /// From the backslash on.
  ByteSet escaped() {
    const std::size_t from = cursor_.offset();
    take();
    if (cursor_.at_end()) cursor_.fail("a byte behind the backslash");
    const char c = take();
    if (const auto byte = control_of_letter(c); byte && !(c == '0' && is_digit(cursor_.peek()))) return only(*byte);
    if (const auto set = class_of_letter(c)) return *set;
    if (c == 'x') return only(hexadecimal());
    if (c == 'c' && is_letter(cursor_.peek())) return only(static_cast<char>(take() & 0x1f));
    if (is_digit(c)) cursor_.fail_at(from, "no back-reference, which this kind of expression has not");
    if (is_letter(c)) cursor_.fail_at(from, "an escape such as \\d, \\s, \\t or \\x41");
    return only(c);
  }

  char hexadecimal() {
    unsigned value = 0;
    for (int digits = 0; digits < 2; ++digits) {
      constexpr std::string_view lower = "0123456789abcdef";
      constexpr std::string_view upper = "0123456789ABCDEF";
      const std::size_t digit = std::min(lower.find(cursor_.peek()), upper.find(cursor_.peek()));
      if (digit == std::string_view::npos || cursor_.at_end()) cursor_.fail("two hexadecimal digits");
      value = value * 16 + static_cast<unsigned>(digit);
      take();
    }
    return static_cast<char>(value);
  }

  TextCursor cursor_;
};

}  // namespace

Node parse(std::string_view expression) {
  return Parser(expression).whole();
}

}  // namespace exitproof::regex_syntax
