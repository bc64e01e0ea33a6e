#include "exitproof/names.hpp"

#include "ci/fuzz/fuzz.hpp"
#include "exitproof/call_class.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/scenario.hpp"
#include "harness/model/text_cursor.hpp"

using namespace exitproof;

namespace {

void check_percent_encoding(std::string_view text) {
  const std::string encoded = percent_encode(text);
  TextCursor cursor(encoded);
  if (text.empty()) return;
  fuzz::require(cursor.percent_decoded("a text") == text && cursor.at_end(), "an encoded text is read back");
}

}  // namespace

// What names something, names one thing; what is no name, is refused; nothing is near that is not known.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_percent_encoding(text);
  if (const auto number = signal_number(text))
    fuzz::require(signal_number(signal_name(*number)) == *number, "a signal's name means it");
  if (const auto number = errno_number(text))
    fuzz::require(errno_number(errno_name(*number)) == *number, "an errno's name means it");
  if (const auto kind = fault_kind_of_name(text)) fuzz::require(fault_kind_name(*kind) == text, "a kind has one name");
  if (const auto kind = call_class_of_name(text)) fuzz::require(call_class_name(*kind) == text, "a class has one name");
  if (const auto kind = world_kind_of_name(text)) fuzz::require(world_kind_name(*kind) == text, "a world has one name");
  if (const auto what = after_kill_of_name(text)) fuzz::require(after_kill_name(*what) == text, "it has one name");
  if (const auto near = nearest_name(text, all_signal_names()))
    fuzz::require(signal_number(*near).has_value(), "a proposed name is a name");
  fuzz::require(!quote(text).empty() && quote(text).size() <= 4 * 40 + 5, "a quoted word is short");
  return 0;
}
