#include "app/backup_making.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "app/anchored_store.h"
#include "app/foundation.h"
#include "app/private_file.h"
#include "app/process_random.h"
#include "backup/new_file.h"
#include "backup/work_directory.h"
#include "backup/writer.h"
#include "crypto/key_wrap.h"
#include "records/anchored_since.h"
#include "records/newest_seal.h"
#include "storage/sqlite/database_copy.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kPieceBytes = backup::kFrameBytesMax;

Error Failed(const std::string& path, const std::string& what) {
  return {ErrorCode::kValidation, path + ": " + what};
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

// What is read is what the size said, or an error: a file may change meanwhile.
Result<void> PutFile(backup::Writer& writer, std::string_view name, const std::string& path,
                     const StepProgress& progress) {
  const OpenFile file(path);
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
    return Failed(path, "cannot be read: " + ErrnoText(errno));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  KM_CHECK(writer.Begin(name, size));
  Bytes piece(kPieceBytes);
  std::uint64_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(file.number(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed(path, "cannot be read: " + ErrnoText(errno));
    if (got == 0) return Failed(path, "became shorter while it was read");
    KM_CHECK(writer.Put(ByteView(piece).first(static_cast<std::size_t>(got))));
    done += static_cast<std::uint64_t>(got);
    if (progress) progress("writing the backup", done, size);
  }
  return {};
}

// What the copy of the database says of itself; every row of it has been looked at.
Result<void> DescribeCopy(const Config& config, const std::string& path, storage::RowMac mac,
                          storage::Evidence evidence, backup::Header& header, const Clock& clock) {
  storage::SqliteOptions options;
  options.path = path;
  options.mode = storage::OpenMode::kReadOnly;
  options.readers = 1;
  KM_TRY(const auto store, storage::SqliteStore::Open(options, std::move(mac), clock));
  records::Catalog catalog(*store);
  evidence.database = header.head = store->head();
  KM_TRY(evidence.anchored_since, records::ReadAnchoredSince(catalog));
  KM_CHECK(storage::RefuseUnlessNewest(evidence, config.store.path));
  KM_TRY(header.accounts, store->Count(records::Table<records::Account>::kName));
  KM_TRY(header.keys, store->Count(records::Table<domain::Key>::kName));
  KM_TRY(const auto seal, records::ReadNewestSeal(catalog));
  if (!seal || seal->hash.size() != header.seal_hash.size()) return {};
  header.seal_number = seal->number;
  std::copy(seal->hash.begin(), seal->hash.end(), header.seal_hash.begin());
  return {};
}

Result<SecretBytes> MakeKey(ports::CryptoEngine& engine, backup::Header& header,
                            Deadline deadline) {
  SecretBytes key(kKeyBytes);
  KM_CHECK(engine.GenerateRandom(key.span(), deadline));
  KM_TRY(const SecretBytes wrapping, backup::WrappingKey(engine, header.id, deadline));
  header.wrapped_key = crypto::KeyWrapPad(wrapping.view(), key.view());
  return key;
}

struct Making {
  const Config& config;
  const std::string& file;
  const StepProgress& progress;
  const Clock& clock;
};

Result<BackupReport> WriteAll(const Making& making, const backup::WorkDirectory& work,
                              backup::Header header, ports::CryptoEngine& engine) {
  const Config& config = making.config;
  KM_TRY(SecretBytes key, MakeKey(engine, header, Deadline::After(making.clock, kStepMax)));
  KM_TRY(const auto made, backup::NewFile::Create(work.File("backup")));
  backup::Writer writer(*made, std::move(key));
  KM_CHECK(writer.Start(header));
  KM_CHECK(PutFile(writer, kConfigurationPart, config.file, {}));
  if (Exists(config.grpc.principals_file))
    KM_CHECK(PutFile(writer, kPrincipalsPart, config.grpc.principals_file, {}));
  KM_CHECK(PutFile(writer, kDatabasePart, work.File("kmaas.db"), making.progress));
  KM_TRY(const crypto::Sha256Digest digest, writer.End());
  KM_TRY(const Bytes signature,
         engine.SignAuditDigest(digest, Deadline::After(making.clock, kStepMax)));
  KM_CHECK(writer.Sign(signature));
  KM_CHECK(made->Finish(making.file));
  return BackupReport{std::move(header), made->size()};
}

Result<BackupReport> Make(const Making& making, Foundation& token) {
  const Config& config = making.config;
  ports::CryptoEngine& engine = *token.engine;
  KM_TRY(DerivedKeys keys, DeriveKeys(engine, Deadline::After(making.clock, kStepMax)));
  // Before the copy: a server beside this process goes on meanwhile.
  KM_TRY(storage::Evidence evidence, AskWitnesses(*token.engine, config, making.clock));
  ProcessRandom random;
  backup::Header header;
  header.id = random.Uuid();
  header.created = FormatIso8601(making.clock.Now());
  header.program = KMAAS_VERSION;
  header.region = config.region;
  const ports::EngineStatus status = engine.Status();
  header.token_label = status.token_label;
  header.token_serial = status.token_serial;
  KM_TRY(header.audit_public_key, engine.AuditPublicKey());
  KM_TRY(const backup::WorkDirectory work, backup::WorkDirectory::Make(making.file));
  KM_CHECK(storage::CopyDatabase(config.store.path, work.File("kmaas.db"),
                                 [&making](std::uint64_t pages, std::uint64_t all) {
                                   if (making.progress)
                                     making.progress("copying the database", pages, all);
                                 }));
  KM_CHECK(DescribeCopy(config, work.File("kmaas.db"), storage::RowMac(std::move(keys.row_mac)),
                        std::move(evidence), header, making.clock));
  return WriteAll(making, work, std::move(header), engine);
}

}  // namespace

Result<BackupReport> MakeBackup(const Config& config, UserPins user_pins, const std::string& file,
                                const StepProgress& progress, const Clock& clock) {
  // Said before the token is asked, and again when the file gets its name.
  if (Exists(file)) return Failed(file, "exists already; a backup replaces no file");
  KM_TRY(Foundation token, OpenToken(config, std::move(user_pins), clock));
  Result<BackupReport> report = Make({config, file, progress, clock}, token);
  token.Close();
  return report;
}

}  // namespace kmaas::app
