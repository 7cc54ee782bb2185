#include "cli/log_batch.h"

#include "base/error.h"
#include "cli/events.h"
#include "world/sentence.h"

namespace bw::cli {
namespace {

Json batch_json(const Batch& batch) {
  Json bad = Json::array();
  for (const BadRow& row : batch.bad) {
    bad.push_back({{"line", row.line},
                   {"column", row.column == 0 ? Json(nullptr) : Json(row.column)},
                   {"what", row.what}});
  }
  Json ids = Json::array();
  for (const Event& event : batch.events) ids.push_back(event.id.text());
  Json totals = Json::array();
  for (const auto& [key, sum] : batch.totals) {
    totals.push_back({{"behaviour", key.first}, {"unit", key.second}, {"quantity", sum.text()}});
  }
  return {{"id", ids.empty() ? Json(nullptr) : ids.front()},
          {"ids", ids},
          {"rows", batch.rows},
          {"tables", batch.tables},
          {"bad_rows", batch.bad_count},
          {"bad", bad},
          {"totals", totals}};
}

void print_bad_rows(Session& session, const std::filesystem::path& file, const Batch& batch) {
  for (const BadRow& row : batch.bad) {
    const std::string column = row.column == 0 ? "" : fmt::format(":{}", row.column);
    session.warn("{}:{}{}: {}", session.shown(name_of_input(file)), row.line, column,
                 session.shown(row.what));
  }
  if (batch.bad_count > batch.bad.size()) session.warn("and {} more", batch.bad_count - batch.bad.size());
}

}  // namespace

int record_file(Session& session, World& world, const Acting& me, const BatchOptions& options) {
  const Batch batch = record_batch(session.environment, world, *me.signer, options);
  if (!batch.events.empty())
    session.done(counted(batch.rows, "row is", "rows are") + " recorded in your journal");
  const bool refused = batch.bad_count > 0 && !options.keep_going;
  const bool submitted =
      !batch.events.empty() && submit_at_once(session, world, *me.signer, ids_of(batch.events));
  if (session.json()) {
    Json result = batch_json(batch);
    result["submitted"] = submitted;
    result["waiting"] = waiting_count(session, world);
    session.print_json(result);
    return refused || batch.rows == 0 ? 1 : 0;
  }
  print_bad_rows(session, options.file, batch);
  if (refused) {
    throw Error(ErrorCode::invalid,
                fmt::format("{} something wrong in {}; nothing was recorded",
                            counted(batch.bad_count, "row has", "rows have"), name_of_input(options.file)),
                "mend the file, or load the others with --keep-going");
  }
  const std::string what =
      fmt::format("{} in {}", counted(batch.rows, "row", "rows"), counted(batch.tables, "table", "tables"));
  session.print("{}{}\n", options.dry_run ? "Would record " : "Recorded ", what);
  Table table({{"  BEHAVIOUR"}, {"TOTAL", Align::right}, {"UNIT"}});
  for (const auto& [key, sum] : batch.totals) table.row({"  " + key.first, sum.text(), key.second});
  session.print(table);
  for (const Event& event : batch.events) {
    session.print("{}  {}\n", session.styled(Style::name, event.id.short_text()),
                  session.shown(sentence_of(event)));
  }
  if (!batch.events.empty() && !submitted) session.note("In your journal: `bw submit` sends it.");
  return batch.rows == 0 ? 1 : 0;
}

}  // namespace bw::cli
