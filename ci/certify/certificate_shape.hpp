#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace exitproof {

/// Reads a certificate and asks whether it has the shape that certificate.schema.json describes, as far as a reader of
/// ours relies on it: every member that verify() looks at is there and of its type. No object names a member twice, for
/// readers would not agree on which of them is meant. Throws ParseError that names the member.
nlohmann::json parse_certificate(std::string_view text);

}  // namespace exitproof
