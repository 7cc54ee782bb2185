#pragma once
// Baking: a credential inside the picture of its badge (Open Badges 3.0 §5.3), so that whoever gets the
// picture can check it. In an SVG it is the text of an element `credential` of the namespace
// https://purl.imsglobal.org/ob/v3p0 right behind the opening tag; in a PNG it is an uncompressed iTXt chunk
// with the keyword `openbadgecredential`.
//
// Pictures are read by libexpat and libpng, and are hostile: their size, the pixels of a PNG and the depth
// of an SVG are bounded, an SVG with a document type is refused (no entities), and so is a picture
// with two credentials.

#include <string>
#include <string_view>

#include "base/result.h"

namespace bw::credential {

inline constexpr std::size_t max_picture_bytes = 4u << 20;
inline constexpr unsigned max_picture_pixels = 2048;  // in width and in height

// The picture with the credential in it; nothing else of an SVG changes, and no pixel of a PNG. Throws
// Error(invalid) where the picture is none, is too large, or holds a credential already, and where the
// text cannot stand in it as it is.
std::string bake_svg(std::string_view svg, std::string_view credential);
std::string bake_png(std::string_view png, std::string_view credential);

// The text that was baked in; it is not looked at here (credential/credential.h).
Result<std::string> extract_svg(std::string_view svg);
Result<std::string> extract_png(std::string_view png);

// Of a file that may be a PNG, an SVG, or the credential itself.
Result<std::string> extract(std::string_view file);

}  // namespace bw::credential
