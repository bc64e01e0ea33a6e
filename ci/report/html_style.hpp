#pragma once

#include <string_view>

namespace exitproof {

/// The style sheet of the HTML report.
std::string_view html_style();

}  // namespace exitproof
