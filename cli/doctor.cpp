// bw doctor: find what a crash left behind, and mend it.

#include "world/doctor.h"

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"

namespace bw::cli {
namespace {

struct DoctorArguments {
  std::optional<std::filesystem::path> folder;
  bool dry_run = false;
};

Json findings_json(const Diagnosis& diagnosis) {
  Json list = Json::array();
  for (const Finding& finding : diagnosis.findings) {
    list.push_back({{"kind", finding.kind},
                    {"where", finding.where},
                    {"what", finding.what},
                    {"outcome", text_of(finding.outcome)},
                    {"done", finding.done}});
  }
  return list;
}

Style style_of(Finding::Outcome outcome) {
  return outcome == Finding::Outcome::mended ? Style::good : Style::warning;
}

void print_findings(Session& session, const Diagnosis& diagnosis) {
  for (const Finding& finding : diagnosis.findings) {
    session.print("{}  {}  {}\n", session.styled(style_of(finding.outcome), text_of(finding.outcome)),
                  finding.kind, session.shown(finding.where));
    session.print("  {}\n  {}{}\n", session.shown(finding.what),
                  finding.outcome == Finding::Outcome::mended ? "" : "To do: ", session.shown(finding.done));
  }
  if (diagnosis.findings.empty()) {
    session.print("{}  nothing is wrong\n", session.styled(Style::good, "ok"));
  } else if (diagnosis.healthy()) {
    session.print("{}  all of it is mended\n", session.styled(Style::good, "ok"));
  }
}

int run_doctor(Session& session, const DoctorArguments& given) {
  const Diagnosis diagnosis =
      examine(session.environment, given.folder.value_or(session.world_folder()), !given.dry_run);
  for (const Finding& finding : diagnosis.findings) {
    if (finding.outcome == Finding::Outcome::mended)
      session.done(fmt::format("{} is mended ({})", finding.where, finding.kind));
  }
  if (session.json()) {
    session.print_json({{"healthy", diagnosis.healthy()}, {"findings", findings_json(diagnosis)}});
  } else {
    print_findings(session, diagnosis);
  }
  return diagnosis.healthy() ? 0 : 1;
}

}  // namespace

void declare_doctor(Commands& commands) {
  Command& command = commands.add("doctor", Purpose::trust, "Find what a crash left behind, and mend it");
  DoctorArguments& given = command.runs(run_doctor);
  command.argument(given.folder, "DIR", "the world (default: the one you are in)").offer_folders();
  command.flag("-n,--dry-run", given.dry_run, "only say what would be mended");
  command.description =
      "Looks through a world and through your own folders for what a crash, a full disk or a hand can leave: "
      "lock files whose process is gone, temporary files, a torn line in the journal, refs and objects that "
      "are "
      "damaged or missing, entries without a checkpoint, settings that plain Git needs, caches. What can be "
      "put "
      "right without losing anything is put right; missing objects are fetched from the remotes. The rest is "
      "named, with what to do.\n\n"
      "A lock file is removed only where it has been there for a second, is yours, lies on a disk of this "
      "machine, and no other git or bw works in the repository. Nothing damaged is deleted: it goes to "
      "`.git/bw/aside`, the torn end of a journal to `journal.torn` beside it.\n\n"
      "`bw verify` says whether a world is true; this command whether it is whole.";
  command.examples = {{"bw doctor", "Mends the world you are in"},
                      {"bw doctor --dry-run", "Says what it would do"},
                      {"bw doctor /srv/git/ohca.git", "Looks at a bare copy"}};
  command.json = {{"healthy", "whether nothing is left to do"},
                  {"findings", "for each: kind, where, what, outcome (mended, mendable or left), done"}};
  command.exit_codes = {{1, "something is left to do"}};
  command.see_also = {"verify", "status", "gc"};
}

}  // namespace bw::cli
