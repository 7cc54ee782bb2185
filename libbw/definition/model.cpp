#include "definition/model.h"

namespace bw {
namespace {

std::string_view primary_subtag(std::string_view tag) {
  return tag.substr(0, tag.find('-'));
}

}  // namespace

bool is_id(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(allowed) == std::string_view::npos &&
         text.front() != '-' && text.back() != '-';
}

const std::string& Text::in(std::string_view language) const {
  static const std::string none;
  for (const std::string_view wanted : {language, std::string_view("en")}) {
    for (const auto& [tag, words] : versions_)
      if (tag == wanted) return words;
    for (const auto& [tag, words] : versions_)
      if (primary_subtag(tag) == primary_subtag(wanted)) return words;
  }
  return versions_.empty() ? none : versions_.front().second;
}

std::string_view name_of(Aggregate value) {
  switch (value) {
    case Aggregate::sum:
      return "sum";
    case Aggregate::count:
      return "count";
    case Aggregate::max:
      return "max";
    case Aggregate::latest:
      return "latest";
  }
  return "";
}

std::string_view name_of(Window value) {
  switch (value) {
    case Window::day:
      return "day";
    case Window::week:
      return "week";
    case Window::month:
      return "month";
    case Window::year:
      return "year";
    case Window::ever:
      return "ever";
  }
  return "";
}

std::string_view name_of(EvidenceNeed value) {
  switch (value) {
    case EvidenceNeed::none:
      return "none";
    case EvidenceNeed::optional:
      return "optional";
    case EvidenceNeed::required:
      return "required";
  }
  return "";
}

std::string_view name_of(EvidenceKind value) {
  switch (value) {
    case EvidenceKind::photo:
      return "photo";
    case EvidenceKind::document:
      return "document";
    case EvidenceKind::text:
      return "text";
    case EvidenceKind::link:
      return "link";
    case EvidenceKind::place:
      return "place";
    case EvidenceKind::measurement:
      return "measurement";
  }
  return "";
}

std::string_view name_of(Verifier value) {
  switch (value) {
    case Verifier::self:
      return "self";
    case Verifier::peers:
      return "peers";
    case Verifier::steward:
      return "steward";
    case Verifier::device:
      return "device";
    case Verifier::body:
      return "body";
  }
  return "";
}

std::string_view name_of(DefaultVisibility value) {
  switch (value) {
    case DefaultVisibility::public_:
      return "public";
    case DefaultVisibility::sealed:
      return "sealed";
    case DefaultVisibility::private_:
      return "private";
  }
  return "";
}

std::string_view name_of(AdmissionPolicy value) {
  switch (value) {
    case AdmissionPolicy::open:
      return "open";
    case AdmissionPolicy::members:
      return "members";
    case AdmissionPolicy::stewards:
      return "stewards";
  }
  return "";
}

std::string_view name_of(Review value) {
  switch (value) {
    case Review::automatic:
      return "automatic";
    case Review::manual:
      return "manual";
  }
  return "";
}

std::string_view name_of(SubmitBy value) {
  switch (value) {
    case SubmitBy::inbox:
      return "inbox";
    case SubmitBy::mail:
      return "mail";
    case SubmitBy::url:
      return "url";
  }
  return "";
}

}  // namespace bw
