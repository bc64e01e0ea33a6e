#include "exitproof/names.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace exitproof {
namespace {

struct NumberName {
  int number;
  std::string_view name;
};

/// signal(7). The first name of a number is the one that is printed.
constexpr std::array signal_names{
    NumberName{SIGHUP, "SIGHUP"},       NumberName{SIGINT, "SIGINT"},       NumberName{SIGQUIT, "SIGQUIT"},
    NumberName{SIGILL, "SIGILL"},       NumberName{SIGTRAP, "SIGTRAP"},     NumberName{SIGABRT, "SIGABRT"},
    NumberName{SIGIOT, "SIGIOT"},       NumberName{SIGBUS, "SIGBUS"},       NumberName{SIGFPE, "SIGFPE"},
    NumberName{SIGKILL, "SIGKILL"},     NumberName{SIGUSR1, "SIGUSR1"},     NumberName{SIGSEGV, "SIGSEGV"},
    NumberName{SIGUSR2, "SIGUSR2"},     NumberName{SIGPIPE, "SIGPIPE"},     NumberName{SIGALRM, "SIGALRM"},
    NumberName{SIGTERM, "SIGTERM"},     NumberName{SIGSTKFLT, "SIGSTKFLT"}, NumberName{SIGCHLD, "SIGCHLD"},
    NumberName{SIGCHLD, "SIGCLD"},      NumberName{SIGCONT, "SIGCONT"},     NumberName{SIGSTOP, "SIGSTOP"},
    NumberName{SIGTSTP, "SIGTSTP"},     NumberName{SIGTTIN, "SIGTTIN"},     NumberName{SIGTTOU, "SIGTTOU"},
    NumberName{SIGURG, "SIGURG"},       NumberName{SIGXCPU, "SIGXCPU"},     NumberName{SIGXFSZ, "SIGXFSZ"},
    NumberName{SIGVTALRM, "SIGVTALRM"}, NumberName{SIGPROF, "SIGPROF"},     NumberName{SIGWINCH, "SIGWINCH"},
    NumberName{SIGIO, "SIGIO"},         NumberName{SIGPOLL, "SIGPOLL"},     NumberName{SIGPWR, "SIGPWR"},
    NumberName{SIGSYS, "SIGSYS"},
};

/// errno(3). The first name of a number is the one that is printed.
constexpr std::array errno_names{
#define NAMED(number) NumberName{number, #number}
    NAMED(EPERM),
    NAMED(ENOENT),
    NAMED(ESRCH),
    NAMED(EINTR),
    NAMED(EIO),
    NAMED(ENXIO),
    NAMED(E2BIG),
    NAMED(ENOEXEC),
    NAMED(EBADF),
    NAMED(ECHILD),
    NAMED(EAGAIN),
    NAMED(EWOULDBLOCK),
    NAMED(ENOMEM),
    NAMED(EACCES),
    NAMED(EFAULT),
    NAMED(ENOTBLK),
    NAMED(EBUSY),
    NAMED(EEXIST),
    NAMED(EXDEV),
    NAMED(ENODEV),
    NAMED(ENOTDIR),
    NAMED(EISDIR),
    NAMED(EINVAL),
    NAMED(ENFILE),
    NAMED(EMFILE),
    NAMED(ENOTTY),
    NAMED(ETXTBSY),
    NAMED(EFBIG),
    NAMED(ENOSPC),
    NAMED(ESPIPE),
    NAMED(EROFS),
    NAMED(EMLINK),
    NAMED(EPIPE),
    NAMED(EDOM),
    NAMED(ERANGE),
    NAMED(EDEADLK),
    NAMED(EDEADLOCK),
    NAMED(ENAMETOOLONG),
    NAMED(ENOLCK),
    NAMED(ENOSYS),
    NAMED(ENOTEMPTY),
    NAMED(ELOOP),
    NAMED(ENOMSG),
    NAMED(EIDRM),
    NAMED(ECHRNG),
    NAMED(EL2NSYNC),
    NAMED(EL3HLT),
    NAMED(EL3RST),
    NAMED(ELNRNG),
    NAMED(EUNATCH),
    NAMED(ENOCSI),
    NAMED(EL2HLT),
    NAMED(EBADE),
    NAMED(EBADR),
    NAMED(EXFULL),
    NAMED(ENOANO),
    NAMED(EBADRQC),
    NAMED(EBADSLT),
    NAMED(EBFONT),
    NAMED(ENOSTR),
    NAMED(ENODATA),
    NAMED(ETIME),
    NAMED(ENOSR),
    NAMED(ENONET),
    NAMED(ENOPKG),
    NAMED(EREMOTE),
    NAMED(ENOLINK),
    NAMED(EADV),
    NAMED(ESRMNT),
    NAMED(ECOMM),
    NAMED(EPROTO),
    NAMED(EMULTIHOP),
    NAMED(EDOTDOT),
    NAMED(EBADMSG),
    NAMED(EOVERFLOW),
    NAMED(ENOTUNIQ),
    NAMED(EBADFD),
    NAMED(EREMCHG),
    NAMED(ELIBACC),
    NAMED(ELIBBAD),
    NAMED(ELIBSCN),
    NAMED(ELIBMAX),
    NAMED(ELIBEXEC),
    NAMED(EILSEQ),
    NAMED(ERESTART),
    NAMED(ESTRPIPE),
    NAMED(EUSERS),
    NAMED(ENOTSOCK),
    NAMED(EDESTADDRREQ),
    NAMED(EMSGSIZE),
    NAMED(EPROTOTYPE),
    NAMED(ENOPROTOOPT),
    NAMED(EPROTONOSUPPORT),
    NAMED(ESOCKTNOSUPPORT),
    NAMED(EOPNOTSUPP),
    NAMED(ENOTSUP),
    NAMED(EPFNOSUPPORT),
    NAMED(EAFNOSUPPORT),
    NAMED(EADDRINUSE),
    NAMED(EADDRNOTAVAIL),
    NAMED(ENETDOWN),
    NAMED(ENETUNREACH),
    NAMED(ENETRESET),
    NAMED(ECONNABORTED),
    NAMED(ECONNRESET),
    NAMED(ENOBUFS),
    NAMED(EISCONN),
    NAMED(ENOTCONN),
    NAMED(ESHUTDOWN),
    NAMED(ETOOMANYREFS),
    NAMED(ETIMEDOUT),
    NAMED(ECONNREFUSED),
    NAMED(EHOSTDOWN),
    NAMED(EHOSTUNREACH),
    NAMED(EALREADY),
    NAMED(EINPROGRESS),
    NAMED(ESTALE),
    NAMED(EUCLEAN),
    NAMED(ENOTNAM),
    NAMED(ENAVAIL),
    NAMED(EISNAM),
    NAMED(EREMOTEIO),
    NAMED(EDQUOT),
    NAMED(ENOMEDIUM),
    NAMED(EMEDIUMTYPE),
    NAMED(ECANCELED),
    NAMED(ENOKEY),
    NAMED(EKEYEXPIRED),
    NAMED(EKEYREVOKED),
    NAMED(EKEYREJECTED),
    NAMED(EOWNERDEAD),
    NAMED(ENOTRECOVERABLE),
    NAMED(ERFKILL),
    NAMED(EHWPOISON),
#undef NAMED
};

constexpr std::string_view realtime_prefix = "SIGRTMIN";

std::string_view name_of(std::span<const NumberName> names, int number) {
  const auto row = std::ranges::find(names, number, &NumberName::number);
  return row == names.end() ? std::string_view() : row->name;
}

std::optional<int> number_of(std::span<const NumberName> names, std::string_view name) {
  const auto row = std::ranges::find(names, name, &NumberName::name);
  return row == names.end() ? std::nullopt : std::optional(row->number);
}

template <std::size_t Count>
constexpr std::array<std::string_view, Count> names_alone(const std::array<NumberName, Count>& rows) {
  std::array<std::string_view, Count> names{};
  for (std::size_t i = 0; i < Count; ++i) names[i] = rows[i].name;
  return names;
}

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row.front() = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last.back();
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

}  // namespace

std::string signal_name(int number) {
  if (const std::string_view name = name_of(signal_names, number); !name.empty()) return std::string(name);
  if (number == SIGRTMIN) return std::string(realtime_prefix);
  if (number > SIGRTMIN && number <= SIGRTMAX) return fmt::format("{}+{}", realtime_prefix, number - SIGRTMIN);
  return fmt::format("SIG{}", number);
}

std::optional<int> signal_number(std::string_view name) {
  if (const std::optional<int> number = number_of(signal_names, name)) return number;
  if (!name.starts_with(realtime_prefix)) return std::nullopt;
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number)
    if (signal_name(number) == name) return number;
  return std::nullopt;
}

std::string errno_name(int number) {
  const std::string_view name = name_of(errno_names, number);
  return name.empty() ? fmt::format("errno {}", number) : std::string(name);
}

std::optional<int> errno_number(std::string_view name) {
  return number_of(errno_names, name);
}

std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string_view> candidates) {
  // A third of the letters wrong is another word; a wrong case is no misspelling at all.
  const std::size_t limit = word.size() / 3 + 1;
  const std::string wanted = lowered(word);
  std::optional<std::string> nearest;
  std::size_t nearest_distance = limit + 1;
  for (const std::string_view candidate : candidates) {
    // No fewer edits than the lengths differ by: a long text costs nothing here.
    const std::size_t shortest = std::min(word.size(), candidate.size());
    const std::size_t difference = std::max(word.size(), candidate.size()) - shortest;
    if (difference >= nearest_distance || difference >= candidate.size()) continue;
    const std::size_t distance = edit_distance(wanted, lowered(candidate));
    if (distance >= nearest_distance || distance >= candidate.size()) continue;
    nearest = std::string(candidate);
    nearest_distance = distance;
  }
  return nearest;
}

std::span<const std::string_view> all_signal_names() {
  static constexpr auto names = names_alone(signal_names);
  return names;
}

std::span<const std::string_view> all_errno_names() {
  static constexpr auto names = names_alone(errno_names);
  return names;
}

}  // namespace exitproof
