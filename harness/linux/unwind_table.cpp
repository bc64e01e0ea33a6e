#include "harness/linux/unwind_table.hpp"

#include <dwarf.h>

#include <cstdlib>
#include <memory>
#include <span>

namespace exitproof::sys {
namespace {

using Word = std::uint64_t;

/// What an expression yields: the place of a value, or the value itself.
struct Result {
  Word value = 0;
  bool is_value = false;
};

/// The stack machine of DWARF expressions (DWARF 5, 2.5), with the operations that compilers, linkers'
/// PLT entries and signal trampolines use in call frame information.
class Evaluator {
 public:
  Evaluator(const Registers& frame, std::optional<Word> cfa, TaskMemory& memory)
      : frame_(frame), cfa_(cfa), memory_(memory) {}

  std::optional<Result> run(std::span<const Dwarf_Op> operations) {
    stack_.clear();
    for (const Dwarf_Op& operation : operations) {
      if (operation.atom == DW_OP_stack_value) return top_as(true);
      if (!step(operation)) return std::nullopt;
    }
    return top_as(false);
  }

 private:
  std::optional<Result> top_as(bool is_value) const {
    if (stack_.empty()) return std::nullopt;
    return Result{stack_.back(), is_value};
  }

  bool push(Word word) {
    stack_.push_back(word);
    return true;
  }

  bool push_register(Word number, Word offset) {
    if (number >= register_count || !frame_[number]) return false;
    return push(*frame_[number] + offset);
  }

  bool step(const Dwarf_Op& operation) {
    const unsigned atom = operation.atom;
    if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) return push(atom - DW_OP_lit0);
    if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) return push_register(atom - DW_OP_breg0, operation.number);
    switch (atom) {
      case DW_OP_bregx:
        return push_register(operation.number, operation.number2);
      case DW_OP_call_frame_cfa:
        return cfa_ && push(*cfa_);
      case DW_OP_addr:
      case DW_OP_const1u:
      case DW_OP_const1s:
      case DW_OP_const2u:
      case DW_OP_const2s:
      case DW_OP_const4u:
      case DW_OP_const4s:
      case DW_OP_const8u:
      case DW_OP_const8s:
      case DW_OP_constu:
      case DW_OP_consts:
        return push(operation.number);
      case DW_OP_dup:
        return !stack_.empty() && push(stack_.back());
      case DW_OP_drop:
        return pop().has_value();
      case DW_OP_plus_uconst:
        return unary([&](Word a) { return a + operation.number; });
      case DW_OP_deref:
        return dereference();
      default:
        return binary(atom);
    }
  }

  std::optional<Word> pop() {
    if (stack_.empty()) return std::nullopt;
    const Word word = stack_.back();
    stack_.pop_back();
    return word;
  }

  template <typename Function>
  bool unary(Function function) {
    const auto a = pop();
    return a && push(function(*a));
  }

  bool dereference() {
    const auto address = pop();
    const auto word = address ? memory_.word(*address) : std::nullopt;
    return word && push(*word);
  }

  bool binary(unsigned atom) {
    const auto b = pop();
    const auto a = pop();
    if (!a || !b) return false;
    const auto signed_a = static_cast<std::int64_t>(*a);
    const auto signed_b = static_cast<std::int64_t>(*b);
    switch (atom) {
      case DW_OP_plus:
        return push(*a + *b);
      case DW_OP_minus:
        return push(*a - *b);
      case DW_OP_mul:
        return push(*a * *b);
      case DW_OP_and:
        return push(*a & *b);
      case DW_OP_or:
        return push(*a | *b);
      case DW_OP_xor:
        return push(*a ^ *b);
      case DW_OP_shl:
        return push(*b < 64 ? *a << *b : 0);
      case DW_OP_shr:
        return push(*b < 64 ? *a >> *b : 0);
      case DW_OP_eq:
        return push(*a == *b);
      case DW_OP_ne:
        return push(*a != *b);
      case DW_OP_lt:
        return push(signed_a < signed_b);
      case DW_OP_le:
        return push(signed_a <= signed_b);
      case DW_OP_gt:
        return push(signed_a > signed_b);
      case DW_OP_ge:
        return push(signed_a >= signed_b);
      default:
        return false;
    }
  }

  const Registers& frame_;
  std::optional<Word> cfa_;
  TaskMemory& memory_;
  std::vector<Word> stack_;
};

}  // namespace

std::optional<Registers> UnwindRow::caller(const Registers& frame, TaskMemory& memory) const {
  const auto cfa = Evaluator(frame, std::nullopt, memory).run(cfa_);
  if (!cfa || rules_[program_counter].rule != Rule::expression) return std::nullopt;
  Evaluator evaluator(frame, cfa->value, memory);
  Registers result;
  for (std::size_t number = 0; number < register_count; ++number) {
    const RegisterRule& rule = rules_[number];
    if (rule.rule == Rule::same) result[number] = frame[number];
    if (rule.rule != Rule::expression) continue;
    const auto found = evaluator.run(rule.expression);
    if (found) result[number] = found->is_value ? found->value : memory.word(found->value);
  }
  if (!result[program_counter] || !result[stack_pointer]) return std::nullopt;
  return result;
}

bool UnwindRow::fill(Dwarf_Frame* frame) {
  if (::dwarf_frame_info(frame, nullptr, nullptr, &signal_frame_) < 0) return false;
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (::dwarf_frame_cfa(frame, &operations, &count) != 0 || count == 0) return false;
  cfa_.assign(operations, operations + count);
  for (std::size_t number = 0; number < register_count; ++number) {
    Dwarf_Op own[3];
    if (::dwarf_frame_register(frame, static_cast<int>(number), own, &operations, &count) != 0) return false;
    if (count > 0)
      rules_[number] = {Rule::expression, Expression(operations, operations + count)};
    else
      rules_[number].rule = operations == nullptr ? Rule::same : Rule::undefined;
  }
  return true;
}

UnwindTable::~UnwindTable() {
  if (exception_frames_ != nullptr) ::dwarf_cfi_end(exception_frames_);
  if (debug_ != nullptr) ::dwarf_end(debug_);
}

const UnwindRow* UnwindTable::row(std::uint64_t address) {
  auto known = rows_.find(address);
  if (known == rows_.end()) known = rows_.emplace(address, find(address)).first;
  return known->second ? &*known->second : nullptr;
}

std::optional<UnwindRow> UnwindTable::find(std::uint64_t address) {
  if (!exception_opened_) {
    exception_opened_ = true;
    exception_frames_ = ::dwarf_getcfi_elf(elf_);
  }
  if (auto row = find_in(exception_frames_, address)) return row;
  if (!debug_opened_) {
    debug_opened_ = true;
    debug_ = ::dwarf_begin_elf(elf_, DWARF_C_READ, nullptr);
    if (debug_ != nullptr) debug_frames_ = ::dwarf_getcfi(debug_);
  }
  return find_in(debug_frames_, address);
}

std::optional<UnwindRow> UnwindTable::find_in(Dwarf_CFI* frames, std::uint64_t address) {
  Dwarf_Frame* raw = nullptr;
  if (frames == nullptr || ::dwarf_cfi_addrframe(frames, address, &raw) != 0) return std::nullopt;
  const std::unique_ptr<Dwarf_Frame, decltype(&std::free)> frame(raw, &std::free);
  UnwindRow row;
  if (!row.fill(frame.get())) return std::nullopt;
  return row;
}

}  // namespace exitproof::sys
