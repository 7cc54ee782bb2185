#include "cli/parse.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/page.h"

namespace bw::cli {
namespace {

using Words = std::vector<std::string>;

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-';
}

// How many words the option for every command at `at` takes; 0 where there is none.
std::size_t taken(const Commands& commands, const Words& words, std::size_t at) {
  const std::string& word = words[at];
  const Option* option = find_option(commands, nullptr, word);
  if (option != nullptr) return option->is_flag() || at + 1 == words.size() ? 1 : 2;
  if (word.starts_with("--")) {
    option = find_option(commands, nullptr, std::string_view(word).substr(0, word.find('=')));
    return option != nullptr ? 1 : 0;
  }
  // "-Cdir", "-qh"
  return looks_like_option(word) && find_option(commands, nullptr, std::string_view(word).substr(0, 2)) ? 1
                                                                                                        : 0;
}

// Moves the options for every command that stand at the front of `words` from `at` to `before`.
void take_front(const Commands& commands, const Words& words, std::size_t& at, Words& before) {
  while (at < words.size()) {
    const std::size_t count = taken(commands, words, at);
    for (std::size_t i = 0; i < count; ++i) before.push_back(words[at++]);
    if (count == 0) return;
  }
}

[[noreturn]] void refuse_option(const Commands& commands, const Command* command, const std::string& word) {
  Words names;
  if (command != nullptr) {
    for (const Option& option : command->options) {
      for (std::string& name : option.all_names()) names.push_back(std::move(name));
    }
  }
  for (const Option& option : commands.everywhere()) {
    for (std::string& name : option.all_names()) names.push_back(std::move(name));
  }
  const std::string who = command != nullptr ? command->full_name() : "bw";
  std::string hint = did_you_mean(word.substr(0, word.find('=')), names);
  if (hint.empty()) hint = "`" + who + " --help` lists the options";
  throw Error(ErrorCode::usage, "`" + who + "` has no option " + word, hint);
}

[[noreturn]] void refuse_verb(const Command& noun, const std::string& word) {
  Words verbs;
  for (const Command& verb : noun.verbs) {
    verbs.push_back(verb.name);
  }
  std::string hint = did_you_mean(word, verbs);
  if (hint.empty()) hint = "one of: " + listed(verbs);
  throw Error(ErrorCode::usage, "`" + noun.full_name() + "` has no verb \"" + word + "\"", hint);
}

// "-n, --name"
std::string option_names(const Option& option) {
  return option.is_argument() ? option.value : listed(option.all_names());
}

void declare(CLI::App& app, const Option& option) {
  const CLI::callback_t take = [&option](const CLI::results_t& given) {
    if (given.size() > 1 && !option.repeats) {
      throw Error(ErrorCode::usage, option_names(option) + " is given more than once, and takes one value",
                  "leave one of them: " + listed(given));
    }
    for (const std::string& text : given) {
      if (!option.choices.empty() &&
          std::find(option.choices.begin(), option.choices.end(), text) == option.choices.end()) {
        const std::string hint = did_you_mean(text, option.choices);
        throw Error(ErrorCode::usage, "\"" + text + "\" is no " + option.value,
                    hint.empty() ? "one of: " + listed(option.choices) : hint);
      }
      option.assign(text);
    }
    return true;
  };
  if (option.is_flag()) {
    app.add_flag_callback(option.names, [&option] { option.assign({}); })->disable_flag_override();
    return;
  }
  CLI::Option* added = app.add_option(option.is_argument() ? option.value : option.names, take);
  added->required(option.required);
  if (option.is_argument() && !option.repeats) return;
  // An option takes one value each time; an argument takes all that come. (CLI11's own way of taking more
  // reads "[a,b]" as a list.)
  constexpr int plenty = 1 << 20;
  added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  if (option.is_argument()) added->expected(plenty);
}

// What CLI11 complains about, in our words. Its own sentences begin with the name that they are about.
[[noreturn]] void refuse(const Commands& commands, const Command* command, const CLI::ParseError& error) {
  const std::string what = error.what();
  const std::string name = what.substr(0, what.find_first_of(": "));
  const std::string who = command != nullptr ? command->full_name() : "bw";
  const std::string hint =
      command != nullptr ? "usage: " + usage_line(*command) : "`bw --help` shows the options";
  if (error.get_name() == "RequiredError") throw Error(ErrorCode::usage, name + " is missing", hint);
  const Option* option = nullptr;
  for (const char* dashes : {"", "--", "-"}) {
    if (option == nullptr) option = find_option(commands, command, dashes + name);
  }
  if (option == nullptr) throw Error(ErrorCode::usage, "`" + who + "` cannot be called so", hint);
  if (option->is_flag()) throw Error(ErrorCode::usage, option_names(*option) + " takes no value", hint);
  throw Error(ErrorCode::usage, option_names(*option) + " needs a value: " + option->value, hint);
}

// "--name=" means an empty value; CLI11 would take the next word for it.
Words with_empty_values(const Words& words) {
  Words result;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (*word == "--") {
      result.insert(result.end(), word, words.end());
      break;
    }
    const bool empty = word->starts_with("--") && word->size() > 3 && word->find('=') == word->size() - 1;
    result.push_back(empty ? word->substr(0, word->size() - 1) : *word);
    if (empty) result.emplace_back();
  }
  return result;
}

void refuse_leftovers(const Commands& commands, const Command* command, const Words& left) {
  for (const std::string& word : left) {
    if (looks_like_option(word) && word != "--") refuse_option(commands, command, word);
  }
  for (const std::string& word : left) {
    if (word == "--") continue;
    throw Error(ErrorCode::usage, "\"" + word + "\" is one argument too many",
                command != nullptr ? "usage: " + usage_line(*command) : "");
  }
}

}  // namespace

const Option* find_option(const Commands& commands, const Command* command, std::string_view name) {
  const auto search = [&](const std::list<Option>& options) -> const Option* {
    for (const Option& option : options) {
      const Words names = option.all_names();
      if (std::find(names.begin(), names.end(), name) != names.end()) return &option;
    }
    return nullptr;
  };
  const Option* own = command != nullptr ? search(command->options) : nullptr;
  return own != nullptr ? own : search(commands.everywhere());
}

Found find_command(const Commands& commands, const Words& words) {
  Found found;
  std::size_t at = 0;
  take_front(commands, words, at, found.before);
  if (at == words.size()) return found;
  if (looks_like_option(words[at])) refuse_option(commands, nullptr, words[at]);
  found.word = words[at++];
  found.command = commands.find(*found.word);
  const bool ours = found.command != nullptr && found.command->program.empty();
  if (ours && !found.command->verbs.empty()) {
    const std::size_t after_noun = at;
    Words between;
    take_front(commands, words, at, between);
    const Command* verb = at < words.size() ? found.command->find_verb(words[at]) : nullptr;
    if (verb != nullptr) {
      found.command = verb;
      found.before.insert(found.before.end(), between.begin(), between.end());
      ++at;
    } else if (!found.command->run && at < words.size()) {
      if (looks_like_option(words[at])) refuse_option(commands, found.command, words[at]);
      refuse_verb(*found.command, words[at]);
    } else {
      at = after_noun;
    }
  }
  found.rest.assign(words.begin() + static_cast<Words::difference_type>(at), words.end());
  return found;
}

void parse(Commands& commands, const Command* command, const Words& words) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  // First, so that --help is known before anything else is complained about.
  for (const Option& option : commands.everywhere()) declare(app, option);
  if (command != nullptr) {
    for (const Option& option : command->options) declare(app, option);
    for (const Option& option : command->arguments) declare(app, option);
  }
  Words reversed = with_empty_values(words);
  std::reverse(reversed.begin(), reversed.end());  // as CLI11 wants it
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    if (commands.given().help) return;
    refuse_leftovers(commands, command, app.remaining());
    refuse(commands, command, error);
  } catch (const Error&) {
    if (commands.given().help) return;
    throw;
  }
  if (commands.given().help) return;
  refuse_leftovers(commands, command, app.remaining());
}

}  // namespace bw::cli
