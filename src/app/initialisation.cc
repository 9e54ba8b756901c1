#include "app/initialisation.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "app/account_creation.h"
#include "app/anchored_store.h"
#include "app/certificate_check.h"
#include "app/foundation.h"
#include "app/local_authority.h"
#include "app/made_files.h"
#include "app/private_file.h"
#include "hsm/inspection.h"
#include "records/set_back.h"

namespace kmaas::app {
namespace {

Error Refused(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

std::vector<std::string> DatabaseFiles(const Config& config) {
  const std::string& path = config.store.path;
  return {path, path + "-wal", path + "-shm"};
}

std::vector<std::string> TlsPaths(const LocalTlsFiles& tls) {
  std::vector<std::string> paths;
  for (const std::string* path : {&tls.ca, &tls.ca_key, &tls.server_certificate, &tls.server_key,
                                  &tls.client_certificate, &tls.client_key, &tls.principals}) {
    if (!path->empty()) paths.push_back(*path);
  }
  return paths;
}

std::vector<std::string> FilesInTheWay(const Config& config, const LocalTlsFiles& tls,
                                       const std::vector<std::string>& others) {
  std::vector<std::string> found;
  for (const auto& group : {DatabaseFiles(config), TlsPaths(tls), others}) {
    std::copy_if(group.begin(), group.end(), std::back_inserter(found), Exists);
  }
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(config.audit.directory, failure)) {
    if (entry.path().extension() != ".jsonl") continue;
    found.push_back(config.audit.directory + ": an audit trail");
    break;
  }
  return found;
}

// Looks into the token and at the disk; the error lists all that stands in the way.
Result<void> RefuseWhatIsThere(const Config& config, const InitialisationOptions& options) {
  std::vector<std::string> found =
      FilesInTheWay(config, PlanTlsFiles(config), options.other_new_files);
  KM_TRY(const hsm::TokenInspection token,
         hsm::InspectToken({config.hsm.module, config.hsm.module_parameters, config.hsm.token_label,
                            config.hsm.token_serial, options.user_pin.Clone()}));
  if (options.keep_token_keys && token.objects.empty()) {
    return Refused("token \"" + token.label + "\" has no keys of kmaas that could be kept");
  }
  if (!options.keep_token_keys) {
    const std::string where = "token \"" + token.label + "\": ";
    for (const hsm::TokenObject& object : token.objects) {
      found.push_back(where + object.label + ", generation " + std::to_string(object.generation));
    }
    if (token.resident_keys != 0) {
      found.push_back(where + std::to_string(token.resident_keys) + " resident keys");
    }
    if (token.import_keys != 0) {
      found.push_back(where + std::to_string(token.import_keys) + " keys of imports");
    }
  }
  if (found.empty()) return {};
  std::string message = "refusing to overwrite what is there already; nothing was changed. Found:";
  for (const std::string& one : found) message += "\n  " + one;
  return Refused(message);
}

Result<void> CheckGivenCertificates(const Config& config, const LocalTlsFiles& tls, WallTime now) {
  if (tls.server_certificate.empty()) {
    const auto facts =
        CheckCertificate(config.https.certificate, config.https.private_key, "https", now);
    if (!facts) return facts.error();
  }
  return tls.client_certificate.empty() ? CheckAuthorities(config.grpc.client_ca, "grpc.client_ca")
                                        : Result<void>();
}

Result<void> MakeDirectories(const Config& config, const LocalTlsFiles& tls, MadeFiles& files) {
  KM_CHECK(files.MakeDirectory(config.data_directory));
  KM_CHECK(files.MakeDirectory(config.audit.directory));
  KM_CHECK(files.MakeDirectory(std::filesystem::path(config.store.path).parent_path().string()));
  if (!tls.ca.empty()) KM_CHECK(files.MakeDirectory(config.tls_directory()));
  return {};
}

std::string ClientUri(const records::User& user) {
  return "spiffe://kmaas/account/" + user.account + "/user/" + user.name;
}

Result<void> WritePair(MadeFiles& files, CertifiedKey& pair, const std::string& certificate_path,
                       const std::string& key_path) {
  KM_CHECK(files.Write(certificate_path, pair.certificate, kPublicFile));
  Result<void> written = files.Write(key_path, pair.private_key, kPrivateFile);
  WipeText(pair.private_key);
  return written;
}

struct TlsTask {
  const Config& config;
  const LocalTlsFiles& tls;
  const records::User& administrator;
  const std::vector<std::string>& hosts;
};

Result<void> MakeTlsFiles(const TlsTask& task, MadeFiles& files, ports::RandomSource& random,
                          WallTime now) {
  const LocalTlsFiles& tls = task.tls;
  if (tls.ca.empty()) return {};
  KM_TRY(LocalAuthority authority,
         LocalAuthority::Make("kmaas local authority " + random.Uuid().substr(0, 8), random, now));
  KM_CHECK(files.Write(tls.ca, authority.own().certificate, kPublicFile));
  KM_CHECK(files.Write(tls.ca_key, authority.own().private_key, kPrivateFile));
  if (!tls.server_certificate.empty()) {
    KM_TRY(CertifiedKey server, authority.IssueServer(ServerNames(task.config, task.hosts)));
    KM_CHECK(WritePair(files, server, tls.server_certificate, tls.server_key));
  }
  if (tls.client_certificate.empty()) return {};
  const std::string uri = ClientUri(task.administrator);
  KM_TRY(CertifiedKey client, authority.IssueClient(task.administrator.name, uri));
  KM_CHECK(WritePair(files, client, tls.client_certificate, tls.client_key));
  return files.Write(
      tls.principals,
      "# Written by kmaas init: who a client certificate of the local authority is.\n"
      "principals:\n  - uri: \"" +
          uri + "\"\n    principal: \"" + task.administrator.arn() + "\"\n",
      kPrivateFile);
}

// The first steps of a ceremony that leave something in the token. It is not looked into again:
// SoftHSM rewrites its token at every login, and would lose it when a full disk was the reason.
bool TouchesTheToken(std::string_view step) {
  return step.starts_with("Keeping the root keys") ||
         step.starts_with("Making untrusted root keys");
}

Result<hsm::CeremonyReport> HoldCeremony(const Config& config, InitialisationOptions& options) {
  hsm::CeremonyOptions ceremony;
  ceremony.module_path = config.hsm.module;
  ceremony.module_parameters = config.hsm.module_parameters;
  ceremony.token_label = config.hsm.token_label;
  ceremony.token_serial = config.hsm.token_serial;
  ceremony.so_pin = std::move(options.so_pin);
  ceremony.user_pin = options.user_pin.Clone();
  ceremony.accept_weak_token = config.hsm.accept_weak_token;
  ceremony.lasting_roots = options.lasting_roots;
  bool touched = false;
  ceremony.progress = [&](std::string_view step) {
    touched = touched || TouchesTheToken(step);
    if (options.progress) options.progress(step);
  };
  auto report = hsm::MakeServiceKeys(std::move(ceremony));
  if (report) return report;
  return Refused(ForOperators(report.error()) +
                 (touched ? "\nThe files made so far are removed, and the token may have keys of "
                            "kmaas now: initialise it anew with its own tools before the next "
                            "`kmaas init`"
                          : "\nNothing was changed."));
}

// The first rows: which token, which account, who administers it.
Result<void> FillStore(Foundation& foundation, bool keeps_token_keys, ports::RandomSource& random,
                       const Clock& clock, InitialisationReport& report) {
  const Deadline deadline = Deadline::After(clock, kStepMax);
  KM_TRY(identity::NewAccessKey key,
         identity::MakeAccessKey(report.administrator, *foundation.engine, {random, clock.Now()},
                                 deadline));
  const ports::EngineStatus token = foundation.engine->Status();
  KM_CHECK(foundation.catalog->Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_CHECK(
            changes.Put(records::Installation{token.token_serial, token.token_label, clock.Now()}));
        // The database before this one may still be wanted, and names keys that this one does not.
        if (keeps_token_keys) KM_CHECK(records::NoteSetBack(changes));
        return AddAccount(changes, report.account, report.administrator, key.row);
      },
      deadline));
  report.ceremony.token_label = token.token_label;
  report.ceremony.token_serial = token.token_serial;
  report.access_key_id = key.row.id;
  report.secret_access_key = std::move(key.secret);
  return {};
}

Result<void> MakeStore(const Config& config, InitialisationOptions& options,
                       ports::RandomSource& random, const Clock& clock,
                       InitialisationReport& report) {
  KM_TRY(Foundation foundation, OpenFoundation(config, UserPins(std::move(options.user_pin)),
                                               storage::OpenMode::kCreate, clock));
  Result<void> filled = FillStore(foundation, options.keep_token_keys, random, clock, report);
  if (filled) filled = AnchorFirst(foundation, clock);
  foundation.Close();
  return filled;
}

// Names as AWS bounds them, before anything is made; ids and dates are filled in.
Result<void> NameTheFirst(const InitialisationOptions& options, identity::Making making,
                          InitialisationReport& report) {
  KM_TRY(report.account, identity::MakeAccount(options.account_id, options.account_name, making));
  KM_TRY(report.administrator, MakeAdministrator(report.account, options.administrator, making));
  return {};
}

}  // namespace

LocalTlsFiles PlanTlsFiles(const Config& config) {
  const std::string directory = config.tls_directory();
  LocalTlsFiles tls;
  if (config.https.certificate == directory + "/server.crt") {
    tls.server_certificate = directory + "/server.crt";
    tls.server_key = directory + "/server.key";
  }
  if (config.grpc.client_ca == directory + "/ca.crt") {
    tls.client_certificate = directory + "/administrator.crt";
    tls.client_key = directory + "/administrator.key";
    tls.principals = config.grpc.principals_file;
  }
  if (!tls.server_certificate.empty() || !tls.client_certificate.empty()) {
    tls.ca = directory + "/ca.crt";
    tls.ca_key = directory + "/ca.key";
  }
  return tls;
}

std::vector<std::string> ServerNames(const Config& config, const std::vector<std::string>& more) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  std::array<char, 256> machine{};
  if (::gethostname(machine.data(), machine.size() - 1) == 0 && IsHostName(machine.data())) {
    add(machine.data());
  }
  if (config.https.address != "0.0.0.0" && config.https.address != "::") {
    add(config.https.address);
  }
  for (const std::string& name : more) add(name);
  return names;
}

Result<InitialisationReport> Initialise(const Config& config, InitialisationOptions options,
                                        ports::RandomSource& random, const Clock& clock) {
  const auto progress = [&options](std::string_view step) {
    if (options.progress) options.progress(step);
  };
  InitialisationReport report;
  report.tls = PlanTlsFiles(config);
  for (const std::string& host : options.hosts) {
    if (!IsHostName(host)) return Refused("neither an IP address nor a host name: " + host);
  }
  KM_CHECK(NameTheFirst(options, {random, clock.Now()}, report));
  progress("looking at the token and at the disk");
  KM_CHECK(RefuseWhatIsThere(config, options));
  KM_CHECK(CheckGivenCertificates(config, report.tls, clock.Now()));

  MadeFiles files;
  KM_CHECK(MakeDirectories(config, report.tls, files));
  if (!report.tls.ca.empty()) progress("making the local certificate authority and certificates");
  KM_CHECK(MakeTlsFiles({config, report.tls, report.administrator, options.hosts}, files, random,
                        clock.Now()));
  if (!options.keep_token_keys) {
    KM_TRY(report.ceremony, HoldCeremony(config, options));
  }
  progress("making the database, the account and its administrator");
  for (const std::string& path : DatabaseFiles(config)) files.Expect(path);
  files.Expect(config.store.path + ".lock");
  Result<void> stored = MakeStore(config, options, random, clock, report);
  if (!stored) {
    return Refused(ForOperators(stored.error()) +
                   "\nThe files made so far are removed, and the token has keys of kmaas now: run "
                   "`kmaas init --keep-token-keys` when the cause is gone");
  }
  files.Keep();
  return report;
}

}  // namespace kmaas::app
