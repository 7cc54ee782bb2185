// Baking and extracting: PNG.

#include "base/error.h"
#include "credential/baking.h"
#include "credential/credential.h"
#include "credential/png_picture.h"

namespace bw::credential {
namespace {

constexpr std::string_view badge_keyword = "openbadgecredential";

}  // namespace

std::string bake_png(std::string_view png, std::string_view credential) {
  if (const auto present = read_png_texts(png)) {
    for (const PngText& each : *present) {
      if (each.keyword == badge_keyword)
        throw Error(ErrorCode::invalid, "the PNG holds a credential already");
    }
  }
  std::string baked = add_png_text(png, {std::string(badge_keyword), std::string(credential)});
  if (const auto extracted = extract_png(baked); !extracted || *extracted != credential) {
    throw Error(ErrorCode::invalid, "the credential cannot stand in a PNG as it is");
  }
  return baked;
}

Result<std::string> extract_png(std::string_view png) {
  auto texts = read_png_texts(png);
  if (!texts) return Reason{texts.reason()};
  const std::string* found = nullptr;
  for (const PngText& each : *texts) {
    if (each.keyword != badge_keyword) continue;
    if (found != nullptr) return Reason{"the PNG holds more than one credential"};
    found = &each.text;
  }
  if (found == nullptr || found->empty()) return Reason{"the PNG holds no credential"};
  if (found->size() > max_text_bytes) return Reason{"the PNG's credential is too large"};
  return *found;
}

}  // namespace bw::credential
