#include "exitproof/site.hpp"

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  Site site;
  if (!fuzz::accepts(text, [&] { site = Site::parse(text); })) return 0;
  const std::string printed = site.print();
  fuzz::require(Site::parse(printed) == site, "a site's text means that site");
  fuzz::require(Site::parse(printed).print() == printed, "a site has one text");
  fuzz::require(printed.find_first_of(" \t\n,@'\"$`\\*?[]{}()<>|&;!#~^") == std::string::npos,
                "a site is one safe word");
  return 0;
}
