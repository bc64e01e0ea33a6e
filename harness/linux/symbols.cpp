#include "harness/linux/symbols.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace exitproof::sys {
namespace {

/// Hands the session our image. The session ends the Elf that it is given, hence one reference more.
int give_image(Dwfl_Module*, void** image, const char*, Dwarf_Addr, char** file_name, Elf** elf) {
  *elf = ::elf_begin(-1, ELF_C_READ_MMAP, static_cast<const ElfImage*>(*image)->elf());
  // libdwfl frees the name and asks for one, although the file is never opened again.
  *file_name = *elf == nullptr ? nullptr : ::strdup("image");
  return -1;
}

char* debug_folders = nullptr;  // null: libdwfl's own list, /usr/lib/debug

// Not dwfl_standard_find_debuginfo: that one asks a debuginfod server where the environment names one.
const Dwfl_Callbacks callbacks = {give_image, dwfl_build_id_find_debuginfo, nullptr, &debug_folders};

std::string absolute(const char* file, Dwfl_Line* line) {
  if (file[0] == '/') return file;
  const char* folder = ::dwfl_line_comp_dir(line);
  return folder == nullptr ? std::string(file) : std::string(folder) + "/" + file;
}

}  // namespace

std::string demangled(std::string name) {
  name.erase(std::min(name.find('@'), name.size()));
  if (!name.starts_with("_Z")) return name;  // a C function h() is no `unsigned char`, which is spelt so too
  int status = 0;
  char* plain = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  if (status == 0) name = plain;
  std::free(plain);
  return name;
}

Symbols::~Symbols() {
  if (session_ != nullptr) ::dwfl_end(session_);
}

Dwfl_Module* Symbols::module() {
  if (opened_) return module_;
  opened_ = true;
  session_ = ::dwfl_begin(&callbacks);
  if (session_ == nullptr) return nullptr;
  ::dwfl_report_begin(session_);
  module_ = ::dwfl_report_module(session_, "image", image_.low(), image_.high());
  if (module_ != nullptr) {
    void** image = nullptr;
    ::dwfl_module_info(module_, &image, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
    *image = const_cast<ElfImage*>(&image_);
  }
  ::dwfl_report_end(session_, nullptr, nullptr);
  return module_;
}

void Symbols::describe(std::uint64_t address, Frame& frame) {
  Dwfl_Module* image = module();
  if (image == nullptr) return;
  if (const char* name = ::dwfl_module_addrname(image, address)) frame.function = demangled(name);
  Dwfl_Line* line = ::dwfl_module_getsrc(image, address);
  if (line == nullptr) return;
  int number = 0;
  const char* file = ::dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr);
  if (file == nullptr) return;
  frame.file = absolute(file, line);
  frame.line = number;
}

}  // namespace exitproof::sys
