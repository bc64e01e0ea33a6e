#include "properties/gtest/rc_parameters.hpp"

#include <rapidcheck/detail/Configuration.h>

#include <cctype>
#include <cstdlib>
#include <set>
#include <stdexcept>

namespace exitproof::gtest {
namespace {

class Silent : public rc::detail::TestListener {
 public:
  void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

/// The names of `name=value` pairs, whose values may be quoted.
std::set<std::string> names_in(const std::string& text) {
  std::set<std::string> names;
  std::string word;
  bool quoted = false;
  bool in_value = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '\\') {
      ++i;
    } else if (letter == '"' || letter == '\'') {
      quoted = !quoted;
    } else if (!quoted && std::isspace(static_cast<unsigned char>(letter)) != 0) {
      if (!word.empty()) names.insert(word);
      word.clear();
      in_value = false;
    } else if (!quoted && letter == '=') {
      in_value = true;
    } else if (!in_value) {
      word += letter;
    }
  }
  if (!word.empty()) names.insert(word);
  return names;
}

void check_names(const std::string& text) {
  static const std::set<std::string> known{"seed",     "max_success",      "max_size",          "max_discard_ratio",
                                           "noshrink", "verbose_progress", "verbose_shrinking", "reproduce"};
  for (const std::string& name : names_in(text)) {
    if (!known.contains(name)) throw std::invalid_argument("RC_PARAMS \"" + text + "\": there is no \"" + name + '"');
  }
}

}  // namespace

RcParameters rc_parameters(std::uint64_t seed) {
  rc::detail::Configuration usual;
  usual.testParams.seed = seed;
  const char* variable = std::getenv("RC_PARAMS");
  if (variable == nullptr) return {usual.testParams, {}};
  const std::string text = variable;
  check_names(text);
  try {
    const rc::detail::Configuration wanted = rc::detail::configFromString(text, usual);
    return {wanted.testParams, wanted.reproduce};
  } catch (const std::exception& error) {
    throw std::invalid_argument("RC_PARAMS \"" + text + "\": " + error.what());
  }
}

rc::detail::TestResult check_with(const RcParameters& parameters, const std::string& id,
                                  const rc::detail::Property& property) {
  Silent silent;
  return rc::detail::checkProperty(property, {id, id}, parameters.test, silent, parameters.reproduce);
}

}  // namespace exitproof::gtest
