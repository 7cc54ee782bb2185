#include "definition/complaints.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace bw {
namespace {

// Looking for a close name takes time for each of thousands; nobody reads the suggestions of so many.
constexpr std::size_t most_suggested = 100;

}  // namespace

void Complaints::say(Severity severity, const yaml::Node& at, std::string code, std::string message,
                     std::string hint) {
  problems.push_back(
      {severity, file_, at.mark.line, at.mark.column, std::move(code), std::move(message), std::move(hint)});
}

void Complaints::error(const yaml::Node& at, std::string code, std::string message, std::string hint) {
  say(Severity::error, at, std::move(code), std::move(message), std::move(hint));
}

void Complaints::warning(const yaml::Node& at, std::string code, std::string message, std::string hint) {
  say(Severity::warning, at, std::move(code), std::move(message), std::move(hint));
}

void Complaints::unknown(const yaml::Node& name, std::string_view what, const std::vector<std::string>& known,
                         std::string otherwise) {
  std::string hint;
  if (problems.size() < most_suggested) hint = did_you_mean(name.text.substr(0, 256), known);
  if (hint.empty()) hint = std::move(otherwise);
  error(name, fmt::format("unknown-{}", what),
        fmt::format("no {} is called \"{}\"", what, yaml::brief(name, 64)), std::move(hint));
}

}  // namespace bw
