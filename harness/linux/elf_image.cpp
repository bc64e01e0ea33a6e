#include "harness/linux/elf_image.hpp"

#include <fcntl.h>
#include <gelf.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {
namespace {

constexpr std::size_t largest_copy = std::size_t{256} << 20;

/// A subject may map what has become a fifo's name: opening must not wait for its other end.
UniqueFd open_to_read(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

/// 0 when it is no regular file.
std::size_t regular_size(const UniqueFd& file) {
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  return static_cast<std::size_t>(status.st_size);
}

bool read_all(int fd, void* into, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(fd, static_cast<char*>(into) + done, size - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

std::optional<FileStamp> FileStamp::of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileStamp{status.st_size, std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

std::unique_ptr<ElfImage> ElfImage::map(const std::string& path) {
  const UniqueFd file = open_to_read(path);
  const std::size_t size = regular_size(file);
  if (size == 0) return nullptr;
  // Writable, since libelf unpacks compressed sections in place; private, so the file never sees it.
  void* bytes = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.get(), 0);
  if (bytes == MAP_FAILED) return nullptr;
  return opened(std::unique_ptr<ElfImage>(new ElfImage(bytes, size, true)));
}

std::unique_ptr<ElfImage> ElfImage::copy(const std::string& path) {
  const UniqueFd file = open_to_read(path);
  const std::size_t size = regular_size(file);
  if (size == 0 || size > largest_copy) return nullptr;
  void* bytes = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED) return nullptr;
  std::unique_ptr<ElfImage> image(new ElfImage(bytes, size, true));
  if (!read_all(file.get(), bytes, size)) return nullptr;
  return opened(std::move(image));
}

std::unique_ptr<ElfImage> ElfImage::vdso() {
  const unsigned long start = ::getauxval(AT_SYSINFO_EHDR);
  if (start == 0) return nullptr;
  auto* bytes = reinterpret_cast<void*>(start);
  const auto* header = static_cast<const Elf64_Ehdr*>(bytes);
  // Its section headers are its last bytes.
  const std::size_t size = header->e_shoff + std::size_t{header->e_shnum} * header->e_shentsize;
  return opened(std::unique_ptr<ElfImage>(new ElfImage(bytes, size, false)));
}

ElfImage::~ElfImage() {
  if (elf_ != nullptr) ::elf_end(elf_);
  if (owned_) ::munmap(bytes_, size_);
}

std::unique_ptr<ElfImage> ElfImage::opened(std::unique_ptr<ElfImage> image) {
  if (!image->open()) return nullptr;
  return image;
}

bool ElfImage::open() {
  ::elf_version(EV_CURRENT);
  elf_ = ::elf_memory(static_cast<char*>(bytes_), size_);
  GElf_Ehdr header;
  if (elf_ == nullptr || ::gelf_getehdr(elf_, &header) == nullptr) return false;
  if (header.e_machine != EM_X86_64 || header.e_ident[EI_CLASS] != ELFCLASS64) return false;
  std::size_t count = 0;
  if (::elf_getphdrnum(elf_, &count) != 0) return false;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (::gelf_getphdr(elf_, static_cast<int>(i), &segment) == nullptr || segment.p_type != PT_LOAD) continue;
    low_ = segments_.empty() ? segment.p_vaddr : std::min(low_, segment.p_vaddr);
    high_ = std::max(high_, segment.p_vaddr + segment.p_memsz);
    segments_.push_back({segment.p_offset, segment.p_filesz, segment.p_vaddr});
  }
  return !segments_.empty();
}

std::optional<std::uint64_t> ElfImage::address_of(std::uint64_t file_offset) const {
  for (const Segment& segment : segments_)
    if (file_offset >= segment.offset && file_offset - segment.offset < segment.bytes)
      return segment.address + (file_offset - segment.offset);
  return std::nullopt;
}

}  // namespace exitproof::sys
