#include "ci/fuzz/fuzz.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/wait_status.hpp"

using namespace exitproof;

namespace {

template <typename Value>
void check_text_form(std::string_view text) {
  Value value;
  if (!fuzz::accepts(text, [&] { value = Value::parse(text); })) return;
  fuzz::require(Value::parse(value.print()) == value, "a value's text means that value");
  fuzz::require(Value::parse(value.print()).print() == value.print(), "a value has one text");
}

}  // namespace

// --ready, --stop, and how a process ended.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_text_form<ReadyWhen>(text);
  check_text_form<StopBy>(text);
  check_text_form<WaitStatus>(text);
  return 0;
}
