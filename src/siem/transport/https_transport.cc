#include "siem/transport/https_transport.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/json_text.h"
#include "siem/transport/http_answer.h"

namespace kmaas::siem {
namespace {

constexpr std::size_t kTokenBytesMax = 1024;
constexpr std::size_t kShownBytesMax = 200;
// Each has its deadline, so that a receiver that says one byte now and then comes to an end, too.
constexpr int kReadsMax = 64;

std::string ToBatch(const HttpsSettings& settings, const std::vector<Message>& messages) {
  std::string body;
  for (const Message& message : messages) {
    body += R"({"time":)" + std::to_string(ToEpochMillis(message.time) / 1000) + R"(,"host":)";
    AppendJsonString(body, settings.origin_host);
    body += R"(,"source":"kmaas","sourcetype":)";
    AppendJsonString(body, settings.source_type);
    body += R"(,"event":)";
    if (message.is_json)
      body += message.body;
    else
      AppendJsonString(body, message.body);
    body +=
        R"(,"fields":{"kmaas_seq":")" + std::to_string(message.sequence) + R"(","kmaas_event_id":)";
    AppendJsonString(body, message.event_id);
    body += "}}";
  }
  return body;
}

Error FileProblem(const std::string& path, const std::string& what) {
  return {ErrorCode::kValidation, path + ": the token file " + what};
}

}  // namespace

Result<SecretBytes> ReadTokenFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return FileProblem(path, "cannot be opened");
  struct stat status {};
  const bool is_private = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                          (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  SecretBytes buffer(kTokenBytesMax + 1);
  const ssize_t got = is_private ? ::read(file, buffer.span().data(), buffer.size()) : -1;
  ::close(file);
  if (!is_private)
    return FileProblem(path, "is open to others than its owner, or no file; chmod 600 it");
  if (got < 0) return FileProblem(path, "cannot be read");
  auto size = static_cast<std::size_t>(got);
  if (size > 0 && buffer.view()[size - 1] == '\n') --size;
  const ByteView token = buffer.view().first(size);
  const bool has_form = size > 0 && size <= kTokenBytesMax &&
                        std::all_of(token.begin(), token.end(),
                                    [](std::uint8_t byte) { return byte > ' ' && byte < 0x7f; });
  if (!has_form) return FileProblem(path, "must hold one line of printable characters");
  return SecretBytes(token);
}

HttpsTransport::HttpsTransport(HttpsSettings settings, StreamMaker connect)
    : settings_(std::move(settings)), connect_(std::move(connect)) {}

Result<void> HttpsTransport::Connect() {
  Close();
  KM_TRY(token_, ReadTokenFile(settings_.token_file));
  KM_TRY(stream_, connect_());
  return {};
}

void HttpsTransport::Close() {
  stream_.reset();
  confirmed_ = 0;
}

Result<void> HttpsTransport::Post(const std::string& body) {
  std::string head =
      "POST " + settings_.path + " HTTP/1.1\r\nHost: " + settings_.host +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nAuthorization: Splunk ";
  head.reserve(head.size() + token_.size() + 4);  // so that it leaves no copy behind
  head += AsText(token_.view());
  head += "\r\n\r\n";
  const Result<void> written = stream_->Write(head);
  WipeText(head);
  KM_CHECK(written);
  return stream_->Write(body);
}

Result<void> HttpsTransport::Send(const std::vector<Message>& messages) {
  // Receivers close connections that are idle. Nothing is on its way that could be lost with one.
  if (stream_ != nullptr && !stream_->Look()) stream_.reset();
  if (stream_ == nullptr) {
    KM_TRY(stream_, connect_());
  }
  KM_CHECK(Post(ToBatch(settings_, messages)));
  std::string bytes;
  HttpAnswer answer;
  for (int reads = 0;; ++reads) {
    if (reads == kReadsMax) return NetworkError("the answer does not come to an end");
    KM_TRY(const std::string more, stream_->Read());
    bytes += more;
    const HttpProgress progress = ReadHttpAnswer(bytes, answer);
    if (progress == HttpProgress::kBad) return NetworkError("the answer is no answer of HTTP/1.1");
    if (progress == HttpProgress::kWhole) break;
    if (more.empty()) return NetworkError("the receiver closed the connection without an answer");
  }
  if (!AcceptsEvents(answer)) {
    return NetworkError("refused with status " + std::to_string(answer.status) + ": " +
                        answer.body.substr(0, kShownBytesMax));
  }
  confirmed_ += messages.size();
  if (!answer.keeps_open) stream_.reset();
  return {};
}

}  // namespace kmaas::siem
