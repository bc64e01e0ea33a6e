#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "exitproof/journal.hpp"

namespace exitproof {

/// A journal cannot be used; the message names it, says what was expected and what was found.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The trials of a journal file, as it was when it was read. Keeps the file open and reads each trial when it is asked
/// for: a journal may be larger than the memory.
class JournalRecords {
 public:
  /// A last line without an end was cut by a kill, and is passed over. Throws JournalError for a file that cannot be
  /// read or is no journal, with the line.
  explicit JournalRecords(const std::string& path);
  ~JournalRecords();
  JournalRecords(JournalRecords&& other) noexcept;
  JournalRecords& operator=(JournalRecords&& other) noexcept;

  const std::string& path() const;
  /// Nothing: not even its first line is whole.
  const std::optional<JournalHead>& head() const;
  /// Nothing: the campaign was ended before its end.
  const std::optional<JournalEnd>& end() const;
  /// Of the file, without a last line that was cut.
  std::uint64_t whole_bytes() const;
  /// JournalRecord::name of its trials, in their order.
  const std::vector<std::string>& names() const;

  bool has(const std::string& name) const;
  /// The trial of that name, which must be there. Throws JournalError when the file has been changed since.
  JournalRecord at(const std::string& name) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// What the journal in the file is of; no more of it is read. Nothing: not even its first line is whole. Throws
/// JournalError.
std::optional<JournalHead> read_journal_head(const std::string& path);

/// Appends to a journal file. It is locked meanwhile (flock(2)): two campaigns cannot write one journal.
class JournalWriter {
 public:
  /// Makes the file, or goes on with one of the same campaign and shard: a last line that was cut is taken away.
  /// Throws JournalError for a file of something else, for one that cannot be written, and when another process
  /// writes it.
  JournalWriter(const std::string& path, const JournalHead& head);
  ~JournalWriter();
  JournalWriter(JournalWriter&& other) noexcept;
  JournalWriter& operator=(JournalWriter&& other) noexcept;

  /// What was there when it was opened.
  const JournalRecords& there() const;

  /// Returns when the kernel has it: a SIGKILL of ours takes nothing back. Throws std::system_error.
  void write(const JournalLine& line);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exitproof
