#pragma once
// RemoteUrl: an address that is safe to hand to git. Accepted: a path, file://, https://, http://,
// ssh://, git://, and scp form `user@host:path`. Refused: remote helpers (`ext::…`, any `x::…`), a
// leading dash anywhere git or ssh could read an option, control characters, other schemes.
// `#<world id>` at the end pins the world that must be found there.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bw::git {

class RemoteUrl {
public:
  static Result<RemoteUrl> parse(std::string_view text);
  const std::string& text() const { return text_; }               // without the pin; what git is given
  const std::optional<std::string>& pin() const { return pin_; }  // 64 hex digits
  bool is_local() const;                                          // a path or file://
  // A relative path, which means nothing without `folder`, as an absolute one; others as they are.
  RemoteUrl absolute(const std::filesystem::path& folder) const;
  // Without passwords, and without the user names of http, which may be tokens: for messages and listings.
  std::string shown() const;

private:
  std::string text_;
  std::optional<std::string> pin_;
};

// Whether `name` is a full ref name (`refs/…`) that git accepts (git-check-ref-format), that holds only
// printable ASCII and fits a file system; checked before any ref name from outside is used.
bool is_safe_ref_name(std::string_view name);

}  // namespace bw::git
