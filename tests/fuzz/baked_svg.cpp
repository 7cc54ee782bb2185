// Badges in SVG: what is extracted can be baked into another picture, and a picture without a credential
// takes one.

#include "base/error.h"
#include "credential/baking.h"
#include "credential/credential.h"
#include "fuzz.h"

void fuzz(std::string_view input) {
  constexpr std::string_view picture = "<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>";
  if (const auto text = bw::credential::extract_svg(input)) {
    MUST(!text->empty() && text->size() <= bw::credential::max_text_bytes);
    try {
      MUST(*bw::credential::extract_svg(bw::credential::bake_svg(picture, *text)) == *text);
    } catch (const bw::Error&) {  // a carriage return that was written as a reference
      MUST(text->find('\r') != std::string::npos);
    }
  }
  try {
    MUST(*bw::credential::extract_svg(bw::credential::bake_svg(input, "{}")) == "{}");
  } catch (const bw::Error&) {  // no picture, or one with a credential
  }
}
