#pragma once
// The tree under construction: takes yaml-cpp's events, notes where every token ends, and collects what
// is well-formed YAML but refused here (duplicate keys, tags, merge keys …).

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "definition/problem.h"
#include "definition/yaml.h"

namespace bw::yaml {

// Thrown through the parser to end it: the problem cannot be passed over.
struct Refused {
  Problem problem;
};

class Builder final : public YAML::EventHandler {
public:
  Builder(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  // Aliases are still unexpanded: nodes with `through_alias` whose `anchor` is the one they mean.
  std::optional<Node> root;
  std::vector<Problem> problems;
  std::vector<Span> block_scalars;
  int documents = 0;
  std::size_t first_event = 0;  // bytes where the first and the last value were
  std::size_t last_event = 0;

  // The innermost collection that is still open.
  std::optional<Mark> open_collection() const;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

private:
  struct Key {
    std::string text;
    Mark mark;
    Span span;
    bool refused = false;  // its value is read and dropped
  };
  struct Frame {
    Node node;
    std::optional<Key> key;                      // read, its value not yet
    std::unordered_map<std::string, int> lines;  // of the keys so far
  };

  Node begin(const YAML::Mark& mark, YAML::anchor_t anchor);
  void open(Node node, const std::string& tag, YAML::EmitterStyle::value style);
  void close();
  void add(Node node);
  void take_key(Frame& frame, const Node& node);
  void place_implicit_null(Node& node) const;
  bool is_implicit_null(const YAML::Mark& mark) const;
  void type_scalar(Node& node, const std::string& tag);
  void complain(const Mark& mark, std::string code, std::string message, std::string hint);
  Mark place(std::size_t byte, int line);

  std::string_view text_;
  std::string_view file_;
  std::vector<Frame> open_;
  std::size_t nodes_ = 0;
  // Columns are counted from the place before, so that one long line costs no quadratic time.
  std::size_t counted_byte_ = 0;
  Mark counted_;
};

// What a plain scalar is in the YAML 1.2 core schema.
Kind core_kind(std::string_view text);

}  // namespace bw::yaml
