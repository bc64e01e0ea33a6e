#pragma once

#include <string_view>

namespace exitproof::cli {

/// Puts something on each of the descriptors 0, 1 and 2 that is closed, so that no file opened later takes its number
/// and gets what is meant for it. Reading or writing there fails with EBADF as before: results that cannot be written
/// are told. To be called before anything is opened.
void occupy_standard_descriptors();

/// Says one line on standard error, as "exitproof: MESSAGE". What cannot be said there is lost: the exit status is the
/// same.
void complain(std::string_view message) noexcept;

}  // namespace exitproof::cli
