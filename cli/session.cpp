#include "cli/session.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <pwd.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "world/config.h"
#include "world/registry.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_answer = 64u << 10;
constexpr std::size_t default_width = 80;

// The terminal of this process, whatever the standard streams are.
class Terminal {
public:
  Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
  ~Terminal() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

  void write(std::string_view text) const {
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, text.data(), text.size());
  }
  std::optional<std::string> line() const {
    std::string text;
    char c = 0;
    while (text.size() < max_answer) {
      const ssize_t got = ::read(descriptor_, &c, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return text.empty() ? std::nullopt : std::optional(text);
      if (c == '\n') break;
      text.push_back(c);
    }
    return text;
  }

private:
  int descriptor_;
};

// The terminal shows no typing while this lives.
class EchoOff {
public:
  explicit EchoOff(const Terminal& terminal) : terminal_(terminal) {
    changed_ = ::tcgetattr(terminal_.get(), &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (changed_) ::tcsetattr(terminal_.get(), TCSAFLUSH, &silent);
  }
  ~EchoOff() {
    if (changed_) ::tcsetattr(terminal_.get(), TCSAFLUSH, &before_);
    terminal_.write("\n");
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

private:
  const Terminal& terminal_;
  termios before_{};
  bool changed_ = false;
};

std::optional<std::string> ask_secret(const std::string& question) {
  const Terminal terminal;
  if (!terminal.is_open()) return std::nullopt;
  terminal.write(question);
  const EchoOff silent(terminal);
  return terminal.line();
}

// XDG Base Directory Specification: a relative path there is to be ignored.
fs::path xdg_folder(const char* variable, const char* below_home) {
  const auto set = environment_variable(variable);
  if (set && fs::path(*set).is_absolute()) return fs::path(*set) / "bw";
  const auto home = environment_variable("HOME");
  if (home && fs::path(*home).is_absolute()) return fs::path(*home) / below_home / "bw";
  const passwd* account = ::getpwuid(::getuid());  // services run without HOME
  if (account != nullptr && fs::path(account->pw_dir).is_absolute()) {
    return fs::path(account->pw_dir) / below_home / "bw";
  }
  throw Error(ErrorCode::cannot, "there is no place for your settings: HOME is not set",
              "set BW_HOME to a folder of yours");
}

void set_folders(Environment& environment) {
  if (const auto home = environment_variable("BW_HOME")) {
    const fs::path folder = fs::absolute(*home);
    environment.config_folder = folder / "config";
    environment.data_folder = folder / "data";
    environment.state_folder = folder / "state";
    return;
  }
  environment.config_folder = xdg_folder("XDG_CONFIG_HOME", ".config");
  environment.data_folder = xdg_folder("XDG_DATA_HOME", ".local/share");
  environment.state_folder = xdg_folder("XDG_STATE_HOME", ".local/state");
}

std::mutex& standard_error() {
  static std::mutex mutex;  // progress comes from several threads
  return mutex;
}

void write_error(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

Session::Session(const Commands& all, const Everywhere& everywhere)
    : commands(all),
      everywhere_(everywhere),
      input_terminal_(::isatty(STDIN_FILENO) == 1),
      output_terminal_(::isatty(STDOUT_FILENO) == 1),
      error_terminal_(::isatty(STDERR_FILENO) == 1),
      out_(STDOUT_FILENO) {
  set_folders(environment);  // before -C, since BW_HOME may be relative
  if (everywhere_.folder) {
    std::error_code error;
    fs::current_path(*everywhere_.folder, error);
    if (error) {
      throw Error(ErrorCode::cannot, "cannot go to " + everywhere_.folder->string() + ": " + error.message());
    }
  }
  if (!everywhere_.world) everywhere_.world = environment_variable("BW_WORLD");
  environment.agent_socket = environment_variable("SSH_AUTH_SOCK").value_or("");
  environment.threads = std::max(1u, std::thread::hardware_concurrency());
  environment.ask_passphrase = [this](const fs::path& path) -> std::optional<std::string> {
    if (const char* given = std::getenv("BW_PASSPHRASE")) return given;
    if (!input_terminal_ && !error_terminal_) return std::nullopt;
    clear_progress();
    return ask_secret("Passphrase for " + printable(path.string()) + ": ");
  };
  if (error_terminal_ && !everywhere_.quiet) {
    environment.progress = [this](std::string_view line) { show_progress(line); };
  }
}

fs::path Session::world_folder() const {
  return everywhere_.world ? find_world(environment, *everywhere_.world).folder : fs::current_path();
}

void Session::print(const Table& table) {
  out_.write(table.text(color(), output_terminal_ ? width() : 0));
}

void Session::print_json(const Json& object) {
  // The tests set this: what is printed and is not documented is a defect.
  if (running_ != nullptr && std::getenv("BW_CHECK_JSON") != nullptr) {
    for (const auto& item : object.items()) {
      const bool known = std::ranges::any_of(running_->json, [&](const Member& member) {
        // A name in capitals stands for any, as in --help.
        return member.name == item.key() || (member.name.front() >= 'A' && member.name.front() <= 'Z');
      });
      if (!known)
        throw std::logic_error(running_->full_name() + " does not document the member " + item.key());
    }
  }
  out_.write(object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Session::page() {
  if (pager_ || !output_terminal_ || everywhere_.no_pager || json()) return;
  std::string command = "less -FRX";
  if (const char* own = std::getenv("BW_PAGER")) {
    command = own;
  } else if (const auto set = config_value(environment, config_key("pager"))) {
    command = *set;
  } else if (const char* usual = std::getenv("PAGER")) {
    command = usual;
  }
  color();  // decided while results still go to the terminal
  clear_progress();
  if (auto pager = Pager::start(command)) {
    out_.redirect(pager->input());
    pager_.emplace(std::move(*pager));
  }
}

bool Session::color() const {
  if (color_) return *color_;
  if (everywhere_.color && *everywhere_.color != Everywhere::Color::automatic) {
    color_ = *everywhere_.color == Everywhere::Color::always;
  } else if (!output_terminal_ || environment_variable("NO_COLOR") ||
             environment_variable("TERM") == "dumb") {
    color_ = false;
  } else {
    color_ = effective_config_value(environment, config_key("color")) != "never";
  }
  return *color_;
}

std::string Session::language() const {
  std::string set = effective_config_value(environment, config_key("language"));
  if (set != "auto" && !set.empty()) return set;
  // As POSIX names it: "zh_CN.UTF-8".
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const auto value = environment_variable(variable);
    if (!value) continue;
    std::string tag = value->substr(0, value->find_first_of(".@"));
    std::replace(tag.begin(), tag.end(), '_', '-');
    return tag == "C" || tag == "POSIX" ? "en" : tag;
  }
  return "en";
}

std::size_t Session::width() const {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : default_width;
}

std::optional<std::string> Session::ask(const std::string& question) {
  if (!can_ask()) return std::nullopt;
  clear_progress();
  const Terminal terminal;
  if (!terminal.is_open()) return std::nullopt;
  terminal.write(question);
  return terminal.line();
}

bool Session::confirm(const std::string& question) {
  const std::string answer = casefold(ask(question + " [y/N] ").value_or(""));
  return answer == "y" || answer == "yes";
}

std::string Session::new_passphrase() {
  if (const char* given = std::getenv("BW_PASSPHRASE")) return given;
  if (!can_ask()) return {};
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::string first = ask_secret("New passphrase (empty for none): ").value_or("");
    if (first.empty()) return {};
    std::string second = ask_secret("The same again: ").value_or("");
    const bool same = first == second;
    ::explicit_bzero(second.data(), second.size());
    if (same) return first;
    ::explicit_bzero(first.data(), first.size());
    say("they differ");
  }
  throw Error(ErrorCode::refused, "no passphrase was given twice alike", "try again");
}

void Session::be_silent() {
  input_terminal_ = output_terminal_ = error_terminal_ = false;
  everywhere_.quiet = true;
  environment.progress = nullptr;
  environment.ask_passphrase = nullptr;
}

void Session::finish() {
  clear_progress();
  out_.flush();
  if (pager_) pager_->wait();
  if (out_.error() != 0 && out_.error() != EPIPE) refuse_output();
}

void Session::finish_delivery() {
  finish();
  if (out_.error() != 0) refuse_output();
}

void Session::refuse_output() const {
  const std::string why = std::strerror(out_.error());
  if (done_.empty()) {
    throw Error(ErrorCode::cannot, "cannot write the results: " + why,
                out_.error() == ENOSPC ? "free some space and run it again" : "");
  }
  std::string what;
  for (const std::string& sentence : done_) what += (what.empty() ? "" : "; ") + sentence;
  throw Error(ErrorCode::cannot, what + "; only the results could not be written: " + why,
              "it need not be run again");
}

void Session::say(const std::string& line) {
  if (!pager_) out_.flush();  // in the order in which things were said
  clear_progress();
  const std::scoped_lock lock(standard_error());
  write_error(line + "\n");
}

void Session::show_progress(std::string_view line) {
  const std::scoped_lock lock(standard_error());
  if (pager_) return;  // the screen is the pager's
  write_error("\r\x1b[K" + truncate_to_width(printable(line), width() - 1));
  progress_shown_ = true;
}

void Session::clear_progress() {
  const std::scoped_lock lock(standard_error());
  if (progress_shown_) write_error("\r\x1b[K");
  progress_shown_ = false;
}

}  // namespace bw::cli
