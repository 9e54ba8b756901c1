#include "siem/transport/make_transport.h"

#include <unistd.h>

#include <filesystem>

#include "siem/transport/file_transport.h"
#include "siem/transport/https_transport.h"
#include "siem/transport/syslog_transport.h"

namespace kmaas::siem {
namespace {

TlsSettings ToTls(const Destination& destination) {
  return {destination.host, destination.ca, destination.certificate, destination.private_key};
}

std::string SourceType(FormatKind format) {
  switch (format) {
    case FormatKind::kCloudTrail:
    case FormatKind::kWazuh:
      return "aws:cloudtrail";
    case FormatKind::kCef:
      return "cef";
    case FormatKind::kLeef:
      return "leef";
    case FormatKind::kOcsf:
      return "ocsf:json";
    case FormatKind::kEcs:
      return "_json";
  }
  return "_json";
}

StreamMaker TcpMaker(const Destination& destination, const Patience& patience) {
  return [destination, patience]() -> Result<std::unique_ptr<Stream>> {
    KM_TRY(Socket socket, Socket::Connect(destination.host, destination.port, patience));
    return MakePlainStream(std::move(socket));
  };
}

StreamMaker TlsMaker(const Destination& destination, const Patience& patience) {
  return [destination, patience]() -> Result<std::unique_ptr<Stream>> {
    KM_TRY(Socket socket, Socket::Connect(destination.host, destination.port, patience));
    return MakeTlsStream(std::move(socket), ToTls(destination));
  };
}

}  // namespace

std::unique_ptr<Transport> MakeTransport(const Destination& destination, const Producer& producer,
                                         const Patience& patience) {
  SyslogSettings syslog{{producer.host, destination.app_name, std::to_string(::getpid()),
                         destination.facility, destination.enterprise},
                        destination.settle,
                        patience.step_max};
  switch (destination.transport) {
    case TransportKind::kFile:
      return std::make_unique<FileTransport>(destination.file);
    case TransportKind::kSyslogTcp:
      return std::make_unique<SyslogTransport>(std::move(syslog), TcpMaker(destination, patience),
                                               patience.clock);
    case TransportKind::kSyslogTls:
      return std::make_unique<SyslogTransport>(std::move(syslog), TlsMaker(destination, patience),
                                               patience.clock);
    case TransportKind::kHttps:
      break;
  }
  const HttpsSettings https{destination.host + ":" + std::to_string(destination.port),
                            destination.path, destination.token_file,
                            SourceType(destination.format), producer.host};
  return std::make_unique<HttpsTransport>(https, TlsMaker(destination, patience));
}

Result<void> CheckDestinationFiles(const Destination& destination) {
  const auto transport = destination.transport;
  if (transport == TransportKind::kSyslogTls || transport == TransportKind::kHttps)
    KM_CHECK(CheckTlsFiles(ToTls(destination)));
  if (transport == TransportKind::kHttps) KM_CHECK(ReadTokenFile(destination.token_file));
  if (transport != TransportKind::kFile) return {};
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::path(destination.file).parent_path();
  if (std::filesystem::is_directory(directory, error)) return {};
  return Error{ErrorCode::kValidation, directory.string() + ": there is no such directory"};
}

}  // namespace kmaas::siem
