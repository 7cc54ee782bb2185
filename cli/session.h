#pragma once
// Session: one run of the program. It alone reads the process's environment, terminal and clock; a
// command gets everything through it, prints its results through it, and asks through it.
//
// Results go to standard output, everything else to standard error. Text from outside (names, notes,
// file names, anything from a world) goes through `shown` or `styled`, or into a Table, which make it
// harmless.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/strict_json.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "world/environment.h"

namespace bw::cli {

class Session {
public:
  // Changes to the folder of -C. Error(cannot) where it does not exist.
  Session(const Commands& all, const Everywhere& everywhere);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Environment environment;
  const Commands& commands;

  // What runs, for `print_json`.
  void runs(const Command& command) { running_ = &command; }

  bool json() const { return everywhere_.json; }
  bool quiet() const { return everywhere_.quiet; }

  // The folder whose world a command acts on: that of --world, else the current one. Not yet checked to
  // hold a world: `open_world` does that.
  std::filesystem::path world_folder() const;

  // Results.
  template <class... T>
  void print(fmt::format_string<T...> format, T&&... values) {
    out_.write(fmt::format(format, std::forward<T>(values)...));
  }
  void print(const Table& table);
  void write(std::string_view text) { out_.write(text); }
  void print_json(const Json& object);  // indented, with LF; of members that the command declares
  // From now on results go through the pager where they go to a terminal.
  void page();

  std::string shown(std::string_view text) const { return styled(Style::plain, text); }
  std::string styled(Style style, std::string_view text) const { return cli::styled(style, text, color()); }
  bool color() const;
  std::size_t width() const;  // columns of the terminal; 80 where there is none

  // The language in which to show a world's texts, as a tag such as "zh-CN": the setting, else the locale's.
  std::string language() const;

  // A remark or a next step, on standard error; --quiet drops it.
  template <class... T>
  void note(fmt::format_string<T...> format, T&&... values) {
    if (!quiet()) say(fmt::format(format, std::forward<T>(values)...));
  }
  // Something that a person should know; --quiet does not drop it.
  template <class... T>
  void warn(fmt::format_string<T...> format, T&&... values) {
    say("warning: " + fmt::format(format, std::forward<T>(values)...));
  }

  bool output_is_terminal() const { return output_terminal_; }
  // Whether there is a person at a terminal who can be asked.
  bool can_ask() const { return input_terminal_ && error_terminal_; }
  // An answer without its LF; nothing where it cannot be asked, or input ended.
  std::optional<std::string> ask(const std::string& question);
  bool confirm(const std::string& question);  // only "y" and "yes" are yes
  // A passphrase for something new: asked twice on a terminal (empty for none); else BW_PASSPHRASE,
  // else empty.
  std::string new_passphrase();
  // Nobody is asked any more and no progress is shown (completion).
  void be_silent();

  // What this run has changed for good, as a sentence such as "the event 3f2a… is recorded in your journal".
  // It is said where the results that would have told of it cannot be written.
  void done(std::string sentence) { done_.push_back(std::move(sentence)); }
  // Everything written, and seen by the reader of the pager. Error(cannot) where the results could not be
  // written, such as on a full disk; a reader who left early is no error.
  void finish();
  // The same for results that are lost where nobody takes them.
  void finish_delivery();

private:
  void say(const std::string& line);
  void show_progress(std::string_view line);
  void clear_progress();
  [[noreturn]] void refuse_output() const;

  Everywhere everywhere_;
  const Command* running_ = nullptr;
  bool input_terminal_ = false;
  bool output_terminal_ = false;
  bool error_terminal_ = false;
  mutable std::optional<bool> color_;
  bool progress_shown_ = false;
  std::vector<std::string> done_;
  // The pager outlives the output, which may still hold results for it.
  std::optional<Pager> pager_;
  Output out_;
};

// The environment variable; nothing where it is not set.
std::optional<std::string> environment_variable(const char* name);

}  // namespace bw::cli
