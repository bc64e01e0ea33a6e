#pragma once

#include <elfutils/libdw.h>

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace exitproof::sys {

/// Registers by their DWARF number on x86-64 (System V ABI, figure 3.36).
inline constexpr std::size_t register_count = 17;
inline constexpr std::size_t frame_pointer = 6;
inline constexpr std::size_t stack_pointer = 7;
inline constexpr std::size_t program_counter = 16;

/// The registers of one frame. One that an outer frame no longer has is unknown.
using Registers = std::array<std::optional<std::uint64_t>, register_count>;

/// Memory of a stopped task.
class TaskMemory {
 public:
  virtual ~TaskMemory() = default;
  /// The 8 bytes at this address; nothing when they cannot be read.
  virtual std::optional<std::uint64_t> word(std::uint64_t address) = 0;
};

/// How the caller's registers are found from those of a frame that executes at one address.
class UnwindRow {
 public:
  /// The caller's registers; nothing at the outermost frame and where memory cannot be read.
  std::optional<Registers> caller(const Registers& frame, TaskMemory& memory) const;
  /// The frame is a signal trampoline: its caller was interrupted at its address, not after a call.
  bool signal_frame() const noexcept { return signal_frame_; }

 private:
  friend class UnwindTable;
  using Expression = std::vector<Dwarf_Op>;
  enum class Rule : std::uint8_t { same, undefined, expression };
  struct RegisterRule {
    Rule rule = Rule::same;
    Expression expression;
  };

  bool fill(Dwarf_Frame* frame);

  bool signal_frame_ = false;
  Expression cfa_;
  std::array<RegisterRule, register_count> rules_;
};

/// The call frame information of one ELF file: .eh_frame, else .debug_frame. Rows once asked for are kept.
class UnwindTable {
 public:
  /// `elf` must outlive the table.
  explicit UnwindTable(Elf* elf) noexcept : elf_(elf) {}
  ~UnwindTable();
  UnwindTable(const UnwindTable&) = delete;
  UnwindTable& operator=(const UnwindTable&) = delete;

  /// The row for an address as the file counts it; null where nothing describes it. Owned by the table.
  const UnwindRow* row(std::uint64_t address);

 private:
  std::optional<UnwindRow> find(std::uint64_t address);
  static std::optional<UnwindRow> find_in(Dwarf_CFI* frames, std::uint64_t address);

  Elf* elf_;
  bool exception_opened_ = false;
  bool debug_opened_ = false;
  Dwarf_CFI* exception_frames_ = nullptr;
  Dwarf* debug_ = nullptr;
  Dwarf_CFI* debug_frames_ = nullptr;  // owned by debug_
  std::unordered_map<std::uint64_t, std::optional<UnwindRow>> rows_;
};

}  // namespace exitproof::sys
