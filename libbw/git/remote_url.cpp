#include "git/remote_url.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"

namespace bw::git {
namespace {

constexpr std::size_t max_length = 4096;
constexpr std::size_t pin_digits = 64;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_scheme_character(char c) {
  return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

bool holds_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool starts_like_option(std::string_view text) {
  return text.starts_with('-');
}

// The longest prefix that may be a scheme: what git looks at before "://" and "::".
std::string_view scheme_of(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return {};
  return text.substr(0, static_cast<std::size_t>(
                            std::find_if_not(text.begin(), text.end(), is_scheme_character) - text.begin()));
}

// git and its helpers decode %xx in addresses, so what is refused in plain is refused encoded too.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    std::string digits(text.substr(i + 1, 2));
    for (char& digit : digits) digit = digit >= 'A' && digit <= 'F' ? static_cast<char>(digit + 32) : digit;
    const std::optional<std::string> byte = from_hex(digits);
    if (!byte || byte->size() != 1) return std::nullopt;
    result += *byte;
    i += 2;
  }
  return result;
}

std::string host_problem(std::string_view host) {
  if (host.starts_with('[')) {  // an IPv6 address
    const std::string_view inside = host.substr(1, host.size() - 2);
    const bool fits = host.size() > 3 && host.ends_with(']') &&
                      inside.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    return fits ? "" : "the address in brackets is no IPv6 address";
  }
  if (host.empty()) return "the host is missing";
  if (starts_like_option(host)) return "a host may not begin with a dash";
  const bool fits = std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80);
  });
  return fits ? "" : "the host holds a character that no host name has";
}

// `user@`, `user:password@` or nothing before a host.
struct Authority {
  std::string_view user;  // with the password
  std::string_view host;  // with the port
};
Authority split_authority(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return {{}, text};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string authority_problem(std::string_view text) {
  auto [user, host] = split_authority(text);
  const std::optional<std::string> decoded = percent_decoded(user);
  if (!decoded || holds_control(*decoded)) return "the user name holds a character that is not allowed";
  if (starts_like_option(*decoded)) return "a user name may not begin with a dash";
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view port = host.substr(colon + 1);
    if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) {
      return "the port is no number";
    }
    host = host.substr(0, colon);
  }
  return host_problem(host);
}

std::string url_problem(std::string_view scheme, std::string_view rest) {
  static constexpr std::array<std::string_view, 5> allowed = {"file", "git", "http", "https", "ssh"};
  if (std::find(allowed.begin(), allowed.end(), scheme) == allowed.end()) {
    return "addresses that begin with " + std::string(scheme) + ":// are not supported";
  }
  if (rest.find('#') != std::string_view::npos) return "what follows # is no world id (64 hex digits)";
  const std::size_t slash = rest.find('/');
  const std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  if (path.size() < 2) return "the address names no repository";
  const std::optional<std::string> decoded = percent_decoded(path);
  if (!decoded || holds_control(*decoded)) return "the path holds a character that is not allowed";
  if (scheme == "file") return slash == 0 ? "" : "a file:// address begins with three slashes";
  return authority_problem(rest.substr(0, slash));
}

// `host:path`, as git tells it from a path: a colon before the first slash.
std::optional<std::size_t> scp_colon(std::string_view text) {
  const std::size_t user_end = text.find('@');
  const std::size_t host = user_end == std::string_view::npos ? 0 : user_end + 1;
  const std::size_t bracket =
      text.substr(host).starts_with('[') ? text.find(']', host) : std::string_view::npos;
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::size_t slash = text.find('/');
  if (colon == std::string_view::npos || slash < colon) return std::nullopt;
  return colon;
}

std::string scp_problem(std::string_view text, std::size_t colon) {
  const auto [user, host] = split_authority(text.substr(0, colon));
  const std::string_view path = text.substr(colon + 1);
  if (starts_like_option(user)) return "a user name may not begin with a dash";
  if (user.find(':') != std::string_view::npos) return "a user name may not hold a colon";
  if (std::string problem = host_problem(host); !problem.empty()) return problem;
  if (path.empty()) return "the address names no repository";
  if (starts_like_option(path)) return "a path may not begin with a dash";
  if (path.find('#') != std::string_view::npos) return "what follows # is no world id (64 hex digits)";
  return {};
}

// Why git must not be given `text`; empty where it may.
std::string problem_of(std::string_view text) {
  if (text.empty()) return "the address is empty";
  if (text.size() > max_length) return "the address is too long";
  if (!is_utf8(text)) return "the address is not valid UTF-8";
  if (holds_control(text)) return "the address holds a control character";
  if (starts_like_option(text))
    return "the address begins with a dash (write ./ before a folder of that name)";
  const std::string_view scheme = scheme_of(text);
  const std::string_view rest = text.substr(scheme.size());
  if (rest.starts_with("::")) {
    return "remote helpers (" + std::string(scheme) + "::) are not allowed: they run programs";
  }
  if (rest.starts_with("://")) return url_problem(scheme, rest.substr(3));
  if (const auto colon = scp_colon(text)) return scp_problem(text, *colon);
  return {};
}

}  // namespace

Result<RemoteUrl> RemoteUrl::parse(std::string_view text) {
  RemoteUrl url;
  const std::size_t hash = text.rfind('#');
  if (hash != std::string_view::npos && text.size() - hash - 1 == pin_digits &&
      from_hex(text.substr(hash + 1))) {
    url.pin_ = std::string(text.substr(hash + 1));
    text = text.substr(0, hash);
  }
  if (std::string problem = problem_of(text); !problem.empty()) return Reason{std::move(problem)};
  url.text_ = std::string(text);
  return url;
}

bool RemoteUrl::is_local() const {
  if (text_.starts_with("file://")) return true;
  return !std::string_view(text_).substr(scheme_of(text_).size()).starts_with("://") && !scp_colon(text_);
}

RemoteUrl RemoteUrl::absolute(const std::filesystem::path& folder) const {
  RemoteUrl result = *this;
  if (is_local() && !text_.starts_with("file://")) {
    result.text_ = (folder / text_).lexically_normal().string();
  }
  return result;
}

std::string RemoteUrl::shown() const {
  const std::size_t authority = text_.find("://");
  if (authority == std::string::npos || is_local()) return text_;
  const std::size_t begin = authority + 3;
  const std::string_view rest = std::string_view(text_).substr(begin);
  const Authority parts = split_authority(rest.substr(0, rest.find('/')));
  if (parts.user.empty()) return text_;
  const bool may_be_token = text_.starts_with("http");
  const std::string user = may_be_token ? "" : std::string(parts.user.substr(0, parts.user.find(':'))) + "@";
  return text_.substr(0, begin) + user + std::string(rest.substr(parts.user.size() + 1));
}

bool is_safe_ref_name(std::string_view name) {
  // A component becomes a file name, and git adds ".lock" while it writes.
  constexpr std::size_t max_component = 240;
  constexpr std::size_t max_name = 1024;
  if (name.size() > max_name || !name.starts_with("refs/")) return false;
  const bool printable_ascii =
      std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!printable_ascii || name.find_first_of("~^:?*[\\") != std::string_view::npos) return false;
  if (name.find("..") != std::string_view::npos || name.find("@{") != std::string_view::npos) return false;
  if (name.ends_with('.')) return false;
  const std::vector<std::string_view> components = split(name, '/');
  return std::all_of(components.begin(), components.end(), [](std::string_view component) {
    return !component.empty() && component.size() <= max_component && !component.starts_with('.') &&
           !component.ends_with(".lock");
  });
}

}  // namespace bw::git
