#pragma once
// For the tests of this folder: actors with fixed keys, and a world in a temporary repository whose
// stream grows by honest appends or by whatever a test wants to commit to it.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "crypto/signer.h"
#include "stream/admission.h"
#include "stream/append.h"
#include "stream/commit_author.h"
#include "stream/entry.h"
#include "stream/log_reader.h"
#include "stream/verification.h"

namespace bw::stream_test {

inline constexpr std::int64_t start_of_time = 1'795'000'000;  // 2026-11-18, when these tests happen

// Different bytes at every call, and the same at every run.
inline Random counting_random(std::uint64_t start = 0) {
  auto counter = std::make_shared<std::uint64_t>(start);
  return [counter](std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) bytes += sha256(big_endian_64(++*counter)).view();
    return bytes.substr(0, size);
  };
}

struct Actor {
  std::shared_ptr<const SecretKey> key;
  std::shared_ptr<Signer> signer;
  Did did() const { return signer->did(); }
};

// The same letter is the same person in every test.
inline Actor actor(char letter) {
  auto key = std::make_shared<const SecretKey>(SecretKey(std::string(32, letter)));
  return {key, make_signer(key)};
}

inline Event make_event(const Actor& by, const std::optional<WorldId>& world, std::string kind, Json body,
                        Timestamp at = {start_of_time}, const Random& random = system_random) {
  return sign_event(
      {.at = at, .kind = std::move(kind), .body = std::move(body), .details = {}, .world = world},
      make_nonce(random), *by.signer);
}

inline Json genesis_body(const Actor& creator, const std::string& name = "Heart") {
  return {{"home", nullptr},
          {"k", 1},
          {"name", name},
          {"parent", nullptr},
          {"signers", Json::array()},
          {"stewards", {creator.did().text()}}};
}
inline Event make_genesis(const Actor& creator, const std::string& name = "Heart") {
  return make_event(creator, std::nullopt, "world.created", genesis_body(creator, name), {start_of_time},
                    counting_random());
}

inline Json logged_body(const std::string& quantity = "1") {
  return {{"behaviour", "teach-cpr"}, {"quantity", quantity}, {"unit", "hour"}};
}

inline std::string text_of(const Signature& signature) {
  return to_base64url({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

inline Json announced_log_key(const NoteSigner& key, const Actor& by, const WorldId& world) {
  const std::string vkey = key.verifier().vkey();
  const Signature proof = key.sign_raw(possession_statement("log", by.did(), world, vkey));
  return {{"keys", {{{"key", vkey}, {"proof", text_of(proof)}, {"use", "log"}}}}};
}

// The code of the Error that `work` throws, and what it says; fails the test where it throws none.
struct Failure {
  ErrorCode code{};
  std::string what;
};
inline Failure failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  FAIL("nothing was thrown");
  return {};
}

// A world made by `a` whose stream verifies; tests append to it and tamper with it.
class StreamWorld {
public:
  StreamWorld()
      : repository(git::Repository::create(folder.path() / "world.git", true)),
        log_key(NoteSigner::generate(log_origin(genesis.world_id()), counting_random(99))) {
    append({genesis, make_event(creator, world(), "identity.announced",
                                announced_log_key(log_key, creator, world()))});
  }

  WorldId world() const { return genesis.world_id(); }

  Event event(const Actor& by, std::string kind, Json body) const {
    return make_event(by, world(), std::move(kind), std::move(body), now);
  }
  Event logged(const Actor& by, const std::string& quantity = "1") const {
    return event(by, "behaviour.logged", logged_body(quantity));
  }
  Event proposed(const Actor& by, const StewardChange& change) const {
    return event(by, "steward.proposed", {{"change", change.json()}});
  }

  // An honest append: it must verify.
  void append(const Additions& additions, const Actor& by) {
    follow(append_entries(repository, state, additions, now, *by.signer));
  }
  void append(std::vector<Event> events) { append({std::move(events), {}, {}}, creator); }

  Note note(TreeSize size, const Digest& root, const NoteSigner& key) const {
    Note note{Checkpoint{log_origin(world()), size, root}.text(), {}};
    note.sign(key);
    return note;
  }
  void checkpoint() {
    follow(append_checkpoint(repository, state, note(state.size(), state.tree.root(), log_key), now,
                             *creator.signer));
  }

  void follow(const git::Oid& head) {
    StreamVerification verification = verify_stream(repository, head, state, {.now = now});
    for (const StreamProblem& problem : verification.problems) {
      FAIL_CHECK(problem.where << ": " << problem.what);
    }
    state = std::move(verification.state);
  }

  git::Oid tree() const { return repository.read_commit(*state.head).tree; }
  std::string file(const std::string& path) const {
    const auto entry = repository.find(tree(), path);
    return entry ? repository.read_blob(entry->oid, 1u << 26) : std::string();
  }
  git::TreeEdit put(const std::string& path, const std::string& content, git::Mode mode = git::Mode::file) {
    return {path, repository.write_blob(content), mode};
  }

  // What to get wrong in a commit.
  struct Commit {
    std::vector<git::Oid> parents;           // nothing: the head
    std::optional<git::Person> author = {};  // nothing: the signer
    bool is_signed = true;
  };
  // A commit with these changes by anyone, after `state.head`; nothing follows it.
  git::Oid commit(const std::vector<git::TreeEdit>& edits, const Actor& by, const Commit& form) {
    git::CommitDraft draft{.tree = repository.edit_tree(tree(), edits),
                           .parents = form.parents.empty() ? std::vector{*state.head} : form.parents,
                           .author = form.author.value_or(appender(by.did())),
                           .time = now,
                           .message = "Change something\n"};
    return repository.commit(draft, form.is_signed ? commit_signer_with(*by.signer) : git::CommitSigner{});
  }
  git::Oid commit(const std::vector<git::TreeEdit>& edits, const Actor& by) {
    return commit(edits, by, Commit{{}, {}, true});
  }
  git::Oid commit(const std::vector<git::TreeEdit>& edits) { return commit(edits, creator); }

  StreamVerification verify_all(const git::Oid& head, unsigned threads = 1) const {
    return verify_stream(repository, head, {}, {.now = now, .threads = threads});
  }
  // All that is wrong, a line each; the same however many threads look for it.
  std::string problems(const git::Oid& head) const {
    const auto found_by = [&](unsigned threads) {
      std::string text;
      for (const StreamProblem& problem : verify_all(head, threads).problems) {
        text += problem.where + ": " + problem.what + "\n";
      }
      return text;
    };
    std::string text = found_by(1);
    CHECK(found_by(3) == text);
    return text;
  }

  // The line with which the log would take an event now.
  std::string line(const Event& event) const { return entry_line(event.line, now.seconds) + "\n"; }
  std::string log() const { return file("log/000.jsonl"); }

  TemporaryFolder folder;
  git::Repository repository;
  Actor creator = actor('a');
  Event genesis = make_genesis(creator);
  NoteSigner log_key;
  Timestamp now{start_of_time};
  StreamState state;
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace bw::stream_test
