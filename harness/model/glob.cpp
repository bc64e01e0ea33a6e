#include <cstdint>
#include <string>
#include <vector>

#include "exitproof/pattern.hpp"

namespace exitproof {
namespace {

struct Token {
  enum class Kind : std::uint8_t { byte, any, set, star, deep_star, directories };
  Kind kind = Kind::byte;
  char byte = 0;
  bool negated = false;
  std::string set;  ///< pairs of first and last byte
};

/// Reads `[...]` from its '['; false when it never closes and so is a plain byte.
bool read_set(std::string_view glob, std::size_t& at, Token& token) {
  std::size_t i = at + 1;
  token = {.kind = Token::Kind::set, .set = {}};
  if (i < glob.size() && (glob[i] == '!' || glob[i] == '^')) {
    token.negated = true;
    ++i;
  }
  // A ']' that comes first is a member.
  for (bool first = true; i < glob.size() && (first || glob[i] != ']'); first = false) {
    const char low = glob[i];
    const bool range = i + 2 < glob.size() && glob[i + 1] == '-' && glob[i + 2] != ']';
    token.set += low;
    token.set += range ? glob[i + 2] : low;
    i += range ? 3 : 1;
  }
  if (i >= glob.size()) return false;
  at = i + 1;
  return true;
}

Token read_token(std::string_view glob, std::size_t& at) {
  const std::string_view rest = glob.substr(at);
  const bool at_component = at == 0 || glob[at - 1] == '/';
  if (at_component && rest.starts_with("**/")) {
    at += 3;
    return {.kind = Token::Kind::directories, .set = {}};
  }
  if (rest.starts_with("**")) {
    at += 2;
    return {.kind = Token::Kind::deep_star, .set = {}};
  }
  Token token;
  if (rest.front() == '[' && read_set(glob, at, token)) return token;
  token = {.kind = Token::Kind::byte, .byte = rest.front(), .set = {}};
  ++at;
  if (rest.front() == '*') token.kind = Token::Kind::star;
  if (rest.front() == '?') token.kind = Token::Kind::any;
  if (rest.front() == '\\' && rest.size() > 1) {
    token.byte = rest[1];
    ++at;
  }
  return token;
}

bool in_set(const Token& token, char c) {
  const auto value = static_cast<unsigned char>(c);
  bool member = false;
  for (std::size_t i = 0; i + 1 < token.set.size(); i += 2)
    member = member || (static_cast<unsigned char>(token.set[i]) <= value &&
                        value <= static_cast<unsigned char>(token.set[i + 1]));
  return member != token.negated;
}

bool matches_one(const Token& token, char c) {
  if (token.kind == Token::Kind::byte) return token.byte == c;
  if (c == '/') return false;
  return token.kind == Token::Kind::any || in_set(token, c);
}

/// Which prefixes of `path` match the glob with one more token, given which matched without it.
/// Going by prefixes keeps hostile globs linear in the path for each token.
std::vector<bool> step(const Token& token, const std::vector<bool>& before, std::string_view path) {
  std::vector<bool> after(before.size(), false);
  bool open = false;  // some earlier prefix matched, and the token may stretch from there to here
  for (std::size_t i = 0; i < before.size(); ++i) {
    const char last = i == 0 ? '\0' : path[i - 1];
    switch (token.kind) {
      case Token::Kind::byte:
      case Token::Kind::any:
      case Token::Kind::set:
        after[i] = i > 0 && before[i - 1] && matches_one(token, last);
        break;
      case Token::Kind::star:
        open = before[i] || (open && last != '/');
        after[i] = open;
        break;
      case Token::Kind::deep_star:
        open = open || before[i];
        after[i] = open;
        break;
      case Token::Kind::directories:
        after[i] = before[i] || (open && last == '/');
        open = open || before[i];
        break;
    }
  }
  return after;
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view path) {
  if (glob.find('/') == std::string_view::npos) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  }
  std::vector<bool> matched(path.size() + 1, false);
  matched[0] = true;
  for (std::size_t at = 0; at < glob.size();) matched = step(read_token(glob, at), matched, path);
  return matched.back();
}

std::string normal_file_glob(std::string_view glob) {
  if (glob.starts_with("./")) glob.remove_prefix(2);
  while (glob.size() > 1 && glob.back() == '/') glob.remove_suffix(1);
  const bool tail = !glob.starts_with('/') && glob.find('/') != std::string_view::npos && !glob.starts_with("**");
  return tail ? "**/" + std::string(glob) : std::string(glob);
}

bool file_glob_matches(std::string_view glob, std::string_view path) {
  return glob_matches(normal_file_glob(glob), path);
}

}  // namespace exitproof
