#!/usr/bin/python3
"""A second reader of the format, written from docs/format.md and not from the C++ sources.

Makes everything in the test vectors beside this file again from its inputs, and compares. Needs PyNaCl
(python3-nacl), for Ed25519, X25519, Argon2id and XChaCha20. Section numbers are those of docs/format.md.
"""
import base64
import datetime
import hashlib
import json
import re
import sys
from decimal import Decimal, localcontext
from pathlib import Path

import nacl.bindings as sodium
import nacl.exceptions
import nacl.pwhash
import nacl.signing

FOLDER = Path(__file__).resolve().parent


class Refused(Exception):
    """What a reader of hostile bytes says."""


def require(condition, why):
    if not condition:
        raise Refused(why)


# ── 1. Conventions ────────────────────────────────────────────────────────────────────────────────


def sha256(data):
    return hashlib.sha256(data).digest()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64url(text, size=None):
    require(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]*", text), "not base64url")
    require(len(text) % 4 != 1, "not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    require(b64url(data) == text, "spare bits are set")
    require(size is None or len(data) == size, "another number of bytes")
    return data


def be64(n):
    return n.to_bytes(8, "big")


def is_hex(text, digits):
    return isinstance(text, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", text) is not None


class StrictJson:
    """The one text of a value; reading is checked by writing again."""

    @staticmethod
    def text(value, depth=0):
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, int):
            require(abs(value) <= 2**53 - 1, "an integer too large")
            return str(value)
        if isinstance(value, str):
            return StrictJson.string(value)
        require(depth < 16, "too deep")
        if isinstance(value, list):
            return "[" + ",".join(StrictJson.text(item, depth + 1) for item in value) + "]"
        require(isinstance(value, dict), "a float")
        for key in value:
            require(re.fullmatch("[a-z0-9_]+", key), "a key outside [a-z0-9_]+")
        members = (f'"{key}":{StrictJson.text(value[key], depth + 1)}' for key in sorted(value))
        return "{" + ",".join(members) + "}"

    @staticmethod
    def string(value):
        short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
        return '"' + "".join(short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'

    @staticmethod
    def parse(text):
        def unique(pairs):
            require(len(dict(pairs)) == len(pairs), "a key twice")
            return dict(pairs)

        try:
            value = json.loads(text, object_pairs_hook=unique)
        except (ValueError, RecursionError) as error:
            raise Refused(str(error)) from error
        require(StrictJson.text(value) == text, "not the one text of its value")
        return value


def check_time(text):
    require(isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII), "not a time")
    try:
        moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError as error:
        raise Refused("no such time") from error
    require(moment.year >= 1970, "before 1970")


def decimal(text):
    form = r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{0,8}[1-9])?"
    require(isinstance(text, str) and re.fullmatch(form, text) and text != "-0", "not a decimal")
    return Decimal(text)


def decimal_text(value):
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def node(left, right):
    return sha256(b"\x01" + left + right)


def merkle_root(leaves):
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(merkle_root(leaves[:split]), merkle_root(leaves[split:]))


def consistency_proof(leaves, old):
    """RFC 6962 §2.1.2, as it is written there: from the first `old` of the leaves to all of them."""
    def subproof(m, part, whole):
        if m == len(part):
            return [] if whole else [merkle_root(part)]
        split = 1 << (len(part) - 1).bit_length() - 1
        if m <= split:
            return subproof(m, part[:split], whole) + [merkle_root(part[split:])]
        return subproof(m - split, part[split:], False) + [merkle_root(part[:split])]
    return subproof(old, leaves, True) if 0 < old < len(leaves) else []


def leaf_hash(line):
    return sha256(b"\x00" + line.encode())


# ── 2. Actors and keys ────────────────────────────────────────────────────────────────────────────

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def short_id(public_key):
    number, digits = int.from_bytes(b"\xed\x01" + public_key, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return "z" + digits


def did(public_key):
    return "did:key:" + short_id(public_key)


def public_key_of(name):
    require(isinstance(name, str) and name.startswith("did:key:z"), "not a did:key")
    number = 0
    for digit in name[len("did:key:z"):]:
        require(digit in BASE58, "not base58")
        number = number * 58 + BASE58.index(digit)
    require(number < 1 << 34 * 8, "too large")
    data = number.to_bytes(34, "big")
    require(data[:2] == b"\xed\x01" and did(data[2:]) == name, "not an Ed25519 did:key")
    return data[2:]


def ed25519_sign(seed, message):
    return nacl.signing.SigningKey(seed).sign(message).signature


def ed25519_public(seed):
    return nacl.signing.SigningKey(seed).verify_key.encode()


def ed25519_verify(public_key, message, signature):
    try:
        nacl.signing.VerifyKey(public_key).verify(message, signature)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


def subkey(seed, number):
    return hashlib.blake2b(b"", digest_size=32, key=seed, salt=number.to_bytes(8, "little") + bytes(8),
                           person=b"bw-keys1" + bytes(8)).digest()


LOG, COSIGNER = 1, 4  # types of keys: of a log, and of a witness


def key_id(name, public_key, kind=LOG):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public_key)[:4]


def vkey(name, public_key, kind=LOG):
    return f"{name}+{key_id(name, public_key, kind).hex()}+{base64.b64encode(bytes([kind]) + public_key).decode()}"


def parse_vkey(text, kind=LOG):
    name, _, key = text.split("+", 2) if text.count("+") >= 2 else ("", "", "")
    try:
        data = base64.b64decode(key, validate=True)
    except ValueError as error:
        raise Refused("not a vkey") from error
    require(len(data) == 33 and data[0] == kind and vkey(name, data[1:], kind) == text, "not a vkey")
    return name, data[1:]


def possession(use, actor, world, key):
    return f"bw.announce.v1\n{use}\n{actor}\n{world}\n{key}\n".encode()


# ── 3. Signatures · 4. Signed lines ───────────────────────────────────────────────────────────────


def ssh_string(data):
    return len(data).to_bytes(4, "big") + data


def signed_data(namespace, message):
    return (b"SSHSIG" + ssh_string(namespace.encode()) + ssh_string(b"") + ssh_string(b"sha512") +
            ssh_string(hashlib.sha512(message).digest()))


def armored(public_key, namespace, signature):
    key = ssh_string(b"ssh-ed25519") + ssh_string(public_key)
    blob = (b"SSHSIG" + (1).to_bytes(4, "big") + ssh_string(key) + ssh_string(namespace.encode()) + ssh_string(b"") +
            ssh_string(b"sha512") + ssh_string(ssh_string(b"ssh-ed25519") + ssh_string(signature)))
    text = base64.b64encode(blob).decode()
    lines = [text[i:i + 70] for i in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def sign_line(content, namespace, seed):
    text = StrictJson.text(content)
    signature = ed25519_sign(seed, signed_data(namespace, text.encode()))
    return f'{text[:-1]},"sig":"{b64url(signature)}"}}'


def open_line(line, namespace):
    """The content of a signed line by its actor."""
    require(len(line) > 96 and line[-96:-88] == ',"sig":"' and line[-2:] == '"}', "no signature at the end")
    signature = from_b64url(line[-88:-2], 64)
    text = line[:-96] + "}"
    content = StrictJson.parse(text)
    require(isinstance(content, dict), "not an object")
    key = public_key_of(content.get("actor"))
    require(ed25519_verify(key, signed_data(namespace, text.encode()), signature), "the signature is not the actor's")
    return content, sha256(text.encode()).hex()


# ── 5. Events ─────────────────────────────────────────────────────────────────────────────────────


def open_event(line):
    require(len(line.encode()) <= 32768, "larger than 32 KiB")
    event, name = open_line(line, "bw.event.v1")
    require(set(event) - {"details"} == {"actor", "at", "body", "kind", "nonce", "v", "world"}, "other members")
    check_time(event["at"])
    require(isinstance(event["body"], dict), "the body is no object")
    if "details" in event:
        require(isinstance(event["details"], dict) and 1 <= len(event["details"]) <= 256, "details")
        for field, commitment in event["details"].items():
            require(len(field) <= 64, "a field name too long")
            from_b64url(commitment, 32)
    kind = event["kind"]
    require(isinstance(kind, str) and len(kind) <= 64, "kind")
    require(re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", kind), "kind")
    from_b64url(event["nonce"], 16)
    require(event["v"] == 1 and event["v"] is not True, "version")
    require((event["world"] is None) == (kind == "world.created"), "world")
    require(event["world"] is None or is_hex(event["world"], 64), "world")
    return event, name


# ── 7. Details · 8. Tables ────────────────────────────────────────────────────────────────────────


def commitment(event, field, salt, value_text):
    parts = [b"bw.details.v1", (event["world"] or "").encode(), event["actor"].encode(), event["kind"].encode(),
             event["nonce"].encode(), field.encode(), salt, value_text.encode()]
    return sha256(b"".join(be64(len(part)) + part for part in parts))


def padded_size(size):
    bucket = 1024
    while bucket < size:
        bucket *= 2
    return bucket


def parse_sealed(text):
    require(len(text.encode()) <= 768 << 10, "a sealed opening too large")
    sealed = StrictJson.parse(text)
    members(sealed, "ciphertext", "keys", "nonce", "v")
    require(sealed["v"] == 1 and is_integer(sealed["v"]), "v")
    from_b64url(sealed["nonce"], 24)
    length = len(from_b64url(sealed["ciphertext"])) - 16
    require(1024 <= length <= 512 << 10 and padded_size(length) == length, "length")
    require(isinstance(sealed["keys"], list) and 1 <= len(sealed["keys"]) <= 64, "number of readers")
    readers = []
    for item in sealed["keys"]:
        members(item, "key", "to")
        from_b64url(item["key"], 80)
        readers.append(from_b64url(item["to"], 32))
    require(readers == sorted(set(readers)), "readers out of order or twice")
    return sealed


def seal_context(event, name, field):
    parts = [b"bw.sealed.v1", (event["world"] or name).encode(), name.encode(), field.encode()]
    return b"".join(be64(len(part)) + part for part in parts)


def wrap(key, box, ephemeral):
    """libsodium's sealed box, with its ephemeral key given."""
    public = sodium.crypto_scalarmult_base(ephemeral)
    nonce = hashlib.blake2b(public + box, digest_size=24).digest()
    return public + sodium.crypto_box(key, nonce, box, ephemeral)


def open_sealed(event, name, field, text, seed):
    """The opening, as who holds `seed` reads it."""
    sealed, secret = parse_sealed(text), subkey(seed, 1)
    box = sodium.crypto_scalarmult_base(secret)
    wrapped = [item["key"] for item in sealed["keys"] if item["to"] == b64url(box)]
    require(wrapped, "sealed to others")
    key = sodium.crypto_box_seal_open(from_b64url(wrapped[0]), box, secret)
    content = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        from_b64url(sealed["ciphertext"]), seal_context(event, name, field), from_b64url(sealed["nonce"]), key)
    opening = StrictJson.parse(content.rstrip(b"\0").decode())
    members(opening, "salt", "value")
    made = commitment(event, field, from_b64url(opening["salt"], 32), StrictJson.text(opening["value"]))
    require(b64url(made) == event["details"][field], "not what the event committed to")
    return StrictJson.text(opening)


def read_row(line):
    require(len(line.encode()) <= 4096, "a row too large")
    row = StrictJson.parse(line)
    require(isinstance(row, dict), "a row is no object")
    optional = {"attributes", "place", "salt"}
    require(set(row) - optional == {"at", "behaviour", "quantity", "unit"}, "members of a row")
    check_time(row["at"])
    for member in ("behaviour", "unit"):
        require(isinstance(row[member], str) and 1 <= len(row[member].encode()) <= 64, member)
        require(StrictJson.string(row[member]) == f'"{row[member]}"', "an escape")
    if "attributes" in row:
        facts = row["attributes"]
        require(isinstance(facts, dict) and len(facts) <= 32, "attributes")
        require(all(isinstance(fact, str) for fact in facts.values()), "attributes")
    if "place" in row:
        place = row["place"]
        require(isinstance(place, dict) and set(place) == {"lat", "lon"}, "place")
        require(abs(decimal(place["lat"])) <= 90 and abs(decimal(place["lon"])) <= 180, "not on Earth")
    if "salt" in row:
        from_b64url(row["salt"], 32)
    return row, decimal(row["quantity"])


def read_table(content):
    """The body of the event that commits to the table."""
    require(len(content.encode()) <= 4 << 20 and content.endswith("\n"), "size or end")
    lines = content[:-1].split("\n")
    require(len(lines) <= 10000, "too many rows")
    totals, salted = {}, set()
    for line in lines:
        row, quantity = read_row(line)
        salted.add("salt" in row)
        what = (row["behaviour"], row["unit"])
        with localcontext() as context:
            context.prec = 40
            totals[what] = totals.get(what, Decimal(0)) + quantity
        require(abs(totals[what]) < 10**18, "a sum too large")
    require(len(salted) == 1, "salts in some rows only")
    ordered = sorted(totals.items(), key=lambda item: (item[0][0].encode(), item[0][1].encode()))
    return {"count": len(lines), "root": merkle_root([leaf_hash(line) for line in lines]).hex(),
            "rows": "private" if salted == {True} else "public",
            "totals": [{"behaviour": b, "quantity": decimal_text(q), "unit": u} for (b, u), q in ordered]}


def table_path(root):
    return f"tables/{root[:2]}/{root[2:4]}/{root}.jsonl"


# ── 9. Entries ────────────────────────────────────────────────────────────────────────────────────


def open_entry(line):
    found = re.fullmatch(r'\{"event":(.*),"recorded":(0|[1-9][0-9]*)\}', line)
    require(found and int(found[2]) <= 253402300799, "not an entry")
    event, name = open_event(found[1])
    return event, name, int(found[2])


def tile_number(number):
    """A number as a path, as C2SP tlog-tiles writes it."""
    groups = []
    while True:
        number, group = divmod(number, 1000)
        groups.insert(0, f"{group:03}")
        if not number:
            return "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]


def log_path(number):
    return f"log/{tile_number(number)}.jsonl"


# ── 10. Authority ─────────────────────────────────────────────────────────────────────────────────


class Authority:
    """The rules of §10 in the order of its table."""

    OPERANDS = {"add_steward": ["did"], "remove_steward": ["did"], "add_sequencer": ["did"],
                "remove_sequencer": ["did"], "add_device": ["did"], "remove_device": ["did"],
                "add_witness": ["witness"], "remove_witness": ["witness"], "set_threshold": ["number"],
                "set_witness_quorum": ["number"], "set_home": ["home"], "recover_actor": ["did", "person"],
                "settle_person": ["keys", "person"], "reset_clock": ["recorded"], "name_root": ["root", "size"]}

    def __init__(self):
        self.persons = Persons()
        self.clock = self.root = None  # (the entry's event, recorded) and {"root", "size"}
        self.world = self.home = self.adopted = None
        self.k, self.quorum = 1, 0
        self.stewards, self.sequencers, self.devices, self.members = set(), set(), set(), set()
        self.witnesses, self.main_signers = set(), set()
        self.log_keys, self.open, self.box_keys = [], {}, {}

    def apply(self, event, name, recorded):
        rules = {"world.created": self.create, "identity.announced": self.announce,
                 "identity.retired": self.retire, "definition.adopted": self.adopt,
                 "identity.linked": self.link, "identity.revoked": self.revoke,
                 "identity.disputed": self.dispute, "identity.recovered": self.recover,
                 "identity.endorsed": self.endorse,
                 "steward.proposed": self.propose, "steward.approved": self.approve}
        require(self.world is not None or event["kind"] == "world.created", "no world yet")
        require(self.persons.may_speak(event["actor"]) or event["kind"] == "identity.disputed", "a silent key")
        rule = rules.get(event["kind"])
        if rule is None:
            require(not event["kind"].startswith(("identity.", "steward.")), "no such kind")
            return
        rule(event["actor"], event["body"], name, recorded)

    def is_steward(self, key):
        return self.persons.may_speak(key) and self.persons.name(key) in self.stewards

    def may_append(self, key):
        return self.persons.may_speak(key) and self.persons.name(key) in self.stewards | self.sequencers

    def able(self, without=None):
        return len([person for person in self.stewards if person != without and self.persons.is_able(person)])

    def is_member(self, person):
        return any(key in self.members for key in self.persons.of(person)["keys"])

    def can_join(self, key):
        return (list(self.persons.of(key)["keys"]) == [key] and self.persons.may_speak(key)
                and key not in self.stewards | self.sequencers | self.devices)

    def link(self, actor, body, name, recorded):
        members(body, "key", *(["ends"] if "ends" in body else []))
        require(body.get("ends", True) is True, "ends")
        key, ends, persons = body["key"], "ends" in body, self.persons
        public_key_of(key)
        require(persons.name(actor) != persons.name(key), "one person already")
        require(persons.may_speak(key), "a silent key")
        require(self.can_join(actor) or self.can_join(key), "neither is free")
        word = persons.links.get((key, actor))
        if word is None or not in_time(word["recorded"], recorded):
            require(len([one for one, word in persons.links.items()
                         if one[0] == actor and in_time(word["recorded"], recorded)]) < 16, "too many wait")
            persons.links[actor, key] = {"recorded": recorded, "ends": ends}
            return
        require(not ends or not word["ends"], "both would end")
        actor_joins = self.can_join(actor) and (
            not self.can_join(key) or not self.is_member(actor) or self.is_member(key))
        newcomer, other = (actor, key) if actor_joins else (key, actor)
        require(len(persons.of(other)["keys"]) < 64, "too many keys")
        member = self.is_member(newcomer) or self.is_member(other)
        persons.join(newcomer, other)
        if member:
            self.members |= set(persons.of(other)["keys"])
        if ends or word["ends"]:
            ended = actor if ends else key
            persons.of(ended)["keys"][ended] = {"event": name, "recorded": recorded, "final": False}

    def revoke(self, actor, body, name, recorded):
        members(body, "key")
        key, persons = body["key"], self.persons
        public_key_of(key)
        person = persons.of(actor)
        require(persons.name(key) == persons.name(actor), "another person's")
        require(person["keys"][key] is None, "revoked before")
        order, others = list(person["keys"]), self.able(persons.name(actor))
        require(key == actor or others >= self.k or order.index(actor) < order.index(key), "an elder key")
        last = all(revoked for other, revoked in person["keys"].items() if other != key)
        require(not last or persons.name(actor) not in self.stewards or others >= self.k or person["recovery"],
                "nobody could decide")
        persons.record(actor)["keys"][key] = {"event": name, "recorded": recorded, "final": False}

    def dispute(self, actor, body, name, recorded):
        members(body, "revocation")
        person = self.persons.of(actor)
        revoked = person["keys"][actor]
        require(is_hex(body["revocation"], 64) and revoked and revoked["event"] == body["revocation"], "another's")
        require(not revoked["final"] and in_time(revoked["recorded"], recorded), "too late")
        require(not person["disputed"] and self.able(self.persons.name(actor)) >= self.k, "disputed, or nobody settles it")
        person["disputed"] = True

    def recover(self, actor, body, name, recorded):
        members(body, "person", "proof")
        person = self.persons.of(body["person"])
        public_key_of(body["person"])
        require(self.persons.name(actor) != self.persons.name(body["person"]) and self.can_join(actor), "no new key")
        require(person["recovery"] and len(person["keys"]) < 64, "no recovery key")
        statement = f"bw.recover.v1\n{body['person']}\n{actor}\n{self.world}\n".encode()
        require(ed25519_verify(public_key_of(person["recovery"]), statement, from_b64url(body["proof"], 64)), "proof")
        self.replace(self.persons.name(body["person"]), actor, person["recovery"], name, recorded)

    def replace(self, person, key, recovery, name, recorded):
        member = self.is_member(person)
        self.persons.settle(person, [], name, recorded)
        self.persons.join(key, person)
        self.persons.of(person)["recovery"] = recovery
        if member:
            self.members.add(key)

    def endorse(self, actor, body, name, recorded):
        members(body, "key", "person")
        public_key_of(body["key"])
        public_key_of(body["person"])
        endorser, person = self.persons.name(actor), self.persons.name(body["person"])
        require((self.is_member(endorser) or endorser in self.stewards) and endorser not in (person, body["key"]), "no endorser")
        require(self.persons.name(body["key"]) != person and self.can_join(body["key"]), "no new key")
        open_ = [one for one, when in self.persons.endorsements.items() if one[0] == endorser and in_time(when, recorded)]
        require(len(open_) < 16, "too many wait")
        self.persons.endorsements[endorser, body["key"], person] = recorded

    def recovery_key(self, actor, keys):
        """The recovery key of an announcement, where it may become the person's."""
        found = [item for item in keys if item["use"] == "recovery"]
        if not found:
            return None
        require(len(found) == 1, "two recovery keys")
        current, new = self.persons.of(actor)["recovery"], found[0]["key"]
        if current in (None, new):
            require("consent" not in found[0], "nobody to consent")
        else:
            statement = f"bw.replace.v1\n{actor}\n{self.world}\n{new}\n".encode()
            consent = from_b64url(found[0].get("consent"), 64)
            require(ed25519_verify(public_key_of(current), statement, consent), "consent")
        return new

    def create(self, actor, body, name, recorded):
        require(self.world is None, "a world is created once")
        members(body, "home", "k", "name", "parent", "signers", "stewards")
        require(body["home"] is None or isinstance(body["home"], str), "home")
        require(body["k"] == 1 and body["k"] is not True, "k")
        require(isinstance(body["name"], str) and 1 <= len(body["name"].encode()) <= 512, "name")
        if body["parent"] is not None:
            members(body["parent"], "root", "size", "world")
            require(is_hex(body["parent"]["root"], 64) and is_hex(body["parent"]["world"], 64), "parent")
            require(is_integer(body["parent"]["size"]), "parent")
        signers = dids(body["signers"])
        require(dids(body["stewards"]) == {actor} and len(body["stewards"]) == 1, "stewards")
        self.world, self.home = name, body["home"]
        self.stewards, self.members, self.main_signers = {actor}, {actor}, signers

    def announce(self, actor, body, name, recorded):
        members(body, "keys")
        require(isinstance(body["keys"], list) and len(body["keys"]) <= 16, "keys")
        new = [found for found in (self.announced(actor, key) for key in body["keys"]) if found]
        require(len(set(new)) == len(new), "one log key twice")
        recovery = self.recovery_key(actor, body["keys"])
        if recovery:
            self.persons.record(actor)["recovery"] = recovery
        self.log_keys += [{"key": key, "live": True, "owner": actor} for key in new]
        self.box_keys |= {actor: key["key"] for key in body["keys"] if key["use"] == "box"}
        self.members.add(actor)

    def announced(self, actor, item):
        require(isinstance(item, dict) and isinstance(item.get("key"), str), "key")
        use, key = item.get("use"), item["key"]
        if use == "box":
            members(item, "key", "use")
            from_b64url(key, 32)
            return None
        members(item, "key", "proof", "use", *(["consent"] if use == "recovery" and "consent" in item else []))
        if use in ("log", "witness"):
            owner, public = parse_vkey(key, LOG if use == "log" else COSIGNER)
            require(use == "witness" or owner == "bw/" + self.world, "another log")
        else:
            require(use in ("credential", "recovery"), "use")
            public = public_key_of(key)
        require(ed25519_verify(public, possession(use, actor, self.world, key), from_b64url(item["proof"], 64)), "proof")
        require(use != "log" or all(known["key"] != key for known in self.log_keys), "announced before")
        return key if use == "log" else None

    def retire(self, actor, body, name, recorded):
        members(body, "keys")
        require(isinstance(body["keys"], list) and len(body["keys"]) <= 16, "keys")
        require(all(isinstance(key, str) for key in body["keys"]), "keys")
        named = [known for known in self.log_keys if known["key"] in body["keys"]]
        require(all(self.persons.name(known["owner"]) == self.persons.name(actor) for known in named),
                "another's log key")
        for known in named:
            known["live"] = False
        if self.box_keys.get(actor) in body["keys"]:
            del self.box_keys[actor]

    def adopt(self, actor, body, name, recorded):
        require(self.is_steward(actor), "no steward")
        members(body, "commit", "definition", "previous", "signers")
        require(is_hex(body["commit"], 40) and is_hex(body["definition"], 64), "digests")
        signers = dids(body["signers"])
        require(body["previous"] == self.adopted, "another was adopted in between")
        self.adopted = body["definition"]
        self.main_signers |= signers

    def change(self, body):
        members(body, "change")
        change = body["change"]
        require(isinstance(change, dict) and change.get("act") in self.OPERANDS, "act")
        act, operands = change["act"], self.OPERANDS[change["act"]]
        members(change, "act", *operands)
        for operand in operands:
            self.check_operand(operand, change[operand])
        return act, [change[operand] for operand in operands]

    @staticmethod
    def check_operand(operand, value):
        if operand in ("did", "person"):
            public_key_of(value)
        elif operand == "witness":
            parse_vkey(value, COSIGNER)
        elif operand == "number":
            require(is_integer(value) and value <= 1000, "number")
        elif operand == "keys":
            require(1 <= len(dids(value)) == len(value) <= 64, "keys")
        elif operand == "recorded":
            require(is_integer(value) and value <= 253402300799, "recorded")
        elif operand == "root":
            require(is_hex(value, 64), "root")
        elif operand == "size":
            require(is_integer(value), "size")
        else:
            require(value is None or isinstance(value, str), "home")

    def group(self, act):
        what = act.partition("_")[2]
        return getattr(self, {"witness": "witnesses"}.get(what, what + "s"))

    def possible(self, act, values, recorded):
        value = self.persons.name(values[0]) if self.OPERANDS[act] == ["did"] else values[0]
        if act == "add_witness":
            return parse_vkey(value, COSIGNER)[1] not in {parse_vkey(w, COSIGNER)[1] for w in self.witnesses}
        if act.startswith("add_"):
            return value not in self.group(act)
        if act == "remove_steward":
            return value in self.stewards and self.able(value) >= self.k
        if act.startswith("remove_"):
            return value in self.group(act) and (act != "remove_witness" or len(self.witnesses) > self.quorum)
        return {"set_threshold": lambda: 1 <= value <= self.able(),
                "set_witness_quorum": lambda: value <= min(31, len(self.witnesses)), "set_home": lambda: True,
                "recover_actor": lambda: self.may_recover(*values, recorded),
                "settle_person": lambda: self.may_settle(*values),
                "reset_clock": lambda: value <= recorded, "name_root": lambda: True}[act]()

    def may_recover(self, key, person, recorded):
        persons, person = self.persons, self.persons.name(person)
        endorsers = {persons.name(one[0]) for one, when in persons.endorsements.items()
                     if one[1:] == (key, person) and in_time(when, recorded) and persons.is_able(one[0])}
        return (persons.name(key) != person and self.can_join(key) and len(persons.of(person)["keys"]) < 64
                and len(endorsers) >= 2)

    def may_settle(self, keys, person):
        known = self.persons.of(person)
        return known["disputed"] and all(key in known["keys"] and not (known["keys"][key] or {}).get("final") for key in keys)

    def propose(self, actor, body, name, recorded):
        require(self.is_steward(actor), "no steward")
        act, values = self.change(body)
        require(self.possible(act, values, recorded), "not possible")
        still_open = {known: p for known, p in self.open.items() if in_time(p["recorded"], recorded)}
        require(len(still_open) < 1000, "a thousand are open")
        self.open = still_open
        self.open[name] = {"change": (act, values), "approvals": set(), "recorded": recorded}
        self.decide(name, {self.persons.name(actor)}, name, recorded)

    def approve(self, actor, body, name, recorded):
        require(self.is_steward(actor), "no steward")
        members(body, "proposal")
        proposal = self.open.get(body["proposal"])
        require(proposal is not None, "not open")
        require(in_time(proposal["recorded"], recorded), "too late")
        require(self.persons.name(actor) not in proposal["approvals"], "approved before")
        self.decide(body["proposal"], proposal["approvals"] | {self.persons.name(actor)}, name, recorded)

    def decide(self, proposal, approvals, name, recorded):
        if len([one for one in approvals & self.stewards if not self.persons.of(one)["disputed"]]) < self.k:
            self.open[proposal]["approvals"] = approvals
            return
        act, values = self.open[proposal]["change"]
        require(self.possible(act, values, recorded), "not possible any more")
        del self.open[proposal]
        self.enact(act, values, name, recorded)

    def enact(self, act, values, name, recorded):
        persons = self.persons
        if act == "recover_actor":
            self.replace(persons.name(values[1]), values[0], persons.of(values[0])["recovery"], name, recorded)
        elif act == "settle_person":
            persons.settle(persons.name(values[1]), values[0], name, recorded)
        elif act == "reset_clock":
            self.clock = name, values[0]
            for proposal in self.open.values():
                proposal["recorded"] = min(proposal["recorded"], values[0])
            persons.reset_clock(values[0])
        elif act == "name_root":
            self.root = {"root": values[0], "size": values[1]}
        elif act.startswith("set_"):
            setattr(self, {"set_threshold": "k", "set_witness_quorum": "quorum", "set_home": "home"}[act], values[0])
        else:
            value = persons.name(values[0]) if self.OPERANDS[act] == ["did"] else values[0]
            (self.group(act).add if act.startswith("add_") else self.group(act).discard)(value)


class Persons:
    """Which keys are one person's, and which of them may speak."""

    def __init__(self):
        self.names, self.known = {}, {}  # key → name → {"keys": {key: its revocation or None}, …}
        self.links, self.endorsements = {}, {}

    def name(self, key):
        return self.names.get(key, key)

    def record(self, key):
        self.names.setdefault(key, key)
        return self.known.setdefault(self.name(key), {"keys": {key: None}, "recovery": None, "disputed": False})

    of = record  # a key of which nothing is known is a person of its own

    def may_speak(self, key):
        person = self.of(key)
        return not person["disputed"] and person["keys"][key] is None

    def is_able(self, person):
        return any(self.may_speak(key) for key in self.of(person)["keys"])

    def join(self, newcomer, person):
        own, theirs = self.record(newcomer), self.record(person)
        theirs["recovery"] = theirs["recovery"] or own["recovery"]
        del self.known[newcomer]
        for key in theirs["keys"]:
            self.links.pop((newcomer, key), None)
            self.links.pop((key, newcomer), None)
        theirs["keys"][newcomer] = None
        self.names[newcomer] = self.name(person)

    def settle(self, person, living, name, recorded):
        known = self.record(person)
        known["disputed"] = False
        for key, revoked in known["keys"].items():
            if key in living:
                known["keys"][key] = None
            elif not revoked or not revoked["final"]:
                known["keys"][key] = {"event": name, "recorded": recorded, "final": True}

    def reset_clock(self, recorded):
        for word in self.links.values():
            word["recorded"] = min(word["recorded"], recorded)
        for about, when in self.endorsements.items():
            self.endorsements[about] = min(when, recorded)
        for person in self.known.values():
            for revoked in filter(None, person["keys"].values()):
                revoked["recorded"] = min(revoked["recorded"], recorded)


def in_time(recorded, now):
    return recorded is not None and recorded + 30 * 86400 >= now


def members(value, *names):
    require(isinstance(value, dict) and set(value) == set(names), "members")


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def dids(value):
    require(isinstance(value, list) and len(value) <= 400, "a list of actors")
    for each in value:
        public_key_of(each)
    return set(value)


# ── 11. Checkpoints ───────────────────────────────────────────────────────────────────────────────


def sign_note(text, name, seed):
    blob = key_id(name, ed25519_public(seed)) + ed25519_sign(seed, text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(blob).decode()}\n"


# ── 15. Bundles and receipts ──────────────────────────────────────────────────────────────────────


def open_bundle(data):
    require(len(data) <= 64 << 20 and data.endswith(b"\n"), "size or end")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    line, _, contents = text.partition("\n")
    header, _ = open_line(line, "bw.bundle.v1")
    members(header, "actor", "at", "contents", "events", "openings", "tables", "v", "world")
    check_time(header["at"])
    require(header["contents"] == sha256(contents.encode()).hex(), "contents")
    require(header["v"] == 1 and is_hex(header["world"], 64), "v or world")
    listed = {(item["event"], item["field"], item["visibility"] == "sealed") for item in header["openings"]}
    events, openings, sealed, tables = [], [], [], []
    rest = contents.split("\n")[:-1]
    while rest:
        line = rest.pop(0)
        if line.startswith('{"event":{'):
            events.append(open_event(line[len('{"event":'):-1]))
            require(line.endswith("}") and events[-1][0]["actor"] == header["actor"], "another's event")
            continue
        item = StrictJson.parse(line)
        if set(item) == {"opening"}:
            members(item["opening"], "event", "field", "salt", "value")
            openings.append(item["opening"])
        elif set(item) == {"sealed"}:
            members(item["sealed"], "event", "field", "opening")
            parse_sealed(StrictJson.text(item["sealed"]["opening"]))
            sealed.append(item["sealed"])
        else:
            members(item, "rows", "table")
            require(len(rest) >= item["rows"], "rows are missing")
            table = read_table("".join(row + "\n" for row in rest[:item["rows"]]))
            require(table["root"] == item["table"], "another table")
            tables.append(item["table"])
            rest = rest[item["rows"]:]
    require(len(events) == header["events"] and tables == header["tables"], "not what the header lists")
    came = [(item["event"], item["field"], False) for item in openings]
    came += [(item["event"], item["field"], True) for item in sealed]
    require(set(came) == listed and len(came) == len(listed), "not what the header lists")
    return header, events, openings, sealed


# ── 17. The seed file and the paper key ───────────────────────────────────────────────────────────

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def crockford(data):
    number = int.from_bytes(data, "big")
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(len(data) * 8 - 5, -1, -5))


def paper_code(first, key, seed):
    payload = bytes([first]) + key + seed
    payload += sha256(b"bw.paper.v1" + payload)[:5]
    lines = []
    for number in range(1, 8):
        part = payload[number * 10 - 10:number * 10]
        digits = crockford(part) + crockford(sha256(b"bw.paper.v1" + bytes([number]) + part)[:5])[:4]
        lines.append("-".join(digits[i:i + 5] for i in range(0, 20, 5)) + "\n")
    return "BW1-" + "".join(lines)


def open_seed_file(text, passphrase):
    prefix = "bw-seed-v1 argon2id "
    require(text.startswith(prefix) and text.endswith("\n"), "not an encrypted seed")
    data = from_b64url(text[len(prefix):-1], 16 + 24 + 48)
    key = nacl.pwhash.argon2id.kdf(32, passphrase.encode(), data[:16], opslimit=2, memlimit=64 << 20)
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(data[40:], prefix.encode(), data[16:40], key)


# ── 21. Proofs, disclosures and tiled logs ────────────────────────────────────────────────────────


def base64_exactly(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("not base64") from error
    require(base64.b64encode(data).decode() == text, "base64 in another form")
    return data


def root_by_inclusion(index, size, leaf, hashes):
    """RFC 9162 §2.1.3.2: where the hashes lead to from a leaf."""
    require(index < size, "an index beyond the tree")
    first, last, root = index, size - 1, leaf
    for each in hashes:
        require(last > 0, "a hash too many")
        if first & 1 or first == last:
            root = node(each, root)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            root = node(root, each)
        first, last = first >> 1, last >> 1
    require(last == 0, "a hash too few")
    return root


def open_note(data, name, public, kind=LOG):
    """The text of a signed note, and its signatures by that key."""
    text, gap, lines = data.rpartition("\n\n")
    require(gap and lines.endswith("\n"), "no note")
    text += "\n"
    signatures = note_signatures(lines, name, kind, public)
    require(kind != LOG or (signatures and all(ed25519_verify(public, text.encode(), each) for each in signatures)),
            "the key did not sign")
    return text, signatures


def check_row(line, event):
    require(event["kind"] == "behaviour.tabled", "an event without a table")
    proof = StrictJson.parse(line)
    members(proof, "hashes", "row", "text")
    hashes = [base64_exactly(each) for each in proof["hashes"]]
    require(all(len(each) == 32 for each in hashes), "hashes")
    root = root_by_inclusion(proof["row"] - 1, event["body"]["count"], leaf_hash(proof["text"]), hashes)
    require(root.hex() == event["body"]["root"], "the row leads to another root")
    return proof["row"], proof["text"]


def open_proof(data, world, key, witness=None):
    """What a proof proves to a reader who trusts that log key: event, id, row, and the time of the witness's word."""
    name, public = parse_vkey(key)
    require(name == "bw/" + world, "another log")
    found = re.fullmatch(r"c2sp\.org/tlog-proof@v1\nextra ([^\n]+)\nindex (0|[1-9][0-9]*)\n((?:[^\n]+\n)*)\n(.*)", data,
                         re.DOTALL)
    require(found, "not a proof")
    extra, index, note = base64_exactly(found[1]).decode(), int(found[2]), found[4]
    hashes = [base64_exactly(line) for line in found[3].split("\n")[:-1]]
    require(all(len(each) == 32 for each in hashes), "hashes")
    text, _ = open_note(note, name, public)
    origin, size, root = text.split("\n")[:3]
    require(origin == name, "another log")
    require(extra.endswith("\n") and extra.count("\n") in (1, 2), "extra data")
    lines = extra.split("\n")[:-1]
    reached = root_by_inclusion(index, int(size), leaf_hash(lines[0]), hashes)
    require(base64.b64encode(reached).decode() == root, "the hashes lead to another root")
    time = cosigned_time(note, witness) if witness else None
    event, event_id, _ = open_entry(lines[0])
    require((event["world"] or event_id) == world, "another world")
    return event, event_id, check_row(lines[1], event) if len(lines) == 2 else None, time


def cosigned_time(note, witness):
    name, public = parse_vkey(witness, COSIGNER)
    text, signatures = open_note(note, name, public, COSIGNER)
    require(signatures, "the witness did not cosign")
    time = int.from_bytes(signatures[0][:8], "big")
    require(ed25519_verify(public, f"cosignature/v1\ntime {time}\n{text}".encode(), signatures[0][8:]), "cosignature")
    return time


def open_disclosure(data, world, key):
    """Each event of a disclosure: its id, and its openings by field."""
    require(data.endswith("\n") and len(data.encode()) <= 64 << 20, "size or end")
    head, *lines = [StrictJson.parse(line) for line in data[:-1].split("\n")]
    require(head == {"disclosure": 1, "world": world}, "head")
    events = []
    for line in lines:
        if set(line) == {"proof"}:
            event, event_id, _, _ = open_proof(line["proof"], world, key)
            events.append((event, event_id, {}))
            continue
        members(line, "field", "opening")
        members(line["opening"], "salt", "value")
        require(events, "an opening before any event")
        event, _, openings = events[-1]
        field, salt = line["field"], from_b64url(line["opening"]["salt"], 32)
        made = b64url(commitment(event, field, salt, StrictJson.text(line["opening"]["value"])))
        require(field not in openings and event.get("details", {}).get(field) == made, "another opening")
        openings[field] = line["opening"]["value"]
    require(events, "no event")
    return [(event_id, openings) for _, event_id, openings in events]


def evidence_files(openings):
    files = {}
    for file in openings.get("evidence", []):
        content = b"".join(from_b64url(openings[chunk]) for chunk in file["chunks"])
        require((len(content), sha256(content).hex()) == (file["size"], file["sha256"]), "file")
        files[file["name"]] = content.decode()
    return files


def tiled_log(entries):
    """The files of C2SP tlog-tiles for these entries, checkpoint aside."""
    files = {}

    def cut(prefix, items, content):
        for number in range(-(-len(items) // 256)):
            part = items[256 * number:256 * (number + 1)]
            width = "" if len(part) == 256 else f".p/{len(part)}"
            files[f"{prefix}/{tile_number(number)}{width}"] = content(part)

    cut("tile/entries", entries, lambda part: b"".join(len(each).to_bytes(2, "big") + each for each in part))
    level, hashes = 0, [sha256(b"\x00" + each) for each in entries]
    while hashes:
        cut(f"tile/{level}", hashes, b"".join)
        full = len(hashes) // 256
        level, hashes = level + 1, [merkle_root(hashes[256 * n:256 * (n + 1)]) for n in range(full)]
    return files


def open_bundle_of_entries(data, width):
    entries = []
    for _ in range(width):
        require(len(data) >= 2 and len(data) - 2 >= int.from_bytes(data[:2], "big"), "cut short")
        size = int.from_bytes(data[:2], "big")
        entries.append(data[2:2 + size])
        data = data[2 + size:]
    require(not data, "something follows")
    return entries


# ── 23. Backups ───────────────────────────────────────────────────────────────────────────────────


def padded_length(content):
    length = max(content + 1, 1024)
    magnitude = length.bit_length() - 1
    step = 1 << magnitude - magnitude.bit_length()
    return -(-length // step) * step


def backup_name(drawn, key):
    return (drawn + hashlib.blake2b(b"bw.backup.name.v1" + drawn, digest_size=32, key=key).digest()[:8]).hex()


def open_piece(sealed, key, name, number):
    """The content of a sealed piece."""
    require(24 + 17 <= len(sealed) <= 6 << 20, "no piece has that length")
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[:24], key)
    additional = b"bw.backup.v1" + name.encode() + be64(number)
    plain, tag = b"", None
    for at in range(24, len(sealed), 65536 + 17):
        require(tag != sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL, "something follows the end")
        try:
            part, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed[at:at + 65536 + 17], additional)
        except (RuntimeError, ValueError, nacl.exceptions.CryptoError) as error:
            raise Refused("it does not open") from error
        plain += part
    require(tag == sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL, "it is cut short")
    content = plain.rstrip(b"\0")
    require(content.endswith(b"\x80") and len(plain) == padded_length(len(content) - 1), "the padding is another")
    return content[:-1]


# ── Badges (badges.md) ───────────────────────────────────────────────────────────────────────────

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519 = b"\xed\x01"


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_base58(text, size):
    require(all(c in BASE58 for c in text), "not base58")
    number = 0
    for c in text:
        number = number * 58 + BASE58.index(c)
    require(number < 256**size, "another number of bytes")
    data = number.to_bytes(size, "big")
    require(base58(data) == text, "not the one text of these bytes")
    return data


def jcs(value):
    """RFC 8785 for values whose numbers are integers."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{StrictJson.string(name)}:{jcs(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    return StrictJson.text(value)


def divided(document):
    """A document without its proof, and the proof without its value."""
    require(isinstance(document, dict) and isinstance(document.get("proof"), dict), "no proof")
    proof = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    return {name: value for name, value in document.items() if name != "proof"}, proof


def verified_proof(document):
    """The did:key whose eddsa-jcs-2022 proof the document has."""
    unsecured, proof = divided(document)
    for name, value in {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
                        "proofPurpose": "assertionMethod", "@context": document.get("@context")}.items():
        require(proof.get(name) == value, f"another {name}")
    did, _, fragment = proof.get("verificationMethod", "").partition("#")
    require(did == "did:key:" + fragment and fragment.startswith("z"), "no did:key with its own fragment")
    key = from_base58(fragment[1:], 34)
    require(key.startswith(ED25519), "no Ed25519 key")
    value = document["proof"].get("proofValue", "")
    require(value.startswith("z"), "no base58btc")
    hashes = sha256(jcs(proof).encode()) + sha256(jcs(unsecured).encode())
    try:
        nacl.signing.VerifyKey(key[2:]).verify(hashes, from_base58(value[1:], 64))
    except nacl.exceptions.BadSignatureError as error:
        raise Refused("another signature") from error
    return did


def open_badge(text):
    """The issuer of a badge that holds, whenever it is valid."""
    def unique(pairs):
        require(len(dict(pairs)) == len(pairs), "a name twice")
        return dict(pairs)

    document = json.loads(text, object_pairs_hook=unique)
    did = verified_proof(document)
    require(document["issuer"]["id"] == did, "another issuer")
    return did


def uuid_of(digest):
    """UUID version 8 (RFC 9562)."""
    text = digest.hex()[:32]
    text = text[:12] + "8" + text[13:16] + "89ab"[digest[8] >> 6] + text[17:]
    return "urn:uuid:" + "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


# ── The vectors ───────────────────────────────────────────────────────────────────────────────────

checked = 0


def same(made, expected, what):
    global checked
    checked += 1
    if made != expected:
        sys.exit(f"{what}: made {made!r}, expected {expected!r}")


def refused(read, text, why):
    global checked
    checked += 1
    try:
        read(text)
    except Refused:
        return
    sys.exit(f"accepted, though it has {why}: {text!r}")


def check_keys(v):
    for actor in v["actors"]:
        key = ed25519_public(bytes.fromhex(actor["seed"]))
        same(key.hex(), actor["public_key"], "public key")
        same(did(key), actor["did"], "did")
        same(public_key_of(actor["did"]), key, "key of a did")
        blob = ssh_string(b"ssh-ed25519") + ssh_string(key)
        same("ssh-ed25519 " + base64.b64encode(blob).decode(), actor["openssh"], "public key line")
    sig, key = v["sshsig"], public_key_of(v["sshsig"]["actor"])
    data = signed_data(sig["namespace"], sig["message"].encode())
    same(data.hex(), sig["signed_data"], "signed data")
    signature = ed25519_sign(bytes.fromhex(v["actors"][0]["seed"]), data)
    same(signature.hex(), sig["signature"], "signature")
    same(armored(key, sig["namespace"], signature), sig["armored"], "armour")
    personal = v["personal_seed"]
    seed = bytes.fromhex(personal["seed"])
    same(sodium.crypto_scalarmult_base(subkey(seed, 1)).hex(), personal["box_public_key"], "box key")
    same(ed25519_public(subkey(seed, 2)).hex(), personal["credential_public_key"], "credential key")
    same(ed25519_public(subkey(seed, 3)).hex(), personal["recovery_public_key"], "recovery key")
    same(f"bw-seed-v1 plain {b64url(seed)}\n", personal["plain_file"], "seed file")
    same(open_seed_file(personal["encrypted_file"], personal["passphrase"]), seed, "encrypted seed file")
    ada = bytes.fromhex(v["actors"][0]["seed"])
    same(paper_code(1, ada, seed), personal["paper_code"], "paper code")
    same(paper_code(0, ed25519_public(ada), seed), personal["paper_code_without_actor_seed"], "paper code")


def check_events(v):
    for item in v["events"]:
        line = sign_line(item["content"], "bw.event.v1", bytes.fromhex(item["seed"]))
        same(line, item["line"], "event line")
        same(StrictJson.text(item["content"]), item["signed_bytes"], "signed bytes")
        same(from_b64url(line[-88:-2]).hex(), item["signature"], "signature")
        event, name = open_event(line)
        same(name, item["id"], "event id")
        same(event, item["content"], "content")
    same(v["events"][0]["id"], v["world"], "world id")
    for item in v["refused"]:
        refused(open_event, item["line"], item["why"])
    proof, announcement = v["possession"], v["events"][1]["content"]
    statement = possession("log", announcement["actor"], v["world"], proof["key"])
    same(statement.decode(), proof["statement"], "statement")
    same(ed25519_verify(parse_vkey(proof["key"])[1], statement, from_b64url(proof["proof"], 64)), True, "proof")
    files = {path.encode(): bytes.fromhex(content) for path, content in v["definition"]["files_in_hex"].items()}
    lines = b"".join(sha256(files[path]).hex().encode() + b"  " + path + b"\n" for path in sorted(files))
    same(sha256(lines).hex(), v["definition"]["digest"], "definition digest")
    same(v["events"][2]["content"]["body"]["definition"], v["definition"]["digest"], "adopted digest")


def check_details(v):
    event, name = open_event(v["event"])
    openings = {item["field"]: item for item in v["openings"]}
    same(set(openings), set(event["details"]), "fields")
    for field, item in openings.items():
        text = StrictJson.text(item["value"])
        salt = bytes.fromhex(item["salt"])
        same(text, item["value_text"], "value text")
        made = b64url(commitment(event, field, salt, text))
        same(made, item["commitment"], "commitment")
        same(made, event["details"][field], "commitment in the event")
        same(StrictJson.text({"salt": b64url(salt), "value": item["value"]}), item["file"], "opening")
        same(f"{name[:2]}/{name}/{field}.json", item["path"], "path of an opening")
    for number, (file, listed) in enumerate(zip(v["evidence"], openings["evidence"]["value"])):
        same(listed["chunks"], [f"evidence_{number}_0"], "chunks")
        content = b"".join(from_b64url(openings[chunk]["value"]) for chunk in listed["chunks"])
        same(content.decode(), file["content"], "file")
        same((listed["name"], listed["size"], listed["sha256"]), (file["name"], len(content), sha256(content).hex()), "file")


def check_sealed(v):
    event, name = open_event(v["event"])
    content, readers = v["opening"].encode(), parse_sealed(v["text"])["keys"]
    key, nonce = bytes.fromhex(v["content_key"]), bytes.fromhex(v["nonce"])
    padded = content.ljust(padded_size(len(content)), b"\0")
    made = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(padded, seal_context(event, name, v["field"]), nonce, key)
    boxes = sorted(from_b64url(reader["box_key"], 32) for reader in v["readers"])
    keys = [{"key": b64url(wrap(key, box, bytes.fromhex(secret))), "to": b64url(box)}
            for box, secret in zip(boxes, v["ephemeral_keys_in_order"])]
    same(StrictJson.text({"ciphertext": b64url(made), "keys": keys, "nonce": b64url(nonce), "v": 1}), v["text"], "sealed")
    same(len(readers), len(v["readers"]), "readers")
    for reader in v["readers"]:
        seed = bytes.fromhex(reader["seed"])
        same(b64url(sodium.crypto_scalarmult_base(subkey(seed, 1))), reader["box_key"], "box key")
        same(open_sealed(event, name, v["field"], v["text"], seed), v["opening"], "what was sealed")
    same(f"{name[:2]}/{name}/{v['field']}.sealed", v["path"], "path of a sealed opening")
    for item in v["refused"]:
        refused(parse_sealed, item["text"], item["why"])
    _, _, _, sealed = open_bundle(v["bundle"].encode())
    same([StrictJson.text(item["opening"]) for item in sealed], [v["text"]], "sealed in a bundle")


def check_tables(v):
    for kind in ("public", "private"):
        item = v[kind]
        same(read_table(item["content"]), item["body"], "table")
        same(item["body"]["rows"], kind, "rows")
        same(item["body"]["root"], item["root"], "root")
        same(table_path(item["root"]), item["path"], "path")
    for item in v["refused"]:
        refused(read_table, item["content"], item["why"])


def check_bundles(v):
    for item in v["bundles"]:
        data = item["bytes"].encode()
        same(sha256(data).hex(), item["sha256"], "bundle name")
        header, events, openings, _ = open_bundle(data)
        line = sign_line(header, "bw.bundle.v1", bytes.fromhex(item["seed"]))
        same(line, item["bytes"].partition("\n")[0], "header")
        sender = short_id(public_key_of(item["actor"]))
        same(f"refs/bw/inbox/{sender}/{item['sha256']}", item["inbox_ref"], "inbox ref")
        same(f"refs/bw/receipt/{sender}/{item['sha256']}", item["receipt_ref"], "receipt ref")
        by_id = {name: event for event, name in events}
        for opening in openings:
            event = by_id[opening["event"]]
            made = commitment(event, opening["field"], from_b64url(opening["salt"], 32), StrictJson.text(opening["value"]))
            same(b64url(made), event["details"][opening["field"]], "opening in a bundle")
        for end in range(len(data)):
            refused(open_bundle, data[:end], f"only its first {end} bytes")
        for at in range(0, len(data), 7):
            refused(open_bundle, data[:at] + bytes([data[at] ^ 1]) + data[at + 1:], f"a bit changed at {at}")
    receipt, _ = open_line(v["receipt"]["line"], "bw.receipt.v1")
    same(sign_line(receipt, "bw.receipt.v1", bytes.fromhex(v["receipt"]["seed"])), v["receipt"]["line"], "receipt")
    members(receipt, "actor", "at", "bundle", "events", "v", "world")
    same(receipt["bundle"], v["bundles"][0]["sha256"], "bundle of a receipt")


def check_checkpoints(v):
    leaves, last = [], 0
    for item in v["entries"]:
        leaves.append(leaf_hash(item["line"]))
        same(leaves[-1].hex(), item["leaf_hash"], "leaf hash")
        same(merkle_root(leaves).hex(), item["root"], "root")
        _, _, recorded = open_entry(item["line"])
        same(recorded >= last, True, "recorded")
        last = recorded
    key, seed = v["log_key"], bytes.fromhex(v["log_key"]["seed"])
    same(vkey(key["name"], ed25519_public(seed)), key["vkey"], "vkey")
    name, public = parse_vkey(key["vkey"])
    signing = f"PRIVATE+KEY+{name}+{key_id(name, public).hex()}+{base64.b64encode(bytes([1]) + seed).decode()}"
    same(signing, key["signing_key"], "signing key")
    text = f"{name}\n{len(leaves)}\n{base64.b64encode(merkle_root(leaves)).decode()}\n"
    same(text, v["text"], "checkpoint")
    same(sign_note(text, name, seed), v["note"], "note")
    for number, path in v["log_paths"].items():
        same(log_path(int(number)), path, "log path")


def note_signatures(lines, name, kind, key):
    """The signatures by a key among signature lines."""
    found = []
    for line in lines.split("\n")[:-1]:
        dash, signer, blob = line.split(" ")
        require(dash == "\u2014", "a signature line")
        data = base64.b64decode(blob, validate=True)
        if signer == name and data[:4] == key_id(name, key, kind):
            found.append(data[4:])
    return found


def witness_status(body, log_name, log_key, leaves, cosigned_before):
    """What a witness of C2SP tlog-witness answers who trusts one key of one log, all of whose leaves are known here."""
    head, _, note = body.partition("\n\n")
    old, *hashes = head.split("\n")
    if not old.startswith("old ") or not old[4:].isascii() or not old[4:].isdigit() or str(int(old[4:])) != old[4:]:
        return 400
    old = int(old[4:])
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:-1]
    if origin != log_name:
        return 404
    signatures = note_signatures(lines, log_name, LOG, log_key)
    if not signatures or not all(ed25519_verify(log_key, text.encode(), each) for each in signatures):
        return 403
    if old > int(size):
        return 400
    if old != (cosigned_before or 0):
        return 409
    proof = [base64.b64encode(each).decode() for each in consistency_proof(leaves[:int(size)], old)]
    return 200 if hashes == proof and root == base64.b64encode(merkle_root(leaves[:int(size)])).decode() else 422


def check_witness(v):
    leaves = [leaf_hash(line) for line in v["lines"]]
    log_seed, seed = bytes.fromhex(v["log"]["seed"]), bytes.fromhex(v["witness"]["seed"])
    name, public = v["witness"]["name"], ed25519_public(seed)
    same(vkey(name, public, COSIGNER), v["witness"]["vkey"], "vkey of a witness")
    same(parse_vkey(v["witness"]["vkey"], COSIGNER), (name, public), "vkey of a witness")
    refused(parse_vkey, v["witness"]["vkey"], "a witness's key as a log's")
    signing = base64.b64encode(bytes([COSIGNER]) + seed).decode()
    same(f"PRIVATE+KEY+{name}+{key_id(name, public, COSIGNER).hex()}+{signing}", v["witness"]["signing_key"], "signing key")
    text = f"{v['log']['name']}\n{len(leaves)}\n{base64.b64encode(merkle_root(leaves)).decode()}\n"
    signature = ed25519_sign(seed, f"cosignature/v1\ntime {v['time']}\n{text}".encode())
    blob = key_id(name, public, COSIGNER) + v["time"].to_bytes(8, "big") + signature
    line = f"\u2014 {name} {base64.b64encode(blob).decode()}\n"
    same(line, v["signature_line"], "cosignature")
    same(sign_note(text, v["log"]["name"], log_seed) + line, v["cosigned"], "cosigned note")
    for item in v["requests"]:
        status = witness_status(item["request"], v["log"]["name"], ed25519_public(log_seed), leaves, item["cosigned_before"])
        same(status, item["status"], f"the answer to {item['request']!r}")


def check_authority(v):
    authority = Authority()
    for item in v["entries"]:
        event, name, recorded = open_entry(item["line"])
        try:
            authority.apply(event, name, recorded)
            effective = True
        except Refused:
            effective = False
        same(effective, item["effective"], f"whether this is in force: {item['line']}")
    same({"adopted": authority.adopted, "devices": sorted(authority.devices), "home": authority.home, "k": authority.k,
          "log_keys": authority.log_keys, "main_signers": sorted(authority.main_signers), "members": sorted(authority.members),
          "open_proposals": len(authority.open), "sequencers": sorted(authority.sequencers),
          "stewards": sorted(authority.stewards), "witness_quorum": authority.quorum,
          "witnesses": sorted(authority.witnesses)}, v["in_the_end"], "authority")


def check_persons(v):
    authority = Authority()
    for item in v["entries"]:
        event, name, recorded = open_entry(item["line"])
        try:
            authority.apply(event, name, recorded)
            effective = True
        except Refused:
            effective = False
        same(effective, item["effective"], f"whether this is in force: {item['line']}")
    persons = authority.persons
    same({"appenders": sorted(key for name in authority.stewards | authority.sequencers
                              for key in persons.of(name)["keys"] if authority.may_append(key)),
          "clock": authority.clock[1], "members": sorted(authority.members), "root": authority.root,
          "persons": {name: {"disputed": known["disputed"], "living": sorted(filter(persons.may_speak, known["keys"])),
                             "keys": list(known["keys"]), "recovery": known["recovery"]}
                      for name, known in persons.known.items() if len(known["keys"]) > 1 or known["recovery"]},
          "stewards": sorted(authority.stewards)}, v["in_the_end"], "persons")


# ── 22. Verification of claims ───────────────────────────────────────────────────────────────────────


def body_problem(kind, body):
    """Forms of §6 that stand in no other vector."""
    try:
        if kind == "event.attested":
            members(body, "event", "verdict")
            require(is_hex(body["event"], 64) and body["verdict"] in ("supports", "disputes"), "form")
        elif kind == "thanks.given":
            members(body, "event", "to")
            require(body["event"] is None or is_hex(body["event"], 64), "form")
            public_key_of(body["to"])
    except Refused as refusal:
        return str(refusal)
    return ""


class Standings:
    """Who vouches for what, as §22 says, from all entries at once."""

    def __init__(self, lines, rules):
        self.claims, self.corrections, self.retractions, self.words, self.rules = [], {}, {}, {}, []
        authority = Authority()
        for index, line in enumerate(lines):
            event, name, recorded = open_entry(line)
            actor, body, kind = event["actor"], event["body"], event["kind"]
            if not authority.persons.may_speak(actor) and kind.startswith(("behaviour.", "event.")):
                continue
            is_device = authority.persons.name(actor) in authority.devices
            who = {"device": is_device, "steward": authority.is_steward(actor),
                   "peers": actor in authority.members and not is_device}
            said = {"actor": actor, "id": name, "index": index, "who": who}
            if kind == "behaviour.logged":
                self.claims.append(said | {"behaviours": [body["behaviour"]]})
            elif kind == "behaviour.tabled":
                self.claims.append(said | {"behaviours": [total["behaviour"] for total in body["totals"]]})
            elif kind == "event.corrected":
                self.corrections.setdefault(body["event"], []).append(said | {"behaviours": [body["behaviour"]]})
            elif kind == "event.retracted":
                self.retractions.setdefault(body["event"], []).append(said)
            elif kind == "event.attested":
                self.words.setdefault(body["event"], []).append(said | {"supports": body["verdict"] == "supports"})
            elif kind == "event.confirmed" and who["steward"]:
                for claim in body["events"]:
                    self.words.setdefault(claim, []).append(said | {"supports": True})
            else:
                before = authority.adopted
                try:
                    authority.apply(event, name, recorded)
                except Refused:
                    continue
                if authority.adopted != before:
                    self.rules.append((index, rules[authority.adopted]))
        self.name = authority.persons.name

    def retracted(self, said):
        return any(self.name(r["actor"]) == self.name(said["actor"]) and r["index"] > said["index"]
                   for r in self.retractions.get(said["id"], []))

    def of(self, claim):
        version = claim
        for correction in self.corrections.get(claim["id"], []):
            if self.name(correction["actor"]) == self.name(claim["actor"]) and correction["index"] > claim["index"]:
                version = correction
        rules = [rules for index, rules in self.rules if index < version["index"]][-1:]
        asked = [rules[0].get(behaviour) if rules else None for behaviour in version["behaviours"]]
        known = bool(asked) and all(asked)
        asked = [rule for rule in asked if rule and rule["by"] != "self"]
        last = {}
        for word in self.words.get(version["id"], []):
            last[self.name(word["actor"])] = word
        last.pop(self.name(claim["actor"]), None)
        counted = [word for word in last.values() if not self.retracted(word)]
        counted = [word for word in counted if not word["supports"] or not asked or
                   any(word["who"].get(rule["by"]) for rule in asked)]
        counted.sort(key=lambda word: word["index"])
        supporters = [word for word in counted if word["supports"]]
        missing = []
        for rule in asked:
            have = sum(1 for word in supporters if word["who"].get(rule["by"]))
            have += rule["by"] == "device" and version["who"]["device"]
            lack = (rule["count"] if rule["by"] == "peers" else 1) - have
            same_rule = [other for other in missing if (other["by"], other["body"]) == (rule["by"], rule["body"])]
            if lack > 0 and same_rule:
                same_rule[0]["count"] = max(lack, same_rule[0]["count"])
            elif lack > 0:
                missing.append(rule | {"count": lack})
        state = ("retracted" if self.retracted(claim) else "unruled" if not known else "own_word" if not asked else
                 "waiting" if missing else "verified")
        return {"disputed_by": [word["actor"] for word in counted if not word["supports"]], "event": claim["id"],
                "state": state, "supported_by": [word["actor"] for word in supporters], "version": version["id"],
                "waits_for": missing if state == "waiting" else []}


def check_verification(v):
    for item in v["bodies"]:
        same(body_problem(item["kind"], item["body"]) == "", item["good"], f"whether this is a body: {item}")
    standings = Standings(v["entries"], v["rules"])
    same([standings.of(claim) for claim in standings.claims], v["claims"], "standings")


# ── 21. Proofs, disclosures and tiled logs ────────────────────────────────────────────────────────


def check_proofs(v):
    world, key = v["world"], v["log_key"]
    for item in v["entries"]:
        _, event_id, row, _ = open_proof(item["bytes"], world, key)
        same((event_id, row), (item["event"], None), f"what is proved at {item['index']}")
    for item in v["rows"]:
        _, event_id, row, _ = open_proof(item["bytes"], world, key)
        same((event_id, row), (v["table_event"], (item["row"], item["text"])), "a row that is proved")
    for item in v["refused"]:
        refused(lambda data: open_proof(data, world, key), item["bytes"], item["why"])
    witnessed = v["witnessed"]
    same(witnessed["policy"], f"log {key}\nwitness w1 {witnessed['witness']}\nquorum w1\n", "policy")
    same(open_proof(witnessed["bytes"], world, key, witnessed["witness"])[3], witnessed["time"], "time of a witness")
    refused(lambda data: open_proof(data, world, key, witnessed["witness"]), v["entries"][0]["bytes"], "no witness")
    leaves = []
    for item in v["entries"]:
        extra = base64.b64decode(item["bytes"].split("\n")[1].removeprefix("extra "))
        leaves.append(leaf_hash(extra.decode()[:-1]))
    for item in v["consistency"]:
        made = consistency_proof(leaves[:item["to"]], item["from"])
        same([base64.b64encode(each).decode() for each in made], item["hashes"], "consistency proof")


def check_disclosures(v):
    opened = open_disclosure(v["bytes"], v["world"], v["log_key"])
    same([{"files": evidence_files(openings), "id": event_id, "openings": openings} for event_id, openings in opened],
         v["events"], "what is disclosed")
    for item in v["refused"]:
        refused(lambda data: open_disclosure(data, v["world"], v["log_key"]), item["bytes"], item["why"])


def check_tiles(v):
    for log in v["logs"]:
        entries = [f"entry {n}".encode() for n in range(log["size"])]
        files = tiled_log(entries)
        listing = "".join(f"{sha256(files[path]).hex()}  {path}\n" for path in sorted(files))
        same((len(files), listing), (log["files"], log.get("listing", listing)), "files of a tiled log")
        same(sha256(listing.encode()).hex(), log["listing_sha256"], "listing of a tiled log")
        same(merkle_root([sha256(b"\x00" + each) for each in entries]).hex(), log["root"], "root of a tiled log")
    for number, path in v["numbers"].items():
        same(tile_number(int(number)), path, "a number as a path")
    two = v["bundle_of_two"]
    same([each.decode() for each in open_bundle_of_entries(bytes.fromhex(two["hex"]), 2)], two["entries"], "a bundle")
    for item in v["refused_bundles_of_two"]:
        refused(lambda data: open_bundle_of_entries(bytes.fromhex(data), 2), item["hex"], item["why"])


# ── 23. Backups ──────────────────────────────────────────────────────────────────────────────────────


def check_backup(v):
    seed = bytes.fromhex(v["seed"])
    key, name_key, name = subkey(seed, 4), subkey(seed, 5), v["name"]
    same(key.hex(), v["piece_key"], "key for pieces")
    same(name_key.hex(), v["name_key"], "key for names")
    same(backup_name(bytes.fromhex(name[:32]), name_key), name, "name of a backup")
    same("refs/heads/bw-backup/" + name, v["ref"], "ref of a backup")
    for content, padded in v["padded_lengths"].items():
        same(padded_length(int(content)), padded, "padded length")
    previous = None
    for number, item in enumerate(v["pieces"]):
        header = StrictJson.parse(item["header"])
        members(header, "number", "parts", "previous", "v")
        same((header["number"], header["previous"], header["v"]), (number, previous, 1), "header of a piece")
        content = sum(part["size"] for part in header["parts"]) + len(item["header"]) + 1
        messages = -(-padded_length(content) // 65536)
        same(24 + padded_length(content) + 17 * messages, item["sealed_bytes"], "length of a sealed piece")
        previous = item["sealed_sha256"]
        if item["sealed"] is None:
            continue
        sealed = base64.b64decode(item["sealed"])
        same(sealed[:24].hex(), item["stream_header"], "header of a stream")
        same(sha256(sealed).hex(), item["sealed_sha256"], "digest of a sealed piece")
        opened = open_piece(sealed, key, name, number)
        same(sha256(opened).hex(), item["content_sha256"], "content of a piece")
        same(opened.partition(b"\n")[0].decode(), item["header"], "header of a piece")
        for at in range(0, len(sealed), 41):
            bent = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1:]
            refused(lambda data: open_piece(data, key, name, number), bent, f"a bit changed at {at}")
            refused(lambda data: open_piece(data, key, name, number), sealed[:at], f"only its first {at} bytes")
        refused(lambda data: open_piece(data, key, name, number + 1), sealed, "the place of another")
    manifest = open_piece(base64.b64decode(v["manifest"]["sealed"]), key, name, 2**64 - 1)
    same(manifest.decode(), v["manifest"]["content"], "manifest")
    content = StrictJson.parse(manifest.decode()[:-1])
    members(content, "at", "last", "pieces", "v")
    check_time(content["at"])
    same((content["last"], content["pieces"]), (previous, len(v["pieces"])), "manifest")


def check_published_proof(v):
    """What the W3C publishes, with the reader that check_badges uses for ours."""
    document, proof = divided(v["signed"])
    same(jcs(document), v["canonicalDocument"], "canonical document")
    same(jcs(proof), v["canonicalProof"], "canonical proof")
    same((sha256(jcs(proof).encode()) + sha256(jcs(document).encode())).hex(), v["combinedHash"], "combined hash")
    same(verified_proof(v["signed"]), "did:key:" + v["publicKeyMultibase"], "published proof")
    signature = nacl.signing.SigningKey(bytes.fromhex(v["privateKey"])).sign(bytes.fromhex(v["combinedHash"])).signature
    same(signature.hex(), v["signature"], "published signature")


def check_badges(v):
    key = nacl.signing.SigningKey(bytes.fromhex(v["seed"]))
    same("did:key:z" + base58(ED25519 + bytes(key.verify_key)), v["did"], "issuer")
    for badge in v["badges"]:
        unsigned = badge["unsigned"]
        named = {name: value for name, value in unsigned.items() if name != "id"}
        same(uuid_of(sha256(jcs(named).encode())), unsigned["id"], "a badge's id")
        method = v["did"] + "#" + v["did"].removeprefix("did:key:")
        proof = {"@context": unsigned["@context"], "created": badge["created"], "cryptosuite": "eddsa-jcs-2022",
                 "proofPurpose": "assertionMethod", "type": "DataIntegrityProof", "verificationMethod": method}
        hashes = sha256(jcs(proof).encode()) + sha256(jcs(unsigned).encode())
        proof["proofValue"] = "z" + base58(key.sign(hashes).signature)
        text = json.dumps({**unsigned, "proof": proof}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        same(text, badge["text"], "a badge's text")
        same(open_badge(badge["text"]), v["did"], "a badge's issuer")
    for bad in v["refused"]:
        refused(open_badge, bad["text"], bad["why"])


def main():
    for name, check in {"keys": check_keys, "event": check_events, "details": check_details, "table": check_tables,
                        "sealed": check_sealed, "bundle": check_bundles, "checkpoint": check_checkpoints,
                        "authority": check_authority, "persons": check_persons, "verification": check_verification,
                        "witness": check_witness, "proof": check_proofs, "disclosure": check_disclosures,
                        "tiles": check_tiles, "backup": check_backup, "credential/badges": check_badges,
                        "credential/w3c-eddsa-jcs-2022": check_published_proof}.items():
        check(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
    print(f"{checked} comparisons, all the same")


if __name__ == "__main__":
    main()
