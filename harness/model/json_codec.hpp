#pragma once

#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "exitproof/call_class.hpp"
#include "exitproof/parse_error.hpp"
#include "harness/model/byte_text.hpp"
#include "harness/model/evidence_names.hpp"
#include "harness/model/json_fields.hpp"

/// Values to JSON and back: what is read is what was written, to the byte, see text_of_bytes(). Values with a text form
/// are strings, times are integers in the unit that
/// the field's name ends with, an empty optional is left out; unknown members are passed over.
namespace exitproof::json {

/// Members keep the order in which the records declare them: documents are read by people too.
using Document = nlohmann::ordered_json;

/// Where in a document a value stands, for messages: a chain of members and indices.
struct Place {
  const Place* outer = nullptr;
  std::string_view member;
  std::size_t index = 0;

  std::string print() const {
    const std::string before = outer ? outer->print() : std::string();
    if (!outer) return std::string(member);
    if (member.empty()) return fmt::format("{}[{}]", before, index);
    return fmt::format("{}.{}", before, member);
  }
};

/// A text has a column only where JSON itself is broken; a wrong value is named by its place.
[[noreturn]] void fail(const Place& place, std::string_view expected, const Document& found);

template <typename T>
concept HasTextForm = requires(const T& value, std::string_view text) {
  { value.print() } -> std::same_as<std::string>;
  { T::parse(text) } -> std::same_as<T>;
};

struct NullVisitor {
  template <typename Field>
  void operator()(const char*, Field&) {}
};
template <typename T>
concept HasFields = requires(NullVisitor& visitor, const T& record) {
  visit_fields(visitor, record);
};

/// The names of an enumeration of the evidence.
template <typename Enum>
inline constexpr int names_of = 0;
template <>
inline constexpr const auto& names_of<Phase> = phase_names;
template <>
inline constexpr const auto& names_of<NextRunWhen> = next_run_when_names;
template <>
inline constexpr const auto& names_of<Reaping> = reaping_names;
template <>
inline constexpr const auto& names_of<EventKind> = event_kind_names;
template <>
inline constexpr const auto& names_of<Landing> = landing_names;
template <>
inline constexpr const auto& names_of<ChangeKind> = change_kind_names;
template <>
inline constexpr const auto& names_of<FileType> = file_type_names;

inline std::string_view enum_name(AfterKill value) {
  return after_kill_name(value);
}
inline std::string_view enum_name(TimeMode value) {
  return time_mode_name(value);
}
inline std::string_view enum_name(WorldKind value) {
  return world_kind_name(value);
}
template <typename Enum>
std::string_view enum_name(Enum value) {
  return names_of<Enum>.name(value);
}

template <typename Enum>
std::optional<Enum> enum_value(std::string_view name) {
  if constexpr (std::same_as<Enum, AfterKill>)
    return after_kill_of_name(name);
  else if constexpr (std::same_as<Enum, TimeMode>)
    return time_mode_of_name(name);
  else if constexpr (std::same_as<Enum, WorldKind>)
    return world_kind_of_name(name);
  else
    return names_of<Enum>.value(name);
}

template <typename T>
Document write(const T& value);

inline Document write(const CallClasses& classes) {
  Document names = Document::array();
  for (const CallClass call_class : all_call_classes())
    if (classes.test(static_cast<std::size_t>(call_class))) names.push_back(call_class_name(call_class));
  return names;
}

template <typename Rep, typename Period>
Document write(const std::chrono::duration<Rep, Period>& time) {
  return time.count();
}

template <typename First, typename Second>
Document write(const std::pair<First, Second>& pair) {
  return Document::array({write(pair.first), write(pair.second)});
}

template <typename T>
Document write(const std::vector<T>& values) {
  Document array = Document::array();
  for (const T& value : values) array.push_back(write(value));
  return array;
}

struct Writer {
  Document& object;
  template <typename Field>
  void operator()(const char* member, const Field& field) {
    object.emplace(member, write(field));
  }
  template <typename Field>
  void operator()(const char* member, const std::optional<Field>& field) {
    if (field) object.emplace(member, write(*field));
  }
};

template <typename T>
Document write(const T& value) {
  if constexpr (HasTextForm<T>) {
    return text_of_bytes(value.print());
  } else if constexpr (std::same_as<T, std::string>) {
    return text_of_bytes(value);
  } else if constexpr (HasFields<T>) {
    Document object = Document::object();
    Writer writer{object};
    visit_fields(writer, value);
    return object;
  } else if constexpr (std::is_enum_v<T>) {
    return enum_name(value);
  } else {
    return value;
  }
}

template <typename T>
void read(const Document& from, const Place& place, T& value);

std::string_view text_of(const Document& from, const Place& place);

inline void read(const Document& from, const Place& place, std::string& value) {
  value = bytes_of_text(text_of(from, place));
}

inline void read(const Document& from, const Place& place, bool& value) {
  if (!from.is_boolean()) fail(place, "true or false", from);
  value = from.get<bool>();
}

inline void read(const Document& from, const Place& place, CallClasses& classes) {
  if (!from.is_array()) fail(place, "an array", from);
  classes.reset();
  for (const Document& name : from) {
    const std::optional<CallClass> call_class = call_class_of_name(text_of(name, place));
    if (!call_class) fail(place, "a call class", name);
    classes.set(static_cast<std::size_t>(*call_class));
  }
}

template <typename Rep, typename Period>
void read(const Document& from, const Place& place, std::chrono::duration<Rep, Period>& time) {
  Rep count{};
  read(from, place, count);
  time = std::chrono::duration<Rep, Period>(count);
}

template <typename First, typename Second>
void read(const Document& from, const Place& place, std::pair<First, Second>& pair) {
  if (!from.is_array() || from.size() != 2) fail(place, "a pair", from);
  read(from[0], place, pair.first);
  read(from[1], place, pair.second);
}

template <typename T>
void read(const Document& from, const Place& place, std::vector<T>& values) {
  if (!from.is_array()) fail(place, "an array", from);
  values.clear();
  values.reserve(from.size());
  for (const Document& element : from) {
    const Place here{.outer = &place, .member = {}, .index = values.size()};
    read(element, here, values.emplace_back());
  }
}

template <std::integral Number>
void read_number(const Document& from, const Place& place, Number& value) {
  bool fits = false;
  if (from.is_number_unsigned())
    fits = std::in_range<Number>(from.get<std::uint64_t>());
  else if (from.is_number_integer())
    fits = std::in_range<Number>(from.get<std::int64_t>());
  if (!fits) fail(place, "an integer that fits", from);
  value = from.get<Number>();
}

struct Reader {
  const Document& object;
  const Place& place;

  template <typename Field>
  void operator()(const char* member, Field& field) {
    const auto found = object.find(member);
    if (found == object.end()) fail(place, fmt::format("the member \"{}\"", member), object);
    read(*found, Place{.outer = &place, .member = member}, field);
  }
  template <typename Field>
  void operator()(const char* member, std::optional<Field>& field) {
    const auto found = object.find(member);
    field.reset();
    if (found != object.end()) read(*found, Place{.outer = &place, .member = member}, field.emplace());
  }
};

template <typename T>
void read_text_form(const Document& from, const Place& place, T& value) {
  const std::string text = bytes_of_text(text_of(from, place));
  try {
    value = T::parse(text);
  } catch (const ParseError& error) {
    throw ParseError(error.column(), fmt::format("{} in {}", error.expected(), place.print()), error.found());
  }
}

template <typename T>
void read(const Document& from, const Place& place, T& value) {
  if constexpr (HasTextForm<T>) {
    read_text_form(from, place, value);
  } else if constexpr (HasFields<T>) {
    if (!from.is_object()) fail(place, "an object", from);
    Reader reader{from, place};
    visit_fields(reader, value);
  } else if constexpr (std::is_enum_v<T>) {
    const std::optional<T> named = enum_value<T>(text_of(from, place));
    if (!named) fail(place, "a known name", from);
    value = *named;
  } else {
    read_number(from, place, value);
  }
}

/// A document of one schema, on one line.
std::string print_document(std::string_view schema, const Document& content);
/// The document in `text`, which must be of that schema. Throws ParseError.
Document parse_document(std::string_view schema, std::string_view text);

template <typename T>
std::string to_text(std::string_view schema, const T& value) {
  return print_document(schema, write(value));
}

template <typename T>
T from_text(std::string_view schema, std::string_view text) {
  T value;
  read(parse_document(schema, text), Place{.outer = nullptr, .member = schema}, value);
  return value;
}

}  // namespace exitproof::json
