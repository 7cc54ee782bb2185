#include "cli/complete.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cli/parse.h"
#include "cli/program.h"
#include "cli/session.h"

namespace bw::cli {
namespace {

// What the words before the one being typed have settled.
struct Position {
  const Command* command = nullptr;
  bool other_program = false;    // a `bw-foo`, whose words are its own
  const Option* open = nullptr;  // an option whose value is being typed
  bool only_arguments = false;   // after "--"
  std::size_t arguments = 0;
};

void step(Commands& commands, Position& at, const std::string& word) {
  if (at.open != nullptr) {
    const Option& option = *at.open;
    at.open = nullptr;
    if (find_option(commands, nullptr, option.all_names().front()) == &option) option.assign(word);
  } else if (!at.only_arguments && word == "--") {
    at.only_arguments = true;
  } else if (!at.only_arguments && word.size() > 1 && word.front() == '-') {
    const std::size_t equals = word.find('=');
    const Option* option = find_option(commands, at.command, word.substr(0, equals));
    if (option == nullptr || option->is_flag()) return;
    if (equals == std::string::npos)
      at.open = option;
    else if (find_option(commands, nullptr, word.substr(0, equals)) == option)
      option->assign(word.substr(equals + 1));
  } else if (at.command == nullptr) {
    at.command = commands.find(word);
    at.other_program = at.command == nullptr || !at.command->program.empty();
  } else if (const Command* verb = at.arguments == 0 ? at.command->find_verb(word) : nullptr) {
    at.command = verb;
  } else {
    ++at.arguments;
  }
}

class Offer {
public:
  Offer(Commands& commands, std::string prefix) : commands_(commands), prefix_(std::move(prefix)) {}

  void add(const std::string& value, const std::string& meaning) {
    if (!value.starts_with(prefix_) || printable(value) != value || !seen_.insert(value).second) return;
    text_ += value + "\t" + printable(meaning) + "\n";
  }
  void add_commands() {
    for (const Command& command : commands_.all()) {
      if (command.purpose != Purpose::hidden) add(command.name, command.summary);
    }
    for (const std::string& name : programs_on_path()) add(name, "bw-" + name);
  }
  void add_options(const Command* command) {
    if (command != nullptr) add_names(command->options);
    add_names(commands_.everywhere());
  }
  // The values of an option or argument; `before` is what stands before them in the same word ("--to=").
  void add_values(const Option& option, const std::string& before = {}) {
    const std::string typed = prefix_.substr(before.size());
    for (const std::string& choice : option.choices) add(before + choice, "");
    if (option.candidates) {
      Session session(commands_, commands_.given());
      session.be_silent();
      for (const Candidate& candidate : option.candidates(session, typed)) {
        add(before + candidate.value, candidate.meaning);
      }
    }
    if (option.completes == Completes::files) text_ += ":files\n";
    if (option.completes == Completes::folders) text_ += ":folders\n";
  }
  void add_files() { text_ += ":files\n"; }

  const std::string& text() const { return text_; }

private:
  void add_names(const std::list<Option>& options) {
    for (const Option& option : options) {
      for (const std::string& name : option.all_names()) add(name, option.help);
    }
  }

  Commands& commands_;
  std::string prefix_;
  std::set<std::string> seen_;
  std::string text_;
};

const Option* argument_at(const Command& command, std::size_t index) {
  for (const Option& argument : command.arguments) {
    if (argument.repeats || index == 0) return &argument;
    --index;
  }
  return nullptr;
}

}  // namespace

std::string completion(Commands& commands, const std::vector<std::string>& words) {
  Position at;
  for (auto word = words.begin(); word + 1 < words.end(); ++word) {
    step(commands, at, *word);
    if (at.other_program) break;
  }
  const std::string& typed = words.back();
  Offer offer(commands, typed);
  const std::size_t equals =
      typed.starts_with("--") && !at.only_arguments ? typed.find('=') : std::string::npos;
  if (at.other_program) {
    offer.add_files();
  } else if (at.open != nullptr) {
    offer.add_values(*at.open);
  } else if (equals != std::string::npos) {
    const Option* option = find_option(commands, at.command, typed.substr(0, equals));
    if (option != nullptr && !option->is_flag()) offer.add_values(*option, typed.substr(0, equals + 1));
  } else if (!at.only_arguments && typed.starts_with('-')) {
    offer.add_options(at.command);
  } else if (at.command == nullptr) {
    offer.add_commands();
  } else {
    if (at.arguments == 0) {
      for (const Command& verb : at.command->verbs) offer.add(verb.name, verb.summary);
    }
    const Option* argument = argument_at(*at.command, at.arguments);
    if (argument != nullptr) offer.add_values(*argument);
  }
  return offer.text();
}

}  // namespace bw::cli
