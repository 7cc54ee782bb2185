#pragma once
// Badges that leave their world: an achievement as an Open Badge that anyone verifies
// (credential/credential.h), and what this world's log says about one.

#include <optional>
#include <string>
#include <vector>

#include "credential/credential.h"
#include "world/identity.h"
#include "world/world.h"

namespace bw {

struct ExportedBadge {
  std::string credential;  // its text
  std::string badge;       // its id in this world
  std::string title;
  std::string world_name;
  // My credential key was not in the log: its announcement, now in my journal. Others know the issuer once it
  // is submitted.
  std::optional<Event> announced;
};

// The badge that a person holds, issued with my credential key, which follows from my seed and which the
// world has announced. Errors: refused (that person does not hold it), invalid (no such badge), and what
// opening the seed throws.
ExportedBadge export_badge(const Environment& environment, const World& world, const Signer& signer,
                           const std::string& id, const Did& recipient, const std::string& language);

struct VerifiedBadge {
  credential::Badge badge;
  std::vector<std::string> problems;  // of the credential itself, a sentence each; none: it holds
  // What the log of this world says; nothing where it is not of this world, or no world was given.
  struct Standing {
    std::optional<Did> issuer;  // whose credential key it is; nothing where the log announces no such key
    bool issuer_is_steward = false;
    bool holds = false;         // the recipient holds it now
    bool event_in_log = false;  // that it names
  };
  std::optional<Standing> standing;

  bool ok() const {
    return problems.empty() && (!standing || (standing->issuer && standing->holds && standing->event_in_log));
  }
};

// `file` is a credential, or a picture with one baked in. Error(invalid) where it is neither.
VerifiedBadge verify_badge(const Environment& environment, const World* world, std::string_view file);

}  // namespace bw
