#include "harness/linux/program_file.hpp"

#include <gelf.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "harness/linux/elf_image.hpp"

namespace exitproof::sys {

namespace {

constexpr std::string_view sanitizer_libraries[] = {"libasan.so", "libtsan.so",   "libubsan.so",
                                                    "liblsan.so", "libhwasan.so", "libclang_rt."};
constexpr std::string_view sanitizer_symbols[] = {"__asan_init", "__tsan_init", "__msan_init", "__hwasan_init"};
constexpr std::string_view new_symbols[] = {"_Znwm", "_Znam"};

template <std::size_t Count>
bool is_among(const std::string_view (&names)[Count], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string read_interpreter(Elf* elf) {
  std::size_t count = 0;
  std::size_t size = 0;
  const char* const bytes = ::elf_rawfile(elf, &size);
  if (bytes == nullptr || ::elf_getphdrnum(elf, &count) != 0) return {};
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (::gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr || segment.p_type != PT_INTERP) continue;
    if (segment.p_offset >= size || segment.p_filesz > size - segment.p_offset) return {};
    return {bytes + segment.p_offset, ::strnlen(bytes + segment.p_offset, segment.p_filesz)};
  }
  return {};
}

void read_needed(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, ProgramFile& program) {
  Elf_Data* const data = ::elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  for (int i = 0; i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
    GElf_Dyn entry;
    if (::gelf_getdyn(data, i, &entry) == nullptr || entry.d_tag == DT_NULL) return;
    if (entry.d_tag != DT_NEEDED) continue;
    if (const char* const name = ::elf_strptr(elf, header.sh_link, entry.d_un.d_val); name != nullptr) {
      program.needed.emplace_back(name);
    }
  }
}

bool defines_new(const GElf_Sym& symbol, const char* name) {
  return symbol.st_shndx != SHN_UNDEF && is_among(new_symbols, name);
}

bool reads_definition_of_new(Elf* elf, Elf_Scn* section, const GElf_Shdr& header) {
  Elf_Data* const data = ::elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return false;
  for (int i = 1; i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
    GElf_Sym symbol;
    if (::gelf_getsym(data, i, &symbol) == nullptr) return false;
    const char* const name = ::elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name != nullptr && defines_new(symbol, name)) return true;
  }
  return false;
}

void read_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, ProgramFile& program) {
  Elf_Data* const data = ::elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  for (int i = 1; i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
    GElf_Sym symbol;
    if (::gelf_getsym(data, i, &symbol) == nullptr) return;
    const char* const name = ::elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name == nullptr) continue;
    program.has_sanitizer = program.has_sanitizer || is_among(sanitizer_symbols, name);
    program.has_own_new = program.has_own_new || defines_new(symbol, name);
  }
}

}  // namespace

ProgramFile read_program_file(const std::string& path) {
  ProgramFile program;
  const auto image = ElfImage::map(path);
  if (image == nullptr) return program;
  program.is_native = true;
  Elf* const elf = image->elf();
  program.interpreter = read_interpreter(elf);
  for (Elf_Scn* section = nullptr; (section = ::elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (::gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_DYNAMIC) read_needed(elf, section, header, program);
    if (header.sh_type == SHT_DYNSYM) read_symbols(elf, section, header, program);
    if (header.sh_type == SHT_SYMTAB) program.has_linked_new = reads_definition_of_new(elf, section, header);
  }
  const auto is_sanitizer = [](const std::string& library) {
    return std::any_of(std::begin(sanitizer_libraries), std::end(sanitizer_libraries),
                       [&library](std::string_view each) { return library.starts_with(each); });
  };
  program.has_sanitizer =
      program.has_sanitizer || std::any_of(program.needed.begin(), program.needed.end(), is_sanitizer);
  return program;
}

}  // namespace exitproof::sys
