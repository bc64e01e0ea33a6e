#include "harness/linux/program_start.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "harness/linux/ptrace.hpp"

namespace exitproof::sys {

namespace {

constexpr std::uint64_t word_size = sizeof(std::uint64_t);
constexpr std::uint64_t stack_alignment = 16;
constexpr std::uint64_t code_segment_64 = 0x33;
constexpr std::size_t first_read = 4096;
constexpr std::size_t most_read = std::size_t{16} << 20;  // more than all pointers to what ARG_MAX allows

std::vector<std::uint64_t> read_words(pid_t pid, std::uint64_t address, std::size_t bytes) {
  const std::string memory = read_memory(pid, address, bytes);
  std::vector<std::uint64_t> words(memory.size() / word_size);
  std::memcpy(words.data(), memory.data(), words.size() * word_size);
  return words;
}

}  // namespace

std::optional<ProgramStart> ProgramStart::read(pid_t pid) {
  const auto registers = read_registers(pid);
  if (!registers || registers->cs != code_segment_64) {
    return std::nullopt;
  }
  ProgramStart start;
  start.registers_ = *registers;
  for (std::size_t size = first_read; size <= most_read; size *= 4) {
    const auto words = read_words(pid, registers->rsp, size);
    if (start.parse(words)) {
      return start.read_texts(pid) ? std::optional(std::move(start)) : std::nullopt;
    }
    if (words.size() * word_size < size) {
      break;
    }
  }
  return std::nullopt;
}

// False when the words end before the auxiliary vector does.
bool ProgramStart::parse(const std::vector<std::uint64_t>& words) {
  if (words.empty() || words.front() >= words.size()) {
    return false;
  }
  const auto environment = words.begin() + 1 + static_cast<std::ptrdiff_t>(words.front()) + 1;
  if (environment >= words.end()) {
    return false;
  }
  const auto environment_end = std::find(environment, words.end(), 0U);
  if (environment_end == words.end()) {
    return false;
  }
  auto last = environment_end + 1;
  for (; words.end() - last >= 2 && *last != AT_NULL; last += 2) {
  }
  if (words.end() - last < 2) {
    return false;
  }
  end_ = registers_.rsp + static_cast<std::uint64_t>(last + 2 - words.begin()) * word_size;
  arguments_.assign(words.begin(), environment);
  auxiliary_.assign(environment_end + 1, last + 2);
  environment_.clear();
  std::transform(environment, environment_end, std::back_inserter(environment_), [](std::uint64_t address) {
    return Variable{address, {}};
  });
  return true;
}

// The kernel puts the texts one after the other, and the name of the file after the last.
bool ProgramStart::read_texts(pid_t pid) {
  if (environment_.empty()) {
    return true;
  }
  const std::uint64_t from = environment_.front().address;
  const std::uint64_t* const file_name = auxiliary(AT_EXECFN);
  if (file_name == nullptr || *file_name < from || *file_name - from > most_read) {
    return false;
  }
  const std::string texts = read_memory(pid, from, *file_name - from);
  for (Variable& each : environment_) {
    if (each.address < from || each.address - from >= texts.size()) {
      return false;
    }
    each.text = texts.c_str() + (each.address - from);
  }
  return true;
}

const std::uint64_t* ProgramStart::auxiliary(std::uint64_t type) const {
  for (std::size_t i = 0; i + 1 < auxiliary_.size(); i += 2) {
    if (auxiliary_[i] == type) {
      return &auxiliary_[i + 1];
    }
  }
  return nullptr;
}

std::optional<std::uint64_t> ProgramStart::auxiliary_value(std::uint64_t type) const {
  const std::uint64_t* const value = auxiliary(type);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

void ProgramStart::ignore_auxiliary(std::uint64_t type) {
  for (std::size_t i = 0; i + 1 < auxiliary_.size(); i += 2) {
    if (auxiliary_[i] == type) {
      auxiliary_[i] = AT_IGNORE;
    }
  }
}

std::optional<std::string> ProgramStart::variable(std::string_view name) const {
  for (const Variable& each : environment_) {
    if (each.text.starts_with(name) && each.text.substr(name.size(), 1) == "=") {
      return each.text.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

void ProgramStart::set_variable(std::string_view name, std::string_view value) {
  const auto found = std::find_if(environment_.begin(), environment_.end(), [name](const Variable& each) {
    return each.text.starts_with(name) && each.text.substr(name.size(), 1) == "=";
  });
  Variable& variable = found != environment_.end() ? *found : environment_.emplace_back();
  variable.address = 0;
  variable.text = std::string(name).append("=").append(value);
}

bool ProgramStart::is_secure() const {
  const std::uint64_t* const secure = auxiliary(AT_SECURE);
  return secure != nullptr && *secure != 0;
}

// From low to high: arguments, environment, auxiliary vector, the new texts, and then what was above all that.
bool ProgramStart::write(pid_t pid) const {
  std::string texts;
  for (const Variable& each : environment_) {
    texts += each.address == 0 ? each.text + '\0' : std::string();
  }
  std::uint64_t text = end_ - texts.size();
  const std::size_t words_size = (arguments_.size() + environment_.size() + 1 + auxiliary_.size()) * word_size;
  std::vector<std::uint64_t> words = arguments_;
  for (const Variable& each : environment_) {
    words.push_back(each.address != 0 ? each.address : text);
    text += each.address != 0 ? 0 : each.text.size() + 1;
  }
  words.push_back(0);
  words.insert(words.end(), auxiliary_.begin(), auxiliary_.end());
  const std::uint64_t bottom = (end_ - texts.size() - words_size) & ~(stack_alignment - 1);

  // The lowest page first: where the stack has no room, and may not grow, all stays as it is.
  user_regs_struct registers = registers_;
  registers.rsp = bottom;
  return write_word(pid, bottom, words.front()) && write_registers(pid, registers) &&
         write_memory(pid, bottom, words.data(), words_size) &&
         write_memory(pid, end_ - texts.size(), texts.data(), texts.size());
}

}  // namespace exitproof::sys
