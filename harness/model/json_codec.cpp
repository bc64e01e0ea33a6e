#include "harness/model/json_codec.hpp"

#include "harness/model/text_cursor.hpp"

namespace exitproof::json {
namespace {

constexpr const char* schema_member = "schema";

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
  Document document;
  try {
    document = Document::parse(text);
  } catch (const Document::parse_error& error) {
    throw ParseError(error.byte, "a JSON document", error.what());
  }
  const Place place{.outer = nullptr, .member = schema};
  if (!document.is_object()) fail(place, "an object", document);
  const auto found = document.find(schema_member);
  if (found == document.end() || *found != schema) fail(place, fmt::format("the schema \"{}\"", schema), document);
  return document;
}

}  // namespace exitproof::json
