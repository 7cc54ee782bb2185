#include "tlog/policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace bw {
namespace {

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  Words words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

// How many of `count` members a group needs; nothing where the word does not say.
std::optional<std::size_t> needed_of(std::string_view word, std::size_t count) {
  if (word == "all") return count;
  if (word == "any") return 1;
  std::size_t needed = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), needed);
  if (error != std::errc{} || end != word.data() + word.size() || needed < 1 || needed > count)
    return std::nullopt;
  return needed;
}

class PolicyReader {
public:
  // What is wrong with the line; empty where nothing is.
  std::string read(const Words& words) {
    const std::string_view kind = words.front();
    if (kind == "log") return read_log(words);
    if (kind == "witness") return read_witness(words);
    if (kind == "group") return read_group(words);
    if (kind == "quorum") return read_quorum(words);
    return fmt::format("a line begins with log, witness, group or quorum, not with {}", printable(kind));
  }

  std::string finish() const { return has_quorum_ ? "" : "the policy names no quorum"; }
  TlogPolicy take() { return std::move(policy_); }

private:
  std::string read_log(const Words& words) {
    if (words.size() < 2 || words.size() > 3) return "a log is written: log KEY [URL]";
    const Result<NoteVerifier> key = NoteVerifier::parse(words[1]);
    if (!key) return key.reason();
    if (!logs_.insert(key->public_key).second) return "the key of this log stands in another line already";
    if (policy_.logs.size() == TlogPolicy::max_logs) return "the policy has more than 1024 logs";
    policy_.logs.push_back(*key);
    return "";
  }

  std::string read_witness(const Words& words) {
    if (words.size() < 3 || words.size() > 4) return "a witness is written: witness NAME KEY [URL]";
    const Result<NoteVerifier> key = NoteVerifier::parse(words[2], NoteKeyType::cosignature);
    if (!key) return key.reason();
    if (!witnesses_.insert(key->public_key).second)
      return "the key of this witness stands in another line already";
    return define(words[1], {*key, {}, 0});
  }

  std::string read_group(const Words& words) {
    if (words.size() < 4) return "a group is written: group NAME all|any|NUMBER MEMBER…";
    const auto needed = needed_of(words[2], words.size() - 3);
    if (!needed) return "a group needs all, any, or a number between 1 and that of its members";
    WitnessRule group;
    group.needed = *needed;
    for (std::size_t i = 3; i < words.size(); ++i) {
      const auto member = rules_.find(words[i]);
      if (member == rules_.end()) return fmt::format("{} is not defined above", printable(words[i]));
      // The specification lets a name be a member only once: so this is a tree, and moving is enough.
      if (!members_.insert(words[i]).second)
        return fmt::format("{} is a member of a group already", printable(words[i]));
      group.members.push_back(std::move(member->second));
    }
    return define(words[1], std::move(group));
  }

  std::string read_quorum(const Words& words) {
    if (words.size() != 2) return "a quorum is written: quorum NAME, or quorum none";
    if (has_quorum_) return "the policy names a second quorum";
    has_quorum_ = true;
    if (words[1] == "none") return "";
    const auto rule = rules_.find(words[1]);
    if (rule == rules_.end()) return fmt::format("{} is not defined above", printable(words[1]));
    if (members_.count(words[1]) != 0)
      return fmt::format("{} is a member of a group already", printable(words[1]));
    policy_.quorum = rule->second;
    return "";
  }

  std::string define(std::string_view name, WitnessRule rule) {
    if (name == "none") return "none is no name for a witness or a group";
    if (rules_.size() == TlogPolicy::max_witnesses_and_groups)
      return "the policy has more than 1024 witnesses and groups";
    if (!rules_.emplace(name, std::move(rule)).second)
      return fmt::format("{} is defined already", printable(name));
    return "";
  }

  TlogPolicy policy_;
  bool has_quorum_ = false;
  std::set<std::array<std::uint8_t, 32>> logs_;
  std::set<std::array<std::uint8_t, 32>> witnesses_;
  std::map<std::string_view, WitnessRule> rules_;
  std::set<std::string_view> members_;
};

}  // namespace

Result<TlogPolicy> TlogPolicy::parse(std::string_view bytes) {
  if (bytes.size() > max_bytes) return Reason{"a policy is larger than 1 MiB"};
  PolicyReader reader;
  std::size_t number = 0;
  for (const std::string_view line : split(bytes, '\n')) {
    ++number;
    const auto forbidden = [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    };
    if (std::any_of(line.begin(), line.end(), forbidden))
      return Reason{fmt::format("line {}: a control character", number)};
    const Words words = words_of(line);
    if (words.empty() || words.front().starts_with('#')) continue;
    if (const std::string problem = reader.read(words); !problem.empty())
      return Reason{fmt::format("line {}: {}", number, problem)};
  }
  if (const std::string problem = reader.finish(); !problem.empty()) return Reason{problem};
  return reader.take();
}

}  // namespace bw
