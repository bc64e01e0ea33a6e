#include "ci/report/html_text.hpp"

#include "ci/report/plain_text.hpp"

namespace exitproof {
namespace {

std::string escaped(std::string_view text) {
  std::string html;
  for (const char character : text) {
    switch (character) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += character;
    }
  }
  return html;
}

}  // namespace

std::string html_text(std::string_view text) {
  return escaped(plain_line(text));
}

std::string html_lines(std::string_view text) {
  return escaped(plain_lines(text));
}

}  // namespace exitproof
