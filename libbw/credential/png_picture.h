#pragma once
// PNG through libpng: its one home. libpng reports an error by a long jump; here that ends in the function
// that called it, which returns false, and no object is jumped over.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bw::credential {

// A text chunk's keyword and content.
struct PngText {
  std::string keyword;
  std::string text;
};

// The uncompressed and compressed international texts (iTXt) of a picture, all of which is read.
Result<std::vector<PngText>> read_png_texts(std::string_view png);

// The picture with one more such text, uncompressed. Throws Error(invalid) where `png` is no PNG.
std::string add_png_text(std::string_view png, const PngText& text);

// Rows of pixels from the top, each 4 bytes: red, green, blue, opacity. `pixels` has width × height of them.
std::string write_png(const std::vector<std::uint8_t>& pixels, unsigned width, unsigned height);

}  // namespace bw::credential
