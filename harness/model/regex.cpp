#include "exitproof/regex.hpp"

#include <algorithm>

#include "exitproof/parse_error.hpp"
#include "harness/model/regex_syntax.hpp"

namespace exitproof {

using regex_syntax::Node;

/// Writes the tree of an expression out as steps (Thompson's construction).
class RegexCompiler {
 public:
  explicit RegexCompiler(Regex& regex) : regex_(regex) {}

  void write(const Node& node) {
    // A group that repeats an empty group writes no step: what counts is the work.
    if (++written_ > most_written) throw ParseError(1, "an expression that is shorter when written out", "this one");
    switch (node.kind) {
      case Node::Kind::sequence:
        for (const Node& part : node.parts) write(part);
        return;
      case Node::Kind::choice:
        return write_choice(node);
      case Node::Kind::repeat:
        return write_repeat(node);
      case Node::Kind::bytes:
        add({Kind::bytes, here() + 1, set_index(node.bytes)});
        return;
      case Node::Kind::line_begin:
        return write_assertion(Kind::line_begin);
      case Node::Kind::line_end:
        return write_assertion(Kind::line_end);
      case Node::Kind::word_edge:
        return write_assertion(Kind::word_edge);
      case Node::Kind::no_word_edge:
        return write_assertion(Kind::no_word_edge);
    }
  }

  void finish() { add({Kind::match, 0, 0}); }

 private:
  using Step = Regex::Step;
  using Kind = Step::Kind;

  static constexpr std::size_t most_written = 4'000;

  std::size_t here() const { return regex_.steps_.size(); }

  std::size_t add(Step step) {
    regex_.steps_.push_back(step);
    return here() - 1;
  }

  std::size_t set_index(const regex_syntax::ByteSet& set) {
    const auto known = std::find(regex_.sets_.begin(), regex_.sets_.end(), set);
    if (known == regex_.sets_.end()) regex_.sets_.push_back(set);
    return static_cast<std::size_t>(std::find(regex_.sets_.begin(), regex_.sets_.end(), set) - regex_.sets_.begin());
  }

  void write_assertion(Kind kind) { add({kind, here() + 1, 0}); }

  void write_choice(const Node& node) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i + 1 < node.parts.size(); ++i) {
      const std::size_t fork = add({Kind::either, here() + 1, 0});
      write(node.parts[i]);
      ends.push_back(add({Kind::jump, 0, 0}));
      regex_.steps_[fork].other = here();
    }
    write(node.parts.back());
    for (const std::size_t end : ends) regex_.steps_[end].next = here();
  }

  void write_repeat(const Node& node) {
    for (std::uint64_t i = 0; i < node.least; ++i) write(node.parts.front());
    if (node.most == regex_syntax::no_limit) {
      const std::size_t fork = add({Kind::either, here() + 1, 0});
      write(node.parts.front());
      add({Kind::jump, fork, 0});
      regex_.steps_[fork].other = here();
      return;
    }
    std::vector<std::size_t> forks;
    for (std::uint64_t i = node.least; i < node.most; ++i) {
      forks.push_back(add({Kind::either, here() + 1, 0}));
      write(node.parts.front());
    }
    for (const std::size_t fork : forks) regex_.steps_[fork].other = here();
  }

  Regex& regex_;
  std::size_t written_ = 0;
};

/// All steps at which the machine can stand, for each byte in turn (Thompson's simulation).
class Regex::Search {
 public:
  Search(const Regex& regex, std::string_view text, Lines lines)
      : regex_(regex), text_(text), lines_(lines), seen_at_(regex.steps_.size(), 0) {}

  bool run() {
    std::vector<std::size_t> standing;
    for (std::size_t at = 0;; ++at) {
      // A match may begin at any byte. Steps that were reached already are not entered twice.
      enter(0, at, standing);
      if (matched_ || at == text_.size()) return matched_;
      const auto byte = static_cast<unsigned char>(text_[at]);
      std::vector<std::size_t>& next = spare_;
      next.clear();
      ++round_;
      for (const std::size_t step : standing)
        if (regex_.sets_[regex_.steps_[step].other].test(byte)) enter(regex_.steps_[step].next, at + 1, next);
      standing.swap(next);
    }
  }

 private:
  using Kind = Step::Kind;

  /// Adds to `standing` the steps that take a byte and are reached from `first` without one.
  void enter(std::size_t first, std::size_t at, std::vector<std::size_t>& standing) {
    open_.push_back(first);
    while (!open_.empty()) {
      const std::size_t index = open_.back();
      open_.pop_back();
      if (seen_at_[index] == round_) continue;
      seen_at_[index] = round_;
      const Step& step = regex_.steps_[index];
      if (step.kind == Kind::bytes) {
        standing.push_back(index);
        continue;
      }
      if (step.kind == Kind::match) matched_ = true;
      if (step.kind == Kind::either) open_.push_back(step.other);
      if (step.kind == Kind::either || step.kind == Kind::jump || holds(step.kind, at)) open_.push_back(step.next);
    }
  }

  bool holds(Kind assertion, std::size_t at) const {
    switch (assertion) {
      case Kind::line_begin:
        return at == 0 || (lines_ == Lines::many && ends_line(text_[at - 1]));
      case Kind::line_end:
        return at == text_.size() || (lines_ == Lines::many && ends_line(text_[at]));
      case Kind::word_edge:
        return is_word_edge(at);
      case Kind::no_word_edge:
        return !is_word_edge(at);
      case Kind::bytes:
      case Kind::either:
      case Kind::jump:
      case Kind::match:
        break;
    }
    return false;
  }

  static bool ends_line(char c) { return c == '\n' || c == '\r'; }

  bool is_word_edge(std::size_t at) const {
    const bool before = at > 0 && is_word(text_[at - 1]);
    const bool behind = at < text_.size() && is_word(text_[at]);
    return before != behind;
  }

  static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  }

  const Regex& regex_;
  std::string_view text_;
  Lines lines_;
  std::vector<std::size_t> seen_at_;  ///< the round in which a step was last reached
  std::vector<std::size_t> open_;
  std::vector<std::size_t> spare_;
  std::size_t round_ = 1;
  bool matched_ = false;
};

Regex::Regex(std::string_view expression) {
  RegexCompiler compiler(*this);
  compiler.write(regex_syntax::parse(expression));
  compiler.finish();
}

bool Regex::found_in(std::string_view text, Lines lines) const {
  return Search(*this, text, lines).run();
}

}  // namespace exitproof
