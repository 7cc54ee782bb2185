// bw journal backup and restore: what is mine and nowhere else, encrypted, at any Git repository.

#include "base/error.h"
#include "cli/journal.h"
#include "world/backup.h"
#include "world/config.h"
#include "world/restore.h"

namespace bw::cli {
namespace {

// The address given, else that of the setting `backup`.
git::RemoteUrl backup_url(Session& session, const std::optional<std::string>& given) {
  const std::string text = given.value_or(effective_config_value(session.environment, config_key("backup")));
  if (text.empty()) {
    throw Error(ErrorCode::usage, "no address is given for the backup",
                "name an empty Git repository of yours, once and for all: bw config backup URL");
  }
  return parse_url(text);
}

struct Backing {
  std::optional<std::string> url;
  bool anew = false;
};

int back_up_journals(Session& session, const Backing& given) {
  const git::RemoteUrl url = backup_url(session, given.url);
  const BackedUp done = back_up(session.environment, url, given.anew);
  session.done("the backup is at " + url.shown());
  for (const std::string& warning : done.warnings) session.warn("{}", session.shown(warning));
  if (session.json()) {
    session.print_json({{"name", done.name},
                        {"to", url.shown()},
                        {"added", done.added},
                        {"pieces", done.pieces},
                        {"bytes", done.bytes},
                        {"warnings", done.warnings}});
  } else if (done.added == 0) {
    session.print("Nothing new: {} has all {}\n", session.shown(url.shown()),
                  counted(done.pieces, "piece", "pieces"));
  } else {
    session.print("Backed up to {}: {} of {} bytes added, {} in all\n", session.shown(url.shown()),
                  counted(done.added, "piece", "pieces"), done.bytes, done.pieces);
  }
  return 0;
}

struct Restoring {
  std::optional<std::string> url;
};

Json journal_json(const RestoredJournal& journal) {
  const JournalMerge& merged = journal.merged;
  return {{"world", journal.world.text()},
          {"events", merged.events},
          {"marks", merged.marks},
          {"files", merged.files},
          {"checkpoints", merged.checkpoints},
          {"bad_lines", merged.bad_lines},
          {"lost_checkpoints", merged.lost_checkpoints}};
}

Json restored_json(const Restored& restored) {
  Json backups = Json::array();
  for (const RestoredBackup& backup : restored.backups) {
    backups.push_back({{"name", backup.name},
                       {"at", backup.at ? Json(backup.at->text()) : Json(nullptr)},
                       {"pieces", backup.pieces},
                       {"problem", backup.problem.empty() ? Json(nullptr) : Json(backup.problem)}});
  }
  Json journals = Json::array();
  for (const RestoredJournal& journal : restored.journals) journals.push_back(journal_json(journal));
  return {{"ok", restored.ok()},          {"backups", backups},        {"others", restored.others},
          {"journals", journals},         {"worlds", restored.worlds}, {"settings", restored.settings},
          {"warnings", restored.warnings}};
}

void print_restored(Session& session, const Restored& restored) {
  for (const RestoredBackup& backup : restored.backups) {
    if (backup.problem.empty()) {
      session.print("{}  backup {} of {}: {}\n", session.styled(Style::good, "ok"), backup.name.substr(0, 10),
                    backup.at->text(), counted(backup.pieces, "piece", "pieces"));
    } else {
      session.print("{}  {}\n", session.styled(Style::bad, "bad"), session.shown(backup.problem));
    }
  }
  for (const RestoredJournal& journal : restored.journals) {
    session.print("  journal of {}: {} came\n", journal.world.short_text(),
                  counted(journal.merged.events, "event", "events"));
    if (journal.merged.bad_lines > 0) {
      session.warn("{} of that journal were damaged before they were backed up; they are in its journal.torn",
                   counted(journal.merged.bad_lines, "line", "lines"));
    }
    if (journal.merged.lost_checkpoints > 0) {
      session.warn("{} not true of the lines as they stand here now, and stayed in the backup",
                   counted(journal.merged.lost_checkpoints, "checkpoint is", "checkpoints are"));
    }
  }
  for (const std::string& world : restored.worlds)
    session.print("  world {}\n", session.styled(Style::name, world));
  for (const std::string& key : restored.settings) session.print("  setting {}\n", session.shown(key));
}

int restore_journals(Session& session, const Restoring& given) {
  const git::RemoteUrl url = backup_url(session, given.url);
  const Restored restored = restore_backups(session.environment, url);
  session.done("what was backed up is here");
  for (const std::string& warning : restored.warnings) session.warn("{}", session.shown(warning));
  if (session.json()) {
    session.print_json(restored_json(restored));
  } else {
    print_restored(session, restored);
    if (!restored.worlds.empty())
      session.note("Worlds whose folders are not on this machine: \"bw clone\" gets them again.");
  }
  return restored.ok() ? 0 : 1;
}

}  // namespace

void declare_journal_backup(Command& journal) {
  Command& verb = journal.verb("backup", "Send your journals, encrypted, to a Git repository");
  Backing& given = verb.runs(back_up_journals);
  verb.argument(given.url, "URL", "any Git repository that you may push to (default: the setting `backup`)");
  verb.flag("--anew", given.anew, "begin another backup beside the earlier one, under a new name");
  verb.description =
      "Journals of all worlds with their notes, files and rows, the list of worlds and the settings; your "
      "key is "
      "not in it (`bw id backup` prints that). It is encrypted with a key from your personal seed, which the "
      "paper key brings back: whoever keeps the repository learns only sizes and times. Only what is new is "
      "sent, "
      "and nothing that was sent is changed. Two machines of yours have two backups there.\n\n"
      "It refuses where the backup has what this machine lacks, instead of writing over it.";
  verb.examples = {
      {"bw config backup git@example.org:ada/keepsake.git", "Where it goes from now on"},
      {"bw journal backup", "Sends what is new"},
      {"bw journal backup /media/stick/keepsake.git", "To a bare repository on a stick as well"}};
  verb.json = {{"name", "the backup's name, which says nothing"},
               {"to", "where it is"},
               {"added", "pieces that this run added"},
               {"pieces", "pieces in all"},
               {"bytes", "what this run added, encrypted"},
               {"warnings", "what the repository lost or showed of an older state"}};
  verb.exit_codes = {
      {4, "the backup has what this machine lacks, or nobody can be asked for the passphrase"}};

  Command& restored = journal.verb("restore", "Bring a backup of your journals home");
  Restoring& from = restored.runs(restore_journals);
  restored.argument(from.url, "URL", "where the backup is (default: the setting `backup`)");
  restored.description =
      "On a new machine: first `bw id restore`, then this. Every backup there that opens with your seed is "
      "checked "
      "as a whole, then what is not here yet is taken; what is here stays, so that it can be said at any "
      "time, and "
      "twice changes nothing. A backup that was changed, cut or mixed up is named, and nothing of it is "
      "taken. "
      "Whether a repository shows the newest state only a machine that saw a newer one can tell: look at the "
      "date.";
  restored.examples = {{"bw journal restore git@example.org:ada/keepsake.git", "Gets everything back"}};
  restored.json = {{"ok", "whether every backup of yours there was whole"},
                   {"backups", "for each of yours: name, at, pieces, and problem or null"},
                   {"others", "how many there are other people's"},
                   {"journals",
                    "for each journal of each backup: world, and how many events, marks, files and "
                    "checkpoints came, bad_lines and lost_checkpoints"},
                   {"worlds", "names of worlds that this machine did not know"},
                   {"settings", "settings that were not set here"},
                   {"warnings", "where an older state was shown than this machine knows"}};
  restored.exit_codes = {{1, "a backup of yours there is damaged, or none is yours"}};
}

}  // namespace bw::cli
