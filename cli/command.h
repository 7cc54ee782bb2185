#pragma once
// Command: how a command of the program is declared. From one declaration come the parser, `--help`, the
// man page, the completion and docs/cli.md. One file per command; it exports one function
// `declare_<command>`, and main.cpp lists it. cli/id.cpp is the model:
//
//   namespace bw::cli {
//   namespace {
//   struct Greeting {                    // what the command line gives, in types of its own
//     std::string who;
//     std::optional<std::string> style;
//     bool loud = false;
//   };
//   int greet(Session& session, const Greeting& given) {
//     if (session.json()) session.print_json({{"greeted", given.who}});
//     else session.print("Hello {}\n", session.shown(given.who));
//     return 0;                          // or 1: "the answer is no"; everything else throws bw::Error
//   }
//   }  // namespace
//   void declare_greet(Commands& commands) {
//     Command& command = commands.add("greet", Purpose::more, "Say hello");
//     Greeting& given = command.runs(greet);
//     command.argument(given.who, "WHO", "who is greeted");
//     command.option("-s,--style", given.style, "STYLE", "how").choose({"formal", "plain"});
//     command.flag("--loud", given.loud, "say it loudly");
//     command.description = "…";
//     command.examples = {{"bw greet Ada", "Says hello to Ada"}};
//     command.json = {{"greeted", "who was greeted"}};
//   }
//   }  // namespace bw::cli

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw::cli {

class Session;

// A value that completion offers.
struct Candidate {
  std::string value;
  std::string meaning;  // shown beside it; may be empty
};
// Offers values that begin with `prefix` (others are dropped). May throw: completion then offers nothing.
using Candidates = std::function<std::vector<Candidate>(Session& session, const std::string& prefix)>;

enum class Completes { nothing, files, folders };

// An option, a flag or an argument. The text given is stored through `assign`, which throws Error(usage)
// where it does not suit the type.
struct Option {
  std::string names;  // "-o,--output"; empty for an argument
  std::string value;  // "FILE"; empty for a flag
  std::string help;   // lower case, without a full stop
  bool required = false;
  bool repeats = false;
  std::vector<std::string> choices;
  Candidates candidates;
  Completes completes = Completes::nothing;
  std::function<void(const std::string& given)> assign;

  Option& needed();                               // an option that must be given
  Option& choose(std::vector<std::string> only);  // nothing else is accepted; offered by completion
  Option& offer(Candidates from);                 // offered by completion, not enforced
  Option& offer_folders();

  bool is_argument() const { return names.empty(); }
  bool is_flag() const { return value.empty(); }
  std::vector<std::string> all_names() const;  // {"-o", "--output"}
  std::string shown_value() const;             // "FILE", "FILE…", "[FILE]"
};

struct Example {
  std::string command;
  std::string meaning;
};
struct Member {
  std::string name;
  std::string meaning;
};
struct ExitCode {
  int code;
  std::string meaning;
};

// Where a command stands in the list of all commands.
enum class Purpose { start, every_day, together, trust, more, hidden };

class Command {
public:
  std::string name;
  std::string summary;      // one line, imperative, without a full stop
  std::string description;  // paragraphs between empty lines; `code`; indented lines stay as they are
  std::vector<Example> examples;
  std::vector<Member> json;           // members of the object that --json prints
  std::vector<ExitCode> exit_codes;   // beyond those that every command has
  std::vector<std::string> see_also;  // names of commands: "id", "world"
  Purpose purpose = Purpose::more;
  std::string program;  // the sibling program that serves this command; empty for this one

  std::list<Option> options;
  std::list<Option> arguments;
  std::list<Command> verbs;
  std::function<int(Session&)> run;  // empty for a noun, which needs a verb
  const Command* noun = nullptr;     // of a verb

  // A sub-command, as in `bw id new`.
  Command& verb(std::string verb_name, std::string verb_summary);

  // What runs, and where the options go. The returned reference lives as long as the command.
  template <class Given>
  Given& runs(int (*function)(Session&, const Given&)) {
    auto given = std::make_shared<Given>();
    run = [given, function](Session& session) { return function(session, *given); };
    return *given;
  }
  void runs(int (*function)(Session&)) { run = function; }

  Option& flag(std::string names, bool& given, std::string help);
  // Types: std::string, std::uint64_t, std::filesystem::path (completes files), std::optional of these,
  // std::vector of these (may be given several times).
  template <class T>
  Option& option(std::string names, T& given, std::string value, std::string help);
  // An argument of a plain type must be given; std::optional and std::vector may be left out.
  template <class T>
  Option& argument(T& given, std::string value, std::string help);

  std::string full_name() const;  // "bw id new"
  const Command* find_verb(std::string_view word) const;
};

// Options that every command has, before or after its name.
struct Everywhere {
  enum class Color { automatic, always, never };
  std::optional<std::filesystem::path> folder;
  std::optional<std::string> world;
  std::optional<Color> color;
  bool json = false;
  bool quiet = false;
  bool no_pager = false;
  bool help = false;
  bool version = false;
};

class Commands {
public:
  Commands();
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  Command& add(std::string name, Purpose purpose, std::string summary);
  // A command that the program `program` (found beside this one, or on PATH) serves.
  Command& add_served_by(std::string program, std::string name, Purpose purpose, std::string summary);

  const std::list<Command>& all() const { return commands_; }
  const Command* find(std::string_view name) const;
  const std::list<Option>& everywhere() const { return root_.options; }
  Everywhere& given() { return given_; }

private:
  Everywhere given_;
  Command root_;  // holds the options that every command has
  std::list<Command> commands_;
};

// Worlds that this machine knows, for completion.
std::vector<Candidate> world_candidates(Session& session, const std::string& prefix);

namespace declared {

void assign(std::string& given, const std::string& text);
void assign(std::filesystem::path& given, const std::string& text);
void assign(std::uint64_t& given, const std::string& text);
template <class T>
void assign(std::optional<T>& given, const std::string& text) {
  assign(given.emplace(), text);
}
template <class T>
void assign(std::vector<T>& given, const std::string& text) {
  assign(given.emplace_back(), text);
}

template <class T>
struct Shape {
  static constexpr bool optional = false, repeats = false;
  using Single = T;
};
template <class T>
struct Shape<std::optional<T>> {
  static constexpr bool optional = true, repeats = false;
  using Single = T;
};
template <class T>
struct Shape<std::vector<T>> {
  static constexpr bool optional = true, repeats = true;
  using Single = T;
};

template <class T>
Option option_for(std::string names, T& given, std::string value, std::string help) {
  Option option;
  option.names = std::move(names);
  option.value = std::move(value);
  option.help = std::move(help);
  option.repeats = Shape<T>::repeats;
  option.required = option.names.empty() && !Shape<T>::optional;
  if (std::is_same_v<typename Shape<T>::Single, std::filesystem::path>) option.completes = Completes::files;
  option.assign = [&given](const std::string& text) { assign(given, text); };
  return option;
}

}  // namespace declared

template <class T>
Option& Command::option(std::string names, T& given, std::string value, std::string help) {
  return options.emplace_back(
      declared::option_for(std::move(names), given, std::move(value), std::move(help)));
}

template <class T>
Option& Command::argument(T& given, std::string value, std::string help) {
  return arguments.emplace_back(declared::option_for({}, given, std::move(value), std::move(help)));
}

}  // namespace bw::cli
