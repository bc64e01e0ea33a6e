#include "ci/fuzz/fuzz.hpp"
#include "exitproof/process_path.hpp"

using namespace exitproof;

// A path is its text; a selector's text means that selector, and any bytes are a name that can be said.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  ProcessPath path;
  if (fuzz::accepts(text, [&] { path = ProcessPath::parse(text); })) {
    fuzz::require(path.print() == text, "a path has one text");
    fuzz::require(std::get<ProcessPath>(parse_selector(text)) == path, "a path selects itself");
    fuzz::require(!path.parent() || path.descends_from(*path.parent()), "a child descends from its parent");
  }
  ProcessSelector selector;
  if (fuzz::accepts(text, [&] { selector = parse_selector(text); })) {
    const std::string printed = print_selector(selector);
    fuzz::require(parse_selector(printed) == selector, "a selector's text means that selector");
    fuzz::require(print_selector(parse_selector(printed)) == printed, "a selector has one text");
  }
  if (text.empty()) return 0;
  for (const std::uint32_t nth : {1U, 2U, 4'000'000'000U}) {
    const ProcessSelector named = ProcessName{.base = std::string(text), .nth = nth};
    fuzz::require(parse_selector(print_selector(named)) == named, "a name's text means that name");
  }
  return 0;
}
