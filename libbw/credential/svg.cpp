// Baking and extracting: SVG, through libexpat.

#include <memory>

#include "base/error.h"
#include "credential/baking.h"
#include "credential/credential.h"
#include "credential/picture_libraries.h"

namespace bw::credential {
namespace {

// As libexpat names elements: namespace, separator, name. No namespace has a line break.
constexpr char separator = '\n';
constexpr std::string_view svg_element = "http://www.w3.org/2000/svg\nsvg";
constexpr std::string_view credential_element = "https://purl.imsglobal.org/ob/v3p0\ncredential";
constexpr int max_elements_deep = 64;

struct SvgReading {
  XML_Parser parser = nullptr;
  std::string reason;
  std::size_t root_tag_end = 0;  // behind the opening tag of <svg>
  int depth = 0;
  int credential_depth = 0;  // of the credential's element, while it is open
  int credentials = 0;
  std::string text;

  void refuse(const char* why) {
    if (reason.empty()) reason = why;
    XML_StopParser(parser, XML_FALSE);
  }

  void open(std::string_view name) {
    ++depth;
    if (depth > max_elements_deep) refuse("the SVG is nested too deeply");
    if (depth == 1 && name != svg_element) refuse("the picture is no SVG");
    if (depth == 1) {
      root_tag_end =
          static_cast<std::size_t>(XML_GetCurrentByteIndex(parser) + XML_GetCurrentByteCount(parser));
    }
    if (credential_depth != 0) refuse("there are elements in the SVG's credential");
    if (name == credential_element) {
      credential_depth = depth;
      if (++credentials > 1) refuse("the SVG holds more than one credential");
    }
  }

  void close() {
    if (depth == credential_depth) credential_depth = 0;
    --depth;
  }

  void characters(std::string_view some) {
    if (credential_depth == 0) return;
    text += some;
    if (text.size() > max_text_bytes) refuse("the SVG's credential is too large");
  }
};

SvgReading& reading_of(void* user_data) {
  return *static_cast<SvgReading*>(user_data);
}

SvgReading read_svg(std::string_view svg) {
  SvgReading reading;
  if (svg.size() > max_picture_bytes) {
    reading.reason = "the SVG is too large";
    return reading;
  }
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(
      XML_ParserCreateNS("UTF-8", separator), [](XML_Parser each) { XML_ParserFree(each); });
  if (!parser) throw Error(ErrorCode::cannot, "there is not enough memory to read an SVG");
  reading.parser = parser.get();
  XML_SetUserData(parser.get(), static_cast<void*>(&reading));
  XML_SetElementHandler(
      parser.get(), +[](void* data, const XML_Char* name, const XML_Char**) { reading_of(data).open(name); },
      +[](void* data, const XML_Char*) { reading_of(data).close(); });
  XML_SetCharacterDataHandler(
      parser.get(), +[](void* data, const XML_Char* some, int size) {
        reading_of(data).characters({some, static_cast<std::size_t>(size)});
      });
  XML_SetStartDoctypeDeclHandler(
      parser.get(), +[](void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
        reading_of(data).refuse("the SVG has a document type");
      });
  const auto status = XML_Parse(parser.get(), svg.data(), static_cast<int>(svg.size()), XML_TRUE);
  if (status != XML_STATUS_OK && reading.reason.empty()) {
    reading.reason =
        std::string("the SVG is not well-formed: ") + XML_ErrorString(XML_GetErrorCode(parser.get()));
  }
  reading.parser = nullptr;
  return reading;
}

// A section ends at the first "]]>": one in the text is divided between two sections.
std::string cdata(std::string_view text) {
  std::string sections = "<![CDATA[";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("]]>", at);
    if (end == std::string_view::npos) {
      sections += text.substr(at);
      break;
    }
    sections += text.substr(at, end - at);
    sections += "]]]]><![CDATA[";
    at = end + 2;
  }
  return sections + "]]>";
}

}  // namespace

std::string bake_svg(std::string_view svg, std::string_view credential) {
  const SvgReading reading = read_svg(svg);
  if (!reading.reason.empty()) throw Error(ErrorCode::invalid, reading.reason);
  if (reading.credentials > 0) throw Error(ErrorCode::invalid, "the SVG holds a credential already");
  const std::string_view tag = svg.substr(0, reading.root_tag_end);
  if (tag.ends_with("/>")) throw Error(ErrorCode::invalid, "the SVG is empty");

  std::string baked(tag);
  baked += "\n<openbadges:credential xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\">";
  baked += cdata(credential);
  baked += "</openbadges:credential>";
  baked += svg.substr(reading.root_tag_end);
  if (const auto extracted = extract_svg(baked); !extracted || *extracted != credential) {
    throw Error(ErrorCode::invalid, "the credential cannot stand in an SVG as it is");
  }
  return baked;
}

Result<std::string> extract_svg(std::string_view svg) {
  SvgReading reading = read_svg(svg);
  if (!reading.reason.empty()) return Reason{std::move(reading.reason)};
  if (reading.text.empty()) return Reason{"the SVG holds no credential"};
  return std::move(reading.text);
}

Result<std::string> extract(std::string_view file) {
  if (file.starts_with("\x89PNG")) return extract_png(file);
  const std::size_t first = file.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && file[first] == '<') return extract_svg(file);
  if (first == std::string_view::npos || file[first] != '{') {
    return Reason{"neither a credential nor a picture in PNG or SVG"};
  }
  if (file.size() > max_text_bytes) return Reason{"the credential is too large"};
  return std::string(file);
}

}  // namespace bw::credential
