#include "stream/receipt.h"

#include <algorithm>
#include <cctype>

#include <doctest/doctest.h>

#include "stream/signed_line.h"
#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');

Receipt receipt() {
  const auto id = [](const char* text) { return EventId{sha256(text)}; };
  return {ada.did(),
          {start_of_time},
          sha256("bundle"),
          make_genesis(ada).world_id(),
          {{Verdict::Kind::admitted, id("one"), 7, {}},
           {Verdict::Kind::duplicate, id("two"), 3, {}},
           {Verdict::Kind::refused, id("three"), std::nullopt, "its time lies in the \"future\""}}};
}

}  // namespace

TEST_CASE("a receipt comes back as it was written") {
  const Receipt written = receipt();
  const auto read = parse_receipt(write_receipt(written, *ada.signer));
  REQUIRE(read);
  CHECK(read->actor == ada.did());
  CHECK(read->at == written.at);
  CHECK(read->bundle == written.bundle);
  CHECK(read->world == written.world);
  REQUIRE(read->verdicts.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(read->verdicts[i].kind == written.verdicts[i].kind);
    CHECK(read->verdicts[i].event == written.verdicts[i].event);
    CHECK(read->verdicts[i].index == written.verdicts[i].index);
    CHECK(read->verdicts[i].reason == written.verdicts[i].reason);
  }
}

TEST_CASE("a receipt that was changed or cut anywhere is refused") {
  const std::string line = write_receipt(receipt(), *ada.signer);
  for (std::size_t at = 0; at < line.size(); ++at) {
    for (const int mask : {1, 0x20, 0x80}) {
      std::string changed = line;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      if (parse_receipt(changed)) FAIL_CHECK("changed at " << at);
    }
    if (parse_receipt(line.substr(0, at))) FAIL_CHECK("cut at " << at);
  }
}

TEST_CASE("a receipt in any other form is refused, though it is signed") {
  const Json good = {{"actor", ada.did().text()},
                     {"at", Timestamp{start_of_time}.text()},
                     {"bundle", sha256("bundle").hex()},
                     {"events", Json::array()},
                     {"v", 1},
                     {"world", sha256("world").hex()}};
  const auto refused = [](const Json& json) {
    return !parse_receipt(sign_line(json, sshsig::receipt_namespace, *ada.signer));
  };
  REQUIRE_FALSE(refused(good));
  CHECK_FALSE(parse_receipt(sign_line(good, sshsig::event_namespace, *ada.signer)));
  for (const auto& item : good.items()) {
    Json json = good;
    json.erase(item.key());
    CHECK(refused(json));
    json[item.key()] = nullptr;
    CHECK(refused(json));
  }
  Json json = good;
  json["extra"] = 1;
  CHECK(refused(json));
  const std::string id = sha256("event").hex();
  for (const Json& verdict :
       {Json(5), Json::object(), Json{{"event", id}, {"result", "admitted"}},
        Json{{"event", id}, {"result", "refused"}}, Json{{"event", id}, {"result", "lost"}, {"index", 1}},
        Json{{"event", id}, {"result", "admitted"}, {"index", -1}},
        Json{{"event", id}, {"result", "admitted"}, {"index", 1}, {"reason", "x"}},
        Json{{"event", "x"}, {"result", "admitted"}, {"index", 1}}}) {
    json = good;
    json["events"].push_back(verdict);
    CAPTURE(verdict.dump());
    CHECK(refused(json));
  }
}

TEST_CASE("inboxes and receipts have one ref for each sender and bundle") {
  const std::string hex = sha256("bundle").hex();
  CHECK(inbox_ref(ada.did(), sha256("bundle")) == "refs/bw/inbox/" + ada.did().short_id() + "/" + hex);
  CHECK(receipt_ref(ada.did(), sha256("bundle")) == "refs/bw/receipt/" + ada.did().short_id() + "/" + hex);
}

TEST_CASE("a ref that names no bundle in the one form is none") {
  const Digest bundle = sha256("bundle");
  for (const std::string& ref : {inbox_ref(ada.did(), bundle), receipt_ref(ada.did(), bundle)}) {
    const auto name = parse_bundle_ref(ref);
    REQUIRE(name);
    CHECK(name->sender == ada.did());
    CHECK(name->bundle == bundle);
    std::string upper = ref;
    std::transform(upper.end() - 64, upper.end(), upper.end() - 64,
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const std::string& other :
         {upper, ref + "0", ref + "/x", ref.substr(0, ref.size() - 1), "refs/bw/outbox" + ref.substr(13)}) {
      CAPTURE(other);
      CHECK_FALSE(parse_bundle_ref(other));
    }
  }
  CHECK_FALSE(parse_bundle_ref("refs/bw/inbox/x/y"));
  CHECK_FALSE(parse_bundle_ref("refs/bw/inbox/" + bundle.hex()));
  CHECK_FALSE(parse_bundle_ref("refs/bw/inbox/z6Mk/" + bundle.hex()));
  CHECK_FALSE(parse_bundle_ref(""));
}
