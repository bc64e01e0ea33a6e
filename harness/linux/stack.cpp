#include "harness/linux/stack.hpp"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_map>

#include "harness/linux/code_map.hpp"
#include "harness/linux/elf_image.hpp"
#include "harness/linux/symbols.hpp"
#include "harness/linux/unwind_table.hpp"

namespace exitproof::sys {
namespace {

constexpr std::string_view vdso_name = "[vdso]";
constexpr std::string_view anonymous_name = "[anon]";
constexpr std::size_t described_max = 10'000;

/// What is known of one ELF file.
struct Module {
  explicit Module(std::unique_ptr<ElfImage> read_image)
      : image(std::move(read_image)), unwind(image->elf()), symbols(*image) {}

  std::unique_ptr<ElfImage> image;
  UnwindTable unwind;
  Symbols symbols;
};

std::string key_of(const std::string& path, const FileStamp& stamp) {
  return path + '\0' + std::to_string(stamp.bytes) + '\0' + std::to_string(stamp.modified_ns);
}

/// A mapping and the ELF file behind it, looked up when a frame first lies in it.
struct Code {
  CodeRange range;
  bool looked_up = false;
  Module* module = nullptr;
  std::uint64_t bias = 0;  ///< from an address in the module to one in the process

  std::uint64_t offset_of(std::uint64_t address) const {
    if (module != nullptr) return address - bias;
    // Where the kernel puts such code differs from run to run.
    return range.module == anonymous_name ? 0 : range.file_offset + (address - range.start);
  }
};

/// The stack of a task, read by pages.
class StackPages final : public TaskMemory {
 public:
  explicit StackPages(pid_t pid) : pid_(pid) {}

  std::optional<std::uint64_t> word(std::uint64_t address) override {
    const std::uint64_t base = address & ~(page_bytes - 1);
    if (address + sizeof(std::uint64_t) > base + page_bytes) return unaligned(address);
    const Page* page = find(base);
    if (page == nullptr) return std::nullopt;
    std::uint64_t value = 0;
    std::memcpy(&value, page->bytes.data() + (address - base), sizeof value);
    return value;
  }

 private:
  static constexpr std::uint64_t page_bytes = 4096;
  struct Page {
    std::uint64_t base = 0;
    std::array<char, page_bytes> bytes;
  };

  bool copy(std::uint64_t from, void* to, std::size_t size) const {
    iovec local{to, size};
    iovec remote{reinterpret_cast<void*>(from), size};
    return ::process_vm_readv(pid_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size);
  }

  std::optional<std::uint64_t> unaligned(std::uint64_t address) const {
    std::uint64_t value = 0;
    if (!copy(address, &value, sizeof value)) return std::nullopt;
    return value;
  }

  const Page* find(std::uint64_t base) {
    for (const auto& page : pages_)
      if (page->base == base) return page.get();
    auto page = std::make_unique<Page>();
    page->base = base;
    if (!copy(base, page->bytes.data(), page_bytes)) return nullptr;
    pages_.push_back(std::move(page));
    return pages_.back().get();
  }

  pid_t pid_;
  std::vector<std::unique_ptr<Page>> pages_;
};

/// The registers of a stopped task, in DWARF's order; nothing for a 32-bit task or one that is not held.
std::optional<Registers> task_registers(pid_t tid) {
  user_regs_struct user{};
  iovec area{&user, sizeof user};
  if (::ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &area) != 0 || area.iov_len != sizeof user) return std::nullopt;
  return Registers{user.rax, user.rdx, user.rcx, user.rbx, user.rsi, user.rdi, user.rbp, user.rsp, user.r8,
                   user.r9,  user.r10, user.r11, user.r12, user.r13, user.r14, user.r15, user.rip};
}

/// One step by the frame pointer that code without call frame information usually keeps.
std::optional<Registers> caller_by_frame_pointer(const Registers& frame, TaskMemory& memory) {
  if (!frame[frame_pointer] || !frame[stack_pointer]) return std::nullopt;
  const std::uint64_t base = *frame[frame_pointer];
  if (base % sizeof(std::uint64_t) != 0 || base < *frame[stack_pointer]) return std::nullopt;
  Registers result;
  result[frame_pointer] = memory.word(base);
  result[program_counter] = memory.word(base + 8);
  result[stack_pointer] = base + 16;
  if (!result[frame_pointer] || !result[program_counter]) return std::nullopt;
  return result;
}

}  // namespace

class StackReader::Impl {
 public:
  std::vector<Frame> read(pid_t tgid, pid_t tid, unsigned limit);
  void symbolize(std::vector<Frame>& frames, std::string_view root);
  Frame describe_code(pid_t tgid, std::uint64_t address);
  void forget(pid_t tgid) { processes_.erase(tgid); }
  void clear() {
    processes_.clear();
    newest_.clear();
    modules_.clear();
  }

 private:
  using Process = std::vector<Code>;

  Code* find_mapping(pid_t tgid, std::uint64_t address, bool& refreshed);
  Code* find_code(pid_t tgid, std::uint64_t address, bool& refreshed);
  void look_up(pid_t tgid, Code& code);
  Module* module_for(const std::string& path, const std::string& root);
  Module* keep(const std::string& path, std::string key, std::unique_ptr<ElfImage> image);

  std::unordered_map<pid_t, Process> processes_;
  std::map<std::string, std::unique_ptr<Module>, std::less<>> modules_;  ///< by path and stamp; null: unreadable
  std::map<std::string, Module*, std::less<>> newest_;                   ///< by path: the last one seen
  std::map<std::pair<std::string, std::uint64_t>, Frame> described_;     ///< by the file's key and the offset in it
};

Module* StackReader::Impl::keep(const std::string& path, std::string key, std::unique_ptr<ElfImage> image) {
  auto& module = modules_[std::move(key)];
  if (image) module = std::make_unique<Module>(std::move(image));
  newest_[path] = module.get();
  return module.get();
}

Module* StackReader::Impl::module_for(const std::string& path, const std::string& root) {
  if (path == vdso_name) {
    const auto known = modules_.find(path);
    return known != modules_.end() ? known->second.get() : keep(path, path, ElfImage::vdso());
  }
  if (!path.starts_with('/')) return nullptr;
  const auto seen = FileStamp::of(root + path);
  if (!seen) return nullptr;
  std::string key = key_of(path, *seen);
  if (const auto known = modules_.find(key); known != modules_.end()) {
    newest_[path] = known->second.get();
    return known->second.get();
  }
  // A file that is the machine's own can stay mapped; one that lives in the trial's world only must not
  // keep that world's file system busy.
  const bool own = root.empty() || FileStamp::of(path) == seen;
  return keep(path, std::move(key), own ? ElfImage::map(path) : ElfImage::copy(root + path));
}

void StackReader::Impl::look_up(pid_t tgid, Code& code) {
  code.looked_up = true;
  Module* module = module_for(code.range.module, "/proc/" + std::to_string(tgid) + "/root");
  if (module == nullptr) return;
  const auto address = module->image->address_of(code.range.file_offset);
  if (!address) return;
  code.module = module;
  code.bias = code.range.start - *address;
}

Code* StackReader::Impl::find_code(pid_t tgid, std::uint64_t address, bool& refreshed) {
  Code* code = find_mapping(tgid, address, refreshed);
  if (code != nullptr && !code->looked_up) look_up(tgid, *code);
  return code;
}

Code* StackReader::Impl::find_mapping(pid_t tgid, std::uint64_t address, bool& refreshed) {
  for (;;) {
    Process& process = processes_[tgid];
    const auto after =
        std::upper_bound(process.begin(), process.end(), address,
                         [](std::uint64_t wanted, const Code& code) { return wanted < code.range.start; });
    if (after != process.begin() && address < std::prev(after)->range.end) {
      return &*std::prev(after);
    }
    // A library may have been loaded since the maps were read; once a stack is enough.
    if (refreshed) return nullptr;
    refreshed = true;
    process.clear();
    for (CodeRange& range : read_code_map(tgid)) process.push_back({.range = std::move(range)});
  }
}

std::vector<Frame> StackReader::Impl::read(pid_t tgid, pid_t tid, unsigned limit) {
  std::vector<Frame> frames;
  auto registers = task_registers(tid);
  StackPages stack(tid);
  bool refreshed = false;
  // A return address may be one past the end of a function that never returns: its call lies before it.
  std::uint64_t back = 0;
  while (registers && frames.size() < limit) {
    const std::uint64_t pc = *(*registers)[program_counter];
    const Code* code = pc == 0 ? nullptr : find_code(tgid, pc - back, refreshed);
    if (code == nullptr) break;
    Frame& frame = frames.emplace_back();
    frame.module = code->range.module;
    frame.offset = code->offset_of(pc);
    const UnwindRow* row = code->module == nullptr ? nullptr : code->module->unwind.row(code->offset_of(pc - back));
    auto caller = row != nullptr ? row->caller(*registers, stack) : caller_by_frame_pointer(*registers, stack);
    if (caller == registers) break;
    back = row != nullptr && row->signal_frame() ? 0 : 1;
    registers = caller;
  }
  return frames;
}

void StackReader::Impl::symbolize(std::vector<Frame>& frames, std::string_view root) {
  std::uint64_t back = 0;
  for (Frame& frame : frames) {
    const auto known = newest_.find(frame.module);
    Module* module = known != newest_.end() ? known->second : module_for(frame.module, std::string(root));
    const std::uint64_t address = frame.offset - back;
    back = 1;
    if (module == nullptr) continue;
    module->symbols.describe(address, frame);
    const UnwindRow* row = module->unwind.row(address);
    if (row != nullptr && row->signal_frame()) back = 0;
  }
}

Frame StackReader::Impl::describe_code(pid_t tgid, std::uint64_t address) {
  Frame frame;
  bool refreshed = false;
  Code* code = find_mapping(tgid, address, refreshed);
  if (code == nullptr) return frame;
  frame.module = code->range.module;
  // Not by the offset in the module: to know that takes reading the file, which each trial would do again.
  const auto stamp = FileStamp::of("/proc/" + std::to_string(tgid) + "/root" + frame.module);
  const std::pair place(key_of(frame.module, stamp.value_or(FileStamp())),
                        code->range.file_offset + (address - code->range.start));
  if (const auto known = described_.find(place); stamp && known != described_.end()) return known->second;
  if (!code->looked_up) look_up(tgid, *code);
  frame.offset = code->offset_of(address);
  if (code->module != nullptr) code->module->symbols.describe(frame.offset, frame);
  if (described_.size() >= described_max) described_.clear();
  if (stamp) described_.emplace(place, frame);
  return frame;
}

StackReader::StackReader() : impl_(std::make_unique<Impl>()) {}
StackReader::~StackReader() = default;

std::vector<Frame> StackReader::read(pid_t tgid, pid_t tid, unsigned limit) {
  return impl_->read(tgid, tid, limit);
}
void StackReader::symbolize(std::vector<Frame>& frames, std::string_view root) {
  impl_->symbolize(frames, root);
}
Frame StackReader::describe_code(pid_t tgid, std::uint64_t address) {
  return impl_->describe_code(tgid, address);
}
void StackReader::forget(pid_t tgid) {
  impl_->forget(tgid);
}
void StackReader::clear() {
  impl_->clear();
}

std::uint64_t stack_key(std::string_view executable, const std::vector<Frame>& frames, CallClass call_class) {
  return stack_key(executable, frames, call_class_name(call_class));
}

std::uint64_t stack_key(std::string_view executable, const std::vector<Frame>& frames, std::string_view what) {
  // FNV-1a: the same on every machine and in every build, which std::hash does not promise.
  std::uint64_t hash = 14695981039346656037u;
  const auto add = [&hash](const void* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) hash = (hash ^ static_cast<const unsigned char*>(data)[i]) * 1099511628211u;
  };
  const auto add_text = [&add](std::string_view text) {
    add(text.data(), text.size());
    add("", 1);
  };
  add_text(executable);
  for (const Frame& frame : frames) {
    add_text(frame.module);
    add(&frame.offset, sizeof frame.offset);
  }
  add_text(what);
  return hash;
}

}  // namespace exitproof::sys
