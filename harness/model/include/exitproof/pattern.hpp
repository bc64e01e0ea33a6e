#pragma once

#include <string>
#include <string_view>

namespace exitproof {

/// The shape of a name with what varies from run to run replaced by `*`. "/tmp/tmp.kX81hQ2zDq" becomes
/// "/tmp/tmp.*", "/tmp/ep-sort-4711/run3" becomes "/tmp/ep-sort-*/run3". Two names with the same
/// pattern are reported as one finding. A pattern is its own pattern. What varies is
/// - a number of three digits or more, and a UUID;
/// - the tail of a known maker's name, of the maker's length and alphabet, unless it can be read
///   aloud: mktemp(1), mkstemp(3)'s `tmpXXXXXX`, Python's tempfile and multiprocessing, sort, sed, gcc, git;
/// - any other word of six characters or more that mixes capitals, small letters and digits as no
///   person does: not plain (`README2`, `libxml2`, `database`), nor several words together that mean
///   three letters each in pairs that words have (`camelCaseName`, `cc1plus`).
/// A random tail of one case alone after an unknown prefix ("data-qwzxkv") is not told from a word.
std::string name_pattern(std::string_view name);

/// A glob for the names of this name's pattern: what varies is `*`, and every other byte, a `*` of the name's own
/// too, stands for itself. It matches the name.
std::string pattern_glob(std::string_view name);

/// Whether `path` matches a shell glob, where `*` stops at a slash, `**` does not, `**/` is any
/// number of directories, `?` is one byte but a slash, `[...]` and `[!...]` a set, and a backslash
/// takes the next byte as it is. A leading dot is like any other byte. A glob without a slash is
/// matched against the base name. Takes time proportional to the product of both lengths.
bool glob_matches(std::string_view glob, std::string_view path);

/// A glob that a user gives for files, as one for glob_matches(): a leading "./" and a trailing slash say nothing, and
/// one with a slash inside that is not absolute stands for the end of the path ("out/*.txt" in any directory).
std::string normal_file_glob(std::string_view glob);
bool file_glob_matches(std::string_view glob, std::string_view path);

}  // namespace exitproof
