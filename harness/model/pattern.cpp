#include "exitproof/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/model/text_cursor.hpp"

namespace exitproof {
namespace {

constexpr std::size_t shortest_number = 3;
constexpr std::size_t shortest_random = 6;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_letter(char c) {
  return is_lower(c) || is_upper(c);
}
bool is_alnum(char c) {
  return is_letter(c) || is_digit(c);
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_python_random(char c) {
  return is_lower(c) || is_digit(c) || c == '_';
}
char lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// For each letter those that follow it in the words of programs and their documents: the pairs
/// that make 95 of 100 of all pairs in them, and fewer than half of all possible.
constexpr std::array<std::string_view, 26> followers{
    "bcdfgiklmnprstuvwxy",
    "aceijlorsuy",
    "acdehiklmoprstu",
    "abcdefilmorstu",
    "abcdefghiklmnopqrstuvwxy",
    "aefilorstu",
    "aehilnorstu",
    "aeiortu",
    "abcdefgklmnoprstvxz",
    "aeou",
    "aeilosu",
    "acdefilmopstuy",
    "abdeilmopsuy",
    "acdefgiklnopstuvy",
    "abcdefgiklmnoprstuvwx",
    "acdehiloprstuy",
    "u",
    "abcdefgiklmnoprstuvy",
    "acdefghiklmnoprstuwy",
    "abcdefhilmnoprstuwy",
    "abcdefgilmnprst",
    "aeio",
    "aeinors",
    "ceipt",
    "aelmnpst",
    "aei",
};

/// Letters of one case, or a capital and small letters; digits; what a person would type at once.
std::vector<std::string_view> chunks(std::string_view word) {
  std::vector<std::string_view> found;
  std::size_t from = 0;
  for (std::size_t i = 1; i <= word.size(); ++i) {
    const bool same = i < word.size() &&
                      ((is_digit(word[i]) && is_digit(word[i - 1])) || (is_lower(word[i]) && is_letter(word[i - 1])) ||
                       (is_upper(word[i]) && is_upper(word[i - 1]) && !(i + 1 < word.size() && is_lower(word[i + 1]))));
    if (same) continue;
    found.push_back(word.substr(from, i - from));
    from = i;
  }
  return found;
}

bool is_common_pair(char first, char second) {
  const auto row = static_cast<std::size_t>(lower(first) - 'a');
  return followers[row].find(lower(second)) != std::string_view::npos;
}

/// What the chunks of a word say of who made it.
struct Spelling {
  std::size_t letters = 0;
  std::size_t letter_chunks = 0;
  std::size_t numbers = 0;
  std::size_t pairs = 0;
  std::size_t common_pairs = 0;
};

Spelling spelling_of(std::span<const std::string_view> word_chunks) {
  Spelling spelling;
  for (const std::string_view chunk : word_chunks) {
    if (is_digit(chunk.front())) {
      ++spelling.numbers;
      continue;
    }
    ++spelling.letter_chunks;
    spelling.letters += chunk.size();
    spelling.pairs += chunk.size() - 1;
    for (std::size_t i = 1; i < chunk.size(); ++i)
      if (is_common_pair(chunk[i - 1], chunk[i])) ++spelling.common_pairs;
  }
  return spelling;
}

/// Letters of one case or capitalised, then two digits at most: libxml2, README2, file10.
bool is_plain_word(std::span<const std::string_view> word_chunks) {
  if (is_digit(word_chunks.front().front())) return false;
  if (word_chunks.size() == 1) return true;
  return word_chunks.size() == 2 && is_digit(word_chunks[1].front()) && word_chunks[1].size() < shortest_number;
}

/// A person chose it: a plain word, or several with one number at most, whose mean length and whose
/// pairs of letters random ones rarely reach.
bool is_written(std::string_view word) {
  const std::vector<std::string_view> word_chunks = chunks(word);
  if (is_plain_word(word_chunks)) return true;
  const Spelling spelling = spelling_of(word_chunks);
  if (spelling.letter_chunks == 0 || spelling.numbers > 1) return false;
  const bool threes = spelling.letters >= 3 * spelling.letter_chunks;
  const bool fours = spelling.letters >= 4 * spelling.letter_chunks;
  return (threes && spelling.common_pairs == spelling.pairs) ||
         (fours && 10 * spelling.common_pairs >= 6 * spelling.pairs);
}

bool is_random_word(std::string_view word) {
  return word.size() >= shortest_random && !is_written(word);
}

bool is_readable(std::string_view word) {
  if (word.size() < 2) return false;
  const std::vector<std::string_view> word_chunks = chunks(word);
  const Spelling spelling = spelling_of(word_chunks);
  return is_plain_word(word_chunks) && spelling.common_pairs == spelling.pairs;
}

/// Where a random tail is expected more is asked of a word: all its parts are plain and can be read aloud.
bool is_readable_tail(std::string_view tail) {
  for (std::size_t from = 0;;) {
    const std::size_t end = std::min(tail.find('_', from), tail.size());
    if (!is_readable(tail.substr(from, end - from))) return false;
    if (end == tail.size()) return true;
    from = end + 1;
  }
}

/// Names that are known to be made of a fixed prefix and a random tail of fixed length.
struct Maker {
  std::string_view prefix;
  std::size_t tail;
  bool (*in_tail)(char);
};

constexpr std::array<Maker, 13> makers{{
    {"tmp.", 10, is_alnum},              // mktemp(1)
    {"tmp_obj_", 6, is_alnum},           // git
    {"tmp", 8, is_python_random},        // Python's tempfile
    {"tmp", 6, is_alnum},                // mkstemp(3) with the usual template
    {"sort", 6, is_alnum},               // sort(1)
    {"sed", 6, is_alnum},                // sed -i
    {"file", 6, is_alnum},               // tmpfile(3), tempnam(3)
    {"cc", 6, is_alnum},                 // gcc
    {"psm_", 8, is_hex},                 // Python's multiprocessing.shared_memory
    {"wnsm_", 8, is_hex},                // the same, elsewhere
    {"pymp-", 8, is_python_random},      // Python's multiprocessing: directory,
    {"listener-", 8, is_python_random},  // its sockets
    {"mp-", 8, is_python_random},        // and its semaphores
}};

/// The tail stands alone: the word ends with it.
bool ends_at(std::string_view name, std::size_t end) {
  return end >= name.size() || !is_alnum(name[end]);
}

/// The end of a known maker's name that begins at `at`; its tail's beginning in `tail`.
std::optional<std::size_t> made_name(std::string_view name, std::size_t at, std::size_t& tail) {
  for (const Maker& maker : makers) {
    if (!name.substr(at).starts_with(maker.prefix)) continue;
    tail = at + maker.prefix.size();
    const std::string_view candidate = name.substr(tail, maker.tail);
    const std::size_t end = tail + candidate.size();
    if (candidate.size() == maker.tail && ends_at(name, end) && std::ranges::all_of(candidate, maker.in_tail) &&
        !is_readable_tail(candidate))
      return end;
  }
  return std::nullopt;
}

/// 8-4-4-4-12 hexadecimal digits.
bool is_uuid(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 'x' ? !is_hex(text[i]) : text[i] != '-') return false;
  return true;
}

/// Python's tail after another prefix: eight of small letters, digits and underscores, up to the
/// name's end or its suffix, of which a part is no word.
bool is_python_tail(std::string_view name, std::size_t at) {
  constexpr std::size_t length = 8;
  const std::string_view tail = name.substr(at, length);
  if (tail.size() != length || !std::ranges::all_of(tail, is_python_random)) return false;
  const bool ends = at + length == name.size() || name[at + length] == '.' || name[at + length] == '/';
  return ends && std::ranges::any_of(tail, is_digit) && tail.find('_') != std::string_view::npos &&
         !is_readable_tail(tail);
}

class PatternWriter {
 public:
  void star() {
    if (!out_.ends_with('*')) out_ += '*';
  }
  void text(std::string_view text) { out_ += text; }
  /// A word as it is, but for its numbers.
  void word(std::string_view word) {
    for (const std::string_view chunk : chunks(word)) {
      if (is_digit(chunk.front()) && chunk.size() >= shortest_number)
        star();
      else
        text(chunk);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// A word of letters with mkstemp's six behind it: the length of what is the program's own.
std::size_t stem_length(std::string_view word) {
  constexpr std::size_t tail = 6;
  constexpr std::size_t shortest_stem = 3;
  if (word.size() < tail + shortest_stem) return 0;
  const std::string_view stem = word.substr(0, word.size() - tail);
  const bool is_word = chunks(stem).size() == 1 && is_letter(stem.front()) && is_readable(stem);
  return is_word ? stem.size() : 0;
}

/// Writes what begins at `at`, where a word begins, and returns where it ends.
std::size_t write_word(std::string_view name, std::size_t at, PatternWriter& out) {
  constexpr std::size_t uuid_length = 36;
  if (is_uuid(name.substr(at, uuid_length)) && ends_at(name, at + uuid_length)) {
    out.star();
    return at + uuid_length;
  }
  std::size_t tail = 0;
  if (const std::optional<std::size_t> end = made_name(name, at, tail)) {
    out.text(name.substr(at, tail - at));
    out.star();
    return *end;
  }
  const bool has_stem = at > 0 && (name[at - 1] == '-' || name[at - 1] == '.' || name[at - 1] == '_');
  if (has_stem && is_python_tail(name, at)) {
    out.star();
    return at + 8;
  }
  std::size_t end = at;
  while (end < name.size() && is_alnum(name[end])) ++end;
  const std::string_view word = name.substr(at, end - at);
  if (is_random_word(word)) {
    if (!has_stem) out.text(word.substr(0, stem_length(word)));
    out.star();
  } else {
    out.word(word);
  }
  return end;
}

std::string written_once(std::string_view name) {
  PatternWriter out;
  for (std::size_t at = 0; at < name.size();) {
    if (is_alnum(name[at])) {
      at = write_word(name, at, out);
    } else if (name[at] == '*') {
      out.star();
      ++at;
    } else {
      out.text(name.substr(at++, 1));
    }
  }
  return out.take();
}

}  // namespace

std::string name_pattern(std::string_view name) {
  // A star may uncover another name behind it; each round but the last shortens the text.
  std::string pattern(name);
  for (;;) {
    std::string next = written_once(pattern);
    if (next == pattern) return pattern;
    pattern = std::move(next);
  }
}

std::string pattern_glob(std::string_view name) {
  // Another byte stands for the name's own stars meanwhile. A name without any byte to spare is its own pattern.
  char stand_in = '\x01';
  while (name.find(stand_in) != std::string_view::npos && stand_in < '\x1f') ++stand_in;
  const bool spare = name.find(stand_in) == std::string_view::npos;
  std::string pattern(name);
  if (spare) {
    std::ranges::replace(pattern, '*', stand_in);
    pattern = name_pattern(pattern);
  }
  std::string glob;
  for (const char c : pattern) {
    const bool own_star = spare ? c == stand_in : c == '*';
    if (own_star || c == '?' || c == '[' || c == ']' || c == '\\') glob += '\\';
    glob += own_star ? '*' : c;
  }
  return glob;
}

}  // namespace exitproof
