#pragma once
// For the tests of verification: a world that holds a bit of everything, and what to get wrong in it.

#include <sstream>
#include <string>
#include <vector>

#include "stream/table.h"
#include "stream/test_stream.h"

namespace bw::stream_test {

inline const Actor ben = actor('b');
inline const Actor mallory = actor('m');

inline StewardChange change_of(StewardChange::Act act, const Actor& who) {
  return {.act = act, .did = who.did(), .witness = {}, .number = 0, .home = {}};
}

inline Table table_of(int first) {
  std::string content;
  for (int i = first; i < first + 3; ++i) {
    Row row;
    row.at = Timestamp{start_of_time};
    row.behaviour = "map-aed";
    row.quantity = Decimal(i);
    row.unit = "device";
    content += row.line() + "\n";
  }
  return *parse_table(content);
}

inline const DefinitionFiles files = {{"betterworld.yaml", "name: Heart\n"},
                                      {"tools/points.yaml", "unit: point\n"}};

inline Json adoption(const DefinitionFiles& set, const Json& previous = nullptr) {
  return {{"commit", std::string(40, 'a')},
          {"definition", definition_digest(set).hex()},
          {"previous", previous},
          {"signers", Json::array()}};
}

// A world that holds a bit of everything: entries, a table, a definition, a checkpoint.
struct FullWorld : StreamWorld {
  Table table = table_of(1);
  FullWorld() {
    Additions additions;
    additions.events = {logged(ben, "1"), event(ben, "behaviour.tabled", table.body()),
                        event(creator, "definition.adopted", adoption(files))};
    additions.tables[table.root] = table.content;
    additions.definitions[definition_digest(files)] = files;
    append(additions, creator);
    checkpoint();
    append({logged(ben, "2"), logged(ben, "3")});
  }
  std::string definition_file() const {
    return definition_path(definition_digest(files)) + "/betterworld.yaml";
  }
  // Edits that append these lines as they stand.
  std::vector<git::TreeEdit> appended(const std::string& lines) {
    return {put("log/000.jsonl", log() + lines)};
  }
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line + "\n");
  return lines;
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

inline std::string flipped(std::string text, std::size_t at) {
  text.at(at) = static_cast<char>(text[at] ^ 1);
  return text;
}

}  // namespace bw::stream_test
