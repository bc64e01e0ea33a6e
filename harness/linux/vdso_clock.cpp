#include "harness/linux/vdso_clock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "harness/linux/elf_image.hpp"
#include "harness/linux/unique_fd.hpp"

// The new code, to be copied to where clock_gettime was. Each function makes the call that it stands for, with the
// cookie, and adds the three words at the end, which say how far ahead the clocks are: seconds, and the rest in
// nanoseconds and in microseconds. 0xbf3 has a bit for each clock of time: 0, 1, 4 to 9 and 11.
asm(R"(
  .pushsection .rodata
  .balign 16
  .globl exitproof_vdso_begin, exitproof_vdso_gettimeofday, exitproof_vdso_time, exitproof_vdso_ahead, exitproof_vdso_end
  .hidden exitproof_vdso_begin, exitproof_vdso_gettimeofday, exitproof_vdso_time, exitproof_vdso_ahead, exitproof_vdso_end
exitproof_vdso_begin:
  endbr64
  mov $228, %eax
  movabs $0x6578697470726f66, %r9
  syscall
  test %eax, %eax
  jnz 1f
  cmp $11, %edi
  ja 1f
  mov $0xbf3, %ecx
  bt %edi, %ecx
  jnc 1f
  mov exitproof_vdso_ahead(%rip), %rcx
  add %rcx, (%rsi)
  mov exitproof_vdso_ahead+8(%rip), %rcx
  add 8(%rsi), %rcx
  cmp $1000000000, %rcx
  jb 2f
  sub $1000000000, %rcx
  incq (%rsi)
2:
  mov %rcx, 8(%rsi)
1:
  ret
exitproof_vdso_gettimeofday:
  endbr64
  mov $96, %eax
  movabs $0x6578697470726f66, %r9
  syscall
  test %eax, %eax
  jnz 1f
  test %rdi, %rdi
  jz 1f
  mov exitproof_vdso_ahead(%rip), %rcx
  add %rcx, (%rdi)
  mov exitproof_vdso_ahead+16(%rip), %rcx
  add 8(%rdi), %rcx
  cmp $1000000, %rcx
  jb 2f
  sub $1000000, %rcx
  incq (%rdi)
2:
  mov %rcx, 8(%rdi)
1:
  ret
exitproof_vdso_time:
  endbr64
  push %rdi
  sub $16, %rsp
  mov $5, %edi
  mov %rsp, %rsi
  call exitproof_vdso_begin
  mov (%rsp), %rax
  add $16, %rsp
  pop %rdi
  test %rdi, %rdi
  jz 1f
  mov %rax, (%rdi)
1:
  ret
  .balign 8
exitproof_vdso_ahead:
  .quad 0, 0, 0
exitproof_vdso_end:
  .popsection
)");

extern "C" {
extern const char exitproof_vdso_begin[];
extern const char exitproof_vdso_gettimeofday[];
extern const char exitproof_vdso_time[];
extern const char exitproof_vdso_ahead[];
extern const char exitproof_vdso_end[];
}

namespace exitproof::sys {

namespace {

constexpr std::size_t jump_size = 5;

std::uint64_t offset_of(const char* part) {
  return static_cast<std::uint64_t>(part - exitproof_vdso_begin);
}

struct Function {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

std::optional<Function> find_function(Elf* elf, std::string_view name) {
  for (Elf_Scn* section = ::elf_nextscn(elf, nullptr); section != nullptr; section = ::elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (::gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_DYNSYM || header.sh_entsize == 0) {
      continue;
    }
    Elf_Data* data = ::elf_getdata(section, nullptr);
    for (std::size_t i = 0; data != nullptr && i < header.sh_size / header.sh_entsize; ++i) {
      GElf_Sym symbol;
      if (::gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) {
        break;
      }
      const char* text = ::elf_strptr(elf, header.sh_link, symbol.st_name);
      if (text != nullptr && text == name) {
        return Function{symbol.st_value, symbol.st_size};
      }
    }
  }
  return std::nullopt;
}

using Words = std::array<std::int64_t, 3>;

Words words_of(VdsoClock::Ahead ahead) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ahead);
  const std::chrono::microseconds rest = ahead - seconds;
  return {seconds.count(), std::chrono::nanoseconds(rest).count(), rest.count()};
}

// The code is not writable to the process itself, nor to process_vm_writev(2).
bool write_at(const UniqueFd& memory, std::uint64_t address, const void* data, std::size_t size) {
  return ::pwrite(memory.get(), data, size, static_cast<off_t>(address)) == static_cast<ssize_t>(size);
}

UniqueFd open_memory(pid_t pid) {
  return UniqueFd(::open(fmt::format("/proc/{}/mem", pid).c_str(), O_WRONLY | O_CLOEXEC));
}

std::string jump(std::uint64_t from, std::uint64_t to) {
  const auto distance = static_cast<std::int32_t>(static_cast<std::int64_t>(to - from) - std::int64_t{jump_size});
  std::string code(1, '\xe9');
  code.append(reinterpret_cast<const char*>(&distance), sizeof distance);
  return code;
}

}  // namespace

bool is_clock_of_time(clockid_t clock) {
  constexpr unsigned known = 0xbf3;
  return clock >= 0 && clock <= 11 && ((known >> static_cast<unsigned>(clock)) & 1U) != 0;
}

std::optional<VdsoClock> VdsoClock::find() {
  const auto image = ElfImage::vdso();
  if (!image) {
    return std::nullopt;
  }
  const auto clock_gettime = find_function(image->elf(), "__vdso_clock_gettime");
  const auto gettimeofday = find_function(image->elf(), "__vdso_gettimeofday");
  const auto time = find_function(image->elf(), "__vdso_time");
  const bool fits = clock_gettime && gettimeofday && time && clock_gettime->size >= offset_of(exitproof_vdso_end) &&
                    gettimeofday->size >= jump_size && time->size >= jump_size && image->low() == 0 &&
                    clock_gettime->address % alignof(std::uint64_t) == 0;
  if (!fits) {
    return std::nullopt;
  }
  VdsoClock clock;
  clock.clock_gettime_ = clock_gettime->address;
  clock.gettimeofday_ = gettimeofday->address;
  clock.time_ = time->address;
  return clock;
}

bool VdsoClock::replace(pid_t pid, std::uint64_t address, Ahead ahead) const {
  const UniqueFd memory = open_memory(pid);
  const std::uint64_t code = address + clock_gettime_;
  const std::string to_day = jump(gettimeofday_, clock_gettime_ + offset_of(exitproof_vdso_gettimeofday));
  const std::string to_time = jump(time_, clock_gettime_ + offset_of(exitproof_vdso_time));
  const Words words = words_of(ahead);
  return memory.is_open() && write_at(memory, code, exitproof_vdso_begin, offset_of(exitproof_vdso_end)) &&
         write_at(memory, code + offset_of(exitproof_vdso_ahead), words.data(), sizeof words) &&
         write_at(memory, address + gettimeofday_, to_day.data(), to_day.size()) &&
         write_at(memory, address + time_, to_time.data(), to_time.size());
}

bool VdsoClock::set(pid_t pid, std::uint64_t address, Ahead ahead) const {
  const UniqueFd memory = open_memory(pid);
  const Words words = words_of(ahead);
  return memory.is_open() &&
         write_at(memory, address + clock_gettime_ + offset_of(exitproof_vdso_ahead), words.data(), sizeof words);
}

}  // namespace exitproof::sys
