#include "harness/model/json_codec.hpp"

#include <algorithm>

#include "harness/model/text_cursor.hpp"

namespace exitproof::json {
namespace {

constexpr const char* schema_member = "schema";
constexpr std::size_t deepest = 64;  // no record of ours needs a dozen; printing takes stack for each

/// A document's depth is checked before it is read, for the stack's sake.
void check_depth(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if ((c == '[' || c == '{') && ++depth > deepest)
      throw ParseError(i + 1, "a document that is not so deep", quote("["));
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
}

std::string dumped(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace);
}

}  // namespace

void fail(const Place& place, std::string_view expected, const Document& found) {
  throw ParseError(1, fmt::format("{} in {}", expected, place.print()), quote(dumped(found)));
}

std::string_view text_of(const Document& from, const Place& place) {
  if (!from.is_string()) fail(place, "a string", from);
  return from.get_ref<const std::string&>();
}

std::string print_document(std::string_view schema, const Document& content) {
  Document document = Document::object();
  document.emplace(schema_member, schema);
  document.update(content);
  return dumped(document);
}

Document parse_document(std::string_view schema, std::string_view text) {
  check_depth(text);
  Document document;
  try {
    document = Document::parse(text);
  } catch (const Document::parse_error& error) {
    throw ParseError(std::clamp<std::size_t>(error.byte, 1, text.size() + 1), "a JSON document", error.what());
  } catch (const Document::exception& error) {
    throw ParseError(1, "a JSON document", error.what());  // a number that no type of ours can hold, somewhere
  }
  const Place place{.outer = nullptr, .member = schema};
  if (!document.is_object()) fail(place, "an object", document);
  const auto found = document.find(schema_member);
  if (found == document.end() || *found != schema) fail(place, fmt::format("the schema \"{}\"", schema), document);
  return document;
}

}  // namespace exitproof::json
