#include "harness/linux/digest.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "harness/linux/kernel_error.hpp"

namespace exitproof::sys {

namespace {

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4F;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5;

template <typename Word>
Word load(const std::byte* bytes) {
  static_assert(std::endian::native == std::endian::little);
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

std::uint64_t mix(std::uint64_t lane, std::uint64_t word) {
  return std::rotl(lane + word * prime2, 31) * prime1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) {
  return (hash ^ mix(0, lane)) * prime1 + prime4;
}

constexpr std::size_t page_size = 4096;

bool is_zero(std::span<const std::byte> bytes) {
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

// Feeds the pages that are not all zero, each run of them after its offset, so that the digest
// depends on what is read and not on where the holes are.
class SparseDigest {
 public:
  void add(std::span<const std::byte> bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
      const auto page = bytes.first(std::min(page_size, bytes.size()));
      if (!is_zero(page)) {
        if (offset != next_offset_) {
          add_number(offset);
        }
        digest_.add(page);
        next_offset_ = offset + page.size();
      }
      offset += page.size();
      bytes = bytes.subspan(page.size());
    }
  }

  std::string finish(std::uint64_t size) {
    add_number(size);
    return digest_.print();
  }

 private:
  void add_number(std::uint64_t number) { digest_.add(std::as_bytes(std::span(&number, 1))); }

  Digest digest_;
  std::uint64_t next_offset_ = 0;
};

}  // namespace

std::array<std::uint64_t, 4> Digest::start_lanes() {
  return {prime1 + prime2, prime2, 0, 0 - prime1};
}

void Digest::consume_stripe(const std::byte* stripe) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i] = mix(lanes_[i], load<std::uint64_t>(stripe + 8 * i));
  }
}

void Digest::add(std::string_view text) {
  add(std::as_bytes(std::span(text)));
}

void Digest::add(std::span<const std::byte> bytes) {
  total_ += bytes.size();
  if (pending_size_ > 0 || bytes.size() < stripe_size) {
    const std::size_t taken = std::min(stripe_size - pending_size_, bytes.size());
    std::copy_n(bytes.begin(), taken, pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_));
    pending_size_ += taken;
    bytes = bytes.subspan(taken);
    if (pending_size_ < stripe_size) {
      return;
    }
    consume_stripe(pending_.data());
    pending_size_ = 0;
  }
  while (bytes.size() >= stripe_size) {
    consume_stripe(bytes.data());
    bytes = bytes.subspan(stripe_size);
  }
  std::copy(bytes.begin(), bytes.end(), pending_.begin());
  pending_size_ = bytes.size();
}

std::uint64_t Digest::value() const {
  std::uint64_t hash = prime5;
  if (total_ >= stripe_size) {
    hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) + std::rotl(lanes_[3], 18);
    for (const auto lane : lanes_) {
      hash = merge(hash, lane);
    }
  }
  hash += total_;
  const std::byte* next = pending_.data();
  const std::byte* const end = next + pending_size_;
  for (; end - next >= 8; next += 8) {
    hash = std::rotl(hash ^ mix(0, load<std::uint64_t>(next)), 27) * prime1 + prime4;
  }
  for (; end - next >= 4; next += 4) {
    hash = std::rotl(hash ^ (load<std::uint32_t>(next) * prime1), 23) * prime2 + prime3;
  }
  for (; next < end; ++next) {
    hash = std::rotl(hash ^ (std::to_integer<std::uint64_t>(*next) * prime5), 11) * prime1;
  }
  hash = (hash ^ (hash >> 33)) * prime2;
  hash = (hash ^ (hash >> 29)) * prime3;
  return hash ^ (hash >> 32);
}

std::string Digest::print() const {
  constexpr char digits[] = "0123456789abcdef";
  const auto hash = value();
  std::string text(16, '0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = digits[(hash >> (60 - 4 * i)) & 0xf];
  }
  return text;
}

std::string digest_of_file(int fd) {
  struct stat status {};
  checked(::fstat(fd, &status), "stat of a file to digest");
  SparseDigest digest;
  std::vector<std::byte> buffer;
  off_t offset = 0;
  while (offset < status.st_size) {
    const off_t data = ::lseek(fd, offset, SEEK_DATA);
    if (data < 0 && errno == ENXIO) {
      break;
    }
    // File systems that cannot tell holes are read whole.
    offset = data < 0 ? offset : data - data % static_cast<off_t>(page_size);
    const off_t hole = data < 0 ? status.st_size : checked(::lseek(fd, data, SEEK_HOLE), "seek in a file to digest");
    while (offset < hole) {
      buffer.resize(std::min<std::size_t>(std::size_t{1} << 18, static_cast<std::size_t>(status.st_size - offset)));
      const auto got = checked(::pread(fd, buffer.data(), buffer.size(), offset), "read a file to digest");
      if (got == 0) {
        return digest.finish(static_cast<std::uint64_t>(status.st_size));
      }
      digest.add(std::span(buffer).first(static_cast<std::size_t>(got)), static_cast<std::uint64_t>(offset));
      offset += got;
    }
  }
  return digest.finish(static_cast<std::uint64_t>(status.st_size));
}

}  // namespace exitproof::sys
