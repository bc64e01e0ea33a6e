#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exitproof {

/// "SIGTERM" for 15, "SIGRTMIN+3" for a real-time signal (signal(7)); "SIG99" for an unknown number.
std::string signal_name(int number);

/// The number for "SIGTERM" or "SIGRTMIN+3"; nothing for a name that signal(7) does not list.
std::optional<int> signal_number(std::string_view name);

/// "ENOSPC" for 28 (errno(3)); "errno 4000" for an unknown number.
std::string errno_name(int number);

/// The number for "ENOSPC"; nothing for an unknown name.
std::optional<int> errno_number(std::string_view name);

/// The candidate nearest to `word` in edits, when it is near enough to be a misspelling of it.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string_view> candidates);

/// Every name that signal_number knows, but for real-time signals.
std::span<const std::string_view> all_signal_names();
/// Every name that errno_number knows.
std::span<const std::string_view> all_errno_names();

}  // namespace exitproof
