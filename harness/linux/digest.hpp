#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace exitproof::sys {

/// XXH64 with seed 0 of a stream of bytes: tells contents apart at memory speed. Not for adversaries.
class Digest {
 public:
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text);
  std::uint64_t value() const;
  /// 16 hexadecimal digits.
  std::string print() const;

 private:
  void consume_stripe(const std::byte* stripe);

  static constexpr std::size_t stripe_size = 32;
  std::array<std::uint64_t, 4> lanes_ = start_lanes();
  std::array<std::byte, stripe_size> pending_{};
  std::size_t pending_size_ = 0;
  std::uint64_t total_ = 0;

  static std::array<std::uint64_t, 4> start_lanes();
};

/// The digest of an open regular file's content from its start, whatever its holes: two files that
/// read alike have one digest, and a hole costs nothing. The file's offset is left anywhere.
/// Throws std::system_error.
std::string digest_of_file(int fd);

}  // namespace exitproof::sys
