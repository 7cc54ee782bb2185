#include "world/batch.h"

#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <future>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "base/release.h"
#include "base/text.h"
#include "tlog/merkle.h"
#include "world/correction.h"
#include "world/row_builder.h"
#include "world/ruling_definition.h"

namespace bw {
namespace {

constexpr std::size_t salt_size = 32;
constexpr std::size_t report_every = 100'000;
// An event has room for 32 KiB; what its totals may take of it.
constexpr std::size_t max_totals_bytes = std::size_t{24} << 10;
constexpr std::size_t total_overhead = 96;  // quantity and punctuation of one total

// Tables as they fill. The rows of a full one go to the journal's folder at once, so that memory does not
// grow; the journal names them only when all are there, and where that does not come about they are removed.
class TableSpool {
public:
  TableSpool(std::filesystem::path folder, bool write, unsigned threads)
      : folder_(std::move(folder)),
        write_(write),
        policy_(threads > 1 ? std::launch::async : std::launch::deferred) {}
  ~TableSpool() {
    while (!flushing_.empty()) {
      try {
        collect();
      } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): all of it is taken back anyway
      }
    }
    std::error_code ignored;
    for (const auto& path : created_) std::filesystem::remove(path, ignored);
  }
  TableSpool(const TableSpool&) = delete;
  TableSpool& operator=(const TableSpool&) = delete;

  void add(const Row& row) {
    const std::string line = row.line();
    const bool full =
        table_.count == max_table_rows || table_.content.size() + line.size() + 1 > max_table_bytes;
    if (full || totals_bytes_ > max_totals_bytes) flush();
    Decimal& total = table_.totals[{row.behaviour, row.unit}];
    if (total.is_zero()) totals_bytes_ += row.behaviour.size() + row.unit.size() + total_overhead;
    total += row.quantity;
    table_.content += line;
    table_.content += '\n';
    table_.salted = row.salt.has_value();
    ++table_.count;
  }

  // The tables without their contents.
  std::vector<Table> finish() {
    if (table_.count > 0) flush();
    while (!flushing_.empty()) collect();
    return std::move(tables_);
  }
  // The journal names the files from now on.
  void keep() { created_.clear(); }

private:
  // A full table on its way to the disk.
  struct Flushed {
    Table table;  // without its content
    std::optional<std::filesystem::path> created;
  };

  static Flushed write_out(Table table, const std::filesystem::path& folder, bool write) {
    MerkleTree tree;
    for (std::string_view rest = table.content; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      tree.append(leaf_hash(line));
    }
    table.root = tree.root();
    Flushed flushed;
    const auto path = folder / (table.root.hex() + ".jsonl");
    if (write && !std::filesystem::exists(path)) {
      write_file(path, table.content, 0600);
      flushed.created = path;
    }
    release(table.content);
    flushed.table = std::move(table);
    return flushed;
  }

  // Hashing and writing go on beside the reading of the next rows, a table or two behind it.
  void flush() {
    constexpr std::size_t most_flushing = 2;
    if (flushing_.size() == most_flushing) collect();
    flushing_.push_back(std::async(policy_, write_out, std::exchange(table_, Table{}), folder_, write_));
    totals_bytes_ = 0;
  }

  void collect() {
    std::future<Flushed> oldest = std::move(flushing_.front());
    flushing_.pop_front();
    Flushed flushed = oldest.get();
    if (flushed.created) created_.push_back(*std::move(flushed.created));
    tables_.push_back(std::move(flushed.table));
  }

  std::filesystem::path folder_;
  bool write_;
  std::launch policy_;
  Table table_;
  std::deque<std::future<Flushed>> flushing_;
  std::size_t totals_bytes_ = 0;
  std::vector<Table> tables_;
  std::vector<std::filesystem::path> created_;
};

Mapping read_mapping(const std::filesystem::path& path) {
  MappingFile file = parse_mapping(read_file(path, std::size_t{1} << 20), path.string());
  if (file.mapping) return *std::move(file.mapping);
  std::string all;
  for (const Problem& problem : file.problems) {
    all += fmt::format("{}{}:{}:{}: {}", all.empty() ? "" : "\n", problem.file, problem.line, problem.column,
                       problem.message);
  }
  throw Error(ErrorCode::invalid, all, file.problems.front().hint);
}

Mapping::Format format_of(const Mapping& mapping, const std::filesystem::path& file) {
  if (mapping.format) return *mapping.format;
  const auto extension = file.extension();
  return extension == ".jsonl" || extension == ".ndjson" ? Mapping::Format::jsonl : Mapping::Format::csv;
}

std::vector<std::string> names_of(const Mapping& mapping) {
  std::vector<std::string> names;
  for (const auto& [name, mark] : columns_of(mapping)) names.push_back(name);
  return names;
}

void require_columns(const BatchOptions& options, const Mapping& mapping,
                     const std::vector<std::string>& header) {
  for (const auto& [name, mark] : columns_of(mapping)) {
    if (std::find(header.begin(), header.end(), name) != header.end()) continue;
    const std::string where =
        options.mapping ? fmt::format("{}:{}:{}: ", options.mapping->string(), mark.line, mark.column) : "";
    std::string hint = did_you_mean(name, header);
    if (hint.empty() && !options.mapping)
      hint = fmt::format("say what its columns mean with --map (it needs {})", plain_columns);
    throw Error(ErrorCode::invalid,
                fmt::format("{}{} has no column \"{}\"", where, name_of_input(options.file), printable(name)),
                hint);
  }
}

// Without a mapping every column must be one of ours, lest a misspelt "quantiy" be taken for none.
void require_plain(const BatchOptions& options, const std::vector<std::string>& header) {
  static const std::vector<std::string> known = {"at", "behaviour", "quantity", "unit", "lat", "lon"};
  for (const std::string& name : header) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string hint = did_you_mean(name, known);
    if (hint.empty())
      hint = fmt::format("say what it means with --map MAP.yaml; known without one: {}", plain_columns);
    throw Error(
        ErrorCode::invalid,
        fmt::format("the column \"{}\" of {} is not known", printable(name), name_of_input(options.file)),
        hint);
  }
  const bool latitude = std::find(header.begin(), header.end(), "lat") != header.end();
  if (latitude != (std::find(header.begin(), header.end(), "lon") != header.end())) {
    throw Error(ErrorCode::invalid, name_of_input(options.file) + " has only one of the columns lat and lon");
  }
}

std::ifstream open_file(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path))
    throw Error(ErrorCode::invalid, path.string() + " is a folder, not a file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw Error(ErrorCode::cannot,
                fmt::format("cannot read {}: {}", name_of_input(path), std::strerror(errno)));
  return stream;
}

class BatchReader {
public:
  BatchReader(const Environment& environment, const World& world, const BatchOptions& options)
      : environment_(environment),
        options_(options),
        definition_(ruling_definition(environment, world)),
        spool_(environment.data_folder / "journals" / world.id().text() / "tables", !options.dry_run,
               environment.threads) {}

  void read() {
    std::optional<Mapping> mapping;
    if (options_.mapping) mapping = read_mapping(*options_.mapping);
    std::ifstream input = open_file(options_.file);
    const OnRow on_row = [&](const InputRow& row) { take(row); };
    if (format_of(mapping.value_or(Mapping{}), options_.file) == Mapping::Format::csv) {
      read_csv(
          input, mapping ? mapping->delimiter : ',',
          [&](const std::vector<std::string>& header) {
            if (!mapping) require_plain(options_, header);
            return begin(mapping ? *mapping : plain_mapping(header), header);
          },
          on_row);
    } else {
      if (!mapping) mapping = plain_mapping({"quantity", "unit", "lat", "lon"});
      const std::vector<std::string> names = names_of(*mapping);
      read_json_lines(input, begin(*mapping, names), on_row);
    }
    if (input.bad())
      throw Error(ErrorCode::cannot, "cannot read " + name_of_input(options_.file) + " to its end");
    if (batch_.rows + batch_.bad_count == 0)
      throw Error(ErrorCode::invalid, name_of_input(options_.file) + " has no rows");
  }

  bool may_write() const { return batch_.rows > 0 && (batch_.bad_count == 0 || options_.keep_going); }
  Batch& batch() { return batch_; }
  TableSpool& spool() { return spool_; }

private:
  std::vector<std::string> begin(const Mapping& mapping, const std::vector<std::string>& header) {
    require_columns(options_, mapping, header);
    std::vector<std::string> names = names_of(mapping);
    builder_.emplace(definition_, mapping, names, environment_.now());
    return names;
  }

  void take(const InputRow& input) {
    if (const auto fault = builder_->build(input, row_)) {
      refuse({input.line, fault->column, fault->what});
      return;
    }
    if (options_.salted) row_.salt = to_base64url(environment_.random(salt_size));
    try {
      batch_.totals[{row_.behaviour, row_.unit}] += row_.quantity;
      // Once a bad row has decided that nothing will be written, the others are only checked.
      if (batch_.bad_count == 0 || options_.keep_going) spool_.add(row_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid) throw;
      refuse({input.line, 0, error.what()});
      return;
    }
    if (++batch_.rows % report_every == 0) environment_.report(fmt::format("read {} rows", batch_.rows));
  }

  void refuse(BadRow row) {
    ++batch_.bad_count;
    if (batch_.bad.size() < max_named_bad_rows) batch_.bad.push_back(std::move(row));
  }

  const Environment& environment_;
  const BatchOptions& options_;
  Definition definition_;
  TableSpool spool_;
  std::optional<RowBuilder> builder_;
  Row row_;
  Batch batch_;
};

// The same file loaded twice would count twice.
void require_new(const std::vector<Table>& tables, const std::vector<JournalEntry>& journal) {
  std::set<std::string> roots;
  for (const Table& table : tables) roots.insert(table.root.hex());
  std::set<EventId> retracted;
  for (const JournalEntry& entry : journal) {
    const auto target = target_of(entry.event);
    if (!entry.undone && target) retracted.insert(*target);
  }
  for (const JournalEntry& entry : journal) {
    const bool stands = !entry.undone && !retracted.contains(entry.event.id);
    if (!stands || entry.event.kind != "behaviour.tabled") continue;
    if (!roots.contains(entry.event.body().value("root", ""))) continue;
    const std::string id = entry.event.id.short_text();
    throw Error(
        ErrorCode::refused, fmt::format("event {} recorded the very same rows before", id),
        fmt::format("take that one back first: bw undo {0}, or bw log --retract {0} where it was submitted",
                    id));
  }
}

}  // namespace

std::string name_of_input(const std::filesystem::path& file) {
  return file == "/dev/stdin" ? "standard input" : file.string();
}

Batch record_batch(const Environment& environment, const World& world, const Signer& signer,
                   const BatchOptions& options) {
  BatchReader reader(environment, world, options);
  reader.read();
  Batch& batch = reader.batch();
  if (!reader.may_write()) return std::move(batch);
  const std::vector<Table> tables = reader.spool().finish();
  batch.tables = tables.size();
  if (options.dry_run) return std::move(batch);

  batch.events = open_journal(environment, world.id())
                     .append(signer, environment.random, [&](const std::vector<JournalEntry>& journal) {
                       require_new(tables, journal);
                       std::vector<NewEntry> entries;
                       entries.reserve(tables.size());
                       for (const Table& table : tables) {
                         entries.push_back({{.at = environment.now(),
                                             .kind = "behaviour.tabled",
                                             .body = table.body(),
                                             .details = {},
                                             .world = world.id()},
                                            {},
                                            std::nullopt});
                       }
                       return entries;
                     });
  reader.spool().keep();
  return std::move(batch);
}

}  // namespace bw
