#include "ci/fuzz/fuzz.hpp"
#include "harness/model/byte_text.hpp"

using namespace exitproof;

// Any bytes come back, and what stands in for them is a text that stays as it is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(fuzz::text_of(data, size));
  const std::string text = text_of_bytes(bytes);
  fuzz::require(bytes_of_text(text) == bytes, "the bytes come back");
  fuzz::require(text_of_bytes(bytes_of_text(text)) == text, "bytes have one text");
  return 0;
}
