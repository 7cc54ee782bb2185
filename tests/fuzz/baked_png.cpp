// Badges in PNG: what is extracted can be baked into another picture, and a picture without a credential
// takes one.

#include "base/error.h"
#include "credential/badge_image.h"
#include "credential/baking.h"
#include "credential/credential.h"
#include "fuzz.h"

void fuzz(std::string_view input) {
  static const std::string picture = bw::credential::draw_png({"a", "b", "c"}, 16);
  if (const auto text = bw::credential::extract_png(input)) {
    MUST(!text->empty() && text->size() <= bw::credential::max_text_bytes);
    try {
      MUST(*bw::credential::extract_png(bw::credential::bake_png(picture, *text)) == *text);
    } catch (const bw::Error&) {  // a zero byte, which such a text does not have
      MUST(text->find('\0') != std::string::npos);
    }
  }
  try {
    MUST(*bw::credential::extract_png(bw::credential::bake_png(input, "{}")) == "{}");
  } catch (const bw::Error&) {  // no picture, or one with a credential
  }
}
