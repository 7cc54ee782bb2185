#include "stream/receipt.h"

#include <array>

#include "base/error.h"
#include "stream/body_reader.h"
#include "stream/bundle.h"
#include "stream/signed_line.h"

namespace bw {
namespace {

constexpr std::array<std::pair<Verdict::Kind, std::string_view>, 3> kind_names = {{
    {Verdict::Kind::admitted, "admitted"},
    {Verdict::Kind::duplicate, "duplicate"},
    {Verdict::Kind::refused, "refused"},
}};

Result<Verdict> parse_verdict(const Json& json) {
  BodyReader reader(json);
  Verdict verdict;
  const std::string name = reader.text("result");
  bool known = false;
  for (const auto& [kind, text] : kind_names) {
    if (text == name) {
      verdict.kind = kind;
      known = true;
    }
  }
  if (!known) reader.refuse("the result \"" + name + "\" is not known");
  verdict.event = EventId{reader.digest("event")};
  if (verdict.kind == Verdict::Kind::refused) {
    verdict.reason = reader.text("reason");
  } else {
    verdict.index = reader.size("index");
  }
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  return verdict;
}

}  // namespace

std::string_view text_of(Verdict::Kind kind) {
  for (const auto& [candidate, text] : kind_names) {
    if (candidate == kind) return text;
  }
  return "";
}

std::string write_receipt(const Receipt& receipt, const Signer& signer) {
  Json events = Json::array();
  for (const Verdict& verdict : receipt.verdicts) {
    Json item = {{"event", verdict.event.text()}, {"result", text_of(verdict.kind)}};
    if (verdict.index) item["index"] = *verdict.index;
    if (verdict.kind == Verdict::Kind::refused) item["reason"] = verdict.reason;
    events.push_back(std::move(item));
  }
  return sign_line({{"actor", signer.did().text()},
                    {"at", receipt.at.text()},
                    {"bundle", receipt.bundle.hex()},
                    {"events", events},
                    {"v", 1},
                    {"world", receipt.world.text()}},
                   sshsig::receipt_namespace, signer);
}

Result<Receipt> parse_receipt(std::string_view line) {
  if (line.size() > max_receipt_bytes) return Reason{"the receipt is larger than 8 MiB"};
  const auto parsed = parse_signed_line(line);
  if (!parsed) return Reason{parsed.reason()};
  const Json json = Json::parse(parsed->signed_bytes);
  BodyReader reader(json);
  Receipt receipt{reader.did("actor"), {}, reader.digest("bundle"), WorldId{reader.digest("world")}, {}};
  const auto at = Timestamp::parse(reader.text("at"));
  if (!at) reader.refuse("at: " + at.reason());
  reader.number("v", 1, 1);
  for (const Json& item : reader.array("events", max_bundle_events)) {
    const auto verdict = parse_verdict(item);
    if (!verdict) return Reason{verdict.reason()};
    receipt.verdicts.push_back(*verdict);
  }
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  if (!sshsig::verify(receipt.actor, sshsig::receipt_namespace, parsed->signed_bytes, parsed->signature)) {
    return Reason{"the signature is not the actor's"};
  }
  receipt.at = *at;
  return receipt;
}

std::string inbox_ref(const Did& sender, const Digest& bundle) {
  return std::string(inbox_prefix) + sender.short_id() + "/" + bundle.hex();
}

std::string receipt_ref(const Did& sender, const Digest& bundle) {
  return std::string(receipt_prefix) + sender.short_id() + "/" + bundle.hex();
}

std::optional<BundleName> parse_bundle_ref(std::string_view ref) {
  const bool is_receipt = ref.starts_with(receipt_prefix);
  if (!is_receipt && !ref.starts_with(inbox_prefix)) return std::nullopt;
  const std::string_view name = ref.substr((is_receipt ? receipt_prefix : inbox_prefix).size());
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto sender = Did::from_short_id(name.substr(0, slash));
  const auto bundle = Digest::from_hex(name.substr(slash + 1));
  if (!sender || !bundle) return std::nullopt;
  const BundleName parsed{*sender, *bundle};
  // One bundle has one name.
  const std::string again = is_receipt ? receipt_ref(*sender, *bundle) : inbox_ref(*sender, *bundle);
  return again == ref ? std::optional(parsed) : std::nullopt;
}

}  // namespace bw
