#include <algorithm>

#include "base/text.h"
#include "git/libgit2.h"
#include "git/remote_url.h"
#include "git/repository.h"

namespace bw::git {
namespace {

constexpr git_oid no_object{};

using Reference = Handle<git_reference, git_reference_free>;
using Config = Handle<git_config, git_config_free>;

std::string checked_name(std::string_view name) {
  if (!is_safe_ref_name(name)) {
    throw Error(ErrorCode::invalid, "\"" + printable(name) + "\" cannot be the name of a ref");
  }
  return std::string(name);
}

void require_object(const Repository& repository, const Oid& target, const std::string& ref) {
  if (repository.has_object(target)) return;
  throw Error(ErrorCode::invalid, "object " + target.hex() + " for " + ref + " is missing");
}

// Messages of reflogs are one line.
std::string one_line(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c >= 0 && c < 0x20; }, ' ');
  return result;
}

// A snapshot: a file that someone edits at this moment is read once.
Config local_config(const Repository::State& state) {
  Config all;
  check(git_repository_config(into(all), state.get()), "cannot read the repository's configuration");
  Config local;
  check(git_config_open_level(into(local), all.get(), GIT_CONFIG_LEVEL_LOCAL),
        "cannot read the repository's configuration");
  return local;
}

std::optional<std::string> config_value(const Repository::State& state, const std::string& key) {
  if (state.plain) {
    if (const PlainAnswer<std::string> answer = state.plain->config(key); answer.known) return answer.value;
  }
  const Config config = local_config(state);
  Handle<git_config_entry, git_config_entry_free> entry;
  const int result = git_config_get_entry(into(entry), config.get(), key.c_str());
  if (result == GIT_ENOTFOUND || result == GIT_EINVALIDSPEC) return std::nullopt;
  check(result, "cannot read " + key + " from the repository's configuration");
  return std::string(entry->value != nullptr ? entry->value : "true");  // `[section] key` means true
}

}  // namespace

std::optional<Oid> Repository::ref(std::string_view name) const {
  const std::string checked = name == "HEAD" ? std::string(name) : checked_name(name);
  if (state_->plain && name != "HEAD") {
    if (const PlainAnswer<Oid> answer = state_->plain->ref(name); answer.known) return answer.value;
  }
  git_oid oid;
  const int result = git_reference_name_to_id(&oid, state_->get(), checked.c_str());
  if (result == GIT_ENOTFOUND) return std::nullopt;
  check(result, "cannot read " + checked);
  return from_git(oid);
}

bool Repository::update_ref(std::string_view name, const Oid& target, const std::optional<Oid>& expected,
                            std::string_view log_message) {
  const std::string checked = checked_name(name);
  const std::string message = one_line(log_message);
  const git_oid wanted = to_git(target);
  // The zero name stands for "must not exist"; unlike git_reference_create without force it is checked
  // under the lock.
  const git_oid present = expected ? to_git(*expected) : no_object;
  require_object(*this, target, checked);
  Reference reference;
  const int result = retry_while_locked([&] {
    return git_reference_create_matching(into(reference), state_->get(), checked.c_str(), &wanted, 1,
                                         &present, message.c_str());
  });
  if (result == GIT_EMODIFIED || result == GIT_ENOTFOUND) return false;
  check(result, "cannot update " + checked);
  return true;
}

void Repository::set_ref(std::string_view name, const Oid& target, std::string_view log_message) {
  const std::string checked = checked_name(name);
  const std::string message = one_line(log_message);
  const git_oid wanted = to_git(target);
  require_object(*this, target, checked);
  Reference reference;
  const int result = retry_while_locked([&] {
    return git_reference_create(into(reference), state_->get(), checked.c_str(), &wanted, 1, message.c_str());
  });
  check(result, "cannot set " + checked);
}

void Repository::remove_ref(std::string_view name) {
  const std::string checked = checked_name(name);
  const int result = retry_while_locked([&] { return git_reference_remove(state_->get(), checked.c_str()); });
  if (result != GIT_ENOTFOUND) check(result, "cannot remove " + checked);
}

std::vector<std::pair<std::string, Oid>> Repository::refs(std::string_view prefix) const {
  std::vector<std::pair<std::string, Oid>> result;
  if (prefix.find_first_of("*?[\\") != std::string_view::npos) return result;  // no ref has these
  Handle<git_reference_iterator, git_reference_iterator_free> iterator;
  check(git_reference_iterator_glob_new(into(iterator), state_->get(), (std::string(prefix) + "*").c_str()),
        "cannot list refs");
  const char* name = nullptr;
  int next = 0;
  while ((next = git_reference_next_name(&name, iterator.get())) == 0) {
    if (!is_safe_ref_name(name)) continue;
    // Gone since it was listed, or a symbolic ref to nothing.
    if (const std::optional<Oid> oid = ref(name)) result.emplace_back(name, *oid);
  }
  if (next != GIT_ITEROVER) check(next, "cannot list refs");
  std::sort(result.begin(), result.end());
  return result;
}

std::optional<std::string> Repository::head_branch() const {
  Reference head;
  check(git_reference_lookup(into(head), state_->get(), "HEAD"), "cannot read HEAD");
  const char* target = git_reference_symbolic_target(head.get());
  constexpr std::string_view branches = "refs/heads/";
  if (target == nullptr || !std::string_view(target).starts_with(branches)) return std::nullopt;
  return std::string(target).substr(branches.size());
}

std::optional<std::string> Repository::config(std::string_view key) const {
  return config_value(*state_, std::string(key));
}

void Repository::set_config(std::string_view key, std::string_view value) {
  const std::string name(key);
  const std::string text(value);
  if (text.find('\0') != std::string::npos)
    throw Error(ErrorCode::invalid, name + " cannot hold a zero byte");
  const Config config = local_config(*state_);
  const auto set = [&] {
    return retry_while_locked(
        [&] { return git_config_set_string(config.get(), name.c_str(), text.c_str()); });
  };
  int result = set();
  if (result < 0 && config_value(*state_, name)) {
    // A key that stands in the file more than once. (git_config_set_multivar would not escape the value.)
    remove_config(key);
    result = set();
  }
  check(result, "cannot set " + name + " in the repository's configuration");
}

void Repository::remove_config(std::string_view key) {
  const std::string name(key);
  const Config config = local_config(*state_);
  int result = retry_while_locked([&] { return git_config_delete_entry(config.get(), name.c_str()); });
  if (result < 0 && config_value(*state_, name)) {  // it stands in the file more than once
    result = retry_while_locked([&] { return git_config_delete_multivar(config.get(), name.c_str(), ".*"); });
  }
  if (result != GIT_ENOTFOUND)
    check(result, "cannot remove " + name + " from the repository's configuration");
}

std::vector<std::string> Repository::remotes() const {
  const Config config = local_config(*state_);
  // Without a pattern: libgit2 1.5 leaks memory for each match.
  Handle<git_config_iterator, git_config_iterator_free> iterator;
  check(git_config_iterator_new(into(iterator), config.get()), "cannot list remotes");
  std::vector<std::string> names;
  git_config_entry* entry = nullptr;
  while (git_config_next(&entry, iterator.get()) == 0) {
    constexpr std::string_view before = "remote.";
    constexpr std::string_view after = ".url";
    const std::string_view key = entry->name;
    if (!key.starts_with(before) || !key.ends_with(after) || key.size() <= before.size() + after.size())
      continue;
    names.emplace_back(key.substr(before.size(), key.size() - before.size() - after.size()));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// Not git_remote_lookup, which would apply the user's url.insteadOf; git itself applies it when it
// connects.
std::optional<std::string> Repository::remote_url(std::string_view name) const {
  return config_value(*state_, "remote." + std::string(name) + ".url");
}

}  // namespace bw::git
