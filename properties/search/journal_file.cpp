#include "exitproof/journal_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "exitproof/parse_error.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw JournalError(fmt::format("the journal {}: {}", path, what));
}

/// Reads a file line by line.
class Lines {
 public:
  Lines(int fd, const std::string& path) : fd_(fd), path_(path) {}

  /// The next line without its end; nothing at the end of the file, and for a line that has none.
  std::optional<std::string_view> next() {
    text_.erase(0, taken_);
    begin_ += std::exchange(taken_, 0);
    std::size_t looked_at = 0;
    while (true) {
      const std::size_t end = text_.find('\n', looked_at);
      if (end != std::string::npos) {
        taken_ = end + 1;
        return std::string_view(text_).substr(0, end);
      }
      looked_at = text_.size();
      if (!fill()) return std::nullopt;
    }
  }

  /// Where the line begins that was answered last, or the rest that is none.
  std::uint64_t begin() const { return begin_; }

 private:
  bool fill() {
    std::array<char, 65536> chunk{};
    const ssize_t count = ::pread(fd_, chunk.data(), chunk.size(), static_cast<off_t>(begin_ + text_.size()));
    if (count < 0) fail(path_, fmt::format("expected a file that can be read: {}", std::strerror(errno)));
    text_.append(chunk.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  int fd_;
  const std::string& path_;
  std::string text_;
  std::uint64_t begin_ = 0;
  std::size_t taken_ = 0;
};

JournalLine parsed(const std::string& path, std::size_t line, std::string_view text) {
  try {
    return parse_journal_line(text);
  } catch (const ParseError& error) {
    fail(path, fmt::format("line {}, column {}: expected {}, and found {}", line, error.column(), error.expected(),
                           error.found().substr(0, 100)));
  }
}

}  // namespace

class JournalRecords::Impl {
 public:
  explicit Impl(const std::string& path) : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (!file_.is_open()) fail(path, fmt::format("expected a file that can be read: {}", std::strerror(errno)));
    Lines lines(file_.get(), path_);
    std::size_t number = 0;
    while (const std::optional<std::string_view> text = lines.next()) {
      ++number;
      enter(parsed(path, number, *text), number, {.line = number, .begin = lines.begin(), .size = text->size()});
    }
    whole_bytes_ = lines.begin();
  }

  bool has(const std::string& name) const { return places_.contains(name); }

  JournalRecord at(const std::string& name) const {
    const Line& line = places_.at(name);
    std::string text(line.size, '\0');
    const ssize_t count = ::pread(file_.get(), text.data(), text.size(), static_cast<off_t>(line.begin));
    if (count != static_cast<ssize_t>(text.size())) fail(path_, "it was changed while it was read");
    JournalLine parsed_line = parsed(path_, line.line, text);
    auto* record = std::get_if<JournalRecord>(&parsed_line);
    if (record == nullptr || record->name != name) fail(path_, "it was changed while it was read");
    return std::move(*record);
  }

  std::string path_;
  std::optional<JournalHead> head_;
  std::optional<JournalEnd> end_;
  std::vector<std::string> names_;
  std::uint64_t whole_bytes_ = 0;

 private:
  struct Line {
    std::size_t line = 0;
    std::uint64_t begin = 0;
    std::size_t size = 0;
  };

  void enter(JournalLine line, std::size_t number, const Line& place) {
    const bool is_head = std::holds_alternative<JournalHead>(line);
    if (is_head != (number == 1)) fail(path_, fmt::format("line {}: expected {}", number, expected(number)));
    if (is_head) head_ = std::get<JournalHead>(std::move(line));
    if (const auto* end = std::get_if<JournalEnd>(&line)) end_ = *end;
    const auto* record = std::get_if<JournalRecord>(&line);
    if (record == nullptr) return;
    end_.reset();  // it was taken up again
    if (!places_.emplace(record->name, place).second) {
      fail(path_, fmt::format("line {}: there are two of \"{}\"", number, record->name));
    }
    names_.push_back(record->name);
  }

  static std::string expected(std::size_t number) {
    return number == 1 ? "what it is of, and found a trial" : "a trial, and found a second head";
  }

  sys::UniqueFd file_;
  std::map<std::string, Line> places_;
};

JournalRecords::JournalRecords(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
JournalRecords::~JournalRecords() = default;
JournalRecords::JournalRecords(JournalRecords&& other) noexcept = default;
JournalRecords& JournalRecords::operator=(JournalRecords&& other) noexcept = default;
const std::string& JournalRecords::path() const {
  return impl_->path_;
}
const std::optional<JournalHead>& JournalRecords::head() const {
  return impl_->head_;
}
const std::optional<JournalEnd>& JournalRecords::end() const {
  return impl_->end_;
}
std::uint64_t JournalRecords::whole_bytes() const {
  return impl_->whole_bytes_;
}
const std::vector<std::string>& JournalRecords::names() const {
  return impl_->names_;
}
bool JournalRecords::has(const std::string& name) const {
  return impl_->has(name);
}
JournalRecord JournalRecords::at(const std::string& name) const {
  return impl_->at(name);
}

std::optional<JournalHead> read_journal_head(const std::string& path) {
  const sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) fail(path, fmt::format("expected a file that can be read: {}", std::strerror(errno)));
  Lines lines(file.get(), path);
  const std::optional<std::string_view> text = lines.next();
  if (!text) return std::nullopt;
  JournalLine line = parsed(path, 1, *text);
  if (auto* head = std::get_if<JournalHead>(&line)) return std::move(*head);
  fail(path, "line 1: expected what it is of, and found a trial");
}

class JournalWriter::Impl {
 public:
  Impl(const std::string& path, const JournalHead& head)
      : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (!file_.is_open()) fail(path, fmt::format("expected a file that can be written: {}", std::strerror(errno)));
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) fail(path, "another process is writing it");
      sys::throw_errno("locking " + path);
    }
    there_.emplace(path);
    sys::checked(::ftruncate(file_.get(), static_cast<off_t>(there_->whole_bytes())), "truncating " + path);
    if (there_->head()) {
      check_same(*there_->head(), head);
    } else {
      write_head(head);
    }
  }

  const JournalRecords& there() const { return *there_; }

  void write(const JournalLine& line) {
    const std::string text = print_journal_line(line) + '\n';
    std::size_t written = 0;
    while (written < text.size()) {
      const ssize_t count = ::write(file_.get(), text.data() + written, text.size() - written);
      if (count < 0 && errno == EINTR) continue;
      sys::checked(count, "writing " + path_);
      written += static_cast<std::size_t>(count);
    }
  }

 private:
  /// A journal without a head says nothing, and one that was there had none: nothing is lost with it.
  void write_head(const JournalHead& head) {
    try {
      write(head);
    } catch (const std::system_error&) {
      ::unlink(path_.c_str());
      throw;
    }
  }

  void check_same(const JournalHead& there, const JournalHead& head) const {
    if (const auto difference = first_difference(there, head)) {
      fail(path_, fmt::format("it is of another campaign, {}", *difference));
    }
    if (there.search.shard == head.search.shard) return;
    fail(path_, fmt::format("it is of shard {}, and not of {}", there.search.shard.print(), head.search.shard.print()));
  }

  std::string path_;
  sys::UniqueFd file_;
  std::optional<JournalRecords> there_;
};

JournalWriter::JournalWriter(const std::string& path, const JournalHead& head)
    : impl_(std::make_unique<Impl>(path, head)) {}
JournalWriter::~JournalWriter() = default;
JournalWriter::JournalWriter(JournalWriter&& other) noexcept = default;
JournalWriter& JournalWriter::operator=(JournalWriter&& other) noexcept = default;
const JournalRecords& JournalWriter::there() const {
  return impl_->there();
}
void JournalWriter::write(const JournalLine& line) {
  impl_->write(line);
}

}  // namespace exitproof
