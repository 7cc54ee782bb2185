#include "cli/program.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/complete.h"
#include "cli/man.h"
#include "cli/page.h"
#include "cli/parse.h"
#include "cli/session.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

std::vector<fs::path> program_folders() {
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(self.parent_path());
  const auto path = environment_variable("PATH");
  if (!path) return folders;
  for (const std::string_view folder : split(*path, ':')) {
    // An empty or relative entry would run whatever lies in a folder someone sent us.
    if (folder.starts_with('/')) folders.emplace_back(folder);
  }
  return folders;
}

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

// Becomes another program. Returns only by an Error.
[[noreturn]] void become(const std::string& path, Words arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  ::execv(path.c_str(), pointers.data());
  throw Error(ErrorCode::cannot, "cannot start " + path + ": " + std::strerror(errno));
}

[[noreturn]] void become_sibling(const std::string& program, const Words& words) {
  const auto path = find_program(program);
  if (!path) {
    throw Error(ErrorCode::cannot, "the program " + program + ", which serves this command, is not installed",
                "install it beside bw, or on PATH");
  }
  Words arguments{program};
  arguments.insert(arguments.end(), words.begin(), words.end());
  become(*path, arguments);
}

// `bw-foo`, with -C and --world already acted on.
[[noreturn]] void become_extension(const Commands& commands, const std::string& path, const Found& found,
                                   const Everywhere& given) {
  const Session session(commands, given);
  if (given.json || given.quiet || given.color || given.no_pager) {
    throw Error(ErrorCode::usage, "bw-" + *found.word + " is a program with options of its own",
                "only -C and --world stand before it; put others after its name");
  }
  if (given.world) ::setenv("BW_WORLD", given.world->c_str(), 1);
  Words arguments{"bw-" + *found.word};
  arguments.insert(arguments.end(), found.rest.begin(), found.rest.end());
  become(path, arguments);
}

[[noreturn]] void refuse_command(const Commands& commands, const std::string& word) {
  Words names;
  for (const Command& command : commands.all()) {
    if (command.purpose != Purpose::hidden) names.push_back(command.name);
  }
  for (std::string& name : programs_on_path()) names.push_back(std::move(name));
  std::string hint = did_you_mean(word, names);
  if (hint.empty()) hint = "`bw help` lists the commands";
  throw Error(ErrorCode::usage, "there is no command \"" + word + "\"", hint);
}

[[noreturn]] void refuse_bare_noun(const Command& noun) {
  Words verbs;
  for (const Command& verb : noun.verbs) verbs.push_back(verb.name);
  throw Error(ErrorCode::usage, "`" + noun.full_name() + "` needs a verb", "one of: " + listed(verbs));
}

int show(const Commands& commands, const Everywhere& given, const std::string& text) {
  Session session(commands, given);
  session.page();
  session.write(text);
  session.finish();
  return 0;
}

std::size_t page_width(const Commands& commands, const Everywhere& given) {
  return Session(commands, given).width();
}

// Results from before an error are results all the same. The error counts, not what becomes of them.
void end_quietly(Session& session) {
  try {
    session.finish();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the first error is the one to tell
  }
}

int run_words(const Program& program, Commands& commands, const Words& words) {
  const Found found = find_command(commands, words);
  const Everywhere& given = commands.given();
  if (found.word && found.command == nullptr) {
    const std::string& word = *found.word;
    parse(commands, nullptr, found.before);
    const bool plain = !word.empty() && word.find('/') == std::string::npos && !word.starts_with("__");
    const auto path = plain ? find_program("bw-" + word) : std::nullopt;
    if (path && program.name == "bw") become_extension(commands, *path, found, given);
    refuse_command(commands, word);
  }
  if (found.command != nullptr && !found.command->program.empty() && found.command->program != program.name) {
    become_sibling(found.command->program, words);
  }
  Words options = found.before;
  options.insert(options.end(), found.rest.begin(), found.rest.end());
  parse(commands, found.command, options);
  if (found.command == nullptr) {
    if (given.version) return show(commands, given, program.name + " " BW_VERSION "\n");
    return show(commands, given,
                command_list(commands, other_programs(commands), page_width(commands, given)));
  }
  if (given.help) {
    if (given.json) return show(commands, given, description(*found.command).dump(2) + "\n");
    return show(commands, given, help_page(commands, *found.command, page_width(commands, given)));
  }
  if (!found.command->run) refuse_bare_noun(*found.command);
  Session session(commands, given);
  session.runs(*found.command);
  int code = 0;
  try {
    code = found.command->run(session);
  } catch (const Error&) {
    end_quietly(session);
    throw;
  }
  session.finish();
  return code;
}

void write_out(const std::string& text) {
  Output out(STDOUT_FILENO);
  out.write(text);
  out.flush();
  if (out.error() != 0 && out.error() != EPIPE)
    throw Error(ErrorCode::cannot, std::string("cannot write the results: ") + std::strerror(out.error()));
}

int complete(const Program& program, Commands& commands, Words words) noexcept {
  try {
    // A candidate may come from a slow disk or a large world; a shell must not wait for it.
    std::signal(SIGALRM, [](int) { ::_exit(0); });
    ::alarm(2);
    if (!words.empty() && words.front() == "--") words.erase(words.begin());
    if (words.empty()) words.emplace_back();
    const Words before(words.begin(), words.end() - 1);
    const Found found = find_command(commands, before);
    if (found.command != nullptr && !found.command->program.empty() &&
        found.command->program != program.name) {
      words.insert(words.begin(), {"__complete", "--"});
      become_sibling(found.command->program, words);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): the words so far make no sense; perhaps the next will
  }
  try {
    write_out(completion(commands, words));
  } catch (...) {  // NOLINT(bugprone-empty-catch): a shell that asks for candidates shows no errors
  }
  return 0;
}

int write_man(const Program& program, Commands& commands, const Words& words) {
  if (words.size() == 2 && words[0] == "--folder") {
    write_man_pages(commands, words[1], program.name == "bw");
    return 0;
  }
  if (words.empty()) {
    write_out(man_page(commands));
    return 0;
  }
  const Command* command = commands.find(words[0]);
  if (command == nullptr) refuse_command(commands, words[0]);
  if (!command->program.empty() && command->program != program.name) {
    become_sibling(command->program, {"__man", words[0]});
  }
  write_out(man_page(*command));
  return 0;
}

// With a WORD only the part about that command.
void write_reference(const Program& program, const Commands& commands, const Words& words) {
  const auto of_sibling = [&](const Command& command) {
    const auto path = find_program(command.program);
    if (!path) throw Error(ErrorCode::cannot, "the program " + command.program + " is not installed");
    bw::Command asking;
    asking.arguments = {*path, "__reference", command.name};
    const Finished finished = bw::run(asking);
    if (finished.status != 0) throw Error(ErrorCode::cannot, command.program + ": " + finished.error_output);
    return finished.output;
  };
  const Command* command = words.empty() ? nullptr : commands.find(words[0]);
  if (!words.empty() && (command == nullptr || command->program == program.name))
    refuse_command(commands, words[0]);
  write_out(command == nullptr ? reference(commands, of_sibling) : reference(*command));
}

int run(const Program& program, const Words& words) {
  Commands commands;
  program.declare(commands);
  if (!words.empty() && words[0].starts_with("__")) {
    const Words rest(words.begin() + 1, words.end());
    if (words[0] == "__complete") return complete(program, commands, rest);
    if (words[0] == "__man") return write_man(program, commands, rest);
    if (words[0] == "__reference") {
      write_reference(program, commands, rest);
      return 0;
    }
  }
  return run_words(program, commands, words);
}

std::string_view word_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::cannot:
      return "cannot";
    case ErrorCode::refused:
      break;
  }
  return "refused";
}

void tell(bool as_json, std::string_view code, const std::string& what, const std::string& hint) {
  std::string text;
  if (as_json) {
    const Json error{{"code", code}, {"message", what}, {"hint", hint}};
    text = Json{{"error", error}}.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  } else {
    text = "bw: " + printable(what, true) + "\n";
    if (!hint.empty()) text += "hint: " + printable(hint, true) + "\n";
  }
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  for (const fs::path& folder : program_folders()) {
    if (is_program(folder / name)) return (folder / name).string();
  }
  return std::nullopt;
}

std::vector<std::string> other_programs(const Commands& commands) {
  std::vector<std::string> names = programs_on_path();
  std::erase_if(names, [&](const std::string& name) {
    const auto& all = commands.all();
    return printable(name) != name || std::any_of(all.begin(), all.end(), [&](const Command& command) {
             return command.name == name || command.program == "bw-" + name;
           });
  });
  return names;
}

std::vector<std::string> programs_on_path() {
  std::set<std::string> names;
  for (const fs::path& folder : program_folders()) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.starts_with("bw-") && name.size() > 3 && is_program(entry->path()))
        names.insert(name.substr(3));
    }
  }
  return {names.begin(), names.end()};
}

int run_program(const Program& program, int argc, char** argv) {
  // A reader that went away is an error code of write(), not the end of this process.
  std::signal(SIGPIPE, SIG_IGN);
  const Words words(argv + std::min(argc, 1), argv + argc);
  const bool as_json = std::find(words.begin(), std::find(words.begin(), words.end(), "--"), "--json") !=
                       std::find(words.begin(), words.end(), "--");
  try {
    return run(program, words);
  } catch (const Error& error) {
    tell(as_json, word_of(error.code()), error.what(), error.hint());
    return static_cast<int>(error.code());
  } catch (const fs::filesystem_error& error) {
    // A path that cannot even be looked at, such as one too long, or in a folder that was deleted.
    const std::string path = error.path1().empty() ? "the current folder" : error.path1().string();
    const Error failure(ErrorCode::cannot,
                        fmt::format("cannot look at {}: {}", printable(path), error.code().message()));
    tell(as_json, word_of(failure.code()), failure.what(), failure.hint());
    return static_cast<int>(failure.code());
  } catch (const std::exception& error) {
    tell(as_json, "bug", std::string("something unexpected happened: ") + error.what(),
         "this is a bug in bw; please report it with the command that you ran");
    return static_cast<int>(ErrorCode::cannot);
  }
}

}  // namespace bw::cli
