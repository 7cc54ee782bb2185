#pragma once
// People: the persons of a world by small numbers, in the order in which the log first names them, so that
// what is kept for each of ten thousand members takes four bytes to say whose it is. A key is a person of its
// own until the log joins it to another's (stream/persons.h); the fold follows the record, and tells what was
// kept under a number that has become another's.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto/did.h"
#include "state/person_number.h"
#include "stream/persons.h"

namespace bw {

class People {
public:
  // Whose key it is; a key that was not named before becomes a person. Error(invalid) where the text is no
  // did.
  PersonNumber of(std::string_view text);
  PersonNumber of(const Did& did);
  std::optional<PersonNumber> find(const Did& did) const;
  bool may_speak(std::string_view text);

  std::size_t size() const { return names_.size(); }
  // What the person is called: its first key.
  const Did& name(PersonNumber person) const { return names_[person]; }

  // After the record has changed: `merge(from, into)` for everyone who became one with somebody else. Nobody
  // has the number `from` any more.
  void follow(const Persons& persons, const std::function<void(PersonNumber, PersonNumber)>& merge);

  Json json() const;
  // Error(invalid) where it is not what `json` gave.
  static People from_json(const Json& json, const Persons& persons);

private:
  struct Key {
    Did did;
    PersonNumber person = 0;
    bool may_speak = true;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  Key& key(std::string_view text);
  PersonNumber add_person(const Did& name);

  std::vector<Did> names_;  // of persons
  std::unordered_map<std::string, Key, TextHash, std::equal_to<>> keys_;
};

}  // namespace bw
