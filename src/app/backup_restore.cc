#include "app/backup_restore.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <utility>

#include "app/anchored_store.h"
#include "app/foundation.h"
#include "app/made_files.h"
#include "app/operator_trail.h"
#include "app/private_file.h"
#include "app/root_report.h"
#include "audit/trail_files.h"
#include "backup/new_file.h"
#include "backup/work_directory.h"
#include "base/encoding.h"
#include "base/json_text.h"
#include "records/anchored_since.h"
#include "storage/sqlite/verification.h"

namespace kmaas::app {
namespace {

constexpr std::uint64_t kTextBytesMax = std::uint64_t{4} << 20U;
constexpr char kSidecars[][6] = {"-wal", "-shm", ".lock", ".rows"};

Error Refused(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

// The database goes to a file, the rest is short.
class Extracted final : public backup::Parts {
 public:
  explicit Extracted(backup::NewFile& database) : database_(database) {}

  Result<void> Begin(std::string_view name, std::uint64_t size) override {
    const bool is_text = name == kConfigurationPart || name == kPrincipalsPart;
    if (!is_text && name != kDatabasePart)
      return Refused("the backup has a part that this program does not know: " + std::string(name));
    if (seen_.contains(name)) return Refused("the backup has a part twice: " + std::string(name));
    if (is_text && size > kTextBytesMax)
      return Refused("a part of the backup is too long: " + std::string(name));
    text_ = &seen_.emplace(name, "").first->second;
    is_text_ = is_text;
    return {};
  }
  Result<void> Put(ByteView bytes) override {
    if (!is_text_) return database_.Write(bytes);
    *text_ += ToString(bytes);
    return {};
  }
  bool Has(std::string_view name) const { return seen_.contains(name); }
  const std::string& Text(std::string_view name) const { return seen_.find(name)->second; }

 private:
  backup::NewFile& database_;
  std::map<std::string, std::string, std::less<>> seen_;
  std::string* text_ = nullptr;
  bool is_text_ = false;
};

Result<void> Extract(const std::string& file, const backup::Header& header,
                     ports::CryptoEngine& engine, Extracted& parts, const StepProgress& progress,
                     const Clock& clock) {
  KM_TRY(const SecretBytes key, backup::OpenKey(engine, header, Deadline::After(clock, kStepMax)));
  const auto tell = [&progress](std::uint64_t bytes, std::uint64_t all) {
    if (progress) progress("opening the backup", bytes, all);
  };
  KM_CHECK(backup::ReadParts(file, header, key, parts, tell));
  if (parts.Has(kDatabasePart) && parts.Has(kConfigurationPart)) return {};
  return Refused(file + ": has no database or no configuration");
}

Result<storage::IntegrityReport> LookAtRows(const std::string& path, ports::CryptoEngine& engine,
                                            const backup::Header& header,
                                            const StepProgress& progress, const Clock& clock) {
  KM_TRY(DerivedKeys keys, DeriveKeys(engine, Deadline::After(clock, kStepMax)));
  storage::SqliteOptions options;
  options.path = path;
  Result<storage::IntegrityReport> report = storage::VerifyDatabase(
      options, storage::RowMac(std::move(keys.row_mac)), [&](std::uint64_t rows) {
        if (progress) progress("checking rows", rows, header.head.rows);
      });
  if (!report && header.program != KMAAS_VERSION)
    return Refused(report.error().message + " The backup was made by kmaas " + header.program +
                   ": restore it with that version, and upgrade afterwards.");
  if (report && report->head && *report->head != header.head)
    report->findings.push_back(
        {"", "", "the head of the database is not the one that the backup names"});
  return report;
}

void RemoveDatabase(const std::string& path) {
  for (const char* suffix : kSidecars) std::remove((path + suffix).c_str());
  std::remove(path.c_str());
}

// One database that is being restored: it has another name until it is whole.
class Arriving {
 public:
  explicit Arriving(std::string path) : path_(std::move(path)) {}
  ~Arriving() { RemoveDatabase(path_); }
  Arriving(const Arriving&) = delete;
  Arriving& operator=(const Arriving&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

std::string DetailsOf(const backup::Header& header, std::uint64_t lost_seals, bool new_token) {
  std::string out = R"({"backup":)";
  AppendJsonString(out, header.id);
  out += R"(,"created":)";
  AppendJsonString(out, header.created);
  out += R"(,"head":)" + storage::AnchorDetails(header.head) + R"(,"newestSeal":{"number":)" +
         std::to_string(header.seal_number) + R"(,"hash":")" + HexEncode(header.seal_hash) +
         R"("},"lostSeals":)" + std::to_string(lost_seals) + R"(,"clonedToken":)" +
         (new_token ? "true" : "false");
  return out + "}";
}

// A clone has the keys and a serial number of its own; that it has them, the rows' MACs showed. The
// commit moves the epoch on by one: a database that is refused must still be so afterwards.
Result<bool> NameToken(Foundation& foundation, const storage::Evidence& evidence,
                       const Clock& clock) {
  const ports::EngineStatus token = foundation.engine->Status();
  KM_TRY(const auto found, foundation.catalog->Find<records::Installation>("this"));
  if (!found) return Refused("the database in the backup was never initialised");
  if (found->token_serial == token.token_serial) return false;
  if (storage::Judge(evidence) == storage::Standing::kForked &&
      storage::HighestEpoch(evidence) == evidence.database->epoch)
    return Refused(
        "token or trail remember another database of the same epoch: restore with the "
        "token " +
        found->token_label + " (serial " + found->token_serial + ") itself");
  records::Installation named = *found;
  named.token_serial = token.token_serial;
  named.token_label = token.token_label;
  KM_CHECK(foundation.catalog->Write([&](records::Changes& changes) { return changes.Put(named); },
                                     Deadline::After(clock, kStepMax)));
  return true;
}

struct Restoring {
  const Config& config;
  const RestoreOptions& options;
  ports::RandomSource& random;
  const Clock& clock;
};

// The store at `path` into the foundation of the token.
Result<void> OpenStore(Foundation& foundation, const std::string& path, const Clock& clock) {
  KM_TRY(DerivedKeys keys, DeriveKeys(*foundation.engine, Deadline::After(clock, kStepMax)));
  storage::SqliteOptions options;
  options.path = path;
  KM_TRY(foundation.store,
         storage::SqliteStore::Open(options, storage::RowMac(std::move(keys.row_mac)), clock));
  foundation.catalog = std::make_unique<records::Catalog>(*foundation.store);
  return {};
}

// An older copy of the token opens the backup, and not the keys that were rewrapped since. Empty
// when it has all.
Result<std::string> LackingRoots(Foundation& foundation) {
  KM_TRY(const RootReport report, ReportRoots(foundation));
  const auto is_there = [&report](std::uint32_t generation) {
    return std::ranges::find(report.in_token, generation) != report.in_token.end();
  };
  for (const auto& [generation, materials] : report.by_generation)
    if (!is_there(generation))
      return "the token has no generation " + std::to_string(generation) + " of the roots, which " +
             std::to_string(materials) + " key materials of this backup need";
  if (is_there(report.in_use)) return std::string();
  return "the token has no generation " + std::to_string(report.in_use) +
         " of the roots, which the database in this backup uses";
}

Result<void> RefuseLackingRoots(Foundation& foundation) {
  KM_TRY(const std::string lacking, LackingRoots(foundation));
  if (lacking.empty()) return {};
  return Refused(lacking +
                 ". It is an older copy of that token, or the generation was retired: restore the "
                 "token from a backup that has it. Nothing was restored.");
}

// The record that says where this database comes from, and the seal over it. A database that may
// not serve is left as it is: every commit would bring it nearer to what is remembered of a later
// one.
Result<void> Record(const Restoring& restoring, Foundation& foundation, RestoreReport& report) {
  report.evidence.database = foundation.store->head();
  KM_TRY(report.evidence.anchored_since, records::ReadAnchoredSince(*foundation.catalog));
  const bool may_serve = storage::MayServe(storage::Judge(report.evidence));
  KM_TRY(report.new_token, NameToken(foundation, report.evidence, restoring.clock));
  KM_TRY(const auto trail, OperatorTrail::Open(restoring.config, foundation,
                                               SealsLookedFor::kRemembered, restoring.clock));
  report.lost_seals = trail->lost_seals();
  KM_CHECK(trail->trail().Append(storage::StoreRecord(
      "RestoreBackup", DetailsOf(report.header, report.lost_seals, report.new_token),
      restoring.config.region, restoring.random, restoring.clock.Now())));
  KM_CHECK(trail->Seal());
  if (may_serve) KM_CHECK(trail->NoteSeals());
  report.evidence.database = foundation.store->head();
  return {};
}

Result<void> MakePlaces(const Config& config, const RestoreOptions& options, MadeFiles& files) {
  KM_CHECK(files.MakeDirectory(config.data_directory));
  KM_CHECK(files.MakeDirectory(config.audit.directory));
  KM_CHECK(files.MakeDirectory(std::filesystem::path(config.store.path).parent_path().string()));
  if (options.keep_trail) return {};
  files.Expect(config.audit.directory + "/" + audit::TrailFileName(1));
  files.Expect(config.audit.directory + "/" + audit::SealFileName(1));
  return {};
}

Result<void> WriteTexts(const Restoring& restoring, const Extracted& parts, MadeFiles& files) {
  if (parts.Has(kPrincipalsPart))
    KM_CHECK(files.Write(restoring.config.grpc.principals_file, parts.Text(kPrincipalsPart),
                         kPrivateFile));
  if (!restoring.options.configuration_file.empty())
    KM_CHECK(files.Write(restoring.options.configuration_file, parts.Text(kConfigurationPart),
                         kPrivateFile));
  return {};
}

// Nothing of it is left in a WAL, or that would not come along.
Result<void> GiveName(backup::NewFile& database, const std::string& path) {
  if (Exists(database.path() + "-wal"))
    return Refused(database.path() + ": its WAL could not be written back");
  return database.Finish(path);
}

Result<RestoreReport> Restore(const Restoring& restoring, backup::Header header,
                              Foundation& foundation) {
  const Config& config = restoring.config;
  const RestoreOptions& options = restoring.options;
  RestoreReport report;
  report.header = std::move(header);
  KM_TRY(report.evidence, AskWitnesses(*foundation.engine, config, restoring.clock));
  MadeFiles files;
  KM_CHECK(MakePlaces(config, options, files));
  const Arriving arriving(config.store.path + ".restoring");
  RemoveDatabase(arriving.path());  // of a restore that was broken off
  KM_TRY(const auto database, backup::NewFile::Create(arriving.path()));
  Extracted parts(*database);
  KM_CHECK(Extract(options.file, report.header, *foundation.engine, parts, options.progress,
                   restoring.clock));
  KM_CHECK(database->Flush());
  KM_TRY(const storage::IntegrityReport rows,
         LookAtRows(arriving.path(), *foundation.engine, report.header, options.progress,
                    restoring.clock));
  if (!rows.intact())
    return Refused(options.file + ": the database in it is not as kmaas wrote it: " +
                   rows.findings.front().table + " " + rows.findings.front().what);
  KM_CHECK(OpenStore(foundation, arriving.path(), restoring.clock));
  Result<void> recorded = RefuseLackingRoots(foundation);
  if (recorded) recorded = WriteTexts(restoring, parts, files);
  if (recorded) recorded = Record(restoring, foundation, report);
  foundation.catalog.reset();
  foundation.store.reset();
  KM_CHECK(recorded);
  KM_CHECK(GiveName(*database, config.store.path));
  files.Keep();
  return report;
}

Result<BackupContents> Look(const Config& config, const std::string& file,
                            const backup::Header& header, const StepProgress& progress,
                            Foundation& token, const Clock& clock) {
  std::error_code failure;
  const std::string place = std::filesystem::temp_directory_path(failure).string();
  KM_TRY(const backup::WorkDirectory work,
         backup::WorkDirectory::Make((failure ? "/tmp" : place) + "/kmaas-backup"));
  KM_TRY(const auto database, backup::NewFile::Create(work.File("kmaas.db")));
  Extracted parts(*database);
  BackupContents contents;
  KM_TRY(contents.evidence, AskWitnesses(*token.engine, config, clock));
  KM_CHECK(Extract(file, header, *token.engine, parts, progress, clock));
  contents.configuration = parts.Text(kConfigurationPart);
  KM_TRY(contents.database,
         LookAtRows(work.File("kmaas.db"), *token.engine, header, progress, clock));
  contents.evidence.database = contents.database.head;
  if (!contents.database.intact()) return contents;
  KM_CHECK(OpenStore(token, work.File("kmaas.db"), clock));
  auto lacking = LackingRoots(token);
  token.catalog.reset();
  token.store.reset();
  KM_TRY(contents.lacking_roots, std::move(lacking));
  return contents;
}

bool HasTrail(const std::string& directory) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(directory, failure))
    if (entry.path().extension() == ".jsonl") return true;
  return false;
}

}  // namespace

Result<BackupContents> LookIntoBackup(const Config& config, UserPins user_pins,
                                      const std::string& file, const backup::Header& header,
                                      const StepProgress& progress, const Clock& clock) {
  KM_TRY(Foundation token, OpenToken(config, std::move(user_pins), clock));
  Result<BackupContents> contents = Look(config, file, header, progress, token, clock);
  token.Close();
  return contents;
}

std::vector<std::string> InTheWayOfRestore(const Config& config, const RestoreOptions& options) {
  std::vector<std::string> found;
  for (const char* suffix : {"", "-wal", "-shm", ".rows"})
    if (Exists(config.store.path + suffix)) found.push_back(config.store.path + suffix);
  for (const std::string& path : {config.grpc.principals_file, options.configuration_file})
    if (!path.empty() && Exists(path)) found.push_back(path);
  if (!options.keep_trail && HasTrail(config.audit.directory))
    found.push_back(config.audit.directory +
                    ": an audit trail (move it away, or go on with it: --keep-trail)");
  return found;
}

Result<RestoreReport> RestoreBackup(const Config& config, UserPins user_pins,
                                    const RestoreOptions& options, ports::RandomSource& random,
                                    const Clock& clock) {
  const std::vector<std::string> found = InTheWayOfRestore(config, options);
  if (!found.empty()) {
    std::string message = "a restore replaces nothing; nothing was changed. In the way:";
    for (const std::string& one : found) message += "\n  " + one;
    return Refused(message);
  }
  KM_TRY(backup::Outline outline, backup::CheckFile(options.file, {}));
  KM_TRY(Foundation foundation, OpenToken(config, std::move(user_pins), clock));
  Result<RestoreReport> report =
      Restore({config, options, random, clock}, std::move(outline.header), foundation);
  foundation.Close();
  return report;
}

}  // namespace kmaas::app
