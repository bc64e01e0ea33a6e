#include "ci/certify/release_shard.hpp"
#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

// What a shard of a certification says of itself: refused with a ParseError, or written and read again as the same, and
// its manifest is refused or has its scenarios.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::accepts(text, [&] {
    const ReleaseShard shard = parse_release_shard(text);
    const std::string written = print_release_shard(shard);
    fuzz::require(print_release_shard(parse_release_shard(written)) == written, "a shard is read as it was written");
    try {
      const ReleaseManifest manifest = manifest_of(shard);
      fuzz::require(manifest.scenarios.size() == shard.provenance.scenarios.size(), "it has the shard's scenarios");
    } catch (const ManifestError&) {
    }
  });
  return 0;
}
