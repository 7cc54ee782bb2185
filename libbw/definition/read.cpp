#include "definition/read.h"

#include <charconv>
#include <utility>

#include "definition/values.h"

namespace bw {
namespace {

using yaml::Node;

Phase read_phase(const Node& node) {
  return {.id = std::string(node.id()),
          .title = words(node, "title"),
          .description = words(node, "description"),
          .starts = date(node, "starts"),
          .ends = date(node, "ends"),
          .mark = node.mark};
}

Unit read_unit(const Node& node) {
  return {.id = std::string(node.id()),
          .title = words(node, "title"),
          .precision = whole(node, "precision", Unit{}.precision),
          .mark = node.mark};
}

// Nothing where there is none; that it can be read was checked when the definition was loaded.
std::optional<Formula> read_formula(const Node& indicator) {
  if (!indicator.find("formula")) return std::nullopt;
  auto parsed = Formula::parse(text_of(indicator, "formula"));
  auto* formula = std::get_if<Formula>(&parsed);
  return formula == nullptr ? std::nullopt : std::optional(std::move(*formula));
}

Indicator read_indicator(const Node& node) {
  return {.id = std::string(node.id()),
          .title = words(node, "title"),
          .unit = std::string(text_of(node, "unit")),
          .aggregate =
              choice(node, "aggregate", {Aggregate::sum, Aggregate::count, Aggregate::max, Aggregate::latest},
                     Aggregate::sum),
          .formula = read_formula(node),
          .mark = node.mark};
}

Goal read_goal(const Node& node) {
  return {.id = std::string(node.id()),
          .title = words(node, "title"),
          .description = words(node, "description"),
          .part_of = optional_text(node, "part_of"),
          .indicator = optional_text(node, "indicator"),
          .target = decimal(node, "target"),
          .unit = optional_text(node, "unit"),
          .due = date(node, "due"),
          .mark = node.mark};
}

Condition read_condition(const Node& node) {
  Condition condition;
  condition.mark = node.mark;
  if (const Node* indicator = node.find("indicator")) {
    condition.indicator = indicator->text;
    condition.at_least = decimal(node, "at_least").value_or(Decimal{});
    return condition;
  }
  condition.kind = node.find("all") ? Condition::Kind::all : Condition::Kind::any;
  condition.parts = items(node, condition.kind == Condition::Kind::all ? "all" : "any", read_condition);
  return condition;
}

Milestone read_milestone(const Node& node) {
  return {.id = std::string(node.id()),
          .title = words(node, "title"),
          .description = words(node, "description"),
          .goal = optional_text(node, "goal"),
          .when = read_condition(*node.find("when")),
          .mark = node.mark};
}

Limit read_limit(const Node& node) {
  return {.per = choice(node, "per", {Window::day, Window::week, Window::month, Window::year, Window::ever},
                        Window::day),
          .quantity = decimal(node, "quantity").value_or(Decimal{}),
          .mark = node.mark};
}

Contribution read_contribution(const Node& node) {
  return {.indicator = std::string(text_of(node, "indicator")),
          .factor = decimal(node, "factor").value_or(Decimal(1)),
          .mark = node.mark};
}

EvidenceRule read_evidence(const Node& behaviour) {
  EvidenceRule rule;
  const Node* node = behaviour.find("evidence");
  if (!node) return rule;
  rule.need =
      choice(*node, "need", {EvidenceNeed::none, EvidenceNeed::optional, EvidenceNeed::required}, rule.need);
  for (const Node& kind : list_of(*node, "kinds")) {
    for (const EvidenceKind value : {EvidenceKind::photo, EvidenceKind::document, EvidenceKind::text,
                                     EvidenceKind::link, EvidenceKind::place, EvidenceKind::measurement})
      if (name_of(value) == kind.text) rule.kinds.push_back(value);
  }
  return rule;
}

VerificationRule read_verification(const Node& behaviour) {
  VerificationRule rule;
  const Node* node = behaviour.find("verification");
  if (!node) return rule;
  rule.by =
      choice(*node, "by",
             {Verifier::self, Verifier::peers, Verifier::steward, Verifier::device, Verifier::body}, rule.by);
  rule.count = whole(*node, "count", rule.count);
  rule.body = optional_text(*node, "body");
  return rule;
}

std::optional<ImportedFrom> read_imported(const Node& behaviour) {
  const Node* node = behaviour.find("imported");
  if (!node) return std::nullopt;
  return ImportedFrom{.world = WorldId::parse(text_of(*node, "world")).value_or(WorldId{}),
                      .definition = Digest::from_hex(text_of(*node, "definition")).value_or(Digest{}),
                      .behaviour = std::string(text_of(*node, "behaviour"))};
}

// One word is that of the note, and of the evidence too unless it is "public": what shows faces and places is
// open to all only where the definition says so by name.
DefaultVisibilities read_visibility(const Node& behaviour) {
  using enum DefaultVisibility;
  const auto of = [](const Node& node, std::string_view key, DefaultVisibility otherwise) {
    return choice(node, key, {public_, sealed, private_}, otherwise);
  };
  const DefaultVisibility word = of(behaviour, "visibility", private_);
  const DefaultVisibilities usual{
      .note = word, .place = private_, .evidence = word == public_ ? private_ : word};
  const Node* fields = behaviour.find("visibility_of");
  if (!fields) return usual;
  return {.note = of(*fields, "note", usual.note),
          .place = of(*fields, "place", usual.place),
          .evidence = of(*fields, "evidence", usual.evidence)};
}

std::optional<Composite> read_composite(const Node& behaviour) {
  const Node* node = behaviour.find("composite");
  if (!node) return std::nullopt;
  Composite composite;
  for (const auto& [key, kind] : {std::pair{"all", Composite::Kind::all},
                                  {"any", Composite::Kind::any},
                                  {"sequence", Composite::Kind::sequence}}) {
    if (!node->find(key)) continue;
    composite.kind = kind;
    for (const Node& part : list_of(*node, key)) composite.parts.push_back(part.text);
  }
  composite.within = duration(*node, "within").value_or(Duration{});
  return composite;
}

Behaviour read_behaviour(const Node& node) {
  Behaviour behaviour;
  behaviour.id = node.id();
  behaviour.title = words(node, "title");
  behaviour.description = words(node, "description");
  behaviour.unit = text_of(node, "unit");
  behaviour.category = optional_text(node, "category");
  if (node.find("difficulty")) behaviour.difficulty = whole(node, "difficulty", 1);
  if (const Node* quantity = node.find("quantity")) {
    behaviour.minimum = decimal(*quantity, "minimum");
    behaviour.maximum = decimal(*quantity, "maximum");
  }
  behaviour.limits = items(node, "limits", read_limit);
  behaviour.evidence = read_evidence(node);
  behaviour.verification = read_verification(node);
  behaviour.visibility = read_visibility(node);
  behaviour.contributes = items(node, "contributes", read_contribution);
  behaviour.imported = read_imported(node);
  behaviour.gate = optional_text(node, "gate");
  behaviour.composite = read_composite(node);
  behaviour.mark = node.mark;
  return behaviour;
}

Admission read_admission(const Node& root) {
  Admission admission;
  const Node* node = root.find("admission");
  if (!node) return admission;
  admission.policy =
      choice(*node, "policy", {AdmissionPolicy::open, AdmissionPolicy::members, AdmissionPolicy::stewards},
             admission.policy);
  admission.review = choice(*node, "review", {Review::automatic, Review::manual}, admission.review);
  return admission;
}

SubmitWay read_submit_way(const Node& node) {
  return {.by = choice(node, "by", {SubmitBy::inbox, SubmitBy::mail, SubmitBy::url}, SubmitBy::inbox),
          .to = std::string(text_of(node, "to")),
          .mark = node.mark};
}

std::vector<ToolRules> read_tools(Trees&& trees) {
  std::vector<ToolRules> tools;
  for (auto& [path, tree] : trees) {
    constexpr std::string_view folder = "tools/";
    if (!path.starts_with(folder)) continue;
    tools.push_back({path.substr(folder.size(), path.rfind('.') - folder.size()),
                     std::make_shared<const Node>(std::move(tree))});
  }
  return tools;
}

}  // namespace

Definition read_definition(Trees trees) {
  const Node& root = trees.at("betterworld.yaml");
  Definition definition;
  definition.name = words(root, "name");
  definition.summary = words(root, "summary");
  definition.vision = words(root, "vision");
  for (const Node& language : list_of(root, "languages")) definition.languages.push_back(language.text);
  for (const Node& goal : list_of(root, "sdgs")) {
    int number = 0;
    std::from_chars(goal.text.data(), goal.text.data() + goal.text.size(), number);
    definition.sdgs.push_back(number);
  }
  definition.home_page = optional_text(root, "home_page");
  definition.licence = optional_text(root, "licence");
  if (const auto offset = UtcOffset::parse(text_of(root, "utc_offset"))) definition.utc_offset = *offset;
  if (const auto grace = Duration::parse(text_of(root, "grace"))) definition.grace = *grace;
  if (const auto limit = Duration::parse(text_of(root, "freshness"))) definition.freshness = *limit;
  definition.action_plan = ById(items(root, "action_plan", read_phase));
  definition.units = ById(items(root, "units", read_unit));
  definition.indicators = ById(items(root, "indicators", read_indicator));
  definition.goals = ById(items(root, "goals", read_goal));
  definition.milestones = ById(items(root, "milestones", read_milestone));
  definition.behaviours = ById(items(root, "behaviours", read_behaviour));
  definition.admission = read_admission(root);
  for (const Node& steward : list_of(root, "stewards")) {
    if (const auto did = Did::parse(text_of(steward, "did")))
      definition.stewards.push_back({*did, optional_text(steward, "name"), steward.mark});
  }
  definition.submit = items(root, "submit", read_submit_way);
  if (const Node* pages = root.find("pages")) definition.icon = optional_text(*pages, "icon");
  definition.tools = ById(read_tools(std::move(trees)));
  return definition;
}

}  // namespace bw
