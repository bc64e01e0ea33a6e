#pragma once

#include <libelf.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exitproof::sys {

/// Tells one content of a path from another without reading it.
struct FileStamp {
  std::int64_t bytes = 0;
  std::int64_t modified_ns = 0;

  /// Of the file that `path` leads to, links followed; nothing when there is none.
  static std::optional<FileStamp> of(const std::string& path);
  bool operator==(const FileStamp&) const = default;
};

/// The bytes of one x86-64 ELF file in our own memory. No descriptor stays open.
class ElfImage {
 public:
  /// Maps the file. The mapping keeps its file system busy. Null when it cannot be read or is no such file.
  static std::unique_ptr<ElfImage> map(const std::string& path);
  /// Copies the file (at most 256 MiB), so that its file system stays free. Null as for map().
  static std::unique_ptr<ElfImage> copy(const std::string& path);
  /// The vdso(7) that the kernel gave to us, which is the one that it gives to all 64-bit processes.
  static std::unique_ptr<ElfImage> vdso();

  ~ElfImage();
  ElfImage(const ElfImage&) = delete;
  ElfImage& operator=(const ElfImage&) = delete;

  /// Owned by the image.
  Elf* elf() const noexcept { return elf_; }
  /// The virtual address, as the file's symbols count it, of a byte at this offset in the file.
  std::optional<std::uint64_t> address_of(std::uint64_t file_offset) const;
  /// The lowest and one past the highest address of its segments.
  std::uint64_t low() const noexcept { return low_; }
  std::uint64_t high() const noexcept { return high_; }

 private:
  struct Segment {
    std::uint64_t offset, bytes, address;
  };

  ElfImage(void* bytes, std::size_t size, bool owned) noexcept : bytes_(bytes), size_(size), owned_(owned) {}
  bool open();
  static std::unique_ptr<ElfImage> opened(std::unique_ptr<ElfImage> image);

  void* bytes_;
  std::size_t size_;
  bool owned_;
  Elf* elf_ = nullptr;
  std::vector<Segment> segments_;
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

}  // namespace exitproof::sys
